// The columns of a query of PostgreSQL, from the description of its empty result.
#include "database/postgresql/postgresql.hpp"

#include <libpq-fe.h>

namespace sentinel::database {
namespace {

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

}  // namespace

Result<std::vector<Column>> describe_postgresql_query(pg_conn* handle, const std::string& sql) {
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

}  // namespace sentinel::database
