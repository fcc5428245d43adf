// Random damage to the inputs of the three scanners: nothing crashes, hangs, or comes out as no UTF-8.
#include "map_transform/html.hpp"
#include "map_transform/json_path.hpp"
#include "map_transform/php.hpp"

#include "support/json/json_text.hpp"

#include <sentinel/text.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

namespace sentinel::map_transform {
namespace {

class Damage : public testing::Test {
 protected:
  void SetUp() override { std::cout << "seed " << seed_ << " (SENTINEL_FUZZ_SEED)\n"; }
  std::size_t below(std::size_t limit) { return random_() % limit; }
  // The text after a few bytes were changed, doubled or dropped; still UTF-8, as every text of a batch.
  std::string damaged(std::string text, std::string_view alphabet) {
    const auto original = text;
    for (auto count = 1 + below(4); count > 0 && !text.empty(); --count) {
      const auto at = below(text.size());
      switch (below(3)) {
        case 0: text[at] = alphabet[below(alphabet.size())]; break;
        case 1: text.erase(at, 1 + below(3)); break;
        default: text.insert(at, text.substr(below(text.size()), 1 + below(6)));
      }
    }
    return is_utf8(text) ? text : original;
  }

 private:
  static unsigned seed() {
    const char* given = std::getenv("SENTINEL_FUZZ_SEED");
    return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  }
  const unsigned seed_ = seed();
  std::mt19937 random_{seed_};
};

TEST_F(Damage, ToSerializedPhpEndsInJsonOrAReject) {
  const std::string whole =
      R"(a:3:{s:2:"ip";s:8:"10.0.0.1";i:7;a:2:{i:0;d:-1.5E+3;i:1;b:1;}s:1:"o";O:1:"A":1:{s:4:"näh";N;}})";
  std::size_t read = 0;
  for (int round = 0; round < 10'000; ++round) {
    const auto json = php_at(damaged(whole, "asidbONR:;{}\"0123456789-"), {}, PhpObjects::kMap);
    if (!json || !*json) continue;
    ++read;
    ASSERT_TRUE(support::compact_json(**json).has_value()) << **json;
  }
  EXPECT_GT(read, 0u) << "no damage was harmless: the test has lost its subject";
}

TEST_F(Damage, ToJsonEndsInTextOrAReject) {
  const std::string whole = R"({"a":[{"b":"Zoë \u00e9"},[1.50,-2e3,true,null]],"c":{"d":{}}})";
  const Path paths[] = {*parse_path("a[0].b"), *parse_path("a[1][0]"), *parse_path("c.d"), *parse_path("a[1]")};
  std::size_t read = 0;
  for (int round = 0; round < 10'000; ++round) {
    const auto value = json_at(damaged(whole, "{}[],:\"\\un0123456789-e"), paths[below(4)]);
    if (!value || !*value) continue;
    ++read;
    ASSERT_TRUE(is_utf8(**value));
  }
  EXPECT_GT(read, 0u);
}

TEST_F(Damage, ToHtmlEndsInTextThatIsNotLonger) {
  const std::string whole =
      "<!-- wp:p --><p class=\"x\">Zoë &amp; <b>co</b></p><script>a</script>[gallery id='1']&#233;";
  for (int round = 0; round < 10'000; ++round) {
    const auto html = damaged(whole, "<>/!-\"'=[]&;# p");
    const auto text = html_to_text(without_shortcodes(html));
    ASSERT_TRUE(is_utf8(text)) << html;
    ASSERT_LE(text.size(), html.size()) << html;
  }
  EXPECT_EQ(html_to_text(std::string(4'000'000, '<')).size(), 4'000'000u) << "and in good time";
}

}  // namespace
}  // namespace sentinel::map_transform
