// The steps that a text goes through before it is cast, in their one fixed order.
#pragma once

#include "map_transform/dates.hpp"
#include "map_transform/lookup.hpp"
#include "map_transform/options.hpp"
#include "map_transform/path.hpp"
#include "map_transform/template.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sentinel::map_transform {

// True if a description requires more than renaming, trimming, changing case and casting.
bool has_steps(const FieldOptions& options);
// True if it cleans text, so that its input must be text.
bool cleans_text(const FieldOptions& options);

// True if the result is JSON: a whole PHP value without further steps.
bool makes_json(const FieldOptions& options);

// The state of a field's steps: loaded tables, zones, parsed templates and paths.
class Steps {
 public:
  // `name` is the output field's. Errors: kInvalidConfig; option paths are relative to the field: "date.zone".
  static Result<Steps> open(const FieldOptions& options, const std::string& name);

  // php, repair_mojibake, html or entities, normalize, trim, case, empty, lookup. Nothing for null. `empty_is_null`:
  // text counts as null if it holds only white space, or for `keeps_spaces` if it is empty.
  Result<std::optional<std::string>> clean(std::string text, bool empty_is_null, bool keeps_spaces) const;
  bool may_make_null() const;

  // Errors: as Template::bind().
  Status bind(const Schema& in) { return source_.bind(in); }
  const Template& source() const { return source_; }
  // How the cleaned text is parsed; null if it is cast by its type.
  const std::optional<Dates>& dates() const { return dates_; }

 private:
  FieldOptions options_;
  Template source_;
  std::optional<Dates> dates_;
  Path php_path_;
  std::shared_ptr<const Lookup> lookup_;  // shared by copies: it may be large
};

}  // namespace sentinel::map_transform
