// The setting `money`: which field holds the amount that every run is balanced by.
#pragma once

#include "engine/config/option_tree.hpp"

#include <sentinel/option.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace sentinel::config {

struct Money {
  std::string field;           // int64 minor units, from the stage on where it first exists
  std::string currency;        // ISO 4217, or
  std::string currency_field;  // the field that names it
  std::int64_t exponent = 2;   // minor units are 10^-exponent of the currency
};
inline constexpr auto kMoneyOptions = options<Money>(
    option("field", &Money::field, "The field that holds the amount in whole minor units (kobo, cents).").required(),
    option("currency", &Money::currency, "The currency of every record, as an ISO 4217 code."),
    option("currency_field", &Money::currency_field,
           "The field that names each record's currency, in place of `currency`."),
    option("exponent", &Money::exponent, "How many decimal places the minor unit stands for: 2 for kobo.")
        .min(0)
        .max(4));

// Every fault: kInvalidConfig at an option, or at none where one is missing. `given`: what the file says.
std::vector<Status> check_money(const Money& money, const OptionTree& given);

}  // namespace sentinel::config
