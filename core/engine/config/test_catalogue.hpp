// Real components made with the SDK's templates, and a folder to put pipeline files in: what the tests of this folder
// share.
#pragma once

#include "engine/config/pipeline_file.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::config {

// Sources counter and old_counter (cursor version 2) and reserved, transform check, sink table; the sink "refused"
// exists and cannot be loaded.
class TestCatalogue final : public ComponentCatalogue {
 public:
  TestCatalogue();
  Result<const sentinel_component*> find(std::int32_t kind, std::string_view use) override;
  std::vector<std::string> names(std::int32_t kind) override;

 private:
  std::vector<sentinel_component> components_;
};

// A temporary folder that goes with the object.
class TestFolder {
 public:
  TestFolder();
  TestFolder(const TestFolder&) = delete;
  ~TestFolder();
  std::string write(const std::string& name, std::string_view content) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Loads the text as the file "p.yaml", with these variables; problems come out without their folder, one a line.
class Loaded {
 public:
  explicit Loaded(std::string_view text, const std::map<std::string, std::string>& variables = {});
  Loaded(const TestFolder& folder, std::string_view text, const std::map<std::string, std::string>& variables);
  bool ok() const { return file_.ok(); }
  const PipelineFile& operator*() const { return *file_.pipeline; }
  const PipelineFile* operator->() const { return &*file_.pipeline; }
  std::string problems() const;

 private:
  void load(const TestFolder& folder, std::string_view text, const std::map<std::string, std::string>& variables);
  std::unique_ptr<TestFolder> own_;
  std::string folder_;
  LoadedFile file_;
};

Environment environment_of(std::map<std::string, std::string> variables);

// A valid file whose source has these further lines of options, each with its line break, from line 6 on.
std::string with_source(std::string_view lines);
// The same with lines at the top level, from line 9 on.
std::string with_top(std::string_view lines);

}  // namespace sentinel::config
