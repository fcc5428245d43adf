// Prints an option table: as text on a terminal, as Markdown in the reference, as JSON for a program.
#pragma once

#include "app/json.hpp"

#include <sentinel/abi.h>

#include <string>

namespace sentinel::app {

std::string option_table_text(const sentinel_option_table& table, const std::string& indent);
// One Markdown table; options of nested tables follow their parent under its path: "rules.KEY.min", "columns[].name".
std::string option_table_markdown(const sentinel_option_table& table);
// A JSON array.
Json option_table_json(const sentinel_option_table& table);

}  // namespace sentinel::app
