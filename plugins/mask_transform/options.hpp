// The options of the mask transform.
#pragma once

#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sentinel::mask_transform {

enum class How { kHash, kPartial, kRedact, kNone };

// How one field is masked: by `how`, or cut by `truncate`.
struct FieldOptions {
  std::optional<How> how;
  std::optional<std::int64_t> truncate;
  std::optional<std::int64_t> length;
  std::optional<std::string> text;
};
inline constexpr auto kFieldOptions = options<FieldOptions>(
    option("how", &FieldOptions::how,
           "hash: a pseudonym, the same for the same value and key; partial: a***@example.ng; redact: a fixed text; "
           "none: null.")
        .shorthand()
        .choices("hash", "partial", "redact", "none"),
    option("truncate", &FieldOptions::truncate, "Instead of how: keep this many characters (code points).")
        .min(1)
        .max(1'000'000),
    option("length", &FieldOptions::length, "With hash: how many of its 64 hex digits to keep.").min(16).max(64),
    option("text", &FieldOptions::text, "With redact: the text that replaces every value; by default [redacted]."));

struct Options {
  Ordered<FieldOptions> fields;
  std::string key;
};
inline constexpr auto kOptions =
    options<Options>(option("fields", &Options::fields,
                            "The fields to mask, and how. This protects the target, not the state folder: a dead "
                            "letter holds the record as it was read.")
                         .required()
                         .of(kFieldOptions),
                     option("key", &Options::key,
                            "The secret key of the pseudonyms, at least 16 bytes; required by hash. Anyone who has it "
                            "can test guesses; a different key gives different pseudonyms.")
                         .secret());

}  // namespace sentinel::mask_transform
