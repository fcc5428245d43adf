// The columns of a query of MySQL and MariaDB, from the metadata of its empty result.
#include "database/mysql/mysql.hpp"

#include <mysql.h>

namespace sentinel::database {
namespace {

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

}  // namespace

Result<std::vector<Column>> describe_mysql_query(st_mysql* handle, const std::string& sql) {
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

}  // namespace sentinel::database
