// Running programs and judging them from outside: processes, temporary folders, conditions with a deadline.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace sentinel::integration {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The value of an environment variable that the test cannot do without. Throws, which fails the test.
std::string require_environment(const std::string& name);
// A text that no other test process uses at the same time, for databases and accounts: letters, digits, underscores.
std::string unique_name(std::string_view prefix);
// The repository's top folder.
std::filesystem::path source_folder();

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);
// `text` with the first occurrence of `from` replaced. Throws if there is none, so that a test cannot pass by changing
// nothing.
std::string replaced(std::string text, std::string_view from, std::string_view to);
bool contains(std::string_view text, std::string_view part);
// How often `part` occurs.
std::size_t count_of(std::string_view text, std::string_view part);

// Asks until the answer is yes. False where the deadline comes first.
bool wait_until(const std::function<bool()>& condition, milliseconds deadline = seconds(60));

// Short paths, since servers put sockets there; removed with everything in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using Variables = std::map<std::string, std::string>;

struct Finished {
  int exit_code = -1;  // -1: ended by `signal`
  int signal = 0;
  std::string out, err;
  long peak_kib = 0;  // the most memory it held
};
// For EXPECT_… << : how it ended and what it said.
std::ostream& operator<<(std::ostream& to, const Finished& finished);

// A program under way. Killed where it is dropped while it still runs.
class Process {
 public:
  // `variables` are added to the environment. Standard input is `input`.
  Process(const std::vector<std::string>& words, const Variables& variables = {}, std::string_view input = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  bool is_running();
  void signal(int number) const;
  std::string err() const;  // what it has said on standard error so far
  // Waits for the end. After the deadline it is killed and the test fails.
  Finished wait(milliseconds deadline = seconds(120));

 private:
  bool reap(bool block);

  TempFolder folder_;
  pid_t id_ = -1;
  bool is_reaped_ = false;
  Finished finished_;
};

// Runs a program to its end.
Finished run_program(const std::vector<std::string>& words, const Variables& variables = {},
                     std::string_view input = {}, milliseconds deadline = seconds(120));
// The same for programs that must succeed: answers standard output. Throws what the program said otherwise.
std::string must_run(const std::vector<std::string>& words, const Variables& variables = {},
                     std::string_view input = {});

}  // namespace sentinel::integration
