// Writes a balance as JSON, for programs.
#include "engine/delivery/balance.hpp"

#include <nlohmann/json.hpp>

namespace sentinel::engine {

namespace {
constexpr const char* kDeprecatedDeparted = "left";  // the name before version 0.2; goes with the next major version
}

std::string balance_json(const Balance& balance) {
  nlohmann::ordered_json out;
  const auto departed = static_cast<std::size_t>(BalanceLine::kDeparted);
  for (std::size_t i = 0; i < kBalanceLines; ++i)
    out["records"][std::string(kBalanceLineNames[i].name)] = balance.records()[i];
  out["records"][kDeprecatedDeparted] = balance.records()[departed];
  out["amount_unknown"] = balance.amount_unknown();
  out["money"] = nlohmann::ordered_json::object();
  for (const auto& line : balance.money_lines()) {
    auto& money = out["money"][line.currency];
    for (std::size_t i = 0; i < kBalanceLines; ++i) money[std::string(kBalanceLineNames[i].name)] = line.minor[i];
    money[kDeprecatedDeparted] = line.minor[departed];
  }
  return out.dump();
}

}  // namespace sentinel::engine
