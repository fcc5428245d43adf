// UTF-8 as the Unicode standard defines it, at every place relative to the eight-byte steps; what is shown of other
// bytes.
#include <sentinel/text.hpp>

#include <gtest/gtest.h>

#include <string>

namespace sentinel {
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

TEST(Text, AsUtf8EscapesOnlyWhatIsNotText) {
  using namespace std::string_literals;
  EXPECT_EQ(as_utf8("₦5,000\n"), "₦5,000\n");
  EXPECT_EQ(as_utf8("a\xff\xe2\x82z\0q"s), "a\\xff\\xe2\\x82z\\x00q");
  EXPECT_TRUE(is_utf8(as_utf8("\xf0\x90\x80\xc3")));
}

TEST(Text, PrintableEscapesControlCharactersToo) {
  using namespace std::string_literals;
  EXPECT_EQ(printable("a\nsentinel: forged\r\x1b[2J\t\x7f\0"s), "a\\x0asentinel: forged\\x0d\\x1b[2J\\x09\\x7f\\x00");
  EXPECT_EQ(printable("\xc2\x80\xc2\x9f\xc2\xa0\xc2\xa9"), "\\xc2\\x80\\xc2\\x9f\xc2\xa0\xc2\xa9");
  EXPECT_EQ(printable("₦5,000 – Adé"), "₦5,000 – Adé");
  EXPECT_EQ(printable("\xff\xc2"), "\\xff\\xc2");
}

TEST(Text, CountsCharactersAndNotBytes) {
  EXPECT_EQ(code_points(""), 0);
  EXPECT_EQ(code_points("Adé"), 3);
  EXPECT_EQ(code_points("₦5😀"), 3);
}

TEST(Text, LowerCaseIsAsciiOnlyAndKeepsTheLength) {
  EXPECT_EQ(lower_cased("AZ az 09 @[`{"), "az az 09 @[`{");
  EXPECT_EQ(lower_cased("Zo\xC3\x8B \xC4\xB0 \xff"), "zo\xC3\x8B \xC4\xB0 \xff") << "other letters and bytes stay";
  EXPECT_EQ(lower_cased(""), "");
}

TEST(Text, HexHasTwoDigitsAByte) {
  using namespace std::string_literals;
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex("\0\x0f\xa0\xff"s), "000fa0ff");
}

}  // namespace
}  // namespace sentinel
