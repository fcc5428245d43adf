// Where the text of a field comes from: an input field, a path into one, or several of them in a template.
#pragma once

#include "map_transform/path.hpp"

#include <sentinel/batch.hpp>

#include <string>
#include <vector>

namespace sentinel::map_transform {

// An input field, and the path into its JSON; an empty path means the field itself.
struct Input {
  std::size_t field = Schema::npos;
  Path path;
};

// The field called `from`; else the one with the longest name that `from` begins with, and the rest as a path.
// Errors: kInvalidConfig for a missing field, a field that does not hold JSON, and an invalid path.
Result<Input> find_input(const std::string& from, const Schema& in);

class Template {
 public:
  // A template of one input alone.
  static Template of(std::string from);
  // "{first_name} {last_name}"; {{ and }} produce braces. Errors: kInvalidConfig with the byte.
  static Result<Template> parse(std::string_view text);

  // Errors: as find_input(), and kInvalidConfig for float64 and binary, which have no exact text.
  Status bind(const Schema& in);
  // REQUIRES of the rest: bind() was ok.
  const std::vector<Input>& inputs() const { return inputs_; }
  bool may_be_null(const Schema& in) const;
  std::vector<ColumnView> columns(const BatchView& view) const;
  // The text of one record; nothing if a part of it is null and there is no `null_as`. Errors: kInvalidData.
  Result<std::optional<std::string>> read(const std::vector<ColumnView>& columns, std::int64_t row,
                                          const std::optional<std::string>& null_as) const;

 private:
  std::vector<std::string> literals_ = {""};  // one before each input, and one after the last
  std::vector<std::string> names_;
  std::vector<Input> inputs_;
};

}  // namespace sentinel::map_transform
