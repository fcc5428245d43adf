// The plugin that offers `use: json_lines`.
#include "json_lines_source/json_lines_source.hpp"

SENTINEL_PLUGIN("json_lines_source", SENTINEL_VERSION,
                sentinel::source<sentinel::json_lines_source::JsonLinesSource>(
                    "json_lines", "Reads a file with one JSON object per line; numbers keep their digits."))
