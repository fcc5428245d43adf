// Drafts a pipeline file: what was found in the source, what was guessed, and what a person must decide.
#pragma once

#include "app/guess.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sentinel::app {

struct Draft {
  std::string file, pipeline, use;
  std::vector<std::pair<std::string, std::string>> source_options;  // as YAML writes their values
  std::string sink_use, sink_connection, table;
  std::string currency;  // empty: not known
  std::string schema_path;
  Guesses guesses;
  std::size_t records_seen = 0;
};

// The `source:` block alone, with enough around it to be loaded.
std::string source_draft(const Draft& draft);
std::string draft_text(const Draft& draft);

// A text as YAML takes it: plain where that is safe, else in double quotes.
std::string yaml_text(const std::string& text);

}  // namespace sentinel::app
