// Where the plugins of these tests lie, and a folder of their own for files that a test spoils.
#pragma once

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sentinel::plugins {

inline std::filesystem::path built(const std::string& folder, const std::string& name = "counter") {
  return std::filesystem::path(SENTINEL_SDK_TEST_DIR) / folder / ("sentinel_" + name + "_source.so");
}

// A new folder that only this user may write to; removed with everything in it.
class PluginFolder {
 public:
  PluginFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sentinel-sdk.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = std::filesystem::canonical(name);
  }
  PluginFolder(const PluginFolder&) = delete;
  ~PluginFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path copy(const std::filesystem::path& from, const std::string& name) const {
    std::filesystem::copy_file(from, path_ / name, std::filesystem::copy_options::overwrite_existing);
    return path_ / name;
  }
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace sentinel::plugins
