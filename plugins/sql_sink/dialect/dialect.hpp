// What the sink must know of a dialect beyond database::DialectRules. Each dialect answers in the file of its name
// beside this one; no other file of the sink asks which dialect it has.
#pragma once

#include "sql_sink/cell.hpp"
#include "sql_sink/row_statements.hpp"
#include "sql_sink/state_tables.hpp"
#include "sql_sink/target.hpp"

#include "database/dialect.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::sql_sink {

// What CREATE TABLE says beside the fields of the schema.
struct TableParts {
  std::string_view surrogate;  // behind the name of the column "id"
  std::string_view touched;    // behind the name of the column "processed_at"
  std::string_view tail;       // behind the closing bracket
};

// An expression whose SUM is exact.
struct Summand {
  std::string sql;
  bool is_minor = false;  // the sum counts minor units of the column's scale
};

// Stateless, one object for each dialect, alive as long as the process: any thread.
class SinkDialect {
 public:
  virtual ~SinkDialect() = default;

  // --- Rows ---
  virtual std::unique_ptr<RowStatements> row_statements(database::Connection& connection,
                                                        const Target& target) const = 0;
  // A place for a value of a key column in a condition, the `number`th parameter of the statement (from 1).
  virtual std::string key_place(const TargetColumn& column, std::size_t number) const = 0;
  // Behind "INSERT … VALUES (…)": " ON CONFLICT (<keys>) DO UPDATE SET ", and the new value of a quoted column in it.
  virtual std::string on_conflict(std::string_view keys) const = 0;
  virtual std::string incoming(std::string_view column) const = 0;
  // Behind an INSERT: leaves an existing row as it is. `column` is any column of the table.
  virtual std::string unless_there(std::string_view column) const = 0;
  virtual CellRules cell_rules() const = 0;
  // False if a statement that fails aborts the whole transaction, unless a savepoint stands before it.
  virtual bool undoes_failed_statement() const = 0;
  // Runs at the start of a batch's transaction: what a constraint refuses must show while rows can still be isolated.
  virtual Status check_constraints_at_once(database::Connection& connection) const = 0;
  virtual Summand summand(const TargetColumn& amount) const = 0;

  // --- The target table: types, and the statements that messages name as cures ---
  virtual bool names_ignore_case() const = 0;
  // Holds every value of the field exactly.
  virtual std::string column_type(const Field& field, bool is_key) const = 0;
  virtual bool holds(const Field& field, const database::Column& column) const = 0;
  // " CHECK (…)", where the type alone would let other values in; else "".
  virtual std::string column_check(const Field& field, const std::string& quoted) const = 0;
  virtual TableParts table_parts() const = 0;
  // The time now, in the precision of the column.
  virtual std::string now_for(const database::Column& column) const = 0;
  // True if an upsert updates the row that any unique index finds, instead of the one with the key.
  virtual bool upserts_by_any_index() const = 0;
  // What is wrong with the table's engine and the cure, to stand behind the table's name; nothing if rows roll back.
  virtual std::optional<std::string> engine_fault(const database::Table& table, std::string_view quoted) const = 0;
  virtual std::string change_type(std::string_view table, std::string_view column, const database::Column& shape,
                                  const Field& field, bool is_key) const = 0;
  virtual std::string make_exact(std::string_view table, const TargetColumn& key) const = 0;
  // `plain` is the table's name with '_' for dots; `columns` are quoted.
  virtual std::string add_unique_key(std::string_view table, std::string_view plain,
                                     std::string_view columns) const = 0;
  // The clause by which an index keeps any two different texts apart.
  virtual std::string_view exact_collation() const = 0;
  // False where ALTER TABLE cannot change a column.
  virtual bool alters_columns() const = 0;

  // --- Accounts: never asked where database::DialectRules::is_server() is false ---
  // A SELECT that answers the account as GRANT names it.
  virtual std::string_view account_query() const = 0;
  // True if a table to which the account has no right looks as if it were not there.
  virtual bool hides_forbidden_tables() const = 0;
  // What else the account lacks to write to the target: "GRANT … ON …", without the account.
  virtual Result<std::vector<std::string>> missing_grants(database::Connection& connection,
                                                          const Target& target) const = 0;

  // --- The tables that Sentinel owns ---
  // The files of sql/state/<name>/, numbered from 1 without a gap.
  virtual std::span<const StateStep> state_steps() const = 0;
  // Runs the work while no other process does the same, in one transaction where the database can undo CREATE and
  // ALTER.
  virtual Status under_schema_lock(database::Connection& connection, const std::function<Status()>& work) const = 0;
  // How old the column is, in milliseconds.
  virtual std::string age_ms(std::string_view column) const = 0;
  // Behind a SELECT: locks its rows until the transaction ends.
  virtual std::string_view for_update() const = 0;
  // An amount in minor units as the ledger's column takes it; no digits are 0.
  virtual database::Value minor_units(const std::string& digits) const = 0;
  // Ends a connection of our own account to this database that outlived its client; numbers are used again, so any
  // other is left alone.
  virtual Status end_connection(database::Connection& connection, std::int64_t id) const = 0;
};

const SinkDialect& sink_dialect(database::Dialect dialect);
inline const SinkDialect& sink_dialect(const database::Connection& connection) {
  return sink_dialect(connection.dialect());
}

// What dialects have in common.

// True if a column of a database that enforces types holds every value of the field exactly.
bool typed_column_holds(const Field& field, const database::Column& column);
// True for json and other types of text that print what they parsed instead of what they were given.
bool rewrites_text(const database::Column& column);
// Runs the work in one transaction, after `lock`. A commit whose reply was lost is kUnavailable: the work may be run
// again.
Status in_transaction(database::Connection& connection, std::string_view lock, const std::function<Status()>& work);

}  // namespace sentinel::sql_sink
