// The faults of SQLite: its result codes as data.
#include "database/sqlite/faults.hpp"

#include "database/fault_text.hpp"

namespace sentinel::database {
namespace {

struct ResultCode {
  int result;
  std::string_view name;  // behind SQLITE_
  Code code;
};
// Extended codes stand before the primary code that they refine (low byte).
constexpr ResultCode kSqlite[] = {
    {1032, "READONLY_DBMOVED", Code::kStorage},
    {1555, "CONSTRAINT_PRIMARYKEY", Code::kConflict},
    {2067, "CONSTRAINT_UNIQUE", Code::kConflict},
    {2579, "CONSTRAINT_ROWID", Code::kConflict},
    {787, "CONSTRAINT_FOREIGNKEY", Code::kConflict},
    {3, "PERM", Code::kRefused},
    {5, "BUSY", Code::kTransient},
    {6, "LOCKED", Code::kTransient},
    {7, "NOMEM", Code::kStorage},
    {8, "READONLY", Code::kRefused},
    {9, "INTERRUPT", Code::kTransient},
    {10, "IOERR", Code::kStorage},
    {11, "CORRUPT", Code::kStorage},
    {13, "FULL", Code::kStorage},
    {14, "CANTOPEN", Code::kInvalidConfig},
    {15, "PROTOCOL", Code::kTransient},
    {17, "SCHEMA", Code::kTransient},
    {18, "TOOBIG", Code::kInvalidData},
    {19, "CONSTRAINT", Code::kInvalidData},  // NOT NULL, CHECK, DATATYPE, triggers
    {20, "MISMATCH", Code::kInvalidData},
    {22, "NOLFS", Code::kStorage},
    {23, "AUTH", Code::kRefused},
    {25, "RANGE", Code::kInvalidConfig},
    {26, "NOTADB", Code::kStorage},
    {1, "ERROR", Code::kInvalidConfig},  // the statement does not fit the schema
};

}  // namespace

Code classify_sqlite(int extended_result) {
  for (const auto& entry : kSqlite) {
    if (entry.result == extended_result || entry.result == (extended_result & 0xff)) return entry.code;
  }
  return Code::kInternal;
}

FaultGuide sqlite_fault_guide() {
  FaultGuide guide{.domain = kSqliteDomain,
                   .title = "SQLite",
                   .explanation = "By result code, the extended one before its primary one. Any other is `internal`.",
                   .heading = "result",
                   .is_in_order = true};
  for (const auto& entry : kSqlite) guide.lines.push_back({std::to_string(entry.result), entry.name, entry.code});
  return guide;
}

std::string sqlite_fault_text(std::string_view raw) {
  // SOCI puts "sqlite3_statement_backend::loadOne: " in front.
  if (raw.starts_with("sqlite3_statement_backend::")) {
    if (const auto colon = raw.find(": "); colon != std::string_view::npos) raw.remove_prefix(colon + 2);
  }
  return clean_text(raw);
}

Status sqlite_fault(int extended_result, std::string_view raw) {
  return Status(classify_sqlite(extended_result), sqlite_fault_text(raw))
      .native(std::string(kSqliteDomain), std::to_string(extended_result));
}

}  // namespace sentinel::database
