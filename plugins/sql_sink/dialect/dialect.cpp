// Finds a dialect's part of the sink, and holds what the dialects share.
#include "sql_sink/dialect/dialect.hpp"

#include <sentinel/text.hpp>

#include <array>

namespace sentinel::sql_sink {

#define SENTINEL_DECLARE(enumerator, name) const SinkDialect& name##_sink_dialect();
SENTINEL_DIALECTS(SENTINEL_DECLARE)
#undef SENTINEL_DECLARE

const SinkDialect& sink_dialect(database::Dialect dialect) {
  constexpr std::array kSinkDialects = {
#define SENTINEL_SINK_DIALECT(enumerator, name) &name##_sink_dialect,
      SENTINEL_DIALECTS(SENTINEL_SINK_DIALECT)
#undef SENTINEL_SINK_DIALECT
  };
  return kSinkDialects[static_cast<std::size_t>(dialect)]();
}

namespace {

// Enough digits before and behind the point.
bool has_digits(const database::Column& column, int before, int behind) {
  if (column.precision == 0) return true;  // a NUMERIC without limits
  return column.scale >= behind && column.precision - column.scale >= before;
}

bool is_single_precision(const database::Column& column) {
  const auto type = lower_cased(column.type_text);
  return type == "real" || type.starts_with("float") || type.starts_with("double(");
}

}  // namespace

bool rewrites_text(const database::Column& column) {
  const auto type = lower_cased(column.type_text);
  return type == "json" || type == "jsonb" || type == "name";  // "name" cuts
}

bool typed_column_holds(const Field& field, const database::Column& column) {
  using database::ColumnKind;
  switch (field.type) {
    // The range of an integer is checked record by record.
    case Type::kInt64:
      return column.kind == ColumnKind::kInteger || (column.kind == ColumnKind::kDecimal && column.scale >= 0);
    case Type::kBool: return column.kind == ColumnKind::kBoolean || column.kind == ColumnKind::kInteger;
    case Type::kDecimal:
      return column.kind == ColumnKind::kDecimal && has_digits(column, field.precision - field.scale, field.scale);
    case Type::kFloat64: return column.kind == ColumnKind::kFloat && !is_single_precision(column);
    case Type::kUtf8: return column.kind == ColumnKind::kText && !rewrites_text(column);
    case Type::kBinary:
      return column.kind == ColumnKind::kBinary && !lower_cased(column.type_text).starts_with("binary(");
    case Type::kDate: return column.kind == ColumnKind::kDate;
    case Type::kTimestamp: return column.kind == ColumnKind::kTimestamp;
  }
  return false;
}

Status in_transaction(database::Connection& connection, std::string_view lock, const std::function<Status()>& work) {
  SENTINEL_TRY(connection.begin());
  auto status = [&]() -> Status {
    if (!lock.empty()) {
      SENTINEL_ASSIGN([[maybe_unused]] const auto locked, connection.query(lock));
    }
    return work();
  }();
  if (status.ok()) status = connection.commit();
  if (!status.ok()) static_cast<void>(connection.rollback());
  return status.code() == Code::kUnknownOutcome ? std::move(status).with_code(Code::kUnavailable) : std::move(status);
}

}  // namespace sentinel::sql_sink
