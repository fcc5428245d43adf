// Where every record and every minor unit went: read = landed + unchanged + dead-lettered + filtered + departed +
// superseded + settled, per batch and per run, per currency.
#pragma once

#include <sentinel/decimal.hpp>
#include <sentinel/sink.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::engine {

class Balance {
 public:
  using Sums = std::array<int128, kBalanceLines>;

  void add_record(BalanceLine line) { ++records_[static_cast<std::size_t>(line)]; }
  void add_money(BalanceLine line, const std::string& currency, std::int64_t minor) {
    money_[currency][static_cast<std::size_t>(line)] += minor;
  }
  void add_amount_unknown() { ++amount_unknown_; }
  void add(const Balance& other);

  std::uint64_t records(BalanceLine line) const { return records_[static_cast<std::size_t>(line)]; }
  std::uint64_t landed() const { return records(BalanceLine::kInserted) + records(BalanceLine::kUpdated); }
  const std::array<std::uint64_t, kBalanceLines>& records() const { return records_; }
  const std::map<std::string, Sums>& money() const { return money_; }
  std::uint64_t amount_unknown() const { return amount_unknown_; }
  std::vector<MoneyLine> money_lines() const;

  // Errors: kInternal, saying which line does not add up and by how much.
  Status check() const;

 private:
  std::array<std::uint64_t, kBalanceLines> records_{};
  std::map<std::string, Sums> money_;
  std::uint64_t amount_unknown_ = 0;  // dead-lettered, filtered or settled before the amount was known
};

// The balance as JSON, for the store and --json.
std::string balance_json(const Balance& balance);

// "12,497,952,500.00": minor units as people read them.
std::string amount_text(int128 minor, int exponent);
std::string count_text(std::uint64_t count);  // "500,000"

}  // namespace sentinel::engine
