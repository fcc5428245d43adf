// Reads the options of one stage, and the fields that it gets, from the command line instead of a pipeline file.
#pragma once

#include "app/arguments.hpp"
#include "engine/config/option_tree.hpp"

#include <sentinel/abi.h>
#include <sentinel/schema.hpp>

#include <optional>
#include <string>

namespace sentinel::app {

// From `file` (a map of options as under `source:` in a pipeline file; empty: none) and NAME=VALUE assignments, which
// win. Checked against the component's option table. Nothing where they are wrong: every problem has been printed.
std::optional<config::OptionTree> read_stage_options(const sentinel_component& component, const std::string& file,
                                                     const Arguments::Pairs& assignments);

// "ref:utf8:key amount_kobo:money(NGN,2) price:decimal(10,2)". Errors: kInvalidConfig naming the field.
Result<Schema> read_fields(const std::string& text);

}  // namespace sentinel::app
