// Runs the conformance suite in a process of its own, so that a call that never returns, or crashes, is a finding like
// any other. It is part of the program and not of the testkit, which uses the standard library only.
#pragma once

#include <sentinel/testkit/conformance.hpp>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sentinel::testkit {

struct TimeLimit {
  std::chrono::milliseconds per_check{60'000};
};

namespace detail {

// What the child reports through the pipe: a kind, three texts, each with its size in front.
struct ReportLine {
  char kind = 0;  // 'b': a check begins; 'e': it ended; 'd': the suite is done
  std::string id, title, reason;
  Answer answer = Answer::kPassed;
};

inline void send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::write(to, bytes.data(), bytes.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) ::_exit(3);  // nobody listens any more
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}
inline void send(int to, const ReportLine& line) {
  std::string bytes{line.kind, static_cast<char>(line.answer)};
  for (const auto* text : {&line.id, &line.title, &line.reason}) {
    const auto size = static_cast<std::uint32_t>(text->size());
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
    bytes += *text;
  }
  send_all(to, bytes);
}
// Takes one line off the front; nothing while it is not whole.
inline std::optional<ReportLine> take_line(std::string& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  ReportLine line{bytes[0], {}, {}, {}, static_cast<Answer>(bytes[1])};
  std::size_t at = 2;
  for (auto* text : {&line.id, &line.title, &line.reason}) {
    std::uint32_t size = 0;
    if (bytes.size() - at < sizeof size) return std::nullopt;
    std::memcpy(&size, bytes.data() + at, sizeof size);
    at += sizeof size;
    if (bytes.size() - at < size) return std::nullopt;
    *text = bytes.substr(at, size);
    at += size;
  }
  bytes.erase(0, at);
  return line;
}

// Sends each check of the child to the parent; leaves those out that took an earlier child down.
class SendingObserver final : public Report::Observer {
 public:
  SendingObserver(int to, const std::set<std::string>& left_out) : to_(to), left_out_(left_out) {}
  bool begins(const std::string& id, const std::string& title) override {
    if (left_out_.contains(id)) return false;
    send(to_, {'b', id, title, {}, Answer::kPassed});
    return true;
  }
  void ended(const Check& check) override {
    send(to_, {'e', check.id, check.title, check.found.reason, check.found.answer});
  }

 private:
  int to_;
  const std::set<std::string>& left_out_;
};

// Runs the suite as often as it takes: a check that took a child down is left out of the next one.
class ApartRun {
 public:
  ApartRun(const sentinel_component& component, const sentinel_value& options, const Samples& samples, TimeLimit limit,
           Report& report)
      : component_(component), options_(options), samples_(samples), limit_(limit), report_(report) {}

  void run() {
    while (run_child()) {
    }
  }

 private:
  using Clock = std::chrono::steady_clock;

  // True where a check took the child down, so that the rest is still to be run.
  bool run_child() {
    int ends[2];
    if (::pipe(ends) != 0) return give_up("no pipe to a child process");
    const auto parent = ::getpid();
    const auto child = ::fork();
    if (child < 0) return give_up("no child process");
    if (child == 0) {
      ::close(ends[0]);
      be_stoppable(parent);
      in_child(ends[1]);
    }
    ::close(ends[1]);
    current_.reset();
    is_done_ = false;
    const bool in_time = listen(ends[0]);
    ::close(ends[0]);
    if (!in_time) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (is_done_) return false;
    if (!current_) return give_up("the process of the suite " + end_of(status) + " between two checks");
    const auto why = in_time ? "the process " + end_of(status) + " during this check"
                             : "a call did not return: the check took longer than " +
                                   sentinel::detail::duration_text(limit_.per_check.count());
    report_.put({current_->id, current_->title, failed(why)});
    left_out_.insert(current_->id);
    return !was_asked_to_stop(status);
  }
  // The parent may block signals and leave them to a thread that the child does not have. The child ends with its
  // parent, however that ends.
  static void be_stoppable(pid_t parent) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(3);  // it ended before that
  }
  static bool was_asked_to_stop(int status) {
    return WIFSIGNALED(status) && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM);
  }
  [[noreturn]] void in_child(int to) const {
    try {
      SendingObserver observer(to, left_out_);
      Report report("", "");
      report.observe(&observer);
      run_suites(component_, options_, samples_, report);
      send(to, {'d', {}, {}, {}, Answer::kPassed});
    } catch (...) {
      ::_exit(3);
    }
    ::_exit(0);
  }
  // False where a check takes too long. Ends with the child's end of the pipe.
  bool listen(int from) {
    std::string bytes;
    auto until = Clock::now() + limit_.per_check;
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
      if (left <= 0) return false;
      pollfd waiting{from, POLLIN, 0};
      const auto ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
      if (ready < 0 && errno != EINTR) return true;
      if (ready <= 0) continue;
      char buffer[4096];
      const auto got = ::read(from, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return true;
      bytes.append(buffer, static_cast<std::size_t>(got));
      while (const auto line = take_line(bytes)) {
        note(*line);
        until = Clock::now() + limit_.per_check;
      }
    }
  }
  void note(const ReportLine& line) {
    if (line.kind == 'b') current_ = line;
    if (line.kind == 'd') is_done_ = true;
    if (line.kind != 'b') current_.reset();
    if (line.kind == 'e' && !report_.has(line.id)) report_.put({line.id, line.title, {line.answer, line.reason}});
  }
  bool give_up(std::string why) {
    report_.put({"process", "ends when the suite ends", failed(std::move(why))});
    return false;
  }
  static std::string end_of(int status) {
    if (WIFSIGNALED(status))
      return "was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
    return "ended with exit code " + std::to_string(WEXITSTATUS(status));
  }

  const sentinel_component& component_;
  const sentinel_value& options_;
  const Samples& samples_;
  TimeLimit limit_;
  Report& report_;
  std::set<std::string> left_out_;
  std::optional<ReportLine> current_;  // the check that the child is at
  bool is_done_ = false;
};

}  // namespace detail

// As run_conformance, with each check under a time limit and in a process that may die. A check that took its process
// down is a failed one, and the others are still run, those before it once more; not after SIGINT or SIGTERM ended the
// process. REQUIRES: no other thread holds a lock, since the child has only a copy of the calling thread. A thread that
// waits in sigwait, as that of main.cpp, is allowed.
inline Report run_conformance_apart(const sentinel_component& component, const sentinel_value& options,
                                    const Samples& samples, TimeLimit limit = {}) {
  auto report = detail::empty_report(component);
  detail::ApartRun(component, options, samples, limit, report).run();
  return report;
}

}  // namespace sentinel::testkit
