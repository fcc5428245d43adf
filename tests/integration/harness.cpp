// Processes by fork and exec, with their output in files: nothing blocks where a program says much.
#include "harness.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sentinel::integration {

namespace fs = std::filesystem;

std::string require_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0')
    throw std::runtime_error(name + " is not set; tests/run.sh sets it, tests/README.md says what it is");
  return value;
}

std::string unique_name(std::string_view prefix) {
  static std::atomic<int> count{0};
  return std::string(prefix) + "_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

fs::path source_folder() { return SENTINEL_SOURCE_DIR; }

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("there is no \"" + std::string(from) + "\" in:\n" + text);
  return text.replace(at, from.size(), to);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

bool wait_until(const std::function<bool()>& condition, milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

TempFolder::TempFolder() {
  std::string pattern = (fs::temp_directory_path() / "sentinel-e2e.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + pattern);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::ostream& operator<<(std::ostream& to, const Finished& finished) {
  if (finished.signal != 0)
    to << "\n--- ended by signal " << finished.signal;
  else
    to << "\n--- exit code " << finished.exit_code;
  return to << "\n--- standard output:\n" << finished.out << "--- standard error:\n" << finished.err << "---\n";
}

namespace {

[[noreturn]] void become(const std::vector<std::string>& words, const Variables& variables, const fs::path& folder) {
  const auto redirect = [](const fs::path& path, int flags, int descriptor) {
    const int file = open(path.c_str(), flags, 0600);
    if (file < 0 || dup2(file, descriptor) < 0) _exit(127);
    close(file);
  };
  redirect(folder / "in", O_RDONLY, STDIN_FILENO);
  redirect(folder / "out", O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO);
  redirect(folder / "err", O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO);
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

std::string read_if_there(const fs::path& path) { return fs::exists(path) ? read_file(path) : std::string(); }

}  // namespace

Process::Process(const std::vector<std::string>& words, const Variables& variables, std::string_view input) {
  write_file(folder_.path() / "in", input);
  id_ = fork();
  if (id_ < 0) throw std::runtime_error("cannot start " + words[0] + ": " + std::strerror(errno));
  if (id_ == 0) become(words, variables, folder_.path());
}

Process::~Process() {
  if (is_reaped_) return;
  kill(id_, SIGKILL);
  reap(true);
}

bool Process::reap(bool block) {
  if (is_reaped_) return true;
  int status = 0;
  rusage usage{};
  const auto ended = wait4(id_, &status, block ? 0 : WNOHANG, &usage);
  if (ended != id_) return false;
  is_reaped_ = true;
  if (WIFEXITED(status)) finished_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) finished_.signal = WTERMSIG(status);
  finished_.peak_kib = usage.ru_maxrss;
  finished_.out = read_if_there(folder_.path() / "out");
  finished_.err = read_if_there(folder_.path() / "err");
  return true;
}

bool Process::is_running() { return !reap(false); }

void Process::signal(int number) const {
  if (!is_reaped_) kill(id_, number);
}

std::string Process::err() const { return read_if_there(folder_.path() / "err"); }

Finished Process::wait(milliseconds deadline) {
  if (!wait_until([this] { return reap(false); }, deadline)) {
    kill(id_, SIGKILL);
    reap(true);
    ADD_FAILURE() << "the program did not end within " << deadline.count() << " ms" << finished_;
  }
  return finished_;
}

Finished run_program(const std::vector<std::string>& words, const Variables& variables, std::string_view input,
                     milliseconds deadline) {
  return Process(words, variables, input).wait(deadline);
}

std::string must_run(const std::vector<std::string>& words, const Variables& variables, std::string_view input) {
  const auto finished = run_program(words, variables, input, seconds(300));
  if (finished.exit_code == 0) return finished.out;
  std::ostringstream text;
  text << words[0] << " failed" << finished;
  throw std::runtime_error(text.str());
}

}  // namespace sentinel::integration
