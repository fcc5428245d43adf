// The balance for programs.
#include "engine/delivery/balance.hpp"

#include <nlohmann/json.hpp>

namespace sentinel::engine {

std::string balance_json(const Balance& balance) {
  nlohmann::ordered_json out;
  for (std::size_t i = 0; i < kBalanceLines; ++i) out["records"][std::string(kBalanceNames[i])] = balance.records()[i];
  out["amount_unknown"] = balance.amount_unknown();
  out["money"] = nlohmann::ordered_json::object();
  for (const auto& line : balance.money_lines())
    for (std::size_t i = 0; i < kBalanceLines; ++i)
      out["money"][line.currency][std::string(kBalanceNames[i])] = line.minor[i];
  return out.dump();
}

}  // namespace sentinel::engine
