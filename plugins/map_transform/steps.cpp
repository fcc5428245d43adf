// Prepares the steps once at open, and applies them to each text.
#include "map_transform/steps.hpp"

#include "map_transform/entities.hpp"
#include "map_transform/html.hpp"
#include "map_transform/mojibake.hpp"
#include "map_transform/nfc.hpp"
#include "map_transform/php.hpp"
#include "map_transform/text.hpp"

namespace sentinel::map_transform {
namespace {

// The status of a nested option, with the option's name before its path.
Status inside(const char* option, const Status& status) {
  const auto& path = status.option_path();
  return Status(status).at_option(path.empty() ? option : std::string(option) + "." + path);
}

}  // namespace

bool cleans_text(const FieldOptions& options) {
  return options.trim || options.lower_case || options.upper_case || options.php || options.repair_mojibake ||
         options.html == Html::kText || options.entities || options.normalize == Normalize::kNfc;
}

bool has_steps(const FieldOptions& options) {
  return !options.template_text.empty() || options.php || options.repair_mojibake || options.html == Html::kText ||
         options.entities || options.normalize == Normalize::kNfc || options.lookup || options.date;
}

bool makes_json(const FieldOptions& options) {
  auto others = options;
  others.php.reset();
  const bool is_whole = options.php && options.php->path.empty();
  return is_whole && !has_steps(others) && !cleans_text(others) && !options.type && !options.amount &&
         !options.default_value;
}

Result<Steps> Steps::open(const FieldOptions& options, const std::string& name) {
  Steps steps;
  steps.options_ = options;
  if (options.template_text.empty()) {
    steps.source_ = Template::of(options.from.empty() ? name : options.from);
  } else {
    auto parsed = Template::parse(options.template_text);
    if (!parsed) return inside("template", parsed.error());
    steps.source_ = std::move(*parsed);
  }
  if (options.php) {
    auto path = parse_path(options.php->path);
    if (!path) return inside("php.path", path.error());
    steps.php_path_ = std::move(*path);
  }
  if (options.lookup) {
    auto lookup = Lookup::open(*options.lookup);
    if (!lookup) return inside("lookup", lookup.error());
    steps.lookup_ = std::make_shared<const Lookup>(std::move(*lookup));
  }
  if (options.date) {
    auto dates = Dates::open(*options.date, options.type.value_or(CastType::kTimestamp));
    if (!dates) return inside("date", dates.error());
    steps.dates_ = std::move(*dates);
  }
  return steps;
}

Result<std::optional<std::string>> Steps::clean(std::string text, bool empty_is_null, bool keeps_spaces) const {
  if (options_.php) {
    SENTINEL_ASSIGN(auto value, php_at(text, php_path_, options_.php->objects));
    if (!value) return std::optional<std::string>();
    text = std::move(*value);
  }
  if (options_.repair_mojibake) text = repaired_mojibake(std::move(text));
  if (options_.drop_shortcodes) text = without_shortcodes(text);
  if (options_.html == Html::kText)
    text = html_to_text(text);
  else if (options_.entities)
    text = decoded_entities(text);
  if (options_.normalize == Normalize::kNfc) {
    SENTINEL_ASSIGN(text, in_nfc(std::move(text)));
  }
  if (options_.trim) text = std::string(trimmed(text));
  if (options_.lower_case) text = lower_cased(text);
  if (options_.upper_case) text = upper_cased(text);
  if (empty_is_null && (keeps_spaces ? text.empty() : trimmed(text).empty())) return std::optional<std::string>();
  if (lookup_) return lookup_->find(std::move(text));
  return std::optional(std::move(text));
}

bool Steps::may_make_null() const {
  return options_.php || (lookup_ && lookup_->may_be_null()) || (dates_ && dates_->may_be_null());
}

}  // namespace sentinel::map_transform
