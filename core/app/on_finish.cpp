// Starts one process, waits for it, and says what was wrong with it.
#include "app/on_finish.hpp"

#include "app/report.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

using engine::RunReport;

constexpr std::array kInherited = {"PATH", "HOME",   "USER", "LOGNAME",           "SHELL",
                                   "LANG", "LC_ALL", "TZ",   "SENTINEL_STATE_DIR"};

std::vector<std::string> environment_of(const config::PipelineFile& file, const RunReport& report, int exit_code) {
  std::vector<std::string> variables;
  for (const char* name : kInherited)
    if (const char* value = std::getenv(name)) variables.push_back(fmt::format("{}={}", name, value));
  variables.push_back("SENTINEL_FILE=" + file.path);
  variables.push_back("SENTINEL_PIPELINE=" + report.pipeline);
  variables.push_back("SENTINEL_RUN_ID=" + report.run_id);
  variables.push_back(fmt::format("SENTINEL_EXIT_CODE={}", exit_code));
  const auto& balance = report.balance;
  const auto count = [&](const char* name, std::uint64_t records) {
    variables.push_back(fmt::format("SENTINEL_{}={}", name, records));
  };
  count("READ", balance.records(BalanceLine::kRead));
  count("LANDED", balance.landed());
  count("UNCHANGED", balance.records(BalanceLine::kUnchanged));
  count("DEAD_LETTERED", balance.records(BalanceLine::kDeadLettered));
  count("NEW_LETTERS", report.new_letters);
  count("FILTERED", balance.records(BalanceLine::kFiltered));
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// A file in memory that holds `text`, to be read from its beginning: unlike a pipe nobody has to keep it filled.
int memory_file(const std::string& text) {
  const int file = memfd_create("report", MFD_CLOEXEC);
  if (file < 0) return -1;
  const bool is_written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (is_written && lseek(file, 0, SEEK_SET) == 0) return file;
  close(file);
  return -1;
}

// In a process group of its own, with all signals as a shell would have them. Answers errno.
int start(std::vector<std::string> words, std::vector<std::string> environment, int input, pid_t& id) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, ours;
  sigemptyset(&none);
  sigemptyset(&ours);
  for (const int signal : {SIGPIPE, SIGXFSZ}) sigaddset(&ours, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &ours);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const auto arguments = pointers_to(words), variables = pointers_to(environment);
  const int fault = posix_spawnp(&id, arguments.front(), &actions, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return fault;
}

// Waits for the end, or makes it. False: patience was over first.
bool await(pid_t id, std::chrono::milliseconds patience, int& state) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, id, 0));
  pollfd ended{process, POLLIN, 0};
  int answer = -1;
  do answer = poll(&ended, 1, static_cast<int>(patience.count()));
  while (answer < 0 && errno == EINTR);
  if (process >= 0) close(process);
  if (answer <= 0) kill(-id, SIGKILL);
  while (waitpid(id, &state, 0) < 0 && errno == EINTR) {
  }
  return answer > 0;
}

}  // namespace

void run_on_finish(const config::PipelineFile& file, const RunReport& report, int exit_code, telemetry::Log& log,
                   std::chrono::milliseconds patience) {
  if (file.on_finish.empty()) return;
  const auto warn = [&](const std::string& what) {
    log.warn(fmt::format("{}: on_finish: {} {}; the run itself is not touched by that", file.path,
                         file.on_finish.front(), what));
  };
  const int input = memory_file(run_json(report));
  if (input < 0) return warn(fmt::format("could not be given the report: {}", std::strerror(errno)));
  pid_t id = -1;
  const int fault = start(file.on_finish, environment_of(file, report, exit_code), input, id);
  close(input);
  if (fault != 0) return warn(fmt::format("cannot be run: {}", std::strerror(fault)));
  int state = 0;
  if (!await(id, patience, state))
    return warn(fmt::format("did not end within {} s and was killed", patience.count() / 1000));
  if (WIFSIGNALED(state)) return warn(fmt::format("was ended by signal {}", WTERMSIG(state)));
  if (WEXITSTATUS(state) != 0) warn(fmt::format("ended with exit {}", WEXITSTATUS(state)));
}

}  // namespace sentinel::app
