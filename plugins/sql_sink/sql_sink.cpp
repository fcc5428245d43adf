// The calls of the SQL sink.
#include "sql_sink/sql_sink.hpp"

#include "sql_sink/dialect/dialect.hpp"
#include "sql_sink/ledger.hpp"
#include "sql_sink/rights.hpp"
#include "sql_sink/state_tables.hpp"
#include "sql_sink/target_ddl.hpp"
#include "sql_sink/target_scan.hpp"

#include <algorithm>

namespace sentinel::sql_sink {

Result<std::unique_ptr<SqlSink>> SqlSink::open(Options options, Host& host) {
  auto url = database::parse_url(options.connection);
  if (!url) return Status(url.error()).at_option("connection");
  if (!url->is_server() && url->database == ":memory:")
    return invalid_config("a database in memory is gone when the run ends; name a file, as in sqlite:accounting.db")
        .at_option("connection");
  if (auto name = database::quote_identifier(url->dialect, options.table); !name)
    return Status(name.error()).at_option("table");
  if (!options.version_by.empty() && options.mode != Mode::kUpsert)
    return invalid_config("version_by needs mode upsert; no other mode overwrites a row").at_option("version_by");
  if (options.mode == Mode::kAppend && !options.key.empty())
    return invalid_config("mode append has no key, since it never looks for a row; drop the key, or use mode insert")
        .at_option("key");
  if (options.mode != Mode::kAppend && options.key.empty())
    return invalid_config(
               "the option key is missing; name the columns that say which record it is, as in key: [donation_ref]")
        .at_option("key");
  auto sorted = options.key;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    return invalid_config("the key names \"" + *twice + "\" twice").at_option("key");
  return std::make_unique<SqlSink>(std::move(options), std::move(*url), host);
}

SqlSink::SqlSink(Options options, database::Url url, Host& host, Patience patience)
    : options_(std::move(options)), host_(host), session_(std::move(url)), lanes_(session_, host_, patience) {}

SqlSink::~SqlSink() { drop(); }

void SqlSink::drop() {
  landing_.reset();
  session_.drop();
}

Status SqlSink::after(Status fault) {
  auto* connection = session_.current();
  if (connection == nullptr || fault.ok()) return fault;
  if (const auto undone = connection->rollback(); !undone.ok() || fault.code() == Code::kUnavailable) drop();
  return fault;
}

Status SqlSink::check() {
  if (!session_.has_database()) return {};  // the preflight says that the table is missing
  SENTINEL_ASSIGN(const auto* connection, session_.connection());
  static_cast<void>(connection);
  return {};
}

Status SqlSink::bind(const Schema& schema) {
  landing_.reset();
  target_.reset();
  if (!session_.has_database()) return no_table(options_.table, session_.url());
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  auto target = inspect_target(*connection, {options_.table, options_.mode, options_.key, options_.version_by}, schema);
  if (!target) return after(std::move(target).error());
  warn_of(*target);
  auto state = check_state_tables(*connection);
  if (state.ok() || state.code() == Code::kRefused) SENTINEL_TRY(after(check_rights(*connection, *target)));
  SENTINEL_TRY(after(std::move(state)));
  target_ = std::move(*target);
  schema_ = schema;
  return {};
}

void SqlSink::warn_of(const Target& target) {
  for (const auto& warning : target.warnings)
    if (warned_.insert(warning).second) host_.log(LogLevel::kWarning, warning);
}

Status SqlSink::create(const Schema& schema) {
  SENTINEL_ASSIGN(auto* connection, session_.connection_making_file());
  SENTINEL_TRY(after(create_state_tables(*connection)));
  const auto table = database::describe_table(*connection, options_.table);
  if (!table) return after(table.error());
  if (table->has_value()) return {};
  SENTINEL_ASSIGN(const auto sql, create_table_sql(session_.url().dialect, options_.table, schema, options_.key));
  auto status = run_ddl(*connection, sql);
  return status.ok() ? Status()
                     : after(std::move(status).prefixed("cannot create table \"" + options_.table + "\" in " +
                                                        session_.url().display() + ": "));
}

Result<std::string> SqlSink::plan(const Schema& schema) {
  const auto dialect = session_.url().dialect;
  database::Connection* connection = nullptr;
  if (session_.has_database()) {
    SENTINEL_ASSIGN(connection, session_.connection());
  }
  bool has_table = false;
  auto sql = state_ddl(dialect, 0);
  if (connection != nullptr) {
    SENTINEL_ASSIGN(const auto table, database::describe_table(*connection, options_.table));
    has_table = table.has_value();
    SENTINEL_ASSIGN(sql, missing_state_ddl(*connection));
  }
  if (!has_table) {
    SENTINEL_ASSIGN(const auto table, create_table_sql(dialect, options_.table, schema, options_.key));
    sql += (sql.empty() ? "" : "\n") + table + ";\n";
  }
  if (sql.empty() || connection == nullptr) return sql;
  SENTINEL_ASSIGN(const auto quoted, database::quote_identifier(dialect, options_.table));
  SENTINEL_ASSIGN(const auto grants, grants_sql(*connection, quoted, options_.mode, schema.removes()));
  return sql + (grants.empty() ? "" : "\n") + grants;
}

Result<std::vector<Lane>> SqlSink::resume(const ResumeRequest& request) {
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  SENTINEL_TRY(connection->rollback());
  return lanes_.resume(request, connection->connection_id());
}

Status SqlSink::write(const BatchView& batch, const Claim* claim, RowOutcomes& outcomes) {
  if (claim == nullptr || !lanes_.is_held())
    return internal_error("the sql sink writes only what is claimed after resume");
  if (!target_) return internal_error("the sql sink was not bound");
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  SENTINEL_TRY(after(connection->rollback()));
  SENTINEL_TRY(lanes_.announce(connection->connection_id()));
  return after(write_open(*connection, batch, *claim, outcomes));
}

Status SqlSink::write_open(database::Connection& connection, const BatchView& batch, const Claim& claim,
                           RowOutcomes& outcomes) {
  SENTINEL_TRY(connection.begin());
  SENTINEL_TRY(claim_batch(connection, lanes_.holding(), claim));
  SENTINEL_TRY(sink_dialect(connection).check_constraints_at_once(connection));
  for (std::size_t i = 0; i < claim.letter_ids.size(); ++i) {
    SENTINEL_ASSIGN(const bool was_open, recover_letter(connection, claim.letter_ids[i]));
    if (!was_open) outcomes.set(static_cast<std::int64_t>(i), Outcome::kClosed);
  }
  if (batch.rows() == 0) return {};
  if (!landing_) landing_.emplace(connection, *target_);
  return landing_->land(batch, lanes_.holding().is_replay, outcomes);
}

Status SqlSink::depart(const BatchView& rows, std::span<const Departure> actions, std::vector<bool>& left) {
  auto* connection = session_.current();
  if (connection == nullptr || !connection->in_transaction()) return internal_error("depart without an open batch");
  if (!landing_) landing_.emplace(*connection, *target_);
  return after(landing_->depart(rows, actions, left));
}

Status SqlSink::commit(const Seal& seal) {
  auto* connection = session_.current();
  if (connection == nullptr || !connection->in_transaction()) return internal_error("commit without an open batch");
  auto status = record_seal(*connection, lanes_.holding(), seal);
  if (status.ok()) status = connection->commit();
  if (status.code() == Code::kUnknownOutcome) drop();
  return status.ok() ? Status() : after(std::move(status));
}

Status SqlSink::rollback() {
  auto* connection = session_.current();
  return connection == nullptr ? Status() : after(connection->rollback());
}

Result<Verdict> SqlSink::resolve(const Claim& claim) {
  drop();  // whatever it still holds must not stand in the way
  return lanes_.resolve(claim);
}

Status SqlSink::letters(const std::string& pipeline, const std::function<void(std::string_view, const Letter&)>& each) {
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  return after(letters_of(*connection, pipeline, each));
}

Status SqlSink::lanes(const std::string& pipeline, const std::function<void(const LaneState&)>& each) {
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  return after(report_lanes(*connection, pipeline, each));
}

Result<std::vector<std::string>> SqlSink::key_fields() {
  if (!target_) return internal_error("the sql sink was not bound");
  std::vector<std::string> fields;
  for (const auto key : target_->keys) fields.push_back(target_->columns[key].shape.name);
  return fields;
}

Result<Page> SqlSink::scan(const Cursor& from, const Limits& limits, Rejects& rejects) {
  if (!target_) return internal_error("the sql sink was not bound");
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  auto page = TargetScan(*connection, *target_, schema_).page(from, limits, rejects);
  return page ? std::move(page) : after(std::move(page).error());
}

Result<Batch> SqlSink::read_back(const ArrowArray& keys) {
  if (!target_) return internal_error("the sql sink was not bound");
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  auto rows = TargetScan(*connection, *target_, schema_).rows(keys);
  return rows ? std::move(rows) : after(std::move(rows).error());
}

Result<Batch> SqlSink::as_stored(const BatchView& batch) {
  if (!target_) return internal_error("the sql sink was not bound");
  BatchBuilder stored(schema_);
  for (const auto& column : target_->columns) {
    const auto values = batch.column(column.field);
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      auto& out = stored.column(column.field);
      values.is_null(row) ? out.append_null() : append_as_stored(out, column, values, row);
    }
  }
  return stored.finish();
}

Status SqlSink::totals(std::string_view amount_field, std::string_view currency_field,
                       const std::function<void(std::string_view, std::uint64_t, std::string_view)>& each) {
  if (!target_) return internal_error("the sql sink was not bound");
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  return after(TargetScan(*connection, *target_, schema_).totals(amount_field, currency_field, each));
}

Status SqlSink::heartbeat() {
  if (!lanes_.is_held()) return {};
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  if (connection->in_transaction()) return {};
  return after(lanes_.heartbeat(*connection));
}

Status SqlSink::finish(const RunSummary& summary) {
  if (!lanes_.is_held()) return {};
  SENTINEL_ASSIGN(auto* connection, session_.connection());
  SENTINEL_TRY(after(connection->rollback()));
  SENTINEL_TRY(after(finish_open(*connection, summary)));
  lanes_.forget();
  return {};
}

Status SqlSink::finish_open(database::Connection& connection, const RunSummary& summary) {
  SENTINEL_TRY(connection.begin());
  SENTINEL_TRY(end_run(connection, lanes_.holding(), summary));
  SENTINEL_TRY(lanes_.release(connection));
  auto status = connection.commit();
  return status.code() == Code::kUnknownOutcome ? std::move(status).with_code(Code::kUnavailable) : std::move(status);
}

}  // namespace sentinel::sql_sink
