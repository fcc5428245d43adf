// Prepared statements of SQLite.
#include "database/fault_text.hpp"
#include "database/sqlite/faults.hpp"
#include "database/sqlite/sqlite.hpp"

#include <sqlite3.h>

namespace sentinel::database {
namespace {

class SqliteStatement final : public Statement::Impl {
 public:
  SqliteStatement(Connection::Impl& connection, sqlite3* handle) : Impl(connection), handle_(handle) {}

  Status prepare(std::string_view sql);
  Result<std::int64_t> run() override;
  Result<bool> step() override;
  std::size_t column_count() const override { return static_cast<std::size_t>(sqlite3_column_count(statement_.get())); }
  std::string_view column_name(std::size_t i) const override {
    return sqlite3_column_name(statement_.get(), static_cast<int>(i));
  }
  std::optional<std::string_view> text(std::size_t i) const override;
  char storage_class(std::size_t i) const override;

 private:
  enum class Position { kNone, kBeforeFirst, kOnRow, kEnd };

  Status fault(int result) const { return sqlite_fault(result, sqlite3_errmsg(handle_)); }
  int bind_one(int number, const Parameter& parameter, sqlite3_destructor_type lifetime);
  Status bind_all();
  Result<bool> advance();

  sqlite3* handle_;
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement_{nullptr, &sqlite3_finalize};
  Position position_ = Position::kNone;
};

Status SqliteStatement::prepare(std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  const char* rest = nullptr;
  const int result = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &made, &rest);
  statement_.reset(made);
  if (result != SQLITE_OK) return fault(result);
  const std::string_view tail(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (made == nullptr || tail.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return invalid_config("one statement at a time: SQLite would run the first one only");
  }
  parameters.resize(static_cast<std::size_t>(sqlite3_bind_parameter_count(made)));
  return {};
}

int SqliteStatement::bind_one(int number, const Parameter& parameter, sqlite3_destructor_type lifetime) {
  const char* text = parameter.text.data() == nullptr ? "" : parameter.text.data();
  switch (parameter.kind) {
    case Parameter::Kind::kNull: return sqlite3_bind_null(statement_.get(), number);
    case Parameter::Kind::kInt64: return sqlite3_bind_int64(statement_.get(), number, parameter.number);
    case Parameter::Kind::kText:
      return sqlite3_bind_text64(statement_.get(), number, text, parameter.text.size(), lifetime, SQLITE_UTF8);
    case Parameter::Kind::kBytes:
      return sqlite3_bind_blob64(statement_.get(), number, text, parameter.text.size(), lifetime);
  }
  return SQLITE_MISUSE;
}

Status SqliteStatement::bind_all() {
  // Without a result everything is done when execute() returns, so borrowed texts need no copy.
  const auto lifetime = column_count() == 0 ? SQLITE_STATIC : SQLITE_TRANSIENT;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int result = bind_one(static_cast<int>(i) + 1, parameters[i], lifetime);
    if (result != SQLITE_OK) return fault(result);
  }
  return {};
}

Result<bool> SqliteStatement::advance() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  const Status outcome = result == SQLITE_DONE ? Status() : fault(result);
  // An unfinished statement would keep its locks.
  sqlite3_reset(statement_.get());
  if (!outcome.ok()) return outcome;
  return false;
}

Result<std::int64_t> SqliteStatement::run() {
  sqlite3_reset(statement_.get());
  position_ = Position::kNone;
  SENTINEL_TRY(bind_all());
  const int before = sqlite3_total_changes(handle_);
  SENTINEL_ASSIGN(const bool has_row, advance());
  position_ = has_row ? Position::kBeforeFirst : Position::kEnd;
  // The count of an older statement stays where this one changed nothing.
  return sqlite3_total_changes(handle_) == before ? 0 : std::int64_t{sqlite3_changes(handle_)};
}

Result<bool> SqliteStatement::step() {
  if (position_ == Position::kNone || position_ == Position::kEnd) return false;
  if (position_ == Position::kBeforeFirst) {
    position_ = Position::kOnRow;
    return true;
  }
  position_ = Position::kEnd;
  SENTINEL_ASSIGN(const bool has_row, advance());
  if (has_row) position_ = Position::kOnRow;
  return has_row;
}

std::optional<std::string_view> SqliteStatement::text(std::size_t i) const {
  const int column = static_cast<int>(i);
  if (position_ != Position::kOnRow) return std::nullopt;
  const int type = sqlite3_column_type(statement_.get(), column);
  if (type == SQLITE_NULL) return std::nullopt;
  const void* bytes = type == SQLITE_BLOB ? sqlite3_column_blob(statement_.get(), column)
                                          : static_cast<const void*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return std::string_view(static_cast<const char*>(bytes), bytes == nullptr ? 0 : size);
}

char SqliteStatement::storage_class(std::size_t i) const {
  if (position_ != Position::kOnRow) return 'n';
  switch (sqlite3_column_type(statement_.get(), static_cast<int>(i))) {
    case SQLITE_INTEGER: return 'i';
    case SQLITE_FLOAT: return 'r';
    case SQLITE_TEXT: return 't';
    case SQLITE_BLOB: return 'b';
    default: return 'n';
  }
}

}  // namespace

Result<std::unique_ptr<Statement::Impl>> prepare_sqlite(Connection::Impl& connection, sqlite3* handle,
                                                        std::string_view sql) {
  auto statement = std::make_unique<SqliteStatement>(connection, handle);
  SENTINEL_TRY(statement->prepare(sql));
  return std::unique_ptr<Statement::Impl>(std::move(statement));
}

}  // namespace sentinel::database
