// Lists every difference, and beside a missing row or letter the most similar one that was produced.
#include "engine/cases/case_outcome.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sentinel::cases {
namespace {

std::string shown(const std::optional<std::string>& value) { return value ? "\"" + printable(*value) + "\"" : "null"; }

std::string shown(const Row& row) {
  std::string text = "{";
  for (const auto& [name, value] : row)
    text += fmt::format("{} {}: {}", text.size() > 1 ? "," : "", name, shown(value));
  return text + " }";
}

const std::optional<std::string>* find(const Row& row, const std::string& field) {
  const auto found = std::find_if(row.begin(), row.end(), [&](const auto& entry) { return entry.first == field; });
  return found == row.end() ? nullptr : &found->second;
}

// The fields in which `actual` is not what was expected.
std::vector<std::string> differing(const Row& expected, const Row& actual) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : expected) {
    const auto* found = find(actual, name);
    if (found == nullptr)
      lines.push_back(fmt::format("{}: there is no such field", name));
    else if (*found != value)
      lines.push_back(fmt::format("{}: expected {}, got {}", name, shown(value), shown(*found)));
  }
  return lines;
}

class Comparison {
 public:
  Comparison(const CaseFile& file, const Case& one) : file_(file), case_(one) {}

  void add(const std::string& option, std::string text) { found_.push_back({at(option), std::move(text)}); }

  // Each expected row matches one actual row, and no actual row is left over. In any order: a target has none.
  void match(const char* what, const std::string& option, const std::vector<ExpectedRow>& expected,
             std::vector<Row> actual) {
    std::vector<const ExpectedRow*> unmet;
    for (const auto& one : expected) {
      const auto met = std::find_if(actual.begin(), actual.end(),
                                    [&](const Row& row) { return differing(one.values, row).empty(); });
      if (met == actual.end())
        unmet.push_back(&one);
      else
        actual.erase(met);
    }
    for (const auto* one : unmet) report_unmet(what, *one, actual);
    for (const auto& row : actual) add(option, fmt::format("not expected: {} {}", what, shown(row)));
  }

  void compare_lines(const std::string& option, const Lines& expected,
                     const std::function<std::string(BalanceLine)>& actual,
                     const std::function<std::string()>& landed) {
    const std::array<std::tuple<const char*, std::optional<std::int64_t>, BalanceLine>, 8> lines = {{
        {"read", expected.read, BalanceLine::kRead},
        {"landed", expected.landed, BalanceLine::kInserted},
        {"unchanged", expected.unchanged, BalanceLine::kUnchanged},
        {"dead_lettered", expected.dead_lettered, BalanceLine::kDeadLettered},
        {"filtered", expected.filtered, BalanceLine::kFiltered},
        {"departed", expected.departed, BalanceLine::kDeparted},
        {"superseded", expected.superseded, BalanceLine::kSuperseded},
        {"settled", expected.settled, BalanceLine::kSettled},
    }};
    for (const auto& [name, wanted, line] : lines) {
      if (!wanted) continue;
      const auto came = line == BalanceLine::kInserted ? landed() : actual(line);
      if (came != std::to_string(*wanted))
        add(option + "." + name, fmt::format("{}: expected {}, got {}", name, *wanted, came));
    }
  }

  config::Position at(const std::string& option) const { return file_.position_of(case_.path + "." + option); }
  std::vector<Difference> take() { return std::move(found_); }

 private:
  // Beside the nearest actual row, which then counts as matched.
  void report_unmet(const char* what, const ExpectedRow& one, std::vector<Row>& actual) {
    const auto nearest = std::min_element(actual.begin(), actual.end(), [&](const Row& a, const Row& b) {
      return differing(one.values, a).size() < differing(one.values, b).size();
    });
    const bool is_near =
        nearest != actual.end() && differing(one.values, *nearest).size() < std::max<std::size_t>(one.values.size(), 1);
    auto text = fmt::format("missing: {} {}", what, shown(one.values));
    if (is_near) {
      text = fmt::format("{} differs:", what);
      for (const auto& line : differing(one.values, *nearest)) text += "\n    " + line;
      actual.erase(nearest);
    }
    found_.push_back({one.at, std::move(text)});
  }

  const CaseFile& file_;
  const Case& case_;
  std::vector<Difference> found_;
};

void compare_letters(const Case& one, const Outcomes& outcomes, Comparison& comparison) {
  std::vector<Row> actual;
  for (const auto& letter : outcomes.letters) {
    const auto code = letter.reason.native_code().empty() ? std::string(to_string(letter.reason.code()))
                                                          : letter.reason.native_code();
    actual.push_back(
        {{"key", letter.source_key}, {"stage", letter.stage}, {"code", code}, {"message", letter.reason.message()}});
  }
  std::vector<ExpectedRow> expected;
  const auto letters = one.expect.dead_letters.value_or(std::vector<ExpectedLetter>{});
  for (std::size_t i = 0; i < letters.size(); ++i) {
    auto& row = expected.emplace_back();
    row.at = comparison.at(fmt::format("expect.dead_letters.{}", i));
    const auto want = [&](const char* name, const std::optional<std::string>& value) {
      if (value) row.values.emplace_back(name, value);
    };
    want("key", letters[i].key);
    want("stage", letters[i].stage);
    want("code", letters[i].code);
  }
  comparison.match("dead letter", "expect.dead_letters", expected, std::move(actual));
}

void compare_balance(const Case& one, const engine::Balance& balance, Comparison& comparison) {
  if (one.expect.records)
    comparison.compare_lines(
        "expect.records", *one.expect.records, [&](BalanceLine line) { return std::to_string(balance.records(line)); },
        [&] { return std::to_string(balance.landed()); });
  for (const auto& [currency, lines] : one.expect.money) {
    const auto found = balance.money().find(currency);
    const auto sums = found == balance.money().end() ? engine::Balance::Sums{} : found->second;
    const auto sum = [&](BalanceLine line) { return sums[static_cast<std::size_t>(line)]; };
    comparison.compare_lines(
        "expect.money." + currency, lines, [&](BalanceLine line) { return to_string(sum(line)); },
        [&] { return to_string(sum(BalanceLine::kInserted) + sum(BalanceLine::kUpdated)); });
  }
}

}  // namespace

std::vector<Difference> compare(const CaseFile& file, const Case& one, const Outcomes& outcomes) {
  Comparison comparison(file, one);
  const auto& report = outcomes.report;
  if (report.exit_code != one.expect.exit)
    comparison.add("expect.exit", fmt::format("exit: expected {}, got {}{}", one.expect.exit, report.exit_code,
                                              report.fault.ok() ? "" : ": " + printable(report.fault.message())));
  if (one.rows) comparison.match("row", "expect", *one.rows, outcomes.rows);
  compare_letters(one, outcomes, comparison);
  compare_balance(one, report.balance, comparison);
  for (const auto& fault : outcomes.faults_left)
    comparison.add("inject." + fault, "this fault never happened: the run ended before it came to it");
  return comparison.take();
}

}  // namespace sentinel::cases
