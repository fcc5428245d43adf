// The shape of tables and queries, from the database's own catalogue: columns, unique indexes, what acts on a write.
#pragma once

#include "database/connection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::database {

// A type, as far as Sentinel must know it to check whether values fit.
enum class ColumnKind {
  kInteger,  // bits and is_unsigned say the range
  kDecimal,  // exact: precision, scale
  kFloat,
  kText,    // length in characters, 0: no limit
  kBinary,  // length in bytes, 0: no limit
  kBoolean,
  kDate,
  kTimestamp,  // datetime, timestamp, timestamptz; scale: digits of a second
  kOther,
};

struct Column {
  std::string name;
  std::string type_text;  // as the database prints it: "decimal(10,2)", "character varying(255)"
  ColumnKind kind = ColumnKind::kOther;
  int bits = 0;  // of kInteger: 8, 16, 24, 32, 64
  bool is_unsigned = false;
  int precision = 0, scale = 0;
  std::int64_t length = 0;
  bool is_nullable = true;
  bool has_default = false;   // a default, auto_increment, identity, serial or generated: may be left out of an INSERT
  bool is_generated = false;  // may not be written at all
  bool is_numbered = false;   // MySQL: auto_increment or uuid(), so no two rows get the same value if it is left out
  std::string collation;
  // Of kText, as equality and unique indexes take it:
  bool is_exact = true;          // texts that differ by case, accent or anything else are never equal
  bool ignores_padding = false;  // except for trailing spaces: "a" equals "a "
  bool keeps_all_text = true;    // takes every character of Unicode
};

struct Index {
  std::string name;
  std::vector<std::string> columns;  // in order; an expression or prefix part as "" (it cannot serve as the key)
  bool is_unique = false, is_primary = false, is_partial = false;
  bool is_exact = true;  // no part has a collation of its own that treats different texts as equal
};

enum class TableKind { kTable, kView, kOther };  // kOther: foreign, virtual, sequence

struct Table {
  std::string name;
  TableKind kind = TableKind::kTable;
  std::string engine;     // MySQL: "InnoDB"
  bool is_logged = true;  // PostgreSQL: false for UNLOGGED, which a crash empties
  std::vector<Column> columns;
  std::vector<Index> indexes;

  const Column* find(std::string_view column) const;
};

// "schema.table" or "table", split; schema empty: where unqualified names are looked up.
struct TableName {
  std::string schema, table;
};

// The table, or nothing if there is none of that name. `name` may be "schema.table". A view answers its columns and no
// index.
Result<std::optional<Table>> describe_table(Connection& connection, std::string_view name);
// What acts on a write beside the statement itself.
struct WriteHooks {
  std::vector<std::string> triggers;  // names; MySQL shows them to accounts with the right TRIGGER alone
  std::vector<std::string> rules;     // PostgreSQL: rules that rewrite INSERT or UPDATE
  bool filters_rows = false;          // PostgreSQL: row security is active for this account
};
// Of a table that exists.
Result<WriteHooks> write_hooks(Connection& connection, std::string_view name);
// Tables and views of the connected database, for messages ("did you mean") and discovery.
Result<std::vector<std::string>> list_tables(Connection& connection);

// The columns that a SELECT answers, without reading a row of it. SQLite knows declared types only where a column comes
// from a table; the others are kOther. REQUIRES: Statement::prepare() has accepted it, and it has no parameters.
Result<std::vector<Column>> describe_query(Connection& connection, const std::string& sql);

// A name from the catalogue, quoted as it is: dots are part of it.
std::string quote_part(Dialect dialect, std::string_view name);
// "`a`.`b`" or "\"a\".\"b\"": every dotted part quoted for the dialect, quotes doubled. Errors: kInvalidConfig for
// empty parts, NUL, ':' (SOCI's parser would take it for a parameter) and more than 63 bytes a part.
Result<std::string> quote_identifier(Dialect dialect, std::string_view name);

}  // namespace sentinel::database
