// Adds up the lines, and checks that they agree.
#include "engine/delivery/balance.hpp"

#include <fmt/format.h>

#include <numeric>

namespace sentinel::engine {
namespace {

std::string grouped(std::string digits) {
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > static_cast<std::ptrdiff_t>(sign); at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

}  // namespace

void Balance::add(const Balance& other) {
  for (std::size_t i = 0; i < kBalanceLines; ++i) records_[i] += other.records_[i];
  for (const auto& [currency, sums] : other.money_)
    for (std::size_t i = 0; i < kBalanceLines; ++i) money_[currency][i] += sums[i];
  amount_unknown_ += other.amount_unknown_;
}

std::vector<MoneyLine> Balance::money_lines() const {
  std::vector<MoneyLine> lines;
  for (const auto& [currency, sums] : money_) {
    auto& line = lines.emplace_back();
    line.currency = currency;
    for (std::size_t i = 0; i < kBalanceLines; ++i) line.minor[i] = sentinel::to_string(sums[i]);
  }
  return lines;
}

Status Balance::check() const {
  const auto accounted = std::accumulate(records_.begin() + 1, records_.end(), std::uint64_t{0});
  if (accounted != records_[0])
    return internal_error(
        fmt::format("the balance does not hold: {} records read, {} accounted for", records_[0], accounted));
  for (const auto& [currency, sums] : money_) {
    const auto sum = std::accumulate(sums.begin() + 1, sums.end(), int128{0});
    if (sum != sums[0])
      return internal_error(fmt::format("the balance does not hold: {} {} in minor units read, {} accounted for",
                                        currency, sentinel::to_string(sums[0]), sentinel::to_string(sum)));
  }
  return {};
}

std::string amount_text(int128 minor, int exponent) {
  const auto text = Decimal{minor, exponent}.to_string();
  const auto point = text.find('.');
  return grouped(text.substr(0, point)) + (point == std::string::npos ? "" : text.substr(point));
}

std::string count_text(std::uint64_t count) { return grouped(std::to_string(count)); }

}  // namespace sentinel::engine
