// Formats runs, replays and letters as text for a person and as JSON for a program.
#pragma once

#include "app/json.hpp"
#include "engine/delivery/balance.hpp"
#include "engine/letters/replay.hpp"
#include "engine/run/run.hpp"
#include "engine/store/store.hpp"

#include <array>
#include <string>

namespace sentinel::app {

// The run's head line, its balance and its sweep.
std::string run_text(const engine::RunReport& report);
Json run_json(const engine::RunReport& report);
std::string replay_text(const engine::ReplayReport& report);
Json replay_json(const engine::ReplayReport& report);

// What today's transforms make of a record, as JSON names it, in the order of the engine's enumerations.
inline constexpr std::array kFateNames = {"passes", "filtered", "rejected"};
// "3 h", "12 s": how long ago.
std::string age_text(std::int64_t ms);
// `exponent`: how many decimal places the pipeline's minor unit stands for.
std::string letter_line(const store::StoredLetter& letter, std::int64_t now_ms, int exponent);
std::string letter_text(const store::StoredLetter& letter, int exponent);
Json letter_json(const store::StoredLetter& letter, bool with_record);
// Digits of minor units as an amount: "NGN 312,400.00"; "amount unknown" where there are none.
std::string letter_amount(const store::StoredLetter& letter, int exponent);
// The exponent that the pipeline's last run declared; 2 if none has.
int exponent_of(store::Store& store, const std::string& pipeline);

}  // namespace sentinel::app
