// The canonical line of a tree, and what the other side of the boundary sees of it.
#include "engine/config/option_tree.hpp"

#include <gtest/gtest.h>
#include <sentinel/boundary.hpp>

namespace sentinel::config {
namespace {

OptionTree sample() {
  return OptionTree::map({{"text", OptionTree::text("a")},
                          {"list", OptionTree::list({OptionTree::integer(1), OptionTree::boolean(true)})},
                          {"map", OptionTree::map({{"rate", OptionTree::number(0.25)}})}});
}

TEST(OptionTree, HasOneCanonicalLine) {
  EXPECT_EQ(sample().canonical(), R"({"text":"a","list":[1,true],"map":{"rate":#0.25}})");
  EXPECT_EQ(OptionTree::text("a\"\\\nb").canonical(), R"("a\"\\\nb")");
}

TEST(OptionTree, DifferentTreesHaveDifferentLines) {
  EXPECT_NE(OptionTree::text("1").canonical(), OptionTree::integer(1).canonical());
  EXPECT_NE(OptionTree::number(1).canonical(), OptionTree::integer(1).canonical());
  EXPECT_NE(OptionTree::text("a\",\"b").canonical(),
            OptionTree::list({OptionTree::text("a"), OptionTree::text("b")}).canonical());
  EXPECT_NE(OptionTree::text("\\n").canonical(), OptionTree::text("\n").canonical());
  EXPECT_NE(OptionTree::list({}).canonical(), OptionTree::map({}).canonical());
}

TEST(OptionTree, FindsMembersOfMapsOnly) {
  const auto tree = sample();
  ASSERT_NE(tree.find("map"), nullptr);
  EXPECT_EQ(tree.find("map")->canonical(), R"({"rate":#0.25})");
  EXPECT_EQ(tree.find("none"), nullptr);
  EXPECT_EQ(OptionTree::text("x").find("x"), nullptr);
}

TEST(OptionTree, LendsItselfAsCStructs) {
  const auto tree = sample();
  auto lent = tree.lend();
  const auto moved = std::move(lent);
  const auto& root = moved.root();
  ASSERT_EQ(root.kind, SENTINEL_VALUE_MAP);
  EXPECT_EQ(root.struct_size, sizeof(sentinel_value));
  ASSERT_EQ(root.count, 3u);
  EXPECT_EQ(from_text(root.keys[1]), "list");
  EXPECT_EQ(from_text(root.items[0]->text), "a");
  ASSERT_EQ(root.items[1]->count, 2u);
  EXPECT_EQ(root.items[1]->items[0]->integer, 1);
  EXPECT_EQ(root.items[1]->items[1]->kind, SENTINEL_VALUE_BOOLEAN);
  EXPECT_EQ(root.items[1]->items[1]->integer, 1);
  EXPECT_EQ(root.items[2]->items[0]->number, 0.25);
}

}  // namespace
}  // namespace sentinel::config
