// What the catalogues of the dialects share. Private to this library.
#pragma once

#include "database/catalogue.hpp"

#include <span>
#include <string_view>

namespace sentinel::database {

// Cells of catalogue rows.
std::string text_of(const Row& row, std::size_t i);
std::vector<std::string> first_cells(const std::vector<Row>& rows);
int number_of(const Row& row, std::size_t i);
std::int64_t long_number_of(const Row& row, std::size_t i);
bool flag_of(const Row& row, std::size_t i);  // 1, t, true, YES

// The kind that a type name of a server stands for.
struct NamedKind {
  std::string_view type;
  ColumnKind kind;
  int bits = 0;
};
// The column of a row that begins with its name, its type as declared, and its type's name among `kinds`.
Column start_column(const Row& row, std::span<const NamedKind> kinds);

// Appends `column` to the index `name`, which starts a new one where it differs from the last.
void add_index_part(std::vector<Index>& indexes, const Index& head, std::string column);

}  // namespace sentinel::database
