// Plugins built by other hands (clang, another library setting, static or stripped, plain C) are read to the end by
// this program.
#include "engine/plugins/raw_arrays_for_tests.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/plugins/source_stage.hpp"
#include "plugin_folder.hpp"

#include <gtest/gtest.h>

namespace sentinel::plugins {
namespace {

using config::OptionTree;

class ForeignPlugin : public testing::TestWithParam<const char*> {};

TEST_P(ForeignPlugin, IsReadToTheEnd) {
  const auto file = built(GetParam());
  ASSERT_TRUE(std::filesystem::exists(file)) << file << " was not built: is the compiler installed?";
  Registry registry({file.parent_path()}, {});
  const auto component = registry.find(SENTINEL_KIND_SOURCE, "counter");
  ASSERT_TRUE(component) << component.error().message();
  EXPECT_STREQ((*component)->options->options[1]->default_text, "INV-");
  const auto options = OptionTree::map(
      {{"count", OptionTree::integer(2500)}, {"prefix", OptionTree::text("a prefix too long for a small string ₦")}});
  auto source = SourceStage::open(**component, quiet_host(), options);
  ASSERT_TRUE(source) << source.error().message();
  const auto schema = (*source)->schema();
  ASSERT_TRUE(schema) << schema.error().message();
  EXPECT_TRUE((*schema)[0].is_key);
  EXPECT_EQ((*schema)[1].currency, "NGN");
  std::string cursor;
  std::int64_t rows = 0;
  for (bool done = false; !done;) {
    auto page = (*source)->read(cursor, 1000, 4 << 20);
    ASSERT_TRUE(page) << page.error().message();
    const auto view = page->batch.view(*schema);
    for (std::int64_t i = 0; i < view.rows(); ++i, ++rows) {
      ASSERT_EQ(view.column(0).text(i), "a prefix too long for a small string ₦" + std::to_string(rows));
      ASSERT_EQ(view.column(1).int64(i), rows * 100);
    }
    cursor = page->next;
    done = page->done;
  }
  EXPECT_EQ(rows, 2500);
  auto refused = SourceStage::open(**component, quiet_host(), OptionTree::map({{"count", OptionTree::text("x")}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "source counter: must be an integer");
  EXPECT_EQ(refused.error().option_path(), "count");
}

INSTANTIATE_TEST_SUITE_P(Built, ForeignPlugin,
                         testing::Values("good", "clang", "debug_library", "static_library", "stripped"),
                         [](const auto& info) { return std::string(info.param); });

TEST(PlainC, IsReadToTheEnd) {
  Registry registry({built("good").parent_path()}, {});
  const auto component = registry.find(SENTINEL_KIND_SOURCE, "plain_c");
  ASSERT_TRUE(component) << component.error().message();
  auto source = SourceStage::open(**component, quiet_host(), {});
  ASSERT_TRUE(source) << source.error().message();
  const auto schema = (*source)->schema();
  ASSERT_TRUE(schema) << schema.error().message();
  auto page = (*source)->read("", 1000, 4 << 20);
  ASSERT_TRUE(page) << page.error().message();
  ASSERT_EQ(page->batch.rows(), 3);
  EXPECT_EQ(page->batch.view(*schema).column(0).int64(2), 20);
  EXPECT_TRUE(page->done);
}

TEST(ForeignPlugins, StandSideBySide) {
  Registry registry({}, {});
  std::vector<const PluginInfo*> plugins;
  for (const auto* folder : {"good", "debug_library", "static_library"}) {
    auto loaded = registry.load(built(folder));
    ASSERT_TRUE(loaded) << loaded.error().message();
    plugins.push_back(*loaded);
  }
  EXPECT_NE(plugins[0]->plugin, plugins[1]->plugin);
  EXPECT_EQ(&registry.owner(*plugins[1]->plugin->components[0]), plugins[1]);
  EXPECT_EQ(*registry.load(built("good")), plugins[0]) << "a file is loaded once";
}

}  // namespace
}  // namespace sentinel::plugins
