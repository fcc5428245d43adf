// The records and rows of a case: free maps of a case file, made into what the engine reads and compares.
#pragma once

#include "engine/cases/case_file.hpp"
#include "engine/config/yaml/problems.hpp"
#include "engine/config/yaml/yaml_document.hpp"

namespace sentinel::cases {

// The records that the source is said to return.
struct SourceShape {
  std::vector<Field> types;
  std::vector<std::string> key;
};

// A field of "text", "int64", "bool", "float64", "date", "timestamp", "json", "binary" or "decimal(10,2)".
std::optional<Field> field_of_type(const std::string& name, const std::string& type);
std::string type_problem(const std::string& name, const std::string& type);

// Records from a list of maps, or from the YAML or JSON file that a text names (from the case file's folder).
void read_input(const config::Node& input, const SourceShape& shape, const std::string& case_path,
                config::Problems& problems, Case& into);
std::vector<ExpectedRow> read_rows(const config::Node& rows, config::Problems& problems);

}  // namespace sentinel::cases
