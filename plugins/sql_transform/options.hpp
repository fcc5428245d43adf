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
           "An expression over the fields of the record, such as quantity * 500. A name with a dot stands in double "
           "quotes. Whole numbers are exact; a float in an exact field makes a dead letter.")
        .required()
        .shorthand(),
    option("type", &SetOptions::type,
           "What the value is. Known without it where the expression is a field alone, or replaces a field, whose type "
           "stays.")
        .choices("text", "integer", "boolean", "date", "timestamp", "decimal"),
    option("precision", &SetOptions::precision, "With type decimal: how many digits in all.").min(1).max(38),
    option("scale", &SetOptions::scale, "With type decimal: how many of them behind the point.").min(0).max(38));

struct Options {
  Ordered<SetOptions> set;
  std::string where;
  bool keep_others = true;
  Departure on_departure = Departure::kKeep;
  std::string reason;
};
inline constexpr auto kOptions = options<Options>(
    option("set", &Options::set, "Fields by expressions: new ones, or in place of those of the same name.")
        .of(kSetOptions),
    option("where", &Options::where,
           "Passes only records for which this is true; false and null leave them out. It sees the record as it comes "
           "in."),
    option("keep_others", &Options::keep_others, "Whether the fields that set does not name stay."),
    option(
        "on_departure", &Options::on_departure,
        "What becomes of the row of a record that where leaves out now and that landed before: keep, mark (its column "
        "left_at takes the time) or delete. The latter two go without set.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
    option("reason", &Options::reason, "Why where leaves records out, for the record of what was filtered."));

}  // namespace sentinel::sql_transform
