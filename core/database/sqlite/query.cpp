// The columns of a query of SQLite, by the declared types of the table columns behind them.
#include "database/sqlite/sqlite.hpp"

#include <sentinel/text.hpp>

#include <sqlite3.h>

#include <algorithm>

namespace sentinel::database {
namespace {

// "decimal(10, 2)" -> 10 and 2
void read_precision(std::string_view declared, Column& column) {
  int numbers[2] = {0, 0};
  std::size_t index = 0;
  for (const char c : declared.substr(std::min(declared.find('('), declared.size()))) {
    if (c == ',') ++index;
    if (index < 2 && c >= '0' && c <= '9' && numbers[index] < 1000) numbers[index] = numbers[index] * 10 + (c - '0');
  }
  column.precision = numbers[0];
  column.scale = numbers[1];
}

ColumnKind sqlite_kind(std::string_view type, Column& column) {
  const auto declared = lower_cased(type);
  column.type_text = declared;
  const auto holds = [&](std::string_view part) { return declared.find(part) != std::string::npos; };
  if (holds("int")) {
    column.bits = 64;
    return ColumnKind::kInteger;
  }
  if (holds("char") || holds("clob") || holds("text")) return ColumnKind::kText;
  if (holds("blob")) return ColumnKind::kBinary;
  if (holds("real") || holds("floa") || holds("doub")) return ColumnKind::kFloat;
  if (holds("bool")) return ColumnKind::kBoolean;
  if (holds("datetime") || holds("timestamp")) return ColumnKind::kTimestamp;
  if (holds("date")) return ColumnKind::kDate;
  if (!holds("decimal") && !holds("numeric")) return ColumnKind::kOther;
  read_precision(declared, column);
  return ColumnKind::kDecimal;
}

}  // namespace

Result<std::vector<Column>> describe_sqlite_query(sqlite3* handle, const std::string& sql) {
  sqlite3_stmt* made = nullptr;
  sqlite3_prepare_v2(handle, sql.data(), static_cast<int>(sql.size()), &made, nullptr);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(made, &sqlite3_finalize);
  std::vector<Column> columns;
  for (int i = 0; i < sqlite3_column_count(made); ++i) {
    auto& column = columns.emplace_back();
    column.name = sqlite3_column_name(made, i);
    const char* declared = sqlite3_column_decltype(made, i);
    column.kind = declared == nullptr ? ColumnKind::kOther : sqlite_kind(declared, column);
  }
  return columns;
}

}  // namespace sentinel::database
