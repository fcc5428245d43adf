// Asks on standard error, so that standard output has only the answer of the command.
#include "app/dialogue.hpp"

#include <fmt/format.h>

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace sentinel::app {
namespace {

// What is typed is shown unless it is a secret.
class HiddenTyping {
 public:
  explicit HiddenTyping(bool hides) : hides_(hides && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!hides_) return;
    auto hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  ~HiddenTyping() {
    if (!hides_) return;
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    fmt::print(stderr, "\n");
  }

 private:
  termios before_{};
  const bool hides_;
};

}  // namespace

bool is_dialogue() { return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0; }

std::string ask(const std::string& question, const std::string& otherwise, bool hides) {
  fmt::print(stderr, "{}{}: ", question, otherwise.empty() ? "" : fmt::format(" [{}]", otherwise));
  const HiddenTyping hidden(hides);
  std::string answer;
  std::getline(std::cin, answer);
  return answer.empty() ? otherwise : answer;
}

}  // namespace sentinel::app
