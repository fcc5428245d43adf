// Where WordPress and its plugins store donations and orders: tables, columns and meta.
#pragma once

#include "wordpress_source/options.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// A column of the record's table, `r`, or of a table joined to it.
struct RecordColumn {
  const char* sql;
  Field field;
};

// A meta key and the field that its value becomes.
struct MetaField {
  std::string key;
  Field field;
  bool is_unix_seconds = false;
};

// One more table with one row for a record, as `alias`.
struct JoinedTable {
  const char* table;  // after the prefix
  const char* alias;
  const char* condition;
};

struct Layout {
  const char* table;  // after the prefix, as all tables here
  const char* id;
  const char* type;
  const char* modified;
  bool has_modified_index = false;
  std::vector<std::string> types;
  std::vector<RecordColumn> columns;  // the id, the status, others
  std::vector<JoinedTable> joined;
  const char* meta_table;
  const char* meta_owner;  // the column of the record's id
  const char* meta_id;
  std::vector<MetaField> meta;
};

// The layout of the options' preset, or of plain WordPress.
Layout layout_of(const Options& options);

const char* name_of(Preset preset);
// What one record is called in a message.
const char* noun_of(const Options& options);
// The statuses that pass: those of the options, or else those of received money.
std::vector<std::string> passing_statuses(const Options& options);

// Errors: kInvalidConfig at an option that has no effect with the preset.
Status check_preset(const Options& options);

}  // namespace sentinel::wordpress_source
