// sentinel dlq stats: counts the open letters by pipeline, code, stage and age, with the money in them.
#include "app/letters.hpp"
#include "app/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace sentinel::app {
namespace {

using Group = std::map<std::string, LetterSums>;
constexpr int kFinest = 4;  // the largest exponent of a pipeline's money

int128 power_of_ten(int exponent) {
  int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Pipelines may count in units of different size: sums are in the smallest unit of those that have letters.
struct Stats {
  LetterSums all;
  Group by_pipeline, by_code, by_stage, by_age;
  int exponent = 0;

  void settle_unit(const std::map<std::string, int>& exponents) {
    for (const auto& [pipeline, its] : exponents) exponent = std::max(exponent, its);
    const auto too_fine = power_of_ten(kFinest - exponent);
    const auto settle = [&](LetterSums& sums) {
      for (auto& [currency, minor] : sums.minor) minor /= too_fine;
    };
    settle(all);
    for (auto* group : {&by_pipeline, &by_code, &by_stage, &by_age})
      for (auto& [key, sums] : *group) settle(sums);
  }
};

// Sorts by itself: the youngest first.
std::string age_class(std::int64_t age_ms) {
  constexpr std::int64_t kHour = 3600000;
  if (age_ms < kHour) return "1 under an hour";
  if (age_ms < 24 * kHour) return "2 under a day";
  if (age_ms < 7 * 24 * kHour) return "3 under a week";
  if (age_ms < 30 * 24 * kHour) return "4 under 30 days";
  return "5 older";
}

void add(Stats& stats, const store::StoredLetter& letter, int exponent, std::int64_t now_ms) {
  const std::string native(letter.reason.native_code());
  const auto factor = power_of_ten(kFinest - exponent);
  stats.all.add(letter, factor);
  stats.by_pipeline[letter.pipeline].add(letter, factor);
  stats.by_code[native.empty() ? std::string(to_string(letter.reason.code())) : native].add(letter, factor);
  stats.by_stage[letter.stage].add(letter, factor);
  stats.by_age[age_class(now_ms - letter.first_seen_ms)].add(letter, factor);
}

std::string stats_text(const Stats& stats) {
  auto text = fmt::format("open: {}\n", stats.all.text(stats.exponent));
  const auto group = [&](const char* name, const auto& sums, std::size_t skip) {
    for (const auto& [key, sum] : sums)
      text += fmt::format("  {:<10} {:<24} {}\n", name, key.substr(skip), sum.text(stats.exponent));
  };
  group("pipeline", stats.by_pipeline, 0);
  group("code", stats.by_code, 0);
  group("stage", stats.by_stage, 0);
  group("age", stats.by_age, 2);
  return text;
}

Json stats_json(const Stats& stats) {
  Json out = {{"exponent", stats.exponent}, {"all", stats.all.json()}};
  const auto group = [&](const char* name, const Group& sums, std::size_t skip) {
    auto& object = out[name] = Json::object();
    for (const auto& [key, sum] : sums) object[key.substr(skip)] = sum.json();
  };
  group("pipeline", stats.by_pipeline, 0);
  group("code", stats.by_code, 0);
  group("stage", stats.by_stage, 0);
  group("age", stats.by_age, 2);
  return out;
}

Status letter_stats(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  const auto now_ms = context.services.clock().now_unix_ms();
  auto filter = filter_of(arguments, now_ms);
  if (!arguments.positionals().empty()) {
    SENTINEL_ASSIGN(filter.pipeline, pipeline_of(arguments.positionals().front(), context));
  }
  Stats stats;
  std::map<std::string, int> exponents;
  SENTINEL_TRY(store->each_page(filter, [&](auto page) -> Status {
    for (const auto& letter : page) {
      const auto known = exponents.try_emplace(letter.pipeline, -1).first;
      if (known->second < 0) known->second = exponent_of(*store, letter.pipeline);
      add(stats, letter, known->second, now_ms);
    }
    return {};
  }));
  stats.settle_unit(exponents);
  if (arguments.has("json"))
    print_json(stats_json(stats));
  else
    fmt::print("{}", stats_text(stats));
  return {};
}

}  // namespace

Command dlq_stats_command() {
  return {.name = "dlq stats",
          .summary = "Count the open dead letters by pipeline, code, stage and age, with their money.",
          .example = "sentinel dlq stats donations",
          .positionals = {{"FILE|PIPELINE", 0, 1}},
          .options = filter_options(),
          .run = run_status<letter_stats>};
}

}  // namespace sentinel::app
