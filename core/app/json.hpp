// Prints every answer to --json in one form: one line on standard output, which begins with the version of its schema.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace sentinel::app {

using Json = nlohmann::ordered_json;

// On one line. Bytes that are not UTF-8 are replaced.
std::string json_text(const Json& json);
// The members of an object behind `schema_version`.
Json with_schema_version(const Json& members);
// On one line, with a line end.
std::string json_line(Json members);
// Prints that line.
void print_json(Json members);
// Prints {"schema_version":1,"items":[…]}.
void print_json_items(Json items);

}  // namespace sentinel::app
