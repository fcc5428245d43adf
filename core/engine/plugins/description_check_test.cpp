// What a plugin may say about itself, and every way to get it wrong that the structs can show.
#include "engine/plugins/description_check.hpp"

#include "engine/plugins/raw_arrays_for_tests.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sentinel::plugins {
namespace {

// A sink with one option, all of it valid until a test spoils it.
class DescriptionTest : public testing::Test {
 protected:
  DescriptionTest() {
    calls_.struct_size = sizeof calls_;
    calls_.open = [](const sentinel_host*, const sentinel_value*, void**, sentinel_error*) noexcept -> std::int32_t {
      return 0;
    };
    calls_.close = [](void*) noexcept {};
    calls_.bind = [](void*, const ArrowSchema*, sentinel_error*) noexcept -> std::int32_t { return 0; };
    calls_.write = [](void*, const sentinel_write_request*, sentinel_error*) noexcept -> std::int32_t { return 0; };
    option_.struct_size = sizeof option_;
    option_.type = SENTINEL_TYPE_STRING;
    option_.name = "path";
    option_.doc = "Where to write.";
    option_.maximum = 1;
    table_ = {sizeof table_, 1, options_.data()};
    component_ = {sizeof component_,
                  SENTINEL_KIND_SINK,
                  "file",
                  "Writes lines.",
                  &table_,
                  0,
                  SENTINEL_SINK_WRITE_ONLY,
                  nullptr,
                  nullptr,
                  &calls_,
                  0};
    plugin_ = {sizeof plugin_, SENTINEL_ABI_VERSION, "file", "1.0.0", 1, components_.data()};
  }
  std::string verdict(bool is_built_in = false) const {
    const auto status = check_description(&plugin_, is_built_in);
    return status.ok() ? "good" : status.message();
  }
  sentinel_sink_calls calls_{};
  sentinel_option option_{};
  std::array<const sentinel_option*, 2> options_{&option_, &option_};
  sentinel_option_table table_{};
  sentinel_component component_{};
  std::array<const sentinel_component*, 1> components_{&component_};
  sentinel_plugin plugin_{};
};

TEST_F(DescriptionTest, AcceptsWhatIsWhole) { EXPECT_EQ(verdict(), "good"); }

TEST_F(DescriptionTest, PluginMustSayWhoItIs) {
  plugin_.name = "";
  EXPECT_EQ(verdict(), "does not say its name");
  plugin_.name = "file";
  plugin_.version = nullptr;
  EXPECT_EQ(verdict(), "does not say its version");
  plugin_.version = "1";
  plugin_.component_count = 0;
  EXPECT_EQ(verdict(), "has no component");
  plugin_.component_count = ~std::uint64_t{0};
  EXPECT_EQ(verdict(), "claims 18446744073709551615 components");
}

TEST_F(DescriptionTest, ComponentMustBeNamedDocumentedAndOfAKnownKind) {
  component_.use = "File Sink";
  EXPECT_EQ(verdict(), "one of its components has the name \"File Sink\"; a name is made of a-z, 0-9 and _");
  component_.use = nullptr;
  EXPECT_EQ(verdict(), "one of its components has the name \"\"; a name is made of a-z, 0-9 and _");
  component_.use = "file";
  component_.doc = "";
  EXPECT_EQ(verdict(), "its sink file has no documentation");
  component_.doc = "Writes lines.";
  component_.kind = 9;
  EXPECT_EQ(verdict(), "its component file has the unknown kind 9");
  component_.kind = SENTINEL_KIND_BUILT_IN;
  EXPECT_EQ(verdict(),
            "its built-in stage file is a built-in stage, which only the program itself can offer; write a source, "
            "transform or sink");
  EXPECT_EQ(verdict(true), "good");
  component_.kind = SENTINEL_KIND_SOURCE;
  EXPECT_EQ(verdict(), "its source file has no call table");
  component_.kind = SENTINEL_KIND_SINK;
  component_.struct_size = offsetof(sentinel_component, sink);
  EXPECT_EQ(verdict(), "its sink file has no call table");
  component_.struct_size = 8;
  EXPECT_EQ(verdict(),
            "has a truncated description: its component has 8 of 72 bytes; build it again with this Sentinel's SDK");
}

TEST_F(DescriptionTest, CallsOfTheClaimedLevelMustBeThere) {
  calls_.write = nullptr;
  EXPECT_EQ(verdict(), "its sink file does not offer write, which every one of its kind must");
  calls_.write = [](void*, const sentinel_write_request*, sentinel_error*) noexcept -> std::int32_t { return 0; };
  component_.sink_level = SENTINEL_SINK_TRANSACTIONAL;
  EXPECT_EQ(verdict(), "its sink file claims level 2 but does not offer resume, which every one of its kind must");
  component_.sink_level = 3;
  EXPECT_EQ(verdict(), "its sink file claims the unknown level 3");
}

TEST_F(DescriptionTest, OnlyLevel1LimitsItsRows) {
  component_.max_rows = 100;
  EXPECT_EQ(verdict(), "good");
  component_.max_rows = -1;
  EXPECT_EQ(verdict(), "its sink file takes -1 rows at most");
  component_.max_rows = 100;
  component_.sink_level = SENTINEL_SINK_TRANSACTIONAL;
  EXPECT_EQ(verdict(), "its sink file limits the rows of a write, though a transaction holds a whole batch");
}

TEST_F(DescriptionTest, FormerNamesAreNamesToo) {
  const char* const former[] = {"place", nullptr};
  option_.former_names = former;
  EXPECT_EQ(verdict(), "good");
  const char* const own[] = {"path", nullptr};
  option_.former_names = own;
  EXPECT_EQ(verdict(), "its sink file option \"path\" is declared twice");
}

TEST_F(DescriptionTest, OptionsMustBeSane) {
  const auto refusal_after = [&](auto spoil) {
    const auto kept = option_;
    spoil();
    auto said = verdict();
    option_ = kept;
    return said;
  };
  const std::string its = "its sink file ";
  EXPECT_EQ(refusal_after([&] { option_.name = ""; }), its + "one of its options has no name");
  EXPECT_EQ(refusal_after([&] { option_.name = "use"; }), its + "option \"use\" has a reserved name");
  EXPECT_EQ(refusal_after([&] { option_.doc = nullptr; }), its + "option \"path\" has no documentation");
  EXPECT_EQ(refusal_after([&] { option_.type = 11; }), its + "option \"path\" has the unknown type 11");
  EXPECT_EQ(refusal_after([&] { option_.minimum = 2; }), its + "option \"path\" has a minimum above its maximum");
  EXPECT_EQ(refusal_after([&] { option_.type = SENTINEL_TYPE_ENUM; }),
            its + "option \"path\" is an enum without choices");
  EXPECT_EQ(refusal_after([&] { option_.type = SENTINEL_TYPE_OBJECT; }),
            its + "option \"path\" is an object without a table");
  EXPECT_EQ(refusal_after([&] { option_.type = SENTINEL_TYPE_LIST; }),
            its + "option \"path\" has elements of the unknown type 0");
  EXPECT_EQ(refusal_after([&] {
              option_.type = SENTINEL_TYPE_MAP;
              option_.element_type = SENTINEL_TYPE_OBJECT;
            }),
            its + "option \"path\" is an object without a table");
  EXPECT_EQ(refusal_after([&] {
              option_.type = SENTINEL_TYPE_OBJECT;
              option_.table = &table_;
            }),
            its + "nests its options deeper than 8 tables");
  EXPECT_EQ(
      refusal_after([&] { option_.struct_size = 40; }),
      its + "has a truncated description: its option has 40 of 80 bytes; build it again with this Sentinel's SDK");
  table_.count = 2;
  EXPECT_EQ(verdict(), its + "option \"path\" is declared twice");
  options_[1] = nullptr;
  EXPECT_EQ(verdict(), its + "one of its options is null");
  table_.options = nullptr;
  EXPECT_EQ(verdict(), its + "has an option table that is null");
  component_.options = nullptr;
  EXPECT_EQ(verdict(), its + "has no option table");
}

}  // namespace
}  // namespace sentinel::plugins
