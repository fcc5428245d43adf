// A private file, the editor on it, and the file removed.
#include "app/editor.hpp"

#include "engine/store/store.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/wait.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

std::string editor() {
  for (const auto* name : {"VISUAL", "EDITOR"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return {};
}

// The setting may hold flags, so a shell takes it apart; the path goes as its own word. The program's threads leave
// signals to one of them, the editor must have its own.
int run_editor(const std::string& command, const std::string& path) {
  const auto line = command + " \"$1\"";
  const auto child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execl("/bin/sh", "sh", "-c", line.c_str(), "sh", path.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Removes the file whatever happens.
struct PrivateFile {
  std::string path;
  int descriptor = -1;
  explicit PrivateFile(const std::filesystem::path& folder) : path((folder / "edit-XXXXXX").string()) {
    descriptor = mkstemp(path.data());
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
    return invalid_config("there is no editor: set VISUAL or EDITOR, or give --set FIELD=VALUE or --file record.json");
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  const PrivateFile file(folder);
  if (file.descriptor < 0 || !(std::ofstream(file.path) << text << std::flush))
    return Status(Code::kStorage, "cannot write " + file.path);
  if (run_editor(command, file.path) != 0)
    return invalid_config("the editor \"" + command + "\" failed; the letter stays as it is");
  std::ifstream in(file.path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace sentinel::app
