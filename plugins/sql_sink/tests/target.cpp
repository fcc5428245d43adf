// Makes and removes the private tables.
#include "target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

namespace sentinel::sql_sink::test {
namespace {

std::string url_text(database::Dialect dialect, const std::string& file) {
  if (dialect == database::Dialect::kSqlite) return "sqlite:" + file;
  const char* name = dialect == database::Dialect::kMysql ? "SENTINEL_TEST_MYSQL" : "SENTINEL_TEST_POSTGRESQL";
  const char* text = std::getenv(name);
  EXPECT_NE(text, nullptr) << name << " must hold the url of a server for tests";
  return text == nullptr ? "" : text;
}

}  // namespace

sentinel_host quiet_host(std::vector<std::string>* warnings) {
  sentinel_host host{};
  host.context = warnings;
  host.struct_size = sizeof host;
  host.abi_version = SENTINEL_ABI_VERSION;
  host.log = [](void* context, std::int32_t level, sentinel_text text, const sentinel_log_field*,
                std::uint64_t) noexcept {
    auto* const kept = static_cast<std::vector<std::string>*>(context);
    if (kept != nullptr && level == SENTINEL_LOG_WARNING) kept->emplace_back(from_text(text));
  };
  host.stop_requested = [](void*) noexcept { return std::int32_t{0}; };
  host.sleep_until = [](void*, std::int64_t) noexcept { return std::int32_t{0}; };
  host.now_unix_ms = [](void*) noexcept { return std::int64_t{0}; };
  host.steady_ms = [](void*) noexcept { return std::int64_t{0}; };
  host.random = [](void*) noexcept { return std::uint64_t{4}; };
  host.count = [](void*, sentinel_text, std::int64_t) noexcept {};
  return host;
}

std::size_t Written::count(Outcome outcome) const {
  return static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), outcome));
}

std::string dialect_name(const testing::TestParamInfo<database::Dialect>& info) {
  switch (info.param) {
    case database::Dialect::kMysql: return "Mysql";
    case database::Dialect::kPostgresql: return "Postgresql";
    case database::Dialect::kSqlite: return "Sqlite";
  }
  return "?";
}

void TargetTest::SetUp() {
  static std::atomic<int> count{0};
  name_ = fmt::format("sink_{}_{}", ::getpid(), ++count);
  pipeline_ = "pipeline_" + name_;
  file_ = (std::filesystem::temp_directory_path() / (name_ + ".db")).string();
  auto url = database::parse_url(url_text(GetParam(), file_));
  ASSERT_TRUE(url) << url.error().message();
  url_ = *url;
  quoted_ = *database::quote_identifier(GetParam(), name_);
  database::ConnectOptions options;
  options.create_file = true;
  auto opened = database::Connection::open(url_, options);
  ASSERT_TRUE(opened) << opened.error().message();
  connection_ = std::move(*opened);
}

void TargetTest::TearDown() {
  if (connection_ != nullptr) static_cast<void>(connection_->execute("DROP TABLE IF EXISTS " + quoted_));
  connection_.reset();
  std::filesystem::remove(file_);
}

std::unique_ptr<SqlSink> TargetTest::make_sink(std::vector<std::string> key, Mode mode, std::string version_by) {
  Options options;
  options.table = name_;
  options.mode = mode;
  options.key = std::move(key);
  options.version_by = std::move(version_by);
  // Short: the tests that wait for a ghost wait so long.
  return std::make_unique<SqlSink>(std::move(options), url_, host_, Patience{std::chrono::milliseconds(1000), 3});
}

std::unique_ptr<SqlSink> TargetTest::ready_sink(const Schema& schema, std::vector<std::string> key, Mode mode,
                                                std::string version_by) {
  auto sink = make_sink(std::move(key), mode, std::move(version_by));
  const auto created = sink->create(schema);
  EXPECT_TRUE(created.ok()) << created.message();
  const auto bound = sink->bind(schema);
  EXPECT_TRUE(bound.ok()) << bound.message();
  const auto lanes = sink->resume(request());
  EXPECT_TRUE(lanes) << lanes.error().message();
  if (lanes) lane_ = (*lanes)[0];
  return sink;
}

ResumeRequest TargetTest::request(std::string place, bool is_replay) const {
  ResumeRequest request;
  request.is_replay = is_replay;
  request.pipeline = pipeline_;
  request.source_id = "source";
  request.run_id = pipeline_ + (is_replay ? "_replay_" : "_run_") + place;
  request.holder = place + " process 1";
  request.holder_place = std::move(place);
  return request;
}

Claim TargetTest::next_claim(std::string_view delivery_id) const {
  return {lane_.lane, lane_.epoch, lane_.seq + 1, delivery_id, {}};
}

Seal TargetTest::seal_of(const Claim& claim, std::string_view cursor) const {
  Seal seal;
  seal.claim = claim;
  seal.next_cursor = cursor;
  return seal;
}

Written TargetTest::write(SqlSink& sink, const Schema& schema, const Batch& batch, const Claim& claim) {
  Written written;
  std::vector<std::uint8_t> outcomes(static_cast<std::size_t>(batch.rows()));
  sentinel_write_request request{};
  request.struct_size = sizeof request;
  request.outcome = outcomes.data();
  request.context = &written;
  request.reject = [](void* context, std::int64_t row, const sentinel_error* error) noexcept {
    static_cast<Written*>(context)->rejects.emplace(row, from_error(error->code, *error));
  };
  RowOutcomes rows(&request);
  written.status = sink.write(batch.view(schema), &claim, rows);
  for (const auto outcome : outcomes) written.outcomes.push_back(static_cast<Outcome>(outcome));
  return written;
}

Written TargetTest::land(SqlSink& sink, const Schema& schema, const Batch& batch) {
  const auto claim = next_claim();
  auto written = write(sink, schema, batch, claim);
  EXPECT_TRUE(written.status.ok()) << written.status.message();
  if (!written.status.ok()) return written;
  const auto committed = sink.commit(seal_of(claim));
  EXPECT_TRUE(committed.ok()) << committed.message();
  if (committed.ok()) ++lane_.seq;
  return written;
}

std::vector<database::Row> TargetTest::query(const std::string& sql) {
  auto rows = connection_->query(sql);
  EXPECT_TRUE(rows) << rows.error().message();
  return rows ? std::move(*rows) : std::vector<database::Row>{};
}

void TargetTest::execute(const std::string& sql) {
  const auto hit = connection_->execute(sql);
  EXPECT_TRUE(hit) << hit.error().message();
}

std::string TargetTest::one(const std::string& sql) {
  const auto rows = query(sql);
  EXPECT_EQ(rows.size(), 1u) << sql;
  return rows.empty() ? "(no row)" : rows[0][0].value_or("(null)");
}

}  // namespace sentinel::sql_sink::test
