// Turns an amount written as text into whole minor units, digit by digit and by declared rules only.
#pragma once

#include "map_transform/options.hpp"

#include <sentinel/status.hpp>

#include <cstdint>
#include <string_view>

namespace sentinel::map_transform {

// Errors: kInvalidConfig where the rules contradict each other (one character for point and thousands, a symbol that
// holds a digit). Option paths are relative to the amount: "thousands".
Status check_amount(const AmountOptions& rules);

// "₦5,000.50" -> 500050. Errors: kInvalidData, domain "map", native code ambiguous_amount (a separator that was not
// declared), bad_amount, negative_amount, too_many_decimals or out_of_range. No message holds the text. REQUIRES:
// check_amount(rules) is ok.
Result<std::int64_t> parse_amount(std::string_view text, const AmountOptions& rules);

}  // namespace sentinel::map_transform
