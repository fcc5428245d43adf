// The options of the validate transform, and of the rules under `rules:`.
#pragma once

#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::validate_transform {

enum class Format { kNone, kEmail };

// What one field must satisfy. Null passes every rule but `required`.
struct RuleOptions {
  Format type = Format::kNone;
  bool required = false;
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::optional<std::int64_t> min_length;
  std::optional<std::int64_t> max_length;
  std::optional<std::string> pattern;
  std::optional<std::vector<std::string>> one_of;
};
inline constexpr auto kRuleOptions = options<RuleOptions>(
    option("type", &RuleOptions::type, "The format of a text: an e-mail address.").choices("none", "email").shorthand(),
    option("required", &RuleOptions::required, "Rejects null and empty text."),
    option("min", &RuleOptions::min, "The smallest number accepted; for money in minor units, in kobo."),
    option("max", &RuleOptions::max, "The largest number accepted; for money in minor units, in kobo."),
    option("min_length", &RuleOptions::min_length, "The minimum number of characters (Unicode code points).").min(0),
    option("max_length", &RuleOptions::max_length, "The maximum number of characters (Unicode code points).").min(0),
    option("pattern", &RuleOptions::pattern,
           "A regular expression (RE2 syntax) that must match the whole text; it runs in linear time."),
    option("one_of", &RuleOptions::one_of, "The only texts or whole numbers accepted."));

struct Options {
  Ordered<RuleOptions> rules;
};
inline constexpr auto kOptions =
    options<Options>(option("rules", &Options::rules, "The fields to check, each with `email` or with its rules.")
                         .required()
                         .of(kRuleOptions));

}  // namespace sentinel::validate_transform
