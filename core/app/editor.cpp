// Writes a private file, runs the editor on it, and removes it.
#include "app/editor.hpp"

#include "app/child_process.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

std::string editor() {
  for (const auto* name : {"VISUAL", "EDITOR"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return {};
}

// Removes the file whatever happens.
struct PrivateFile {
  std::string path;
  int descriptor = -1;
  explicit PrivateFile(const std::filesystem::path& folder) : path((folder / "edit-XXXXXX").string()) {
    descriptor = mkostemp(path.data(), O_CLOEXEC);
  }
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile() {
    if (descriptor < 0) return;
    close(descriptor);
    unlink(path.c_str());
  }
};

}  // namespace

Result<std::string> edit_text(const std::string& text) {
  const auto command = editor();
  if (command.empty())
    return invalid_config("no editor is set: set VISUAL or EDITOR, or give --set FIELD=VALUE or --file record.json");
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  const PrivateFile file(folder);
  if (file.descriptor < 0 || !(std::ofstream(file.path) << text << std::flush))
    return Status(Code::kStorage, fmt::format("cannot write {}", file.path));
  // The setting may hold flags, so a shell splits it; the path is an argument of its own.
  const auto edited = run_child({.command = {"/bin/sh", "-c", fmt::format("{} \"$1\"", command), "sh", file.path}});
  if (!edited || !edited->ok())
    return invalid_config(fmt::format("the editor \"{}\" failed; the letter stays as it is", command));
  std::ifstream in(file.path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace sentinel::app
