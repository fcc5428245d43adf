// What must hold between the options of `money`.
#include "engine/config/settings/money.hpp"

#include <algorithm>

namespace sentinel::config {

Status check_money(const Money& money) {
  if (money.currency.empty() && money.currency_field.empty())
    return invalid_config("needs currency (such as NGN), or currency_field, the field that names it");
  if (!money.currency.empty() && !money.currency_field.empty())
    return invalid_config("must not stand beside currency; remove one of them").at_option("currency_field");
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool is_code = money.currency.size() == 3 && std::ranges::all_of(money.currency, is_capital);
  if (!money.currency.empty() && !is_code)
    return invalid_config("must be three capital letters such as NGN").at_option("currency");
  if (money.field.empty()) return invalid_config("must name a field").at_option("field");
  return {};
}

}  // namespace sentinel::config
