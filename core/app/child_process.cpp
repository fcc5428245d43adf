// Boost.Process starts the program; a descriptor of the process signals its end, since the library's own
// timed wait misses signals that another thread receives (decision 0091).
#include "app/child_process.hpp"

#include <fmt/format.h>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>

#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sentinel::app {
namespace process = boost::process;

namespace {

struct CloseInput {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using InputFile = std::unique_ptr<std::FILE, CloseInput>;

// Holds `text` in memory, to be read from its beginning: unlike a pipe nobody has to keep it filled.
InputFile memory_file(const std::string& text) {
  const int descriptor = memfd_create("input", MFD_CLOEXEC);
  if (descriptor < 0) return nullptr;
  InputFile file(fdopen(descriptor, "r"));
  if (file == nullptr) {
    close(descriptor);
    return nullptr;
  }
  const bool is_written = write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  return is_written && lseek(descriptor, 0, SEEK_SET) == 0 ? std::move(file) : nullptr;
}

// Runs in the child before it becomes the program. REQUIRES: nothing here takes a lock or memory.
struct Preparation : process::extend::handler {
  bool has_own_group;
  explicit Preparation(bool own_group) : has_own_group(own_group) {}

  template <class Executor>
  void on_exec_setup(Executor&) const {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    if (has_own_group) setpgid(0, 0);
  }
};

process::environment environment_of(const ChildProgram& program) {
  if (!program.environment) return boost::this_process::environment();
  process::environment environment;
  for (const auto& [name, value] : *program.environment) environment[name] = value;
  return environment;
}

// False: the patience was over first.
bool has_ended_within(pid_t id, std::chrono::milliseconds patience) {
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, id, 0));
  pollfd ended{descriptor, POLLIN, 0};
  int answer = -1;
  do answer = poll(&ended, 1, static_cast<int>(patience.count()));
  while (answer < 0 && errno == EINTR);
  if (descriptor >= 0) close(descriptor);
  return answer > 0;
}

// The program as execvp finds it: the first file of this name in a folder of PATH that may be executed. Errors: EACCES
// where there are only others, ENOENT where there is none.
std::string path_of(const std::string& name, int& fault) {
  if (name.find('/') != std::string::npos) return name;
  fault = ENOENT;
  const char* folders = std::getenv("PATH");
  std::istringstream in(folders == nullptr ? "/bin:/usr/bin" : folders);
  for (std::string folder; std::getline(in, folder, ':');) {
    const auto path = std::filesystem::path(folder.empty() ? "." : folder) / name;
    std::error_code unreadable;
    if (!std::filesystem::is_regular_file(path, unreadable)) continue;
    if (access(path.c_str(), X_OK) == 0) return path.string();
    fault = EACCES;
  }
  return {};
}

Status cannot_run(const std::string& why) { return invalid_config(fmt::format("cannot be run: {}", why)); }

}  // namespace

Result<ChildEnd> run_child(const ChildProgram& program) {
  InputFile input;
  if (program.input) input = memory_file(*program.input);
  if (program.input && input == nullptr)
    return Status(Code::kStorage, fmt::format("could not be given its input: {}", std::strerror(errno)));
  int missing = 0;
  const auto path = path_of(program.command.front(), missing);
  if (path.empty()) return cannot_run(std::strerror(missing));
  const std::vector<std::string> arguments(program.command.begin() + 1, program.command.end());

  std::error_code fault;
  process::child child(process::exe = path, process::args = arguments, environment_of(program),
                       process::std_in<(input != nullptr ? input.get() : stdin), process::std_out>(
                           program.prints_to_error ? stderr : stdout),
                       Preparation(program.patience.has_value()), fault);
  if (fault) return cannot_run(fault.message());
  ChildEnd end;
  end.is_killed = program.patience && !has_ended_within(child.id(), *program.patience);
  if (end.is_killed) kill(-child.id(), SIGKILL);
  child.wait(fault);
  if (fault) return cannot_run(fault.message());
  const int state = child.native_exit_code();
  if (WIFSIGNALED(state)) end.signal = WTERMSIG(state);
  if (WIFEXITED(state)) end.exit_code = WEXITSTATUS(state);
  return end;
}

}  // namespace sentinel::app
