// Filters, sums, and the question before many letters change.
#include "app/letters.hpp"

#include "engine/config/yaml/scalar.hpp"
#include "engine/delivery/balance.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

#include <pwd.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

using store::LetterStatus;

// Who is at fault, as docs/concepts/delivery.md groups the codes.
struct FaultClass {
  std::string name;
  std::vector<Code> codes;
};
const std::vector<FaultClass> kClasses = {
    {"row", {Code::kInvalidData, Code::kConflict}},
    {"transient", {Code::kTransient}},
    {"connection", {Code::kUnavailable, Code::kThrottled}},
    {"configuration", {Code::kInvalidConfig, Code::kRefused, Code::kUnsupported, Code::kSchemaChanged}},
    {"storage", {Code::kStorage}},
    {"unknown", {Code::kUnknownOutcome}},
    {"internal", {Code::kInternal}}};

Status unknown_value(const std::string& flag, const std::string& given, const std::vector<std::string>& known) {
  const auto nearest = sentinel::nearest(given, known);
  return invalid_config(fmt::format(
      "unknown value \"{}\" for --{}; {}", given, flag,
      nearest ? fmt::format("did you mean {}?", *nearest) : fmt::format("there are {}", fmt::join(known, ", "))));
}

Result<std::vector<Code>> codes_of_class(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& each : kClasses) {
    if (each.name == name) return each.codes;
    names.push_back(each.name);
  }
  return unknown_value("class", name, names);
}

Result<LetterStatus> status_named(const std::string& name) {
  std::vector<std::string> names;
  for (const auto status : {LetterStatus::kWaiting, LetterStatus::kQuarantined, LetterStatus::kRecovered,
                            LetterStatus::kSuperseded, LetterStatus::kDiscarded}) {
    names.emplace_back(to_string(status));
    if (names.back() == name) return status;
  }
  return unknown_value("status", name, names);
}

Result<std::int64_t> age_ms(const Arguments& arguments, const std::string& flag) {
  const auto ms = config::parse_duration_ms(arguments.value(flag));
  if (!ms) return invalid_config(fmt::format("--{} {}", flag, ms.error().message()));
  return *ms;
}

}  // namespace

Result<std::unique_ptr<store::Store>> open_store(Context& context) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  auto& clock = context.services.clock();
  return store::Store::open(folder, [&clock] { return clock.now_unix_ms(); });
}

Result<config::PipelineFile> pipeline_file(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto path, file_of(arguments.words().front(), folder, context));
  auto loaded = load(context, path);
  if (!loaded.ok()) return invalid_config(fmt::format("{} has errors", path));
  return std::move(*loaded.pipeline);
}

std::vector<Flag> filter_flags() {
  return {{"class", "CLASS", "only faults of this class: row, connection, configuration, …"},
          {"code", "CODE", "only this code: invalid_data, bad_email, 1264, …"},
          {"stage", "USE", "only those refused by this stage"},
          {"older-than", "AGE", "only those first seen longer ago: 2d, 12h"},
          {"newer-than", "AGE", "only those first seen since: 2d, 12h"},
          {"key", "KEY", "only this source key"},
          {"status", "STATUS", "only this status: waiting, quarantined, …"}};
}

bool has_filter(const Arguments& arguments) {
  return std::ranges::any_of(filter_flags(), [&](const Flag& flag) { return arguments.has(flag.name); });
}

Result<store::LetterFilter> filter_of(const Arguments& arguments, std::int64_t now_unix_ms) {
  store::LetterFilter filter;
  if (arguments.has("class")) {
    SENTINEL_ASSIGN(filter.codes, codes_of_class(arguments.value("class")));
  }
  if (arguments.has("code")) filter.code = arguments.value("code");
  if (arguments.has("stage")) filter.stage = arguments.value("stage");
  if (arguments.has("key")) filter.source_key = arguments.value("key");
  if (arguments.has("older-than")) {
    SENTINEL_ASSIGN(const auto age, age_ms(arguments, "older-than"));
    filter.first_seen_before_ms = now_unix_ms - age;
  }
  if (arguments.has("newer-than")) {
    SENTINEL_ASSIGN(const auto age, age_ms(arguments, "newer-than"));
    filter.first_seen_after_ms = now_unix_ms - age;
  }
  if (arguments.has("status")) {
    SENTINEL_ASSIGN(const auto status, status_named(arguments.value("status")));
    filter.status = {status};
  }
  return filter;
}

Result<std::vector<std::string>> named_ids(store::Store& store, const Arguments& arguments, bool may_be_unknown) {
  std::vector<std::string> ids;
  for (std::size_t i = 1; i < arguments.words().size(); ++i) {
    const auto& word = arguments.words()[i];
    auto letter = store.find(word);
    if (letter)
      ids.push_back(letter->letter_id);
    else if (may_be_unknown && word.size() == 32)
      ids.push_back(word);
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

std::string LetterSums::json() const {
  nlohmann::ordered_json money = nlohmann::ordered_json::object();
  for (const auto& [currency, sum] : minor) money[currency] = sentinel::to_string(sum);
  return nlohmann::ordered_json{{"letters", letters}, {"amount_unknown", amount_unknown}, {"minor", money}}.dump();
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
  if (arguments.has("yes") || isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return true;
  fmt::print(stderr, "{} [y/N] ", question);
  std::fflush(stderr);
  const auto answer = std::getchar();
  return answer == 'y' || answer == 'Y';
}

std::string operator_name() {
  const auto uid = getuid();
  const auto* known = getpwuid(uid);
  return fmt::format("{} (uid {})", known == nullptr ? "unknown" : known->pw_name, uid);
}

}  // namespace sentinel::app
