// What a conformance suite found: one line per check, each passed, failed or not applicable, with the reason.
#pragma once

#include <sentinel/text.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::testkit {

enum class Answer { kPassed, kFailed, kNotApplicable };

// What one check answers. The default: passed.
struct Finding {
  Answer answer = Answer::kPassed;
  std::string reason;  // empty only where it passed
};
inline Finding failed(std::string reason) { return {Answer::kFailed, std::move(reason)}; }
inline Finding not_applicable(std::string reason) { return {Answer::kNotApplicable, std::move(reason)}; }
// Passed where nothing is wrong.
inline Finding unless_wrong(std::string wrong) { return wrong.empty() ? Finding{} : failed(std::move(wrong)); }

struct Check {
  std::string id;     // "read.resume"; stable, for scripts
  std::string title;  // what a conforming plugin does
  Finding found;
};

class Report {
 public:
  // Follows a run check by check.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual bool begins(const std::string& id, const std::string& title) = 0;  // false: leave it out
    virtual void ended(const Check& check) = 0;
  };

  Report(std::string kind, std::string use) : kind_(std::move(kind)), use_(std::move(use)) {}
  void observe(Observer* observer) { observer_ = observer; }  // must outlive the run
  // Runs one check and keeps what it answers. `body` takes nothing and answers a Finding.
  template <class Body>
  void run(std::string id, std::string title, Body&& body) {
    if (observer_ != nullptr && !observer_->begins(id, title)) return;
    checks_.push_back({std::move(id), std::move(title), body()});
    if (observer_ != nullptr) observer_->ended(checks_.back());
  }
  // Adds a check, or replaces the one of this id.
  void put(Check check) {
    for (auto& known : checks_)
      if (known.id == check.id) {
        known = std::move(check);
        return;
      }
    checks_.push_back(std::move(check));
  }
  bool has(const std::string& id) const {
    return std::any_of(checks_.begin(), checks_.end(), [&](const Check& check) { return check.id == id; });
  }
  const std::string& kind() const { return kind_; }
  const std::string& use() const { return use_; }
  const std::vector<Check>& checks() const { return checks_; }
  std::size_t count(Answer answer) const {
    return static_cast<std::size_t>(std::count_if(checks_.begin(), checks_.end(),
                                                  [&](const Check& check) { return check.found.answer == answer; }));
  }
  bool conforms() const { return count(Answer::kFailed) == 0; }

 private:
  std::string kind_, use_;
  std::vector<Check> checks_;
  Observer* observer_ = nullptr;
};

constexpr const char* answer_name(Answer answer) {
  switch (answer) {
    case Answer::kPassed: return "passed";
    case Answer::kFailed: return "failed";
    case Answer::kNotApplicable: return "not applicable";
  }
  return "?";
}

// The report as lines for a person.
inline std::string report_text(const Report& report) {
  std::string text = report.kind() + " " + report.use() + "\n";
  for (const auto& check : report.checks()) {
    const std::string answer = answer_name(check.found.answer);
    text += "  " + answer + std::string(16 - answer.size(), ' ') + check.id;
    text += std::string(check.id.size() < 20 ? 20 - check.id.size() : 1, ' ') + check.title + "\n";
    if (!check.found.reason.empty()) text += std::string(18, ' ') + printable(check.found.reason) + "\n";
  }
  const auto passed = report.count(Answer::kPassed), decided = passed + report.count(Answer::kFailed);
  return text + "  " + std::to_string(passed) + " of " + std::to_string(decided) + " passed, " +
         std::to_string(report.count(Answer::kNotApplicable)) + " not applicable\n";
}

}  // namespace sentinel::testkit
