// The catalogue of each dialect. Private to this library.
#pragma once

#include "database/catalogue.hpp"

namespace sentinel::database {

// "schema.table" or "table" taken apart; schema empty: where unqualified names are looked up.
struct TableName {
  std::string schema, table;
};
Result<TableName> split_table_name(std::string_view name);

Result<std::optional<Table>> describe_mysql(Connection& connection, const TableName& name);
Result<std::optional<Table>> describe_postgresql(Connection& connection, const TableName& name);
Result<std::optional<Table>> describe_sqlite(Connection& connection, const TableName& name);

// Cells of catalogue rows.
std::string text_of(const Row& row, std::size_t i);
int number_of(const Row& row, std::size_t i);
std::int64_t long_number_of(const Row& row, std::size_t i);
bool flag_of(const Row& row, std::size_t i);  // 1, t, true, YES

// Appends `column` to the index `name`, which starts a new one where it differs from the last.
void add_index_part(std::vector<Index>& indexes, const Index& head, std::string column);

}  // namespace sentinel::database
