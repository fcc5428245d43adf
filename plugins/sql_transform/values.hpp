// Passes values to SQLite and back: exact, or refused.
#pragma once

#include <sentinel/batch.hpp>

#include <cstdint>
#include <string_view>
#include <variant>

struct sqlite3_stmt;

namespace sentinel::sql_transform {

// A value for a column; monostate is null.
using Value = std::variant<std::monostate, bool, std::int64_t, double, Decimal, std::string_view>;

// Binds parameter `index` to a value of the record, which must outlive the step: whole numbers and true or false as
// INTEGER, decimals, dates (2026-01-31) and timestamps (2026-01-31 23:59:59, UTC) as TEXT. Answers SQLite's result
// code.
int bind_value(sqlite3_stmt* statement, int index, const ColumnView& column, std::int64_t row);

// The value of result column `index` as `field` takes it; texts live until the next step. Errors: kInvalidData of
// domain sql where it does not fit exactly.
Result<Value> read_value(sqlite3_stmt* statement, int index, const Field& field);

void append_value(const Value& value, ColumnBuilder& to);

}  // namespace sentinel::sql_transform
