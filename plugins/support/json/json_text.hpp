// Strict JSON (RFC 8259) that keeps the text of numbers digit for digit: no double, no integer type, anywhere.
#pragma once

#include <sentinel/status.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::support {

enum class JsonKind { kNull, kBoolean, kNumber, kString, kArray, kObject };

struct JsonMember {
  std::string name;
  JsonKind kind = JsonKind::kNull;
  std::string_view raw;  // the value as written in the text; borrowed
  std::string text;      // of kString: its value
};

// The members of an object, in the order of the text. Errors: kInvalidData with the byte of the error, if the text is
// not UTF-8, not JSON, not an object, nested deeper than 256 levels, or holds an object with two members of the same
// name at any depth.
Result<std::vector<JsonMember>> parse_json_object(std::string_view text);

// The elements of an array, without names. Errors: as parse_json_object, of an array.
Result<std::vector<JsonMember>> parse_json_array(std::string_view text);

// One member, or one element, without storing the others; nothing if it does not exist. Errors: as above, anywhere in
// the text.
Result<std::optional<JsonMember>> find_json_member(std::string_view text, std::string_view name);
Result<std::optional<JsonMember>> find_json_element(std::string_view text, std::size_t index);

// The same value on one line, without white space between its parts. Errors: as parse_json_object, any value.
Result<std::string> compact_json(std::string_view text);

// The text as a JSON string, with its quotes. REQUIRES: UTF-8.
std::string json_string(std::string_view text);

}  // namespace sentinel::support
