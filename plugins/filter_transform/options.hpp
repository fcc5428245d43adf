// The options of the filter transform.
#pragma once

#include <sentinel/component.hpp>
#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::filter_transform {

// What one field must satisfy. All given conditions together; null satisfies only `is_null: true`.
struct ConditionOptions {
  std::optional<std::string> is;
  std::optional<std::vector<std::string>> one_of;
  std::optional<std::int64_t> min, max;
  std::optional<std::string> pattern;
  std::optional<bool> is_null;
};
inline constexpr auto kConditionOptions = options<ConditionOptions>(
    option("is", &ConditionOptions::is, "Equal to this text, whole number, true or false.").shorthand(),
    option("one_of", &ConditionOptions::one_of, "One of these texts or whole numbers."),
    option("min", &ConditionOptions::min, "At least this number; for money in minor units, in kobo."),
    option("max", &ConditionOptions::max, "At most this number; for money in minor units, in kobo."),
    option("pattern", &ConditionOptions::pattern,
           "A regular expression (RE2 syntax) that must match the whole text; it runs in linear time."),
    option("is_null", &ConditionOptions::is_null, "true: the field is null; false: it has a value."));

struct Options {
  Ordered<ConditionOptions> keep, drop;
  Departure on_departure = Departure::kKeep;
  std::string reason;
};
inline constexpr auto kOptions = options<Options>(
    option("keep", &Options::keep, "Passes only records that meet the conditions on all of these fields.")
        .of(kConditionOptions),
    option("drop", &Options::drop, "Filters out records that meet the conditions on all of these fields.")
        .of(kConditionOptions),
    option("on_departure", &Options::on_departure,
           "What happens to the row of a record that landed before and is filtered out now: keep, mark (set its column "
           "left_at to the time) or delete.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
    option("reason", &Options::reason, "The reason recorded for filtered records."));

}  // namespace sentinel::filter_transform
