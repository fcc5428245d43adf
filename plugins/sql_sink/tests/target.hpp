// A private table in each database, and a sink on it: what the tests of this folder stand on.
#pragma once

#include "sql_sink/sql_sink.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sentinel::sql_sink::test {

// A host without clock and stop: nothing here waits for either. Its warnings go to `warnings`, if there is one.
sentinel_host quiet_host(std::vector<std::string>* warnings = nullptr);

// What one write() said.
struct Written {
  Status status;
  std::vector<Outcome> outcomes;
  std::map<std::int64_t, Status> rejects;

  std::size_t count(Outcome outcome) const;
};

// Every test has a table and a pipeline of its own; the parameter says in which database.
class TargetTest : public testing::TestWithParam<database::Dialect> {
 protected:
  void SetUp() override;
  void TearDown() override;

  bool is(database::Dialect dialect) const { return GetParam() == dialect; }
  // `holder` and `place` as resume() gets them.
  struct Sink {
    std::unique_ptr<SqlSink> sink;
    std::vector<Lane> lanes;
    std::int64_t seq = 0;
  };
  std::unique_ptr<SqlSink> make_sink(std::vector<std::string> key, Mode mode = Mode::kUpsert,
                                     std::string version_by = "");
  // Creates, binds and resumes.
  std::unique_ptr<SqlSink> ready_sink(const Schema& schema, std::vector<std::string> key, Mode mode = Mode::kUpsert,
                                      std::string version_by = "");
  ResumeRequest request(std::string place = "here", bool is_replay = false) const;
  Written write(SqlSink& sink, const Schema& schema, const Batch& batch, const Claim& claim);
  // Writes and commits as the lane's next batch.
  Written land(SqlSink& sink, const Schema& schema, const Batch& batch);
  Claim next_claim(std::string_view delivery_id = "delivery") const;
  Seal seal_of(const Claim& claim, std::string_view cursor = "next") const;

  std::vector<database::Row> query(const std::string& sql);
  void execute(const std::string& sql);
  std::string table() const { return quoted_; }
  std::string one(const std::string& sql);  // the single cell

  database::Url url_;
  std::string name_, quoted_, pipeline_, file_;
  std::unique_ptr<database::Connection> connection_;
  std::vector<std::string> warnings_;
  sentinel_host c_host_ = quiet_host(&warnings_);
  Host host_{&c_host_};
  Lane lane_;
};

std::string dialect_name(const testing::TestParamInfo<database::Dialect>& info);

}  // namespace sentinel::sql_sink::test

#define SENTINEL_ON_ALL_DATABASES(suite)                                                             \
  INSTANTIATE_TEST_SUITE_P(                                                                          \
      OnAll, suite,                                                                                  \
      testing::Values(sentinel::database::Dialect::kMysql, sentinel::database::Dialect::kPostgresql, \
                      sentinel::database::Dialect::kSqlite),                                         \
      sentinel::sql_sink::test::dialect_name)
