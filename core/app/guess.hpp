// Guesses which fields of a source are key, e-mail, money, currency and time. The draft marks each guess for a person
// to check.
#pragma once

#include <sentinel/schema.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sentinel::app {

enum class Role {
  kPlain,
  kReference,  // the record's own id, which stays when the source is replaced
  kEmail,
  kMinorAmount,  // whole kobo, cents
  kAmount,       // as people write it: 5000.00, ₦5,000
  kCurrency,
  kTimestamp,  // text that is one
  kDate,
};

struct FieldGuess {
  Field field;
  std::string target;  // its name in the target
  Role role = Role::kPlain;
  std::vector<std::string> samples;  // those that are neither null nor empty
  bool is_full = false;              // no sample was null or empty
};

// Of kAmount: how the samples are written.
struct AmountStyle {
  std::string thousands;             // "none", ",", ".", " "
  std::string decimal_point;         // "." or ","
  std::vector<std::string> symbols;  // before or after the digits
  std::size_t decimals = 0;          // the most digits after the decimal point
};

struct Guesses {
  std::vector<FieldGuess> fields;
  std::vector<std::size_t> key;  // of the target
  std::optional<std::size_t> money, currency;
  AmountStyle style;
};

// `samples` holds one list a field; nothing stands for null.
Guesses guess(const Schema& schema, const std::vector<std::vector<std::optional<std::string>>>& samples);

// The fields in the order in which they should be tried as the source's key, the likeliest first.
std::vector<std::string> key_candidates(const std::vector<std::string>& fields);

// Small letters, digits and _: a name that every database takes.
std::string plain_name(const std::string& text);

}  // namespace sentinel::app
