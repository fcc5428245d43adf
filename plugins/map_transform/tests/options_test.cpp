// The option table of map: filled from a tree as the host lends it, and described to the host.
#include "map_transform/map.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace sentinel::map_transform {
namespace {

// Builds a tree of option values; lives as long as the values it hands out.
class Tree {
 public:
  const sentinel_value* text(const char* value) {
    auto& node = add(SENTINEL_VALUE_TEXT);
    node.text = to_text(value);
    return &node;
  }
  const sentinel_value* boolean(bool value) {
    auto& node = add(SENTINEL_VALUE_BOOLEAN);
    node.integer = value ? 1 : 0;
    return &node;
  }
  const sentinel_value* list(std::vector<const sentinel_value*> items) {
    auto& node = add(SENTINEL_VALUE_LIST);
    node.count = items.size();
    node.items = items_.emplace_back(std::move(items)).data();
    return &node;
  }
  const sentinel_value* map(const std::vector<std::pair<const char*, const sentinel_value*>>& members) {
    auto& node = add(SENTINEL_VALUE_MAP);
    auto& keys = keys_.emplace_back();
    auto& items = items_.emplace_back();
    for (const auto& [key, item] : members) {
      keys.push_back(to_text(key));
      items.push_back(item);
    }
    node.count = members.size();
    node.keys = keys.data();
    node.items = items.data();
    return &node;
  }

 private:
  sentinel_value& add(std::int32_t kind) {
    auto& node = nodes_.emplace_back();
    node.struct_size = sizeof node;
    node.kind = kind;
    return node;
  }
  std::deque<sentinel_value> nodes_;
  std::deque<std::vector<sentinel_text>> keys_;
  std::deque<std::vector<const sentinel_value*>> items_;
};

const sentinel_option* find(const sentinel_option_table* table, std::string_view name) {
  for (std::uint32_t i = 0; i < table->count; ++i)
    if (name == table->options[i]->name) return table->options[i];
  return nullptr;
}

TEST(Options, AreFilledFromNestedValues) {
  Tree tree;
  const auto* amount = tree.map({{"decimal_point", tree.text(",")},
                                 {"thousands", tree.text(" ")},
                                 {"currency_symbols", tree.list({tree.text("₦"), tree.text("NGN")})},
                                 {"allow_negative", tree.boolean(true)}});
  const auto* fields =
      tree.map({{"ref", tree.map({{"from", tree.text("meta.ref")}})},
                {"kobo", tree.map({{"from", tree.text("meta.total")}, {"amount", amount}})},
                {"day", tree.map({{"type", tree.text("date")}, {"default", tree.text("2024-01-31")}})}});
  Options options;
  const auto status = kOptions.fill(*tree.map({{"fields", fields}, {"keep_others", tree.boolean(true)}}), "", options);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(options.fields.size(), 3u);
  EXPECT_EQ(options.fields[0].second.from, "meta.ref");
  const auto& rules = *options.fields[1].second.amount;
  EXPECT_EQ(rules.decimal_point, DecimalPoint::kComma);
  EXPECT_EQ(rules.thousands, Thousands::kSpace);
  EXPECT_EQ(rules.currency_symbols, (std::vector<std::string>{"₦", "NGN"}));
  EXPECT_TRUE(rules.allow_negative);
  EXPECT_EQ(options.fields[2].second.type, CastType::kDate);
  EXPECT_EQ(options.fields[2].second.default_value, "2024-01-31");
  EXPECT_TRUE(options.keep_others);
}

TEST(Options, AWrongValueIsNamedByItsPath) {
  Tree tree;
  const auto* fields = tree.map({{"kobo", tree.map({{"amount", tree.map({{"thousands", tree.text("_")}})}})}});
  Options options;
  const auto status = kOptions.fill(*tree.map({{"fields", fields}}), "", options);
  EXPECT_EQ(status.option_path(), "fields.kobo.amount.thousands");
}

TEST(Options, TellTheHostAboutTheShorthandAndTheWords) {
  const auto* fields = find(kOptions.c_table(), "fields");
  EXPECT_EQ(fields->type, SENTINEL_TYPE_MAP);
  EXPECT_EQ(fields->element_type, SENTINEL_TYPE_OBJECT);
  EXPECT_TRUE(fields->flags & SENTINEL_OPTION_REQUIRED);
  EXPECT_TRUE(find(fields->table, "from")->flags & SENTINEL_OPTION_SHORTHAND);
  const auto* type = find(fields->table, "type");
  EXPECT_EQ(type->type, SENTINEL_TYPE_ENUM);
  EXPECT_STREQ(type->choices[static_cast<int>(CastType::kMinorUnits)], "minor_units");
  EXPECT_EQ(type->choices[static_cast<int>(CastType::kMinorUnits) + 1], nullptr);
  const auto* amount = find(fields->table, "amount");
  EXPECT_EQ(amount->type, SENTINEL_TYPE_OBJECT);
  const auto* thousands = find(amount->table, "thousands");
  EXPECT_STREQ(thousands->default_text, "none");
  EXPECT_STREQ(thousands->choices[static_cast<int>(Thousands::kComma)], ",");
  EXPECT_STREQ(thousands->choices[static_cast<int>(Thousands::kPoint)], ".");
  EXPECT_STREQ(thousands->choices[static_cast<int>(Thousands::kSpace)], " ");
}

}  // namespace
}  // namespace sentinel::map_transform
