// Judges a plugin's file (who owns it, what it is, what it exports), then maps it with Boost.DLL.
#include "engine/plugins/plugin_file.hpp"

#include "engine/plugins/elf_exports.hpp"

// <vector> and <string> stand first: Boost 1.74's headers forget them.
#include <string>
#include <vector>
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sentinel::plugins {
namespace {

std::string user_name(uid_t id) {
  char buffer[4096];
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(id, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) return found->pw_name;
  return std::to_string(id);
}

// Somebody else could put other code at this place: the file itself, or a folder on the way to it.
Status check_place(const std::filesystem::path& place, uid_t caller) {
  struct stat facts {};
  if (lstat(place.c_str(), &facts) != 0)
    return invalid_config("cannot be looked at: " + std::string(std::strerror(errno)));
  const bool is_folder = S_ISDIR(facts.st_mode);
  const auto what = (is_folder ? "its folder " : "the file ") + place.string();
  if (facts.st_uid != 0 && facts.st_uid != caller)
    return invalid_config(
        "could be replaced by somebody else: " + what + " belongs to the user " + user_name(facts.st_uid) +
        (caller == 0 ? ", who is not root" : ", who is neither root nor " + user_name(caller)) + "; chown it");
  const bool is_sticky = is_folder && (facts.st_mode & S_ISVTX) != 0;
  if ((facts.st_mode & S_IWOTH) != 0 && !is_sticky)
    return invalid_config("could be replaced by somebody else: anyone can write to " + what + "; run chmod o-w " +
                          place.string());
  return {};
}

Status check_not_replaceable(const std::filesystem::path& real_path, uid_t caller) {
  auto place = real_path;
  SENTINEL_TRY(check_place(place, caller));
  while (place.has_relative_path()) {
    place = place.parent_path();
    SENTINEL_TRY(check_place(place, caller));
  }
  return {};
}

Status check_file(const std::filesystem::path& real_path, uid_t caller) {
  std::error_code failed;
  const auto type = std::filesystem::status(real_path, failed).type();
  if (type == std::filesystem::file_type::directory) return invalid_config("is a folder, not a shared library");
  if (type != std::filesystem::file_type::regular) return invalid_config("is not a regular file");
  SENTINEL_TRY(check_not_replaceable(real_path, caller));
  SENTINEL_ASSIGN(const auto exports, elf_exports(real_path));
  if (std::find(exports.begin(), exports.end(), SENTINEL_PLUGIN_SYMBOL) == exports.end())
    return invalid_config("is not a Sentinel plugin: it exports no " SENTINEL_PLUGIN_SYMBOL
                          "; does its source end with SENTINEL_PLUGIN(…)?");
  return {};
}

// The dynamic linker's own message in what Boost.DLL throws.
std::string linker_message(std::string_view thrown) {
  constexpr std::string_view kBefore = "(dlerror system message: ";
  const auto begin = thrown.find(kBefore);
  if (begin == std::string_view::npos) return std::string(thrown);
  thrown.remove_prefix(begin + kBefore.size());
  return std::string(thrown.substr(0, thrown.rfind(')')));
}

}  // namespace

std::string plugin_prefix(const std::filesystem::path& file) { return "plugin " + file.string() + ": "; }

Result<std::filesystem::path> check_plugin_file(const std::filesystem::path& file, uid_t caller) {
  std::error_code failed;
  auto real_path = std::filesystem::canonical(file, failed);
  if (failed == std::errc::no_such_file_or_directory) return invalid_config(plugin_prefix(file) + "no such file");
  if (failed) return invalid_config(plugin_prefix(file) + "cannot be found: " + failed.message());
  if (auto status = check_file(real_path, caller); !status.ok()) return std::move(status).prefixed(plugin_prefix(file));
  return real_path;
}

Result<sentinel_plugin_entry> map_plugin(const std::filesystem::path& real_path) {
  static auto* mapped = new std::vector<boost::dll::shared_library>;  // never freed
  try {
    // Now, so that a missing symbol shows here; local, so that two plugins never meet. Only the throwing overload tells
    // why.
    boost::dll::shared_library library(real_path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    const sentinel_plugin_entry entry =
        library.get<const sentinel_plugin*(std::uint32_t) noexcept>(SENTINEL_PLUGIN_SYMBOL);
    mapped->push_back(std::move(library));
    return entry;
  } catch (const std::exception& thrown) {
    return invalid_config(plugin_prefix(real_path) + "cannot be loaded: " + linker_message(thrown.what()));
  }
}

}  // namespace sentinel::plugins
