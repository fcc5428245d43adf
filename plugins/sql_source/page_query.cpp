// Builds the SQL of one page: keyset, reading window, order and limit, with its parameters.
#include "sql_source/page_query.hpp"

#include "support/dialect/dialect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

namespace sentinel::sql_source {
namespace {

using support::KeyValue;

class QueryText {
 public:
  explicit QueryText(const Shape& shape) : shape_(shape) {
    query_.sql = fmt::format("SELECT {} FROM {}", fmt::join(shape.selected, ", "), shape.from);
  }
  void where(std::string_view condition) {
    query_.sql += fmt::format("{}({})", has_where_ ? " AND " : " WHERE ", condition);
    has_where_ = true;
  }
  // A parameter's mark at this place of the text.
  std::string mark(KeyValue value) {
    query_.parameters.push_back(std::move(value));
    return database::rules_of(shape_.dialect).placeholder(query_.parameters.size());
  }
  std::string compare(std::size_t i, std::string_view sign, const KeyValue& value) {
    const auto& key = shape_.key[i];
    return fmt::format("{} {} {}{}{}", key.quoted, sign, key.before, mark(value), key.after);
  }
  BoundQuery finish(std::int64_t limit, bool ordered) {
    std::string order;
    for (const auto& key : shape_.key) order += (order.empty() ? " ORDER BY " : ", ") + key.quoted;
    if (ordered) query_.sql += order;
    if (limit > 0) query_.sql += " LIMIT " + mark({KeyValue::Kind::kInteger, std::to_string(limit)});
    return std::move(query_);
  }

 private:
  const Shape& shape_;
  BoundQuery query_;
  bool has_where_ = false;
};

// a > ? OR (a = ? AND b > ?): row values would not use the index on MySQL. The first column stands alone in front, so
// that the range over the index begins there.
void add_keyset(QueryText& text, const std::vector<KeyValue>& after) {
  if (after.size() > 1) text.where(text.compare(0, ">=", after[0]));
  std::string behind;
  for (std::size_t last = 0; last < after.size(); ++last) {
    std::string step;
    for (std::size_t i = 0; i < last; ++i) step += text.compare(i, "=", after[i]) + " AND ";
    step += text.compare(last, ">", after[last]);
    behind += last == 0 ? step : fmt::format(" OR ({})", step);
  }
  text.where(behind);
}

// Rows without a usable time belong to every window, since the time of their last change is unknown.
void add_window(QueryText& text, const Shape& shape, const support::WalkCursor& walk) {
  const auto& dialect = support::source_dialect(shape.dialect);
  const auto time = dialect.window_time(shape.window);
  const auto from = text.mark({KeyValue::Kind::kText, walk.from});
  const auto until = text.mark({KeyValue::Kind::kText, walk.until});
  text.where(fmt::format("({0} > {1} AND {0} <= {2}) OR {0} IS NULL{3}", time, from, until, dialect.or_timeless(time)));
}

}  // namespace

BoundQuery page_query(const Shape& shape, const support::WalkCursor& walk, std::int64_t limit) {
  QueryText text(shape);
  for (const auto& key : shape.key)
    if (shape.key_may_be_null) text.where(key.quoted + " IS NOT NULL");
  if (!walk.after.empty()) add_keyset(text, walk.after);
  if (!walk.from.empty() && !shape.window.empty()) add_window(text, shape, walk);
  return text.finish(limit, true);
}

BoundQuery keys_query(const Shape& shape, std::span<const std::vector<KeyValue>> keys) {
  QueryText text(shape);
  std::string any;
  for (const auto& key : keys) {
    std::string all;
    for (std::size_t i = 0; i < key.size(); ++i) all += (i == 0 ? "" : " AND ") + text.compare(i, "=", key[i]);
    any += fmt::format("{}({})", any.empty() ? "" : " OR ", all);
  }
  text.where(any);
  return text.finish(0, true);
}

BoundQuery null_keys_query(const Shape& shape, std::int64_t limit) {
  QueryText text(shape);
  std::string any;
  for (const auto& key : shape.key) any += (any.empty() ? "" : " OR ") + key.quoted + " IS NULL";
  text.where(any);
  return text.finish(limit, false);
}

void bind_all(database::Statement& statement, const std::vector<KeyValue>& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& [kind, text] = parameters[i];
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (kind == KeyValue::Kind::kInteger && is_number)
      statement.bind_int64(i, number);
    else if (kind == KeyValue::Kind::kBytes)
      statement.bind_bytes(i, text);
    else
      statement.bind_text(i, text);
  }
}

}  // namespace sentinel::sql_source
