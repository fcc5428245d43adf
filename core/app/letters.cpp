// Turns flags into filters, sums letters, and asks before many letters change.
#include "app/letters.hpp"

#include "app/dialogue.hpp"
#include "app/report.hpp"
#include "engine/delivery/balance.hpp"
#include "engine/fault_codes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

#include <pwd.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

using store::LetterStatus;
constexpr std::array kStatuses = {LetterStatus::kWaiting, LetterStatus::kQuarantined, LetterStatus::kRecovered,
                                  LetterStatus::kSuperseded, LetterStatus::kDiscarded};

std::vector<std::string> class_names() {
  std::vector<std::string> names;
  for (const auto& each : engine::kFaultCodes)
    if (!each.letters.empty() && std::ranges::find(names, each.letters) == names.end())
      names.emplace_back(each.letters);
  return names;
}
std::vector<std::string> status_names() {
  std::vector<std::string> names;
  for (const auto status : kStatuses) names.emplace_back(to_string(status));
  return names;
}

}  // namespace

OptionSet filter_options() {
  constexpr std::chrono::milliseconds kNow{0};
  return OptionSet()
      .choice("class", "CLASS", class_names(), "only faults of this class")
      .text("code", "CODE", "only this code: invalid_data, bad_email, 1264, …")
      .text("stage", "USE", "only those rejected by this stage")
      .duration("older-than", "AGE", kNow, "only those first seen longer ago: 2d, 12h")
      .duration("newer-than", "AGE", kNow, "only those first seen since: 2d, 12h")
      .text("key", "KEY", "only this source key")
      .choice("status", "STATUS", status_names(), "only this status");
}

bool has_filter(const Arguments& arguments) {
  return std::ranges::any_of(filter_options().options(),
                             [&](const OptionInfo& option) { return arguments.has(option.name); });
}

store::LetterFilter filter_of(const Arguments& arguments, std::int64_t now_unix_ms) {
  store::LetterFilter filter;
  for (const auto& each : engine::kFaultCodes)
    if (!each.letters.empty() && each.letters == arguments.text("class")) filter.codes.push_back(each.code);
  for (const auto status : kStatuses)
    if (to_string(status) == arguments.text("status")) filter.status = {status};
  if (arguments.has("code")) filter.code = arguments.text("code");
  if (arguments.has("stage")) filter.stage = arguments.text("stage");
  if (arguments.has("key")) filter.source_key = arguments.text("key");
  if (const auto age = arguments.duration("older-than")) filter.first_seen_before_ms = now_unix_ms - age->count();
  if (const auto age = arguments.duration("newer-than")) filter.first_seen_after_ms = now_unix_ms - age->count();
  return filter;
}

Result<std::vector<std::string>> named_ids(store::Store& store, const Arguments& arguments, bool may_be_unknown) {
  std::vector<std::string> ids;
  for (std::size_t i = 1; i < arguments.positionals().size(); ++i) {
    const auto& given = arguments.positionals()[i];
    auto letter = store.find(given);
    if (letter)
      ids.push_back(letter->letter_id);
    else if (may_be_unknown && given.size() == 32)
      ids.push_back(given);
    else
      return std::move(letter).error();
  }
  return ids;
}

void LetterSums::add(const store::StoredLetter& letter, int128 factor) {
  ++letters;
  const auto amount = Decimal::parse(letter.minor);
  if (letter.minor.empty() || !amount)
    ++amount_unknown;
  else
    minor[letter.currency] += amount->unscaled * factor;
}

std::string LetterSums::text(int exponent) const {
  auto text = fmt::format("{} letter{}", letters, letters == 1 ? "" : "s");
  for (const auto& [currency, sum] : minor)
    text += fmt::format(", {} {}", currency, engine::amount_text(sum, exponent));
  if (amount_unknown > 0) text += fmt::format(", {} of unknown amount", amount_unknown);
  return text;
}

Json LetterSums::json() const {
  auto money = Json::object();
  for (const auto& [currency, sum] : minor) money[currency] = sentinel::to_string(sum);
  return {{"letters", letters}, {"amount_unknown", amount_unknown}, {"minor", money}};
}

Result<LetterSums> sum_letters(store::Store& store, const store::LetterFilter& filter, std::vector<std::string>* ids) {
  LetterSums sums;
  SENTINEL_TRY(store.each_page(filter, [&](auto page) -> Status {
    for (const auto& letter : page) {
      sums.add(letter);
      if (ids != nullptr) ids->push_back(letter.letter_id);
    }
    return {};
  }));
  return sums;
}

bool is_confirmed(const Arguments& arguments, const std::string& question) {
  if (arguments.has("yes") || !is_dialogue()) return true;
  fmt::print(stderr, "{} [y/N] ", question);
  std::fflush(stderr);
  const auto answer = std::getchar();
  return answer == 'y' || answer == 'Y';
}

void print_replay(const Arguments& arguments, const engine::ReplayReport& report) {
  if (arguments.has("json"))
    print_json(replay_json(report));
  else
    fmt::print("{}", replay_text(report));
}

std::string operator_name() {
  const auto uid = getuid();
  const auto* known = getpwuid(uid);
  return fmt::format("{} (uid {})", known == nullptr ? "unknown" : known->pw_name, uid);
}

}  // namespace sentinel::app
