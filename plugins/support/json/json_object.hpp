// A JSON object with its members by name.
#pragma once

#include "support/json/json_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::support {

class JsonObject {
 public:
  // The object borrows from `text`. Errors: kInvalidData if it is not a JSON object.
  static Result<JsonObject> parse(std::string_view text);
  const std::vector<JsonMember>& members() const& { return members_; }
  const std::vector<JsonMember>& members() const&& = delete;  // a loop over a temporary's members would dangle
  // Null where the member is missing or null.
  const JsonMember* find(std::string_view name) const;
  // The text of a string member; empty where it is missing, null or something else.
  std::string text(std::string_view name) const;
  bool is_true(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  // The object that the member holds; an empty one where it is missing or something else.
  JsonObject object(std::string_view name) const;

 private:
  std::vector<JsonMember> members_;
};

}  // namespace sentinel::support
