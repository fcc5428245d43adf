// An option table from both sides: what the host reads of it, and how it fills the plugin's struct.
#include <sentinel/option.hpp>

#include "engine/config/option_tree.hpp"

#include <gtest/gtest.h>

namespace sentinel {
namespace {

using config::OptionTree;

enum class Mode { kUpsert, kInsert, kAppend };
struct Rule {
  std::optional<std::int64_t> min;
  std::string pattern;
};
constexpr auto kRuleOptions = options<Rule>(option("min", &Rule::min, "The least value.").shorthand(),
                                            option("pattern", &Rule::pattern, "What it must look like."));
struct Options {
  std::string table;
  std::int64_t page = 1000;
  double rate = 0.25;
  bool strict = true;
  std::chrono::milliseconds wait{90000};
  ByteSize most{4 << 20};
  Mode mode = Mode::kInsert;
  std::string level = "low";
  std::vector<std::string> key{"id", "site"};
  Ordered<Rule> rules;
  Rule fallback;
  std::optional<std::string> note;
};
constexpr auto kOptions = options<Options>(
    option("table", &Options::table, "The table.").required().identity(),
    option("page", &Options::page, "Rows.").min(1).max(10000), option("rate", &Options::rate, "A rate."),
    option("strict", &Options::strict, "Strict."), option("wait", &Options::wait, "A wait.").advanced(),
    option("most", &Options::most, "A size."),
    option("mode", &Options::mode, "A mode.").choices("upsert", "insert", "append"),
    option("level", &Options::level, "A level.").choices("low", "high"), option("key", &Options::key, "The key."),
    option("rules", &Options::rules, "Rules by field.").of(kRuleOptions),
    option("fallback", &Options::fallback, "Else.").of(kRuleOptions),
    option("note", &Options::note, "A note.").secret().deprecated());

const sentinel_option& entry(std::string_view name) {
  const auto* table = kOptions.c_table();
  for (std::uint32_t i = 0; i < table->count; ++i)
    if (name == table->options[i]->name) return *table->options[i];
  ADD_FAILURE() << "no option " << name;
  return *table->options[0];
}
std::string default_of(std::string_view name) {
  const auto* text = entry(name).default_text;
  return text == nullptr ? "none" : text;
}

TEST(OptionTable, TellsTypesDefaultsAndLimits) {
  EXPECT_EQ(kOptions.c_table(), kOptions.c_table());
  EXPECT_EQ(kOptions.c_table()->count, 12u);
  EXPECT_EQ(entry("table").flags, static_cast<std::uint32_t>(SENTINEL_OPTION_REQUIRED | SENTINEL_OPTION_IDENTITY));
  EXPECT_EQ(default_of("table"), "none");
  EXPECT_EQ(entry("page").type, SENTINEL_TYPE_INTEGER);
  EXPECT_EQ(entry("page").maximum, 10000);
  EXPECT_EQ(default_of("page"), "1000");
  EXPECT_EQ(default_of("rate"), "0.25");
  EXPECT_EQ(default_of("strict"), "true");
  EXPECT_EQ(default_of("wait"), "90s");
  EXPECT_EQ(default_of("most"), "4MiB");
  EXPECT_EQ(entry("mode").type, SENTINEL_TYPE_ENUM);
  EXPECT_EQ(default_of("mode"), "insert");
  EXPECT_STREQ(entry("mode").choices[2], "append");
  EXPECT_EQ(entry("mode").choices[3], nullptr);
  EXPECT_EQ(entry("level").type, SENTINEL_TYPE_ENUM);
  EXPECT_EQ(default_of("key"), "[id, site]");
  EXPECT_EQ(entry("key").element_type, SENTINEL_TYPE_STRING);
  EXPECT_EQ(entry("rules").type, SENTINEL_TYPE_MAP);
  EXPECT_EQ(entry("rules").element_type, SENTINEL_TYPE_OBJECT);
  EXPECT_EQ(entry("rules").table->count, 2u);
  EXPECT_EQ(entry("fallback").type, SENTINEL_TYPE_OBJECT);
  EXPECT_EQ(entry("note").type, SENTINEL_TYPE_STRING);
}

TEST(OptionTable, FillsWhatIsNamedAndKeepsTheRest) {
  const auto tree = OptionTree::map({
      {"table", OptionTree::text("donations")},
      {"rate", OptionTree::number(0.5)},
      {"strict", OptionTree::boolean(false)},
      {"wait", OptionTree::integer(250)},
      {"most", OptionTree::integer(1024)},
      {"mode", OptionTree::text("append")},
      {"key", OptionTree::list({OptionTree::text("ref")})},
      {"rules", OptionTree::map({{"z", OptionTree::map({{"min", OptionTree::integer(1)}})},
                                 {"a", OptionTree::map({{"pattern", OptionTree::text("x+")}})}})},
      {"note", OptionTree::text("")},
  });
  Options out;
  const auto lent = tree.lend();
  const auto status = kOptions.fill(lent.root(), "", out);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(out.table, "donations");
  EXPECT_EQ(out.page, 1000);
  EXPECT_EQ(out.rate, 0.5);
  EXPECT_FALSE(out.strict);
  EXPECT_EQ(out.wait.count(), 250);
  EXPECT_EQ(out.most.bytes, 1024);
  EXPECT_EQ(out.mode, Mode::kAppend);
  EXPECT_EQ(out.level, "low");
  EXPECT_EQ(out.key, std::vector<std::string>{"ref"});
  ASSERT_EQ(out.rules.size(), 2u);
  EXPECT_EQ(out.rules[0].first, "z") << "in the order written";
  EXPECT_EQ(out.rules[0].second.min, 1);
  EXPECT_EQ(out.rules[1].second.pattern, "x+");
  EXPECT_EQ(out.note, "");
}

TEST(OptionTable, NamesTheOptionAtFault) {
  const auto fault = [](OptionTree::Map map) {
    Options out;
    const auto tree = OptionTree::map(std::move(map));
    const auto lent = tree.lend();
    const auto status = kOptions.fill(lent.root(), "", out);
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    return status.option_path() + ": " + status.message();
  };
  EXPECT_EQ(fault({{"tabel", OptionTree::text("x")}}), "tabel: unknown option \"tabel\"");
  EXPECT_EQ(fault({{"page", OptionTree::text("x")}}), "page: must be an integer");
  EXPECT_EQ(fault({{"mode", OptionTree::text("merge")}}), "mode: must be one of its choices");
  EXPECT_EQ(fault({{"strict", OptionTree::integer(1)}}), "strict: must be true or false");
  EXPECT_EQ(fault({{"key", OptionTree::list({OptionTree::text("a"), OptionTree::integer(1)})}}),
            "key.1: must be a text");
  EXPECT_EQ(fault({{"rules", OptionTree::map({{"email", OptionTree::map({{"min", OptionTree::text("x")}})}})}}),
            "rules.email.min: must be an integer");
  EXPECT_EQ(fault({{"rules", OptionTree::list({})}}), "rules: must be a map");
  EXPECT_EQ(fault({{"fallback", OptionTree::text("x")}}), "fallback: must be a map of options");
}

struct Renamed {
  std::string place, colour;
};
constexpr auto kRenamed = options<Renamed>(option("place", &Renamed::place, "Where.").formerly("location", "path"),
                                           option("colour", &Renamed::colour, "Which."));

TEST(OptionTable, KnowsWhatAnOptionWasCalledBefore) {
  const auto& place = *kRenamed.c_table()->options[0];
  EXPECT_STREQ(place.former_names[0], "location");
  EXPECT_STREQ(place.former_names[1], "path");
  EXPECT_EQ(place.former_names[2], nullptr);
  EXPECT_EQ(kRenamed.c_table()->options[1]->former_names, nullptr);
  for (const char* name : {"place", "location", "path"}) {
    Renamed out;
    const auto tree = OptionTree::map({{name, OptionTree::text("here")}});
    const auto lent = tree.lend();
    EXPECT_TRUE(kRenamed.fill(lent.root(), "", out).ok()) << name;
    EXPECT_EQ(out.place, "here") << name;
  }
}

TEST(OptionTable, WritesDurationsAndSizesAsPeopleDo) {
  EXPECT_EQ(detail::duration_text(0), "0s");
  EXPECT_EQ(detail::duration_text(200), "200ms");
  EXPECT_EQ(detail::duration_text(900000), "15m");
  EXPECT_EQ(detail::duration_text(7200000), "2h");
  EXPECT_EQ(detail::size_text(0), "0");
  EXPECT_EQ(detail::size_text(1000), "1000");
  EXPECT_EQ(detail::size_text(64 << 10), "64KiB");
}

}  // namespace
}  // namespace sentinel
