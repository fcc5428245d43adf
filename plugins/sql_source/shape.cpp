// Makes fields and key of an SQL source from the columns of the catalogue, and checks the window column.
#include "sql_source/shape.hpp"

#include "database/statement.hpp"
#include "sql_source/query_columns.hpp"
#include "support/dialect/dialect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace sentinel::sql_source {
namespace {

using database::Column;
using database::ColumnKind;
using database::Dialect;

struct Described {
  std::vector<Column> columns;
  std::vector<database::Index> indexes;
  std::string from;
  bool is_table = false;

  const Column* find(std::string_view name) const {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
    return found == columns.end() ? nullptr : &*found;
  }
  std::string names() const {
    std::string text;
    for (const auto& column : columns) text += (text.empty() ? "" : ", ") + column.name;
    return text;
  }
};

Result<Described> describe_source(database::Connection& connection, const Options& options) {
  Described described;
  if (options.query) {
    SENTINEL_ASSIGN(described.from, query_as_table(*options.query));
    SENTINEL_ASSIGN(described.columns, query_columns(connection, described.from));
    return described;
  }
  auto quoted = database::quote_identifier(connection.dialect(), *options.table);
  if (!quoted) return std::move(quoted).error().at_option("table");
  described.from = std::move(*quoted);
  SENTINEL_ASSIGN(auto table, database::describe_table(connection, *options.table));
  if (!table) {
    SENTINEL_ASSIGN(const auto tables, database::list_tables(connection));
    return invalid_config(
               fmt::format(
                   "{} has no table \"{}\"; it has: {}", connection.url().display(), *options.table,
                   fmt::join(tables.begin(), tables.begin() + std::min<std::ptrdiff_t>(std::ssize(tables), 20), ", ")))
        .at_option("table");
  }
  described.columns = std::move(table->columns);
  described.indexes = std::move(table->indexes);
  described.is_table = true;
  return described;
}

Status missing_column(const Described& described, std::string_view name, std::string option) {
  return invalid_config(fmt::format("there is no column \"{}\"; the columns are: {}", name, described.names()))
      .at_option(std::move(option));
}

// The columns to read, in the order of the table: all, or the chosen ones and the key.
Result<std::vector<const Column*>> choose_columns(const Described& described, const Options& options) {
  const auto check = [&](const std::vector<std::string>& names, const char* option) -> Status {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (described.find(names[i]) == nullptr)
        return missing_column(described, names[i], fmt::format("{}.{}", option, i));
    return {};
  };
  SENTINEL_TRY(check(options.key, "key"));
  SENTINEL_TRY(check(options.columns, "columns"));
  const auto holds = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<const Column*> chosen;
  for (const auto& column : described.columns)
    if (options.columns.empty() || holds(options.columns, column.name) || holds(options.key, column.name))
      chosen.push_back(&column);
  return chosen;
}

// True if the database orders the column by the same rule by which it compares it with a parameter.
bool can_be_key(const Column& column, Dialect dialect) {
  if (column.type_text.starts_with("enum") || column.type_text.starts_with("set(")) return false;
  switch (column.kind) {
    case ColumnKind::kInteger:
    case ColumnKind::kDecimal:
    case ColumnKind::kText:
    case ColumnKind::kBinary:
    case ColumnKind::kDate:
    case ColumnKind::kTimestamp: return true;
    case ColumnKind::kOther: return support::source_dialect(dialect).orders_other_types();
    case ColumnKind::kFloat:
    case ColumnKind::kBoolean: return false;
  }
  return false;
}

bool is_unique_key(const Described& described, const std::vector<std::string>& key) {
  return std::any_of(described.indexes.begin(), described.indexes.end(), [&](const database::Index& index) {
    return index.is_unique && !index.is_partial && !index.columns.empty() &&
           std::all_of(index.columns.begin(), index.columns.end(), [&](const std::string& column) {
             return std::find(key.begin(), key.end(), column) != key.end();
           });
  });
}

std::string unique_keys(const Described& described) {
  std::vector<std::string> texts;
  for (const auto& index : described.indexes)
    if (index.is_unique && !index.is_partial) texts.push_back(fmt::format("[{}]", fmt::join(index.columns, ", ")));
  return texts.empty() ? "it has no unique index" : fmt::format("unique are: {}", fmt::join(texts, ", "));
}

Status check_key(const Described& described, const Options& options, Dialect dialect) {
  for (std::size_t i = 0; i < options.key.size(); ++i) {
    const auto& column = *described.find(options.key[i]);
    if (!can_be_key(column, dialect))
      return invalid_config(
                 fmt::format("column \"{}\" ({}) has no reliable order; a key is made of integers, decimals, texts, "
                             "bytes or dates",
                             column.name, column.type_text))
          .at_option(fmt::format("key.{}", i));
  }
  // A view has no index to check the key against.
  if (!described.is_table || described.indexes.empty() || is_unique_key(described, options.key)) return {};
  return invalid_config(fmt::format("[{}] does not identify a row of table \"{}\"; {}", fmt::join(options.key, ", "),
                                    *options.table, unique_keys(described)))
      .at_option("key");
}

Status check_window(const Described& described, const Options& options, Dialect dialect) {
  if (!options.modified) return {};
  const auto* column = described.find(*options.modified);
  if (column == nullptr) return missing_column(described, *options.modified, "modified");
  // Without typed columns texts are times too, and a row without a usable time is read in every pass.
  if (column->kind == ColumnKind::kTimestamp || !support::source_dialect(dialect).has_typed_columns()) return {};
  return invalid_config(fmt::format("column \"{}\" ({}) is not a date with a time, so it cannot bound a reading window",
                                    column->name, column->type_text))
      .at_option("modified");
}

// Unsigned 64-bit columns are int64 unless a value is too large for it: so amounts and ids stay plain integers.
Status widen_large_integers(database::Connection& connection, const Described& described,
                            const std::vector<const Column*>& chosen, Shape& shape) {
  std::string tests;
  std::vector<std::size_t> fields;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]->kind != ColumnKind::kInteger || !chosen[i]->is_unsigned || chosen[i]->bits < 64) continue;
    tests += fmt::format("{}MAX({} > 9223372036854775807)", tests.empty() ? "" : ", ", shape.selected[i]);
    fields.push_back(i);
  }
  if (fields.empty()) return {};
  SENTINEL_ASSIGN(auto statement,
                  database::Statement::prepare(connection, fmt::format("SELECT {} FROM {}", tests, described.from)));
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement.execute());
  SENTINEL_ASSIGN(const bool has_row, statement.step());
  std::vector<Field> all = shape.schema.fields();
  for (std::size_t i = 0; has_row && i < fields.size(); ++i) {
    if (statement.text(i) != "1") continue;
    auto wide = decimal(all[fields[i]].name, 20, 0);
    wide.is_key = all[fields[i]].is_key;
    wide.is_nullable = all[fields[i]].is_nullable;
    all[fields[i]] = std::move(wide);
  }
  shape.schema = Schema(std::move(all));
  return {};
}

// So that no comparison with a parameter loses digits.
void set_key_markers(Shape& shape, const std::vector<const Column*>& chosen) {
  const auto& dialect = support::source_dialect(shape.dialect);
  for (auto& key : shape.key) {
    auto around = dialect.around_parameter(shape.schema[key.field], *chosen[key.field]);
    key.before = std::move(around.before);
    key.after = std::move(around.after);
  }
}

}  // namespace

Field field_of(const Column& column) {
  auto field = [&]() -> Field {
    switch (column.kind) {
      case ColumnKind::kInteger: return int64(column.name);
      case ColumnKind::kDecimal:
        if (column.precision >= 1 && column.precision <= 38 && column.scale >= 0 && column.scale <= column.precision)
          return decimal(column.name, column.precision, column.scale);
        return utf8(column.name);  // no bound that 38 digits hold: the digits stay text
      case ColumnKind::kFloat: return float64(column.name);
      case ColumnKind::kText: break;
      case ColumnKind::kBinary: return binary(column.name);
      case ColumnKind::kBoolean: return boolean(column.name);
      case ColumnKind::kDate: return date(column.name);
      case ColumnKind::kTimestamp: return timestamp(column.name);
      case ColumnKind::kOther: break;
    }
    return column.type_text.starts_with("json") ? json(column.name) : utf8(column.name);
  }();
  // A zero date of a NOT NULL column becomes null.
  field.is_nullable = column.is_nullable || column.kind == ColumnKind::kDate || column.kind == ColumnKind::kTimestamp;
  return field;
}

Result<Shape> find_shape(database::Connection& connection, const Options& options) {
  SENTINEL_ASSIGN(const auto described, describe_source(connection, options));
  SENTINEL_ASSIGN(const auto chosen, choose_columns(described, options));
  Shape shape;
  shape.dialect = connection.dialect();
  shape.from = described.from;
  SENTINEL_TRY(check_key(described, options, shape.dialect));
  SENTINEL_TRY(check_window(described, options, shape.dialect));
  for (const auto* column : chosen) {
    auto field = field_of(*column);
    field.is_key = std::find(options.key.begin(), options.key.end(), column->name) != options.key.end();
    field.is_nullable = field.is_nullable && !field.is_key;
    if (shape.schema.find(field.name) != Schema::npos)
      return invalid_config(
                 fmt::format("column \"{}\" occurs twice; give one of them another name with AS", field.name))
          .at_option("query");
    shape.schema.add(std::move(field));
    shape.selected.push_back(database::quote_part(shape.dialect, column->name));
  }
  for (const auto& name : options.key) {
    const auto field = shape.schema.find(name);
    shape.key.push_back({field, shape.selected[field], "", ""});
    shape.key_may_be_null = shape.key_may_be_null || chosen[field]->is_nullable;
  }
  SENTINEL_TRY(widen_large_integers(connection, described, chosen, shape));
  set_key_markers(shape, chosen);
  if (options.modified) shape.window = database::quote_part(shape.dialect, *options.modified);
  return shape;
}

std::vector<std::size_t> printed_order(const Shape& shape) {
  std::vector<std::size_t> order(shape.key.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return shape.key[i].field; });
  return order;
}

Shape key_shape(const Shape& shape) {
  auto keys = shape;
  keys.schema = {};
  keys.selected.clear();
  for (std::size_t i = 0; i < shape.schema.size(); ++i) {
    if (!shape.schema[i].is_key) continue;
    for (auto& key : keys.key)
      if (key.quoted == shape.selected[i]) key.field = keys.selected.size();
    keys.schema.add(shape.schema[i]);
    keys.selected.push_back(shape.selected[i]);
  }
  return keys;
}

}  // namespace sentinel::sql_source
