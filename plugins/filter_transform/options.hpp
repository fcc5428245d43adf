// The options of the filter transform.
#pragma once

#include <sentinel/component.hpp>
#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::filter_transform {

// What one field must be for the condition to hold. All of these together; null meets none but `is_null: true`.
struct ConditionOptions {
  std::optional<std::string> is;
  std::optional<std::vector<std::string>> one_of;
  std::optional<std::int64_t> min, max;
  std::optional<std::string> pattern;
  std::optional<bool> is_null;
};
inline constexpr auto kConditionOptions = options<ConditionOptions>(
    option("is", &ConditionOptions::is, "This text, whole number, or true or false.").shorthand(),
    option("one_of", &ConditionOptions::one_of, "One of these texts or whole numbers."),
    option("min", &ConditionOptions::min, "At least this number; of money in minor units, that many kobo."),
    option("max", &ConditionOptions::max, "At most this number; of money in minor units, that many kobo."),
    option("pattern", &ConditionOptions::pattern,
           "A regular expression (RE2 syntax) that the whole text matches; it runs in linear time."),
    option("is_null", &ConditionOptions::is_null, "true: there is no value; false: there is one."));

struct Options {
  Ordered<ConditionOptions> keep, drop;
  Departure on_departure = Departure::kKeep;
  std::string reason;
};
inline constexpr auto kOptions = options<Options>(
    option("keep", &Options::keep, "Passes only records that meet the conditions on all of these fields.")
        .of(kConditionOptions),
    option("drop", &Options::drop, "Leaves out records that meet the conditions on all of these fields.")
        .of(kConditionOptions),
    option("on_departure", &Options::on_departure,
           "What becomes of the row of a record that is left out now and landed before: keep, mark (its column left_at "
           "takes the time) or delete.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
    option("reason", &Options::reason, "Why, for the record of what was filtered."));

}  // namespace sentinel::filter_transform
