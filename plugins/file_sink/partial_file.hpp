// A file that appears whole or not at all: written under another name beside it, synced, then renamed.
#pragma once

#include <sentinel/status.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sentinel::file_sink {

// Checks that a file can be created there. Errors, at option "path": kInvalidConfig, kRefused.
Status check_place(const std::string& path);

class PartialFile {
 public:
  // Begins `path`.partial, empty. Errors: as check_place; kFenced if another process writes it.
  static Result<std::unique_ptr<PartialFile>> begin(const std::string& path);
  // Removes the file unless it was published.
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  // All of `text`, or nothing of it. Errors: kStorage.
  Status append(std::string_view text);
  // Replaces the file that was there, durably. Errors: kStorage; the former file is then still there,
  // unless the folder alone could not be synced.
  Status publish();

 private:
  PartialFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string partial_path() const { return path_ + ".partial"; }
  Status storage_fault(const std::string& what) const;

  const std::string path_;
  const int descriptor_;
  long long size_ = 0;
  bool is_published_ = false;
};

}  // namespace sentinel::file_sink
