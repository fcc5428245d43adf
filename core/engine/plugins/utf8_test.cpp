// UTF-8 as the Unicode standard defines it, at every place relative to the eight-byte steps.
#include "engine/plugins/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sentinel::plugins {
namespace {

TEST(Utf8, AcceptsAndRefusesAtEveryAlignment) {
  using namespace std::string_literals;
  const std::string good[] = {"",       "a",      "\x7f",       "é",          "\u0800",        "₦5,000",
                              "\ud7ff", "\ue000", "\U00010000", "\U0010ffff", "nul \0 inside"s};
  const std::string bad[] = {"\x80",
                             "\xbf",
                             "\xc0\x80",
                             "\xc1\xbf",
                             "\xc3",
                             "\xc3(",
                             "\xe0\x9f\xbf",
                             "\xed\xa0\x80",
                             "\xe2\x82",
                             "\xf0\x8f\xbf\xbf",
                             "\xf4\x90\x80\x80",
                             "\xf5\x80\x80\x80",
                             "\xff",
                             "\xe2\x28\xa1",
                             "\xf0\x90\x80"};
  for (std::size_t before = 0; before < 18; ++before)
    for (std::size_t after = 0; after < 10; ++after) {
      const std::string head(before, 'x'), tail(after, 'y');
      for (const auto& text : good) EXPECT_TRUE(is_utf8(head + text + tail)) << before << " " << text;
      for (const auto& text : bad) EXPECT_FALSE(is_utf8(head + text + tail)) << before << " " << printable(text);
    }
}

TEST(Utf8, PrintableEscapesOnlyWhatIsNotText) {
  using namespace std::string_literals;
  EXPECT_EQ(printable("₦5,000\n"), "₦5,000\n");
  EXPECT_EQ(printable("a\xff\xe2\x82z\0q"s), "a\\xff\\xe2\\x82z\\x00q");
  EXPECT_TRUE(is_utf8(printable("\xf0\x90\x80\xc3")));
}

}  // namespace
}  // namespace sentinel::plugins
