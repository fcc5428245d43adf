// Opens the connection, creates an empty table with the record's fields to check expressions against, and locks the
// connection down.
#include "sql_transform/sandbox.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace sentinel::sql_transform {
namespace {

constexpr int kStepsATick = 1000;

// They would return something else for the same record at the next read.
constexpr std::array<std::string_view, 9> kDeniedFunctions = {
    "random",         "randomblob",        "current_date", "current_time",  "current_timestamp",
    "load_extension", "last_insert_rowid", "changes",      "total_changes",
};

constexpr std::array<std::pair<int, int>, 8> kLimits = {{{SQLITE_LIMIT_LENGTH, 8 << 20},
                                                         {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
                                                         {SQLITE_LIMIT_EXPR_DEPTH, 200},
                                                         {SQLITE_LIMIT_COMPOUND_SELECT, 50},
                                                         {SQLITE_LIMIT_ATTACHED, 0},
                                                         {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
                                                         {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
                                                         {SQLITE_LIMIT_WORKER_THREADS, 0}}};

bool is_name_of(std::string_view expression, const Field& field) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const auto first = expression.find_first_not_of(kSpaces), last = expression.find_last_not_of(kSpaces);
  const auto word = expression.substr(first, last + 1 - first);
  return word == field.name || word == quoted(field.name);
}

std::string after(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? std::string(text.substr(prefix.size())) : std::string();
}

}  // namespace

void CloseConnection::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
void FinalizeStatement::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

// The empty comment closes one that the expression leaves open; the line break closes one that -- opened.
std::string enclosed(std::string_view expression) { return "(" + std::string(expression) + "\n/**/)"; }

Result<std::unique_ptr<Sandbox>> Sandbox::open(const Schema& in, const Host& host) {
  auto self = std::unique_ptr<Sandbox>(new Sandbox(in, host));
  sqlite3* connection = nullptr;
  const auto result =
      sqlite3_open_v2(":memory:", &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, nullptr);
  self->connection_.reset(connection);
  if (result != SQLITE_OK) return internal_error("sqlite cannot be opened: " + std::string(sqlite3_errstr(result)));
  SENTINEL_TRY(self->make_record_table());
  self->lock();
  return self;
}

Status Sandbox::make_record_table() {
  std::string columns;
  for (std::size_t i = 0; i < in_.size(); ++i) columns += (i == 0 ? "" : ", ") + quoted(in_[i].name);
  // The JSON table functions declare tables of their own at their first use, which is not allowed later.
  const auto sql =
      "PRAGMA temp_store = MEMORY; SELECT 1 FROM json_each('0'), json_tree('0'); CREATE TABLE record (" + columns + ")";
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return invalid_config(
      fmt::format("these fields cannot be used together in SQL: {}; rename one with map, since SQL does not "
                  "distinguish upper and lower case",
                  sqlite3_errmsg(connection_.get())));
}

void Sandbox::lock() {
  auto* connection = connection_.get();
  // Otherwise a misspelt "name" in double quotes would be text.
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  for (const auto& [limit, value] : kLimits) sqlite3_limit(connection, limit, value);
  sqlite3_set_authorizer(connection, authorize, this);
  sqlite3_progress_handler(connection, kStepsATick, tick, this);
}

int Sandbox::authorize(void* self, int action, const char* first, const char* second, const char*, const char*) {
  const std::string_view table = first == nullptr ? "" : first, name = second == nullptr ? "" : second;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      return std::ranges::find(kDeniedFunctions, name) == kDeniedFunctions.end() ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_READ: {
      if (table.starts_with("sqlite_") || table.starts_with("pragma_")) return SQLITE_DENY;
      auto& sandbox = *static_cast<Sandbox*>(self);
      const auto field = table == "record" ? sandbox.in_.find(name) : Schema::npos;
      if (field != Schema::npos) sandbox.reads_.insert(field);
      return SQLITE_OK;
    }
    default: return SQLITE_DENY;
  }
}

int Sandbox::tick(void* self) {
  auto& sandbox = *static_cast<Sandbox*>(self);
  sandbox.is_stopped_ = sandbox.host_.stop_requested();
  return sandbox.is_stopped_ || ++sandbox.ticks_ > kSteps / kStepsATick ? 1 : 0;
}

Result<Statement> Sandbox::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const auto result = sqlite3_prepare_v3(connection_.get(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                                         SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  Statement owned(statement);
  if (result != SQLITE_OK) return explain();
  if (*rest != '\0') return invalid_config("more than one expression");
  return owned;
}

// Twice: as a value, and as a condition, where SQLite refuses aggregates, which would return a record for no input.
Result<Analysis> Sandbox::analyse(const std::string& expression) {
  if (expression.find_first_not_of(" \t\r\n") == std::string::npos) return invalid_config("the expression is empty");
  if (expression.find('\0') != std::string::npos) return invalid_config("the expression holds a NUL character");
  reads_.clear();
  SENTINEL_ASSIGN(const auto value, prepare("SELECT " + enclosed(expression) + " FROM record"));
  Analysis analysis;
  analysis.reads = reads_;
  if (sqlite3_column_count(value.get()) != 1) return invalid_config("more than one expression");
  SENTINEL_ASSIGN(const auto condition, prepare("SELECT 1 FROM record WHERE " + enclosed(expression)));
  if (sqlite3_bind_parameter_count(value.get()) != 0)
    return invalid_config("an expression has no parameters; write the name of a field");
  if (analysis.reads.size() == 1 && is_name_of(expression, in_[*analysis.reads.begin()]))
    analysis.plain = *analysis.reads.begin();
  return analysis;
}

Status Sandbox::explain() const {
  const std::string words = sqlite3_errmsg(connection_.get());
  const auto unknown = after(words, "no such column: ");
  if (words.starts_with("not authorized"))
    return invalid_config(
        fmt::format("sqlite: {}; an expression may use only its record and must be deterministic", words));
  if (unknown.empty()) return invalid_config("sqlite: " + words);
  if (in_.find(unknown) != Schema::npos)
    return invalid_config(fmt::format("the field {} has a dot in its name; write {}", unknown, quoted(unknown)));
  return invalid_config(unknown_field(unknown, in_));
}

Status Sandbox::fault(int result) const {
  const auto code = std::to_string(result & 0xFF);
  if (is_stopped_) return Status(Code::kCancelled, "stopped");
  if (result == SQLITE_INTERRUPT)
    return invalid_data(fmt::format("the expressions take more than {} steps", kSteps)).native("sqlite", code);
  const std::string words = sqlite3_errmsg(connection_.get());
  if (result == SQLITE_NOMEM) return internal_error("sqlite: " + words);
  return invalid_data("sqlite: " + words).native("sqlite", code);
}

}  // namespace sentinel::sql_transform
