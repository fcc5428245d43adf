// The options of the map transform: what stands under `fields:` in a pipeline file.
#pragma once

#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::map_transform {

enum class DecimalPoint { kPoint, kComma };
enum class Thousands { kNone, kComma, kPoint, kSpace };

// How amounts are written in a text. What is not declared here is refused, never guessed.
struct AmountOptions {
  DecimalPoint decimal_point = DecimalPoint::kPoint;
  Thousands thousands = Thousands::kNone;
  std::vector<std::string> currency_symbols;
  std::int64_t exponent = 2;
  std::optional<std::int64_t> decimals;  // none: as many as the exponent
  bool allow_negative = false;
};
inline constexpr auto kAmountOptions = options<AmountOptions>(
    option("decimal_point", &AmountOptions::decimal_point, "What stands before the kobo: \".\" or \",\".")
        .choices(".", ","),
    option("thousands", &AmountOptions::thousands,
           "What stands between groups of three digits; \" \" also covers no-break and thin spaces.")
        .choices("none", ",", ".", " "),
    option("currency_symbols", &AmountOptions::currency_symbols,
           "What may stand before or behind the digits, such as [₦, NGN, N]; upper and lower case differ."),
    option("exponent", &AmountOptions::exponent, "How many decimal places the minor unit stands for: 2 for kobo.")
        .min(0)
        .max(4),
    option(
        "decimals", &AmountOptions::decimals,
        "How many digits may stand behind the decimal point; those beyond the exponent must be zeros. As many as the "
        "exponent if absent.")
        .min(0)
        .max(18),
    option("allow_negative", &AmountOptions::allow_negative, "Whether a leading minus sign is accepted."));

enum class CastType { kText, kInteger, kBoolean, kDate, kTimestamp, kDecimal, kMinorUnits };

// One output field.
struct FieldOptions {
  std::string from;  // empty: the input field of the same name
  std::optional<std::string> constant;
  std::optional<CastType> type;
  std::int64_t precision = 10;
  std::int64_t scale = 2;
  std::optional<AmountOptions> amount;
  bool trim = false;
  bool lower_case = false;
  bool upper_case = false;
  std::optional<bool> empty_is_null;
  std::optional<std::string> default_value;
};
inline constexpr auto kFieldOptions = options<FieldOptions>(
    option("from", &FieldOptions::from, "The input field; the one of the same name if absent.").shorthand(),
    option("constant", &FieldOptions::constant, "The same value in every record, in place of an input field."),
    option("type", &FieldOptions::type, "What the value is turned into; text that does not fit makes a dead letter.")
        .choices("text", "integer", "boolean", "date", "timestamp", "decimal", "minor_units"),
    option("precision", &FieldOptions::precision, "With type decimal: how many digits in all.").min(1).max(38),
    option("scale", &FieldOptions::scale, "With type decimal: how many of them behind the point.").min(0).max(38),
    option("amount", &FieldOptions::amount,
           "How the text writes an amount, which becomes whole minor units; stands for type minor_units.")
        .of(kAmountOptions),
    option("trim", &FieldOptions::trim,
           "Removes spaces at both ends: ASCII white space, no-break space, zero-width space, byte order mark."),
    option("lower_case", &FieldOptions::lower_case, "Turns A to Z into lower case; other letters stay."),
    option("upper_case", &FieldOptions::upper_case, "Turns a to z into upper case; other letters stay."),
    option("empty_is_null", &FieldOptions::empty_is_null,
           "Whether an empty text becomes null; true for casts and false for text if absent."),
    option("default", &FieldOptions::default_value, "The value, as text, where the input is null or empty."));

struct MapOptions {
  Ordered<FieldOptions> fields;
  bool keep_others = false;
};
inline constexpr auto kMapOptions = options<MapOptions>(
    option("fields", &MapOptions::fields, "The output fields in order: each an input field, or a description of one.")
        .required()
        .of(kFieldOptions),
    option("keep_others", &MapOptions::keep_others, "Appends the input fields that `fields` does not use, unchanged."));

}  // namespace sentinel::map_transform
