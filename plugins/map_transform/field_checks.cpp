// Checks a field's description independently of the input.
#include "map_transform/field_checks.hpp"

#include "map_transform/amount.hpp"
#include "map_transform/steps.hpp"

#include <fmt/format.h>

namespace sentinel::map_transform {
namespace {

Status check_steps(const FieldOptions& field, const std::string& path) {
  const auto refuse = [&](const char* why, const char* option) { return invalid_config(why).at_option(path + option); };
  if (!field.template_text.empty() && !field.from.empty())
    return refuse("a template names its own input fields; remove from", ".template");
  if (field.null_as && field.template_text.empty())
    return refuse("null_as is for template only; use default for a single field", ".null_as");
  if (field.drop_shortcodes && field.html != Html::kText)
    return refuse("drop_shortcodes is for html: text only", ".drop_shortcodes");
  if (field.date && field.amount) return refuse("a value cannot be both a date and an amount", ".date");
  if (field.date && field.type && *field.type != CastType::kDate && *field.type != CastType::kTimestamp)
    return refuse("with date, the type is date or timestamp", ".type");
  return {};
}

}  // namespace

Status check_field(const FieldOptions& field, const std::string& path) {
  if (field.lower_case && field.upper_case)
    return invalid_config("lower_case and upper_case contradict each other").at_option(path + ".upper_case");
  if (field.scale > field.precision)
    return invalid_config(fmt::format("the scale {} is larger than the precision {}", field.scale, field.precision))
        .at_option(path + ".scale");
  if (field.amount) {
    if (field.type && *field.type != CastType::kMinorUnits)
      return invalid_config("an amount becomes minor units; remove type").at_option(path + ".type");
    auto checked = check_amount(*field.amount);
    if (!checked.ok()) {
      auto at = path + ".amount." + checked.option_path();
      return std::move(checked).at_option(std::move(at));
    }
  }
  SENTINEL_TRY(check_steps(field, path));
  const bool has_input =
      !field.from.empty() || field.default_value || field.empty_is_null || cleans_text(field) || has_steps(field);
  if (field.constant && has_input)
    return invalid_config("a constant has no input field; it can be combined with type and amount only")
        .at_option(path + ".constant");
  return {};
}

}  // namespace sentinel::map_transform
