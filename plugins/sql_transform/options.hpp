// The options of the sql transform.
#pragma once

#include <sentinel/component.hpp>
#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sentinel::sql_transform {

enum class ValueType { kText, kInteger, kBoolean, kDate, kTimestamp, kDecimal };

// One output field.
struct SetOptions {
  std::string expression;
  std::optional<ValueType> type;
  std::int64_t precision = 10;
  std::int64_t scale = 2;
};
inline constexpr auto kSetOptions = options<SetOptions>(
    option("expression", &SetOptions::expression,
           "An expression over the fields of the record, such as quantity * 500. A name with a dot goes in double "
           "quotes. Integers are exact; a float result for an exact field makes a dead letter.")
        .required()
        .shorthand(),
    option("type", &SetOptions::type,
           "The type of the value. Not needed where the expression is a single field, or replaces a field, which keeps "
           "its type.")
        .choices("text", "integer", "boolean", "date", "timestamp", "decimal"),
    option("precision", &SetOptions::precision, "With type decimal: the total number of digits.").min(1).max(38),
    option("scale", &SetOptions::scale, "With type decimal: how many of them follow the decimal point.")
        .min(0)
        .max(38));

struct Options {
  Ordered<SetOptions> set;
  std::string where;
  bool keep_others = true;
  Departure on_departure = Departure::kKeep;
  std::string reason;
};
inline constexpr auto kOptions = options<Options>(
    option("set", &Options::set, "Output fields by expression: new ones, or replacements for fields of the same name.")
        .of(kSetOptions),
    option("where", &Options::where,
           "Passes only records for which this is true; false and null filter them out. It sees the input record, "
           "before set."),
    option("keep_others", &Options::keep_others, "Whether to keep the fields that set does not name."),
    option("on_departure", &Options::on_departure,
           "What happens to the row of a record that landed before and that where filters out now: keep, mark (set its "
           "column left_at to the time) or delete. mark and delete cannot be combined with set.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
    option("reason", &Options::reason, "The reason recorded for the records that where filters out."));

}  // namespace sentinel::sql_transform
