// The options of the map transform, and of the descriptions under `fields:`.
#pragma once

#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::map_transform {

enum class DecimalPoint { kPoint, kComma };
enum class Thousands { kNone, kComma, kPoint, kSpace };

// How amounts are written. What is not declared here is rejected, never guessed.
struct AmountOptions {
  DecimalPoint decimal_point = DecimalPoint::kPoint;
  Thousands thousands = Thousands::kNone;
  std::vector<std::string> currency_symbols;
  std::int64_t exponent = 2;
  std::optional<std::int64_t> decimals;  // none: as many as the exponent
  bool allow_negative = false;
};
inline constexpr auto kAmountOptions = options<AmountOptions>(
    option("decimal_point", &AmountOptions::decimal_point, "The character before the kobo: \".\" or \",\".")
        .choices(".", ","),
    option("thousands", &AmountOptions::thousands,
           "The character between groups of three digits; \" \" also covers no-break and thin spaces.")
        .choices("none", ",", ".", " "),
    option("currency_symbols", &AmountOptions::currency_symbols,
           "Symbols accepted before or after the digits, such as [₦, NGN, N]; case-sensitive."),
    option("exponent", &AmountOptions::exponent, "How many decimal places the minor unit has: 2 for kobo.")
        .min(0)
        .max(4),
    option("decimals", &AmountOptions::decimals,
           "How many digits may follow the decimal point; those beyond the exponent must be zeros. By default as many "
           "as the exponent.")
        .min(0)
        .max(18),
    option("allow_negative", &AmountOptions::allow_negative, "Whether a leading minus sign is accepted."));

enum class CastType { kText, kInteger, kBoolean, kDate, kTimestamp, kDecimal, kMinorUnits };

enum class PhpObjects { kRefuse, kMap };
struct PhpOptions {
  std::string path;  // empty: the whole value
  PhpObjects objects = PhpObjects::kRefuse;
};
inline constexpr auto kPhpOptions =
    options<PhpOptions>(option("path", &PhpOptions::path,
                               "Which value to extract, such as donor.tags[0]; by default the whole value as JSON.")
                            .shorthand(),
                        option("objects", &PhpOptions::objects,
                               "Whether an object makes a dead letter, or is read as a map of its properties; its "
                               "class is never instantiated.")
                            .choices("refuse", "map"));

enum class MissingCode { kReject, kNull, kKeep };
struct LookupOptions {
  Ordered<std::string> table;
  std::string file;
  std::string key = "key";
  std::string value = "value";
  MissingCode missing = MissingCode::kReject;
};
inline constexpr auto kLookupOptions = options<LookupOptions>(
    option("table", &LookupOptions::table, "Codes and their meanings."),
    option("file", &LookupOptions::file,
           "A CSV file of more codes, read when a run begins; its first line names the columns. A relative path starts "
           "at the folder in which sentinel was started."),
    option("key", &LookupOptions::key, "The column of `file` that holds the codes."),
    option("value", &LookupOptions::value, "The column of `file` that holds their meanings."),
    option("missing", &LookupOptions::missing,
           "What to make of a value that is not listed: a dead letter, null, or the value itself.")
        .choices("reject", "null", "keep"));

enum class ZeroDate { kReject, kNull };
enum class AmbiguousTime { kReject, kEarlier, kLater };
struct DateOptions {
  std::vector<std::string> formats;
  std::string zone = "UTC";
  ZeroDate zero = ZeroDate::kReject;
  AmbiguousTime ambiguous = AmbiguousTime::kReject;
};
inline constexpr auto kDateOptions = options<DateOptions>(
    option("formats", &DateOptions::formats,
           "The accepted formats; the first that fits is used: %Y %m %d %b %H %I %M %S %f %p %z, or unix, unix_ms.")
        .required(),
    option("zone", &DateOptions::zone, "The IANA time zone of times without an offset, such as Africa/Lagos."),
    option("zero", &DateOptions::zero, "Whether 0000-00-00 and similar zero dates make a dead letter or null.")
        .choices("reject", "null"),
    option(
        "ambiguous", &DateOptions::ambiguous,
        "What to make of a local time that the zone's clock showed twice or skipped: a dead letter, or one of the two "
        "instants.")
        .choices("reject", "earlier", "later"));

enum class Html { kKeep, kText };
enum class Normalize { kNone, kNfc };

// One output field. Its steps run in the order of docs/concepts/transforms.md, however they are written.
struct FieldOptions {
  std::string from;  // empty: the input field of the same name
  std::string template_text;
  std::optional<std::string> null_as;
  std::optional<std::string> constant;
  std::optional<CastType> type;
  std::int64_t precision = 10;
  std::int64_t scale = 2;
  std::optional<AmountOptions> amount;
  std::optional<DateOptions> date;
  std::optional<PhpOptions> php;
  bool repair_mojibake = false;
  Html html = Html::kKeep;
  bool drop_shortcodes = false;
  bool entities = false;
  Normalize normalize = Normalize::kNone;
  std::optional<LookupOptions> lookup;
  bool trim = false;
  bool lower_case = false;
  bool upper_case = false;
  std::optional<bool> empty_is_null;
  std::optional<std::string> default_value;
};
inline constexpr auto kFieldOptions = options<FieldOptions>(
    option("from", &FieldOptions::from,
           "The input field, or a path into one that holds JSON; by default the field of the same name.")
        .shorthand(),
    option("template", &FieldOptions::template_text,
           "A text composed of input fields: \"{first_name} {last_name}\"; {{ and }} produce braces."),
    option("null_as", &FieldOptions::null_as,
           "With template: the text used for a null field; without it the whole text becomes null."),
    option("constant", &FieldOptions::constant, "The same value in every record, instead of an input field."),
    option("type", &FieldOptions::type, "The type to cast the value to; text that does not fit makes a dead letter.")
        .choices("text", "integer", "boolean", "date", "timestamp", "decimal", "minor_units"),
    option("precision", &FieldOptions::precision, "With type decimal: the total number of digits.").min(1).max(38),
    option("scale", &FieldOptions::scale, "With type decimal: how many of them follow the decimal point.")
        .min(0)
        .max(38),
    option("amount", &FieldOptions::amount,
           "How the text writes an amount, which becomes whole minor units; implies type minor_units.")
        .of(kAmountOptions),
    option("date", &FieldOptions::date,
           "How the text writes a date or time; the result has type date, or by default timestamp (in UTC).")
        .of(kDateOptions),
    option("php", &FieldOptions::php, "The text is a value serialized by PHP: extracts a value from it.")
        .of(kPhpOptions),
    option("repair_mojibake", &FieldOptions::repair_mojibake,
           "Repairs UTF-8 that was decoded as Windows-1252 or Latin-1, up to twice, where the whole text shows it."),
    option("html", &FieldOptions::html,
           "What to do with HTML: keep it as it is, or convert it to the text that a reader sees.")
        .choices("keep", "text"),
    option("drop_shortcodes", &FieldOptions::drop_shortcodes,
           "With html: text: removes WordPress's `[shortcodes]` and keeps what is between them."),
    option("entities", &FieldOptions::entities,
           "Decodes HTML entities, such as `&amp;` and `&#x1f600;`, and nothing else."),
    option("normalize", &FieldOptions::normalize, "The Unicode normalization form of the text.").choices("none", "nfc"),
    option("lookup", &FieldOptions::lookup, "Replaces the cleaned text with its meaning from a table.")
        .of(kLookupOptions),
    option("trim", &FieldOptions::trim,
           "Removes spaces at both ends: ASCII white space, no-break space, zero-width space, byte order mark."),
    option("lower_case", &FieldOptions::lower_case, "Converts A to Z to lower case; other letters stay."),
    option("upper_case", &FieldOptions::upper_case, "Converts a to z to upper case; other letters stay."),
    option("empty_is_null", &FieldOptions::empty_is_null,
           "Whether empty text becomes null; by default true for casts and false for text."),
    option("default", &FieldOptions::default_value, "The value, as text, where the input is null or empty."));

struct Options {
  Ordered<FieldOptions> fields;
  bool keep_others = false;
};
inline constexpr auto kOptions = options<Options>(
    option("fields", &Options::fields,
           "The output fields in order; each names an input field or describes how to make the field.")
        .required()
        .of(kFieldOptions),
    option("keep_others", &Options::keep_others, "Appends the input fields that `fields` does not use, unchanged."));

}  // namespace sentinel::map_transform
