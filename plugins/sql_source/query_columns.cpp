// Finds the columns of a query without running it for rows. Types come from the native handles, since only these know
// them without a row.
#include "sql_source/query_columns.hpp"

#include "database/statement.hpp"

#include <libpq-fe.h>
#include <mysql.h>
#include <sqlite3.h>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace sentinel::sql_source {
namespace {

using database::Column;
using database::ColumnKind;

Status refused(std::string_view why) {
  return invalid_config(fmt::format("the query must be one SELECT statement: {}", why)).at_option("query");
}

// Where the quoted text, comment or dollar quote that begins at `at` ends; `at` itself if none begins there.
std::size_t skip_quoted(std::string_view sql, std::size_t at) {
  const auto behind = [&](std::string_view mark, std::size_t from) {
    const auto found = sql.find(mark, from);
    return found == std::string_view::npos ? sql.size() : found + mark.size();
  };
  const auto rest = sql.substr(at);
  if (rest.starts_with("--") || rest.starts_with('#')) return behind("\n", at);
  if (rest.starts_with("/*")) return behind("*/", at + 2);
  if (rest[0] == '\'' || rest[0] == '"' || rest[0] == '`') return behind(rest.substr(0, 1), at + 1);
  return at;
}

std::string first_word(std::string_view sql) {
  std::size_t at = 0;
  while (at < sql.size()) {
    const auto end = sql[at] == '-' || sql[at] == '/' || sql[at] == '#' ? skip_quoted(sql, at) : at;
    if (end == at && std::isspace(static_cast<unsigned char>(sql[at])) == 0) break;
    at = std::max(end, at + 1);
  }
  std::string word;
  for (; at < sql.size() && std::isalpha(static_cast<unsigned char>(sql[at])) != 0; ++at)
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(sql[at])));
  return word;
}

ColumnKind mysql_kind(const MYSQL_FIELD& field, Column& column) {
  const auto integer = [&](int bits) {
    column.bits = bits;
    column.is_unsigned = (field.flags & UNSIGNED_FLAG) != 0;
    return ColumnKind::kInteger;
  };
  if ((field.flags & (ENUM_FLAG | SET_FLAG)) != 0) return ColumnKind::kOther;
  switch (field.type) {
    case MYSQL_TYPE_TINY: return integer(8);  // BOOLEAN too: it holds any small number
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_YEAR: return integer(16);
    case MYSQL_TYPE_INT24: return integer(24);
    case MYSQL_TYPE_LONG: return integer(32);
    case MYSQL_TYPE_LONGLONG: return integer(64);
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      column.scale = static_cast<int>(field.decimals);
      column.precision =
          static_cast<int>(field.length) - (column.scale > 0 ? 1 : 0) - ((field.flags & UNSIGNED_FLAG) != 0 ? 0 : 1);
      return ColumnKind::kDecimal;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE: return ColumnKind::kFloat;
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_DATETIME: return ColumnKind::kTimestamp;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE: return ColumnKind::kDate;
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
      return field.charsetnr == 63 ? ColumnKind::kBinary : ColumnKind::kText;  // 63: the binary charset
    default: return ColumnKind::kOther;
  }
}

Result<std::vector<Column>> mysql_columns(st_mysql* handle, const std::string& sql) {
  const auto lost = [&] { return Status(Code::kUnavailable, "the database did not describe the query"); };
  if (mysql_real_query(handle, sql.data(), sql.size()) != 0) return lost();
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(handle), &mysql_free_result);
  if (result == nullptr) return lost();
  std::vector<Column> columns;
  for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i) {
    const auto& field = *mysql_fetch_field_direct(result.get(), i);
    auto& column = columns.emplace_back();
    column.name = field.name;
    column.kind = mysql_kind(field, column);
    if (static_cast<int>(field.type) == 245) column.type_text = "json";  // MYSQL_TYPE_JSON, which only MySQL sends
  }
  return columns;
}

ColumnKind postgresql_kind(Oid type, int modifier, Column& column) {
  switch (type) {
    case 16: return ColumnKind::kBoolean;
    case 20: column.bits = 64; return ColumnKind::kInteger;
    case 21: column.bits = 16; return ColumnKind::kInteger;
    case 23: column.bits = 32; return ColumnKind::kInteger;
    case 700:
    case 701: return ColumnKind::kFloat;
    case 1700:
      if (modifier >= 4) {
        column.precision = (modifier - 4) >> 16;
        column.scale = (modifier - 4) & 0xFFFF;
      }
      return ColumnKind::kDecimal;
    case 17: return ColumnKind::kBinary;
    case 19:
    case 25:
    case 1042:
    case 1043: return ColumnKind::kText;
    case 1082: return ColumnKind::kDate;
    case 1114:
    case 1184: return ColumnKind::kTimestamp;
    case 114:
    case 3802: column.type_text = "json"; return ColumnKind::kOther;
    default: return ColumnKind::kOther;
  }
}

Result<std::vector<Column>> postgresql_columns(pg_conn* handle, const std::string& sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(handle, sql.c_str()), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
    return Status(Code::kUnavailable, "the database did not describe the query");
  std::vector<Column> columns;
  for (int i = 0; i < PQnfields(result.get()); ++i) {
    auto& column = columns.emplace_back();
    column.name = PQfname(result.get(), i);
    column.kind = postgresql_kind(PQftype(result.get(), i), PQfmod(result.get(), i), column);
  }
  return columns;
}

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

ColumnKind sqlite_kind(std::string declared, Column& column) {
  std::transform(declared.begin(), declared.end(), declared.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
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

Result<std::vector<Column>> sqlite_columns(sqlite3* handle, const std::string& sql) {
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

}  // namespace

Result<std::string> query_as_table(std::string_view query) {
  while (!query.empty() && (std::isspace(static_cast<unsigned char>(query.back())) != 0 || query.back() == ';'))
    query.remove_suffix(1);
  const auto word = first_word(query);
  if (word != "select" && word != "with") return refused("it begins with neither SELECT nor WITH");
  int depth = 0;
  for (std::size_t at = 0; at < query.size();) {
    if (const auto end = skip_quoted(query, at); end != at) {
      at = end;
      continue;
    }
    if (query[at] == ';') return refused("a second statement follows the first");
    if (query[at] == '(') ++depth;
    if (query[at] == ')' && --depth < 0) break;
    ++at;
  }
  if (depth != 0) return refused("its brackets do not match");
  // The line end closes a comment that the query may end with.
  return fmt::format("({}\n) AS sentinel_query", query);
}

Result<std::vector<Column>> query_columns(database::Connection& connection, const std::string& from) {
  const auto sql = fmt::format("SELECT * FROM {} LIMIT 0", from);
  // Preparing it first answers what is wrong with the query in the words and with the code of the database.
  auto statement = database::Statement::prepare(connection, sql);
  if (!statement) return std::move(statement).error().at_option("query");
  if (statement->parameter_count() != 0) return refused("it holds a placeholder for a value");
  switch (connection.dialect()) {
    case database::Dialect::kMysql: return mysql_columns(connection.mysql(), sql);
    case database::Dialect::kPostgresql: return postgresql_columns(connection.postgresql(), sql);
    case database::Dialect::kSqlite: return sqlite_columns(connection.sqlite(), sql);
  }
  return internal_error("a dialect that does not exist");
}

}  // namespace sentinel::sql_source
