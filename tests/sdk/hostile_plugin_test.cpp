// Every hostile plugin gives one clear sentence: which file, what is wrong with it, and the cure.
#include "engine/plugins/plugin_file.hpp"
#include "engine/plugins/raw_arrays_for_tests.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/plugins/source_stage.hpp"
#include "engine/plugins/transform_stage.hpp"
#include "plugin_folder.hpp"

#include <gtest/gtest.h>

#include <elf.h>
#include <pwd.h>
#include <sys/stat.h>

#include <cstring>

namespace sentinel::plugins {
namespace {

namespace fs = std::filesystem;
using config::OptionTree;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What loading the file says, without the path in front, which it must name.
std::string refusal(const fs::path& file) {
  Registry registry({}, {});
  auto loaded = registry.load(file);
  if (loaded) return "loaded";
  EXPECT_EQ(loaded.error().code(), Code::kInvalidConfig);
  const auto& message = loaded.error().message();
  const auto prefix = "plugin " + file.string() + ": ";
  EXPECT_TRUE(message.starts_with(prefix)) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  EXPECT_NE(message.back(), '.') << message;
  return message.substr(std::min(prefix.size(), message.size()));
}
std::string refusal_of(const std::string& name) { return refusal(built("hostile", name)); }

TEST(HostileFile, WrongVersionsSayBothNumbers) {
  EXPECT_EQ(refusal_of("too_new"),
            "is too new: it was built for version 42 of the plugin interface, and this Sentinel takes 1 to 1; install "
            "a newer Sentinel");
  EXPECT_EQ(refusal_of("too_old"),
            "is too old: it was built for version 0 of the plugin interface, and this Sentinel takes 1 to 1; build it "
            "again with this Sentinel's SDK");
}

TEST(HostileFile, DescriptionsThatAreNone) {
  EXPECT_EQ(
      refusal_of("truncated"),
      "has a truncated description: its plugin struct has 16 of 40 bytes; build it again with this Sentinel's SDK");
  EXPECT_EQ(refusal_of("short_calls"), "its source short_calls does not offer read, which every one of its kind must");
  EXPECT_EQ(refusal_of("null_component"), "one of its components is null");
  EXPECT_EQ(refusal_of("silent"), "gave no description of itself to version 1 of the plugin interface");
  EXPECT_EQ(refusal_of("throwing_entry"), "threw while describing itself: no licence found");
}

TEST(HostileFile, LibrariesThatAreNoPlugin) {
  EXPECT_EQ(refusal_of("no_entry"),
            "is not a Sentinel plugin: it exports no sentinel_plugin_v1; does its source end with SENTINEL_PLUGIN(…)?");
  const auto undefined = refusal_of("undefined");
  EXPECT_TRUE(undefined.starts_with("cannot be loaded: ")) << undefined;
  EXPECT_NE(undefined.find("undefined symbol"), std::string::npos) << undefined;
  EXPECT_NE(undefined.find("function_that_nobody_has"), std::string::npos) << undefined;
}

TEST(HostileFile, FilesThatAreNoLibrary) {
  const PluginFolder folder;
  EXPECT_EQ(refusal(folder.path() / "missing.so"), "no such file");
  EXPECT_EQ(refusal(folder.path()), "is a folder, not a shared library");
  EXPECT_EQ(refusal(folder.write("text.so", "#!/bin/sh\necho hello\n")), "is not a shared library (no ELF file)");
  EXPECT_EQ(refusal(folder.write("empty.so", "")), "is not a shared library (no ELF file)");
  EXPECT_EQ(refusal(fs::path("/dev/null")), "is not a regular file");
}

TEST(HostileFile, LibrariesForAnotherMachine) {
  const PluginFolder folder;
  const auto spoilt = [&](std::size_t at, char value) {
    auto bytes = contents(built("good"));
    bytes.at(at) = value;
    return refusal(folder.write("sentinel_counter_source.so", bytes));
  };
  EXPECT_EQ(spoilt(EI_CLASS, ELFCLASS32), "is a 32-bit library; Sentinel needs a 64-bit one");
  EXPECT_EQ(spoilt(EI_DATA, ELFDATA2MSB).substr(0, 42), "is a library for another kind of processor");
  EXPECT_EQ(spoilt(offsetof(Elf64_Ehdr, e_machine), EM_S390),
            "is a library for another kind of processor (ELF machine 22)");
  EXPECT_EQ(spoilt(offsetof(Elf64_Ehdr, e_type), ET_EXEC), "is an ELF file, but no shared library (ELF type 2)");
}

TEST(HostileFile, TruncatedAtAnyLength) {
  const PluginFolder folder;
  const auto whole = contents(built("stripped"));
  ASSERT_GT(whole.size(), 1000u);
  for (std::size_t size = EI_NIDENT; size < whole.size(); size += size < 200 ? 7 : 997)
    EXPECT_EQ(refusal(folder.write("cut.so", whole.substr(0, size))),
              "is a truncated shared library; build or copy it again")
        << size << " bytes";
}

TEST(HostileFile, NumbersThatPointNowhere) {
  const PluginFolder folder;
  const auto whole = contents(built("stripped"));
  Elf64_Ehdr header;
  std::memcpy(&header, whole.data(), sizeof header);
  for (std::size_t at = header.e_shoff; at < whole.size(); at += 5) {  // all over the section table
    auto bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    const auto file = folder.write("odd.so", bytes);
    const auto checked = check_plugin_file(file, geteuid());  // whatever it says, it must come back
    if (!checked) {
      EXPECT_EQ(checked.error().code(), Code::kInvalidConfig);
    }
  }
}

TEST(HostileFile, ReplaceableByEverybody) {
  const PluginFolder folder;
  const auto file = folder.copy(built("good"), "sentinel_counter_source.so");
  EXPECT_EQ(refusal(file), "loaded");
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  EXPECT_EQ(refusal(file), "could be replaced by somebody else: anyone can write to the file " + file.string() +
                               "; run chmod o-w " + file.string());
  fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);
  fs::permissions(folder.path(), fs::perms::others_all, fs::perm_options::add);
  EXPECT_EQ(refusal(file), "could be replaced by somebody else: anyone can write to its folder " +
                               folder.path().string() + "; run chmod o-w " + folder.path().string());
  fs::permissions(folder.path(), fs::perms::sticky_bit, fs::perm_options::add);
  EXPECT_EQ(refusal(file), "loaded") << "a sticky folder protects what is in it, like /tmp";
}

TEST(HostileFile, ReplaceableThroughALink) {
  const PluginFolder safe, open;
  fs::create_directory(open.path() / "wide");
  const auto target = open.path() / "wide" / "sentinel_counter_source.so";
  fs::copy_file(built("good"), target);
  fs::permissions(open.path() / "wide", fs::perms::all);
  const auto link = safe.path() / "sentinel_counter_source.so";
  fs::create_symlink(target, link);
  EXPECT_NE(refusal(link).find("anyone can write to its folder " + (open.path() / "wide").string()), std::string::npos)
      << "the real path counts";
}

TEST(HostileFile, OwnedByAThirdUser) {
  const PluginFolder folder;
  const auto file = folder.copy(built("good"), "sentinel_counter_source.so");
  const auto* nobody = getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(file.c_str(), nobody->pw_uid, nobody->pw_gid), 0);
    EXPECT_EQ(refusal(file), "could be replaced by somebody else: the file " + file.string() +
                                 " belongs to the user nobody, who is not root; chown it");
  } else {  // the same seen by nobody: a file of ours
    const auto checked = check_plugin_file(file, nobody->pw_uid);
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().message().find(", who is neither root nor nobody; chown it"), std::string::npos);
  }
}

// A stage of a hostile library, opened.
Result<std::unique_ptr<SourceStage>> open_source(Registry& registry, const std::string& name,
                                                 const OptionTree& options = {}) {
  const auto component = registry.find(SENTINEL_KIND_SOURCE, name);
  if (!component) return component.error();
  return SourceStage::open(**component, quiet_host(), options);
}

TEST(HostileCall, ExceptionsArriveAsMessages) {
  Registry registry({built("hostile").parent_path()}, {});
  const auto in = [](const char* call) { return OptionTree::map({{"in", OptionTree::text(call)}}); };
  auto source = open_source(registry, "thrower", in("open"));
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code(), Code::kInternal);
  EXPECT_EQ(source.error().message(), "source thrower: threw: the disk in open melted");
  source = open_source(registry, "thrower", in("schema"));
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->schema().error().message(), "source thrower: threw: the disk in schema melted");
  source = open_source(registry, "thrower", in("read"));
  ASSERT_TRUE(source && (*source)->schema());
  EXPECT_EQ((*source)->read("", 10, 1000).error().message(), "source thrower: threw: the disk in read melted");
  source = open_source(registry, "thrower", in("read_int"));
  ASSERT_TRUE(source && (*source)->schema());
  EXPECT_EQ((*source)->read("", 10, 1000).error().message(),
            "source thrower: threw something that is no std::exception");

  const auto component = registry.find(SENTINEL_KIND_TRANSFORM, "thrower");  // in the library that is loaded already
  ASSERT_TRUE(component) << component.error().message();
  auto transform = TransformStage::open(**component, quiet_host(), in("apply"));
  ASSERT_TRUE(transform);
  const Schema schema{int64("n")};
  ASSERT_TRUE((*transform)->bind(schema));
  EXPECT_EQ((*transform)->apply(BatchBuilder(schema).finish()).error().message(), "transform thrower: threw: row 9");
}

TEST(HostileCall, GarbageCodes) {
  Registry registry({built("hostile").parent_path()}, {});
  auto source = open_source(registry, "codes");
  ASSERT_TRUE(source && (*source)->schema());
  auto page = (*source)->read("negative", 10, 1000);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code(), Code::kInternal);
  EXPECT_EQ(page.error().message(), "source codes: answered the unknown code -5: failed without saying why");
  page = (*source)->read("large", 10, 1000);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().message(), "source codes: answered the unknown code 4711: " + std::string(1024, 'x'));
}

TEST(HostileCall, LiesThatTheStructsShow) {
  Registry registry({built("hostile").parent_path()}, {});
  auto source = open_source(registry, "liar");
  ASSERT_TRUE(source && (*source)->schema());
  const std::string amount = "field \"amount\": ", email = "field \"email\": ";
  const std::pair<const char*, std::string> lies[] = {
      {"children", "its array has 1 children where the schema has 2"},
      {"short", amount + "it holds 2 values where the batch needs 3"},
      {"long", amount + "it holds 3 values where the batch needs 1000000"},
      {"negative", "its length is -1"},
      {"nulls", amount + "it declares 2 nulls but has no validity buffer"},
      {"null_buffer", amount + "its data buffer is null"},
      {"buffers", email + "its array has 2 buffers where its type has 3"},
      {"falling", email + "its offsets fall from 15 to 7 at row 1"},
      {"below_zero", email + "its first offset is -4"},
      {"latin1", email + "its text in row 2 is not UTF-8; declare it as binary"},
      {"released", "its array is already released"},
  };
  for (const auto& [how, message] : lies) {
    const auto page = (*source)->read(how, 2000000, 1 << 20);
    ASSERT_FALSE(page) << how;
    EXPECT_EQ(page.error().code(), Code::kInternal);
    EXPECT_EQ(page.error().message(), "source liar: " + message) << how;
  }
  const auto honest = (*source)->read("", 10, 1 << 20);
  ASSERT_TRUE(honest) << honest.error().message();
  EXPECT_EQ(honest->batch.rows(), 3);
}

}  // namespace
}  // namespace sentinel::plugins
