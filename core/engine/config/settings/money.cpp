// Checks the options of `money`, each and together.
#include "engine/config/settings/money.hpp"

#include <algorithm>

namespace sentinel::config {

std::vector<Status> check_money(const Money& money, const OptionTree& given) {
  std::vector<Status> faults;
  const bool has_currency = given.find("currency") != nullptr;
  const bool has_currency_field = given.find("currency_field") != nullptr;
  if (!has_currency && !has_currency_field)
    faults.push_back(invalid_config("needs currency (such as NGN), or currency_field, the field that names it"));
  if (has_currency && has_currency_field)
    faults.push_back(invalid_config("must not stand beside currency; remove one of them").at_option("currency_field"));
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool is_code = money.currency.size() == 3 && std::ranges::all_of(money.currency, is_capital);
  if (has_currency && !is_code)
    faults.push_back(invalid_config("must be three capital letters such as NGN").at_option("currency"));
  if (money.field.empty()) faults.push_back(invalid_config("must name a field").at_option("field"));
  if (has_currency_field && !has_currency && money.currency_field.empty())
    faults.push_back(invalid_config("must name a field").at_option("currency_field"));
  return faults;
}

}  // namespace sentinel::config
