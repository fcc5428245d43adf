// Runs another program and waits for it. Boost.Process stays behind this header.
#pragma once

#include <sentinel/status.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::app {

struct ChildProgram {
  std::vector<std::string> command;  // looked up in PATH, and run without a shell
  // Everything it sees of an environment; ours where there is none.
  std::optional<std::vector<std::pair<std::string, std::string>>> environment = {};
  std::optional<std::string> input = {};  // its standard input; ours where there is none
  bool prints_to_error = false;           // its standard output is our standard error
  // Where set, it gets a process group of its own and is killed with all that it started when this is over.
  std::optional<std::chrono::milliseconds> patience = {};
};

struct ChildEnd {
  int exit_code = 0;
  int signal = 0;          // that ended it; 0: none
  bool is_killed = false;  // its patience was over
  bool ok() const { return exit_code == 0 && signal == 0 && !is_killed; }
};

// Its signals are as a shell would have them, whatever this program blocks or ignores. Any thread. Errors:
// kInvalidConfig where it cannot be run, with the reason of the system; kStorage where it cannot be given its input.
Result<ChildEnd> run_child(const ChildProgram& program);

}  // namespace sentinel::app
