// The calls of the source: reads a table or query page by page in key order, and closes the reading window.
#include "sql_source/sql_source.hpp"

#include "sql_source/intake.hpp"
#include "sql_source/query_columns.hpp"
#include "support/dialect/dialect.hpp"

#include <sentinel/civil_time.hpp>
#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace sentinel::sql_source {
namespace {

using support::KeyValue;

constexpr std::int64_t kMostNullKeys = 1000;
constexpr std::size_t kKeysAtOnce = 200;
constexpr std::size_t kSampleBytes = 80;

Status repeated_key(const Options& options) {
  return invalid_config(
             fmt::format("[{}] does not identify a row: two rows have the same key", fmt::join(options.key, ", ")))
      .at_option("key");
}

// The key as the engine prints that of a record: of several fields, in the schema's order. One that could not become a
// row's, as its dead letter names it.
std::string record_key(const Shape& shape, const database::Statement& statement) {
  std::vector<KeyValue> texts;
  for (std::size_t i = 0; i < shape.schema.size(); ++i) {
    const auto cell = support::parse_cell(shape.schema[i], statement.text(i));
    if (!cell) {
      return printed_key(shape, statement);
    }
    texts.push_back({KeyValue::Kind::kInteger, support::cell_text(shape.schema[i], *cell)});
  }
  return support::key_text(texts);
}

// A key as it came back from a dead letter, as a parameter of the kind that its column compares with.
void set_kinds(const Shape& shape, std::vector<KeyValue>& key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto type = shape.schema[shape.key[i].field].type;
    std::int64_t micros = 0;
    if (type == Type::kInt64) key[i].kind = KeyValue::Kind::kInteger;
    if (type == Type::kBinary) key[i].kind = KeyValue::Kind::kBytes;
    if (type == Type::kTimestamp && support::source_dialect(shape.dialect).has_typed_columns() &&
        read_timestamp(key[i].text, micros) == Civil::kValue)
      key[i].text = timestamp_text(micros);
  }
}

}  // namespace

Result<std::unique_ptr<SqlSource>> SqlSource::open(Options options, Host& host) {
  if (options.table.has_value() == options.query.has_value())
    return invalid_config("name either a table or a query to read from").at_option(options.table ? "query" : "table");
  if (options.key.empty()) return invalid_config("name at least one column that identifies a row").at_option("key");
  for (std::size_t i = 0; i < options.key.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (options.key[i] == options.key[j])
        return invalid_config(fmt::format("\"{}\" stands twice in the key", options.key[i]))
            .at_option(fmt::format("key.{}", i));
  if (options.query) {
    SENTINEL_ASSIGN([[maybe_unused]] const auto from, query_as_table(*options.query));
  }
  return std::make_unique<SqlSource>(std::move(options), host);
}

SqlSource::SqlSource(Options options, Host& host, support::ServerClock clock)
    : options_(std::move(options)),
      host_(host),
      clock_(std::move(clock)),
      link_(options_.connection, "sentinel sql source") {}

Result<database::Connection*> SqlSource::ready() {
  SENTINEL_ASSIGN(auto* connection, link_.get());
  if (!shape_) {
    SENTINEL_ASSIGN(shape_, find_shape(*connection, options_));
  }
  return connection;
}

Result<Schema> SqlSource::schema() {
  return link_.guarded<Schema>([&]() -> Result<Schema> {
    shape_.reset();
    SENTINEL_ASSIGN([[maybe_unused]] auto* connection, ready());
    for (const auto& field : shape_->schema)
      if (field.type == Type::kFloat64)
        host_.log(LogLevel::kInfo, "a column holds floating-point numbers; never use it for money",
                  {{"column", field.name}});
    return shape_->schema;
  });
}

Result<database::Statement*> SqlSource::run(const BoundQuery& query) {
  SENTINEL_ASSIGN(auto* statement, link_.statement(query.sql));
  if (statement->parameter_count() != query.parameters.size())
    return invalid_config("the query holds a placeholder for a value").at_option("query");
  bind_all(*statement, query.parameters);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement->execute());
  return statement;
}

Result<Page> SqlSource::read(const Cursor& from, const Limits& limits, Rejects& rejects) {
  return link_.guarded<Page>([&] { return read_page(from, limits, rejects); });
}

Result<Page> SqlSource::read_page(const Cursor& from, const Limits& limits, Rejects& rejects) {
  SENTINEL_ASSIGN(auto* connection, ready());
  SENTINEL_ASSIGN(auto walk,
                  support::continue_walk(from, shape_->key.size(), {options_.modified.value_or(""), options_.overlap},
                                         [&] { return clock_(*connection); }));
  Intake intake(*shape_, rejects);
  if (walk.after.empty() && shape_->key_may_be_null) SENTINEL_TRY(reject_null_keys(intake));
  // One row more than the page holds shows whether more rows follow.
  SENTINEL_ASSIGN(auto* statement, run(page_query(*shape_, walk, limits.max_rows + 1)));
  bool is_full = false, is_done = true;
  std::vector<KeyValue> key;
  const auto base = intake.records();
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) break;
    read_key(*shape_, *statement, key);
    if (key == walk.after) return repeated_key(options_);
    if (is_full) {
      is_done = false;
      break;
    }
    intake.take(*statement);
    std::swap(walk.after, key);
    is_full = intake.records() - base >= limits.max_rows || intake.bytes() >= limits.max_bytes;
  }
  // A statement that was not read to its end may hold a lock.
  while (!is_done && support::source_dialect(shape_->dialect).locks_until_last_row()) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) break;
  }
  if (is_done) walk = {{}, walk.by, "", walk.until, true};
  return Page{intake.finish(), walk.to_cursor(), is_done};
}

// A comparison with a null is never true, so the walk would silently skip such rows: they are rejected at its start.
Status SqlSource::reject_null_keys(Intake& intake) {
  SENTINEL_ASSIGN(auto* statement, run(null_keys_query(*shape_, kMostNullKeys + 1)));
  for (std::int64_t rows = 0;; ++rows) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) return {};
    if (rows == kMostNullKeys)
      return invalid_config(
                 fmt::format("more than {} rows have no value in [{}], so nothing identifies them; choose another key",
                             kMostNullKeys, fmt::join(options_.key, ", ")))
          .at_option("key");
    intake.take(*statement);
  }
}

Result<Page> SqlSource::fetch(std::span<const std::string> keys, Rejects& rejects) {
  return link_.guarded<Page>([&] { return fetch_all(keys, rejects); });
}

Result<Page> SqlSource::fetch_all(std::span<const std::string> keys, Rejects& rejects) {
  SENTINEL_ASSIGN([[maybe_unused]] auto* connection, ready());
  const auto order = printed_order(*shape_);
  std::vector<std::vector<KeyValue>> wanted;
  for (const auto& text : keys) {
    auto key = support::parse_key_text(text, shape_->key.size());
    if (!key) continue;
    std::vector<KeyValue> ordered(key->size());
    for (std::size_t i = 0; i < order.size(); ++i) ordered[order[i]] = std::move((*key)[i]);
    set_kinds(*shape_, ordered);
    wanted.push_back(std::move(ordered));
  }
  Intake intake(*shape_, rejects);
  for (std::size_t begin = 0; begin < wanted.size(); begin += kKeysAtOnce) {
    const auto part = std::span(wanted).subspan(begin, std::min(kKeysAtOnce, wanted.size() - begin));
    SENTINEL_ASSIGN(auto* statement, run(keys_query(*shape_, part)));
    while (true) {
      SENTINEL_ASSIGN(const bool has_row, statement->step());
      if (!has_row) break;
      intake.take(*statement);
    }
  }
  return Page{intake.finish(), Cursor(), true};
}

Result<Page> SqlSource::keys(const Cursor& from, const Limits& limits,
                             const std::function<void(std::string_view)>& found) {
  return link_.guarded<Page>([&] { return list_keys(from, limits, found); });
}

Result<Page> SqlSource::list_keys(const Cursor& from, const Limits& limits,
                                  const std::function<void(std::string_view)>& found) {
  SENTINEL_ASSIGN([[maybe_unused]] auto* connection, ready());
  const auto shape = key_shape(*shape_);
  for (const auto& field : shape.schema)
    if (field.type == Type::kBinary) return Status{Code::kUnsupported, "keys of bytes are not listed"};
  support::WalkCursor walk;
  if (!from.empty()) {
    SENTINEL_ASSIGN(walk, support::parse_cursor(from, shape.key.size()));
  }
  SENTINEL_ASSIGN(auto* statement, run(page_query(shape, walk, limits.max_rows + 1)));
  for (std::int64_t rows = 0;; ++rows) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) return Page{{}, walk.to_cursor(), rows <= limits.max_rows};
    if (rows >= limits.max_rows) continue;  // the one that shows that more follow; stepped over, it locks nothing
    read_key(shape, *statement, walk.after);
    found(record_key(shape, *statement));
  }
}

Status SqlSource::check() {
  const auto checked = schema();
  return checked ? Status() : checked.error();
}

Result<std::int64_t> SqlSource::count() {
  return link_.guarded<std::int64_t>([&]() -> Result<std::int64_t> {
    SENTINEL_ASSIGN([[maybe_unused]] auto* connection, ready());
    SENTINEL_ASSIGN(auto* statement, run({fmt::format("SELECT COUNT(*) FROM {}", shape_->from), {}}));
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    const auto rows = has_row ? Cursor(std::string(statement->text(0).value_or(""))).as_int64() : std::nullopt;
    if (!rows) return internal_error("the database did not answer how many rows there are");
    return *rows;
  });
}

Status SqlSource::discover(const std::function<void(const FoundField&)>& found) {
  const auto tables = link_.guarded<std::int64_t>([&]() -> Result<std::int64_t> {
    SENTINEL_ASSIGN(auto* connection, link_.get());
    SENTINEL_ASSIGN(const auto names, database::list_tables(*connection));
    for (const auto& name : names) SENTINEL_TRY(discover_table(*connection, name, found));
    return std::ssize(names);
  });
  return tables ? Status() : tables.error();
}

Status SqlSource::discover_table(database::Connection& connection, const std::string& name,
                                 const std::function<void(const FoundField&)>& found) {
  SENTINEL_ASSIGN(const auto table, database::describe_table(connection, name));
  const auto quoted = database::quote_identifier(connection.dialect(), name);
  if (!table || !quoted) return {};
  SENTINEL_ASSIGN(auto statement,
                  database::Statement::prepare(connection, fmt::format("SELECT * FROM {} LIMIT 1", *quoted)));
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement.execute());
  SENTINEL_ASSIGN(const bool has_row, statement.step());
  for (std::size_t i = 0; i < statement.column_count(); ++i) {
    const auto column = statement.column_name(i);
    const auto* described = table->find(column);
    const auto text = has_row ? statement.text(i) : std::nullopt;
    const bool shown = text && text->size() <= kSampleBytes && is_utf8(*text);
    found({name, std::string(column), described == nullptr ? "utf8" : field_of(*described).type_text(),
           shown ? std::string(*text) : std::string()});
  }
  return {};
}

}  // namespace sentinel::sql_source
