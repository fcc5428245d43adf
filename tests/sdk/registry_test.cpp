// The search: what is found where, what is said when nothing is, and what a list shows.
#include "engine/plugins/registry.hpp"
#include "plugin_folder.hpp"

#include <sentinel/plugin.hpp>

#include <gtest/gtest.h>

namespace {

struct NoOptions {};
class Pass final : public sentinel::Transform {
 public:
  static constexpr auto options = sentinel::options<NoOptions>();
  Pass(NoOptions, sentinel::Host&) {}
  sentinel::Result<sentinel::Schema> bind(const sentinel::Schema& in) override { return in; }
  sentinel::Result<sentinel::Applied> apply(sentinel::Batch in, sentinel::RowRejects&) override {
    return sentinel::Applied{std::move(in), {}};
  }
};

}  // namespace

SENTINEL_PLUGIN_AS(built_in_for_registry_test, "pass", "0.1.0", sentinel::transform<Pass>("pass", "Changes nothing."))

namespace sentinel::plugins {
namespace {

namespace fs = std::filesystem;

TEST(Registry, FindsBuiltInStagesByTheSameInterface) {
  Registry registry({}, {built_in_for_registry_test});
  const auto found = registry.find(SENTINEL_KIND_TRANSFORM, "pass");
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_TRUE(registry.owner(**found).is_built_in());
  EXPECT_EQ(registry.owner(**found).version, "0.1.0");
  EXPECT_EQ(registry.find(SENTINEL_KIND_SOURCE, "pass").error().message(),
            "no source \"pass\" (it is not built in, and there is no folder to search for plugins)");
}

TEST(Registry, SearchesFoldersInOrder) {
  const PluginFolder first, second;
  second.copy(built("stripped"), "sentinel_counter_source.so");
  Registry later({first.path(), second.path()}, {});
  const auto found = later.find(SENTINEL_KIND_SOURCE, "counter");
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(later.owner(**found).path, second.path() / "sentinel_counter_source.so");
  first.copy(built("good"), "sentinel_counter_source.so");
  Registry sooner({first.path(), second.path()}, {});
  EXPECT_EQ(sooner.owner(**sooner.find(SENTINEL_KIND_SOURCE, "counter")).path,
            first.path() / "sentinel_counter_source.so");
}

TEST(Registry, SaysWhereItSearchedAndWhatWasMeant) {
  const PluginFolder folder;
  folder.copy(built("good"), "sentinel_counter_source.so");
  const auto missing = folder.path() / "nowhere";
  Registry registry({folder.path(), missing}, {});
  const auto found = registry.find(SENTINEL_KIND_SOURCE, "conuter");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::kInvalidConfig);
  EXPECT_EQ(found.error().message(), "no source \"conuter\"; did you mean \"counter\"? (searched for " +
                                         (folder.path() / "sentinel_conuter_source.so").string() + ", " +
                                         (missing / "sentinel_conuter_source.so").string() + " [no such folder])");
}

TEST(Registry, NeverSearchesOutsideItsFolders) {
  const PluginFolder folder;
  Registry registry({folder.path()}, {});
  for (const auto* name : {"../counter", "a/b", "", "Counter", "1up", "a b", "a\nb"}) {
    const auto found = registry.find(SENTINEL_KIND_SOURCE, name);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message(), "no source \"" + std::string(name) + "\": a name is made of a-z, 0-9 and _");
  }
}

TEST(Registry, RefusesAFileThatHoldsSomethingElse) {
  const PluginFolder folder;
  const auto file = folder.copy(built("good"), "sentinel_other_source.so");
  Registry registry({folder.path()}, {});
  EXPECT_EQ(registry.find(SENTINEL_KIND_SOURCE, "other").error().message(),
            "plugin " + file.string() + ": holds no source \"other\", though its name says so");
}

TEST(Registry, ABrokenFirstFileIsNotPassedOver) {
  const PluginFolder first, second;
  const auto broken = first.write("sentinel_counter_source.so", "text");
  second.copy(built("good"), "sentinel_counter_source.so");
  Registry registry({first.path(), second.path()}, {});
  EXPECT_EQ(registry.find(SENTINEL_KIND_SOURCE, "counter").error().message(),
            "plugin " + broken.string() + ": is not a shared library (no ELF file)");
}

TEST(Registry, NamesNeedNoCodeToRun) {
  const PluginFolder folder;
  folder.write("sentinel_webshop_source.so", "not even a library");
  folder.write("sentinel_webshop_sink.so", "");
  folder.write("sentinel__source.so", "");
  folder.write("libother.so", "");
  Registry registry({folder.path(), folder.path() / "nowhere"}, {built_in_for_registry_test});
  EXPECT_EQ(registry.names(SENTINEL_KIND_SOURCE), std::vector<std::string>{"webshop"});
  EXPECT_EQ(registry.names(SENTINEL_KIND_TRANSFORM), std::vector<std::string>{"pass"});
  EXPECT_TRUE(registry.names(SENTINEL_KIND_BUILT_IN).empty());
}

TEST(Registry, ListsWhatLoadsAndWhyTheRestDoesNot) {
  Registry registry({built("good").parent_path(), built("hostile").parent_path()}, {built_in_for_registry_test});
  std::vector<Status> refused;
  std::vector<std::string> names;
  for (const auto* info : registry.all(refused)) names.push_back(info->name);
  EXPECT_EQ(names, (std::vector<std::string>{"pass", "counter", "plain_c", "append", "codes", "liar", "thrower"}));
  EXPECT_EQ(refused.size(), 9u);
  EXPECT_EQ(registry.all(refused).size(), 7u) << "a second look finds the same";
}

TEST(Registry, DefaultPathHonoursTheEnvironmentFirst) {
  setenv("SENTINEL_PLUGIN_PATH", "/opt/a::/opt/b:", 1);
  auto path = default_search_path();
  unsetenv("SENTINEL_PLUGIN_PATH");
  ASSERT_EQ(path.size(), 3u);
  EXPECT_EQ(path[0], "/opt/a");
  EXPECT_EQ(path[1], "/opt/b");
  EXPECT_EQ(path[2], fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "lib/sentinel/plugins");
  EXPECT_EQ(default_search_path().size(), 1u);
}

}  // namespace
}  // namespace sentinel::plugins
