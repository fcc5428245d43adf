// What the dlq commands share: the selected letters, and the question before many of them change.
#pragma once

#include "app/command.hpp"
#include "app/json.hpp"
#include "engine/letters/replay.hpp"
#include "engine/store/store.hpp"

#include <sentinel/decimal.hpp>

#include <map>
#include <string>
#include <vector>

namespace sentinel::app {

// --class, --code, --stage, --older-than, --newer-than, --key, --status
OptionSet filter_options();
bool has_filter(const Arguments& arguments);
// What these options select; the pipeline is not set.
store::LetterFilter filter_of(const Arguments& arguments, std::int64_t now_unix_ms);

// The arguments after FILE|PIPELINE as full letter ids. An id that only the target knows is taken as it is if it
// is whole and `may_be_unknown`.
Result<std::vector<std::string>> named_ids(store::Store& store, const Arguments& arguments, bool may_be_unknown);

// How many letters, and the money in them.
struct LetterSums {
  std::int64_t letters = 0, amount_unknown = 0;
  std::map<std::string, int128> minor;  // by currency
  // `factor` converts the letter's minor units to those of the sum.
  void add(const store::StoredLetter& letter, int128 factor = 1);
  // "12 letters, NGN 312,400.00, 2 of unknown amount"
  std::string text(int exponent) const;
  Json json() const;
};
// `ids`, where given, gets the ids of the letters that match.
Result<LetterSums> sum_letters(store::Store& store, const store::LetterFilter& filter,
                               std::vector<std::string>* ids = nullptr);

// Asks on a terminal; elsewhere, and with --yes, the answer is yes.
bool is_confirmed(const Arguments& arguments, const std::string& question);
void print_replay(const Arguments& arguments, const engine::ReplayReport& report);
// "ada (uid 1000)": who gave the command, for the audit line.
std::string operator_name();

}  // namespace sentinel::app
