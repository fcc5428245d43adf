// Row statements with one array a column, which unnest() turns into rows.
#include "sql_sink/dialect/dialect.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <array>
#include <optional>

namespace sentinel::sql_sink {
namespace {

using database::ColumnKind;
using database::Statement;

constexpr std::size_t kMostRows = 10000;

// Without lengths and precisions: a cast to varchar(5)[] would silently cut, where the assignment to the column
// refuses.
std::string_view array_type(const TargetColumn& column) {
  switch (column.shape.type) {
    case Type::kBool: return column.column.kind == ColumnKind::kBoolean ? "bool[]" : "int8[]";
    case Type::kInt64: return column.column.kind == ColumnKind::kDecimal ? "numeric[]" : "int8[]";
    case Type::kFloat64: return "float8[]";
    case Type::kUtf8: return column.is_padded ? "bpchar[]" : "text[]";
    case Type::kBinary: return "bytea[]";
    case Type::kDate: return "date[]";
    case Type::kTimestamp:
      return column.column.type_text.find("with time zone") != std::string::npos ? "timestamptz[]" : "timestamp[]";
    case Type::kDecimal: return "numeric[]";
  }
  return "text[]";
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

class ArrayRows final : public RowStatements {
 public:
  using RowStatements::RowStatements;

  std::size_t rows_per_write() const override { return kMostRows; }

  Status read(const BatchColumns& columns, std::span<const std::int64_t> rows, const EachStored& each) override {
    if (const auto range = narrow_range(columns, rows)) {
      SENTINEL_TRY(prepare(range_, [&] { return select() + key_list() + " BETWEEN $1 AND $2"; }));
      range_->bind_int64(0, range->least);
      range_->bind_int64(1, range->greatest);
      return run_select(*range_, each);
    }
    SENTINEL_TRY(prepare(list_, [&] { return select_list_sql(); }));
    fill(*list_, target_.keys, columns, rows);
    return run_select(*list_, each);
  }

  Status write(WriteKind kind, const BatchColumns& columns, std::span<const std::int64_t> rows) override {
    auto& statement = kind == WriteKind::kInsert ? insert_ : upsert_;
    SENTINEL_TRY(prepare(statement, [&] { return write_sql(kind); }));
    std::vector<std::size_t> all(target_.columns.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    fill(*statement, all, columns, rows);
    return all_written(statement->execute(), rows);
  }

 private:
  Status prepare(std::optional<Statement>& statement, const std::function<std::string()>& sql) {
    if (statement) return {};
    SENTINEL_ASSIGN(statement, Statement::prepare(connection_, sql()));
    return {};
  }

  static Status run_select(Statement& statement, const EachStored& each) {
    SENTINEL_ASSIGN(const auto ignored, statement.execute());
    static_cast<void>(ignored);
    return each_row(statement, each);
  }

  // "unnest($1::int8[], $2::text[]) AS r(c0, c1)"
  std::string unnest(std::span<const std::size_t> which) const {
    std::string arrays, names;
    for (std::size_t i = 0; i < which.size(); ++i) {
      arrays += fmt::format("{}${}::{}", i == 0 ? "" : ", ", i + 1, array_type(target_.columns[which[i]]));
      names += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    }
    return fmt::format("unnest({}) AS r({})", arrays, names);
  }

  std::string select_list_sql() const {
    if (target_.keys.size() == 1)
      return fmt::format("{}{} = ANY($1::{})", select(), key_list(), array_type(target_.columns[target_.keys[0]]));
    std::string columns, match;
    for (const auto& column : target_.columns) columns += (columns.empty() ? "t." : ", t.") + column.quoted;
    if (!target_.left.empty()) columns += ", t." + target_.left;
    for (std::size_t i = 0; i < target_.keys.size(); ++i)
      match += fmt::format("{}t.{} = r.c{}", i == 0 ? "" : " AND ", target_.columns[target_.keys[i]].quoted, i);
    return fmt::format("SELECT {} FROM {} JOIN {} AS t ON {}", columns, unnest(target_.keys), target_.quoted, match);
  }

  std::string write_sql(WriteKind kind) const {
    std::vector<std::size_t> all(target_.columns.size());
    std::string names;
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = i;
      names += fmt::format("{}r.c{}", i == 0 ? "" : ", ", i);
    }
    const bool touches = !target_.touched.empty();
    auto sql =
        fmt::format("INSERT INTO {} ({}{}{}) SELECT {}{}{} FROM {}", target_.quoted, column_list(), touches ? ", " : "",
                    target_.touched, names, touches ? ", " : "", target_.touched_value, unnest(all));
    if (kind == WriteKind::kUpsert) sql += sink_dialect(target_.dialect).on_conflict(key_list()) + assignments();
    return sql;
  }

  void append_cell(std::string& out, const TargetColumn& column, const ColumnView& values, std::int64_t row) {
    if (values.is_null(row)) {
      out += "NULL";
    } else if (column.shape.type == Type::kUtf8) {
      append_quoted(out, values.text(row));
    } else if (column.shape.type == Type::kBinary) {
      out += "\"\\\\x" + to_hex(values.text(row)) + '"';
    } else if (column.shape.type == Type::kTimestamp) {
      append_quoted(out, cell_text(column, values, row, scratch_));
    } else {
      out += cell_text(column, values, row, scratch_);
    }
  }

  void fill(Statement& statement, std::span<const std::size_t> which, const BatchColumns& columns,
            std::span<const std::int64_t> rows) {
    scratch_.clear();
    arrays_.resize(std::max(arrays_.size(), which.size()));
    for (std::size_t i = 0; i < which.size(); ++i) {
      auto& array = arrays_[i];
      array.assign(1, '{');
      for (const auto row : rows) {
        if (array.size() > 1) array += ',';
        append_cell(array, target_.columns[which[i]], columns[which[i]], row);
      }
      array += '}';
      statement.bind_text(i, array);
    }
  }

  Scratch scratch_;
  std::vector<std::string> arrays_;
  std::optional<Statement> range_, list_, insert_, upsert_;
};

}  // namespace

std::unique_ptr<RowStatements> make_array_rows(database::Connection& connection, const Target& target) {
  return std::make_unique<ArrayRows>(connection, target);
}

}  // namespace sentinel::sql_sink
