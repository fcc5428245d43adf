// An input file: opened only if it is a regular file, and recognised by its stamp.
#pragma once

#include <sentinel/status.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace sentinel::support {

// Distinguishes two states of a file without reading it. Equal stamps: nothing was written in between.
struct FileStamp {
  std::int64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

class InputFile {
 public:
  // Errors, all at option "path": kInvalidConfig if it does not exist or is not a regular file; kRefused if it is not
  // readable.
  static Result<std::unique_ptr<InputFile>> open(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  Result<FileStamp> stamp() const;
  // Fills `into` as far as the file reaches, and returns the number of bytes; 0 at its end.
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const;
  const std::string& path() const { return path_; }

 private:
  InputFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  const std::string path_;
  const int descriptor_;
};

}  // namespace sentinel::support
