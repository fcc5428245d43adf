// The options of the validate transform: what stands under `rules:` in a pipeline file.
#pragma once

#include <sentinel/option.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::validate_transform {

enum class Format { kNone, kEmail };

// What one field must be. Null passes every rule but `required`.
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
    option("type", &RuleOptions::type, "The form of a text: an e-mail address.").choices("none", "email").shorthand(),
    option("required", &RuleOptions::required, "Rejects null and empty text."),
    option("min", &RuleOptions::min, "The least number accepted; of money in minor units, that many kobo."),
    option("max", &RuleOptions::max, "The largest number accepted; of money in minor units, that many kobo."),
    option("min_length", &RuleOptions::min_length, "The least number of characters (Unicode code points).").min(0),
    option("max_length", &RuleOptions::max_length, "The largest number of characters (Unicode code points).").min(0),
    option("pattern", &RuleOptions::pattern,
           "A regular expression (RE2 syntax) that the whole text must match; it runs in linear time."),
    option("one_of", &RuleOptions::one_of, "The only texts or whole numbers accepted."));

struct Options {
  Ordered<RuleOptions> rules;
};
inline constexpr auto kOptions = options<Options>(
    option("rules", &Options::rules, "The fields to check, each with `email` or a description of what it must be.")
        .required()
        .of(kRuleOptions));

}  // namespace sentinel::validate_transform
