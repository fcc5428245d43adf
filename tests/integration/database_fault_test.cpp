// What goes wrong between a program and a real server: aborted and lost commits, deadlocks, lock waits, killed links.
#include "database/dialect.hpp"
#include "database/statement.hpp"
#include "database_servers.hpp"

#include <chrono>

namespace sentinel::database {
namespace {

const ConnectOptions kImpatient{.lock_timeout = std::chrono::seconds(1)};

class Fault : public testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    url_ = server_url(GetParam());
    if (HasFailure()) GTEST_FAIL();
    first_ = must_open(url_);
    second_ = must_open(url_, kImpatient);
    ASSERT_TRUE(first_ != nullptr && second_ != nullptr);
    run(*first_, "DROP TABLE IF EXISTS database_fault");
    run(*first_, "CREATE TABLE database_fault (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)");
    run(*first_, "INSERT INTO database_fault VALUES (1, 0), (2, 0)");
  }
  bool is_mysql() const { return GetParam() == Dialect::kMysql; }
  static void run(Connection& connection, std::string_view sql) {
    const auto done = connection.execute(sql);
    ASSERT_TRUE(done.has_value()) << done.error().message();
  }
  void kill(const Connection& victim) {
    const auto id = std::to_string(victim.connection_id());
    if (is_mysql()) {
      run(*second_, "KILL CONNECTION " + id);
    } else {
      EXPECT_EQ(only_cell(second_->query("SELECT pg_terminate_backend(" + id + ", 5000)")), "t");
    }
  }
  std::string count() { return only_cell(second_->query("SELECT count(*) FROM database_fault")); }

  Url url_;
  std::unique_ptr<Connection> first_, second_;
};

INSTANTIATE_TEST_SUITE_P(Each, Fault, testing::Values(Dialect::kMysql, Dialect::kPostgresql),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST_P(Fault, RowFaultsNameTheConstraintAndHideTheRow) {
  const auto twice = first_->execute("INSERT INTO database_fault VALUES (:1, 5)", {std::int64_t{1}});
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(twice.error().code(), Code::kConflict);
  EXPECT_EQ(twice.error().domain(), rules_of(GetParam()).fault_guide().domain);
  EXPECT_EQ(twice.error().native_code(), is_mysql() ? "1062" : "23505");
  const auto wrong = first_->execute("INSERT INTO database_fault VALUES (3, :1)", {std::string("secr'et \"4111")});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code(), Code::kInvalidData);
  EXPECT_EQ(wrong.error().message().find("4111"), std::string::npos) << wrong.error().message();
}

TEST_P(Fault, FaultsOfPreparedStatementsHideTheRow) {
  auto statement = Statement::prepare(
      *first_, is_mysql() ? "INSERT INTO database_fault VALUES (3, ?)" : "INSERT INTO database_fault VALUES (3, $1)");
  ASSERT_TRUE(statement.has_value());
  statement->bind_text(0, "secr'et \"4111");
  const auto wrong = statement->execute();
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code(), Code::kInvalidData);
  EXPECT_EQ(wrong.error().message().find("4111"), std::string::npos) << wrong.error().message();
  EXPECT_EQ(Statement::prepare(*first_, "SELECT nothing FROM database_fault").error().code(), Code::kInvalidConfig);
}

TEST_P(Fault, CommitsAndRollsBack) {
  ASSERT_TRUE(first_->begin().ok());
  EXPECT_TRUE(first_->in_transaction());
  EXPECT_EQ(first_->begin().code(), Code::kInternal);
  run(*first_, "INSERT INTO database_fault VALUES (3, 0)");
  EXPECT_EQ(count(), "2");
  ASSERT_TRUE(first_->commit().ok());
  EXPECT_EQ(count(), "3");
  ASSERT_TRUE(first_->begin().ok());
  run(*first_, "DELETE FROM database_fault");
  ASSERT_TRUE(first_->rollback().ok());
  EXPECT_FALSE(first_->in_transaction());
  EXPECT_EQ(count(), "3");
}

TEST_P(Fault, LockWaitForbidsCommitUntilRollback) {
  ASSERT_TRUE(first_->begin().ok() && second_->begin().ok());
  run(*first_, "UPDATE database_fault SET v = 1 WHERE id = 1");
  run(*second_, "UPDATE database_fault SET v = 2 WHERE id = 2");
  const auto waited = second_->execute("UPDATE database_fault SET v = 2 WHERE id = 1");
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().code(), Code::kTransient);
  EXPECT_EQ(waited.error().native_code(), is_mysql() ? "1205" : "55P03");
  EXPECT_EQ(second_->commit().code(), Code::kTransient);
  EXPECT_TRUE(second_->in_transaction());
  ASSERT_TRUE(second_->rollback().ok());
  ASSERT_TRUE(first_->commit().ok());
  EXPECT_EQ(only_cell(second_->query("SELECT v FROM database_fault WHERE id = 2")), "0");
  ASSERT_TRUE(second_->begin().ok());
  run(*second_, "UPDATE database_fault SET v = 2 WHERE id = 1");
  EXPECT_TRUE(second_->commit().ok());
}

TEST_P(Fault, DeadlockIsTransientForOneOfTwo) {
  const auto third = must_open(url_);
  ASSERT_TRUE(first_->begin().ok() && third->begin().ok());
  run(*first_, "UPDATE database_fault SET v = 1 WHERE id = 1");
  run(*third, "UPDATE database_fault SET v = 2 WHERE id = 2");
  Status crossed;
  std::thread other([&] {
    const auto done = first_->execute("UPDATE database_fault SET v = 1 WHERE id = 2");
    if (!done.has_value()) crossed = done.error();
  });
  const auto mine = third->execute("UPDATE database_fault SET v = 2 WHERE id = 1");
  other.join();
  EXPECT_NE(mine.has_value(), crossed.ok()) << "exactly one of the two must lose";
  const Status lost = mine.has_value() ? crossed : mine.error();
  EXPECT_EQ(lost.code(), Code::kTransient);
  EXPECT_EQ(lost.native_code(), is_mysql() ? "1213" : "40P01");
  Connection& loser = mine.has_value() ? *first_ : *third;
  EXPECT_EQ(loser.commit().code(), Code::kTransient);
  EXPECT_TRUE(loser.rollback().ok());
}

TEST_P(Fault, KilledBetweenStatementsIsUnavailable) {
  ASSERT_TRUE(first_->begin().ok());
  run(*first_, "INSERT INTO database_fault VALUES (3, 0)");
  kill(*first_);
  EXPECT_EQ(first_->execute("INSERT INTO database_fault VALUES (4, 0)").error().code(), Code::kUnavailable);
  EXPECT_EQ(first_->commit().code(), Code::kUnavailable);
  EXPECT_TRUE(first_->rollback().ok());
  EXPECT_EQ(first_->query("SELECT 1").error().code(), Code::kUnavailable);
  EXPECT_EQ(first_->begin().code(), Code::kUnavailable);
  EXPECT_EQ(count(), "2");
}

TEST_P(Fault, KilledBeforeCommitIsUnknown) {
  ASSERT_TRUE(first_->begin().ok());
  run(*first_, "INSERT INTO database_fault VALUES (3, 0)");
  kill(*first_);
  EXPECT_EQ(first_->commit().code(), Code::kUnknownOutcome);
  EXPECT_FALSE(first_->in_transaction());
  EXPECT_TRUE(first_->rollback().ok());
}

TEST_P(Fault, ALostCommitAndALostReplyLookTheSame) {
  for (const auto cut : {Proxy::Cut::kBeforeCommit, Proxy::Cut::kAfterCommit}) {
    Proxy proxy(url_);
    const auto connection = must_open(proxy.url());
    ASSERT_NE(connection, nullptr);
    ASSERT_TRUE(connection->begin().ok());
    run(*connection, "INSERT INTO database_fault VALUES (3, 0)");
    proxy.cut(cut);
    const Status outcome = connection->commit();
    EXPECT_EQ(outcome.code(), Code::kUnknownOutcome) << outcome.message();
    EXPECT_EQ(connection->execute("SELECT 1").error().code(), Code::kUnavailable);
    EXPECT_EQ(count(), cut == Proxy::Cut::kBeforeCommit ? "2" : "3");
  }
}

TEST_P(Fault, CancelEndsAWaitingStatement) {
  std::atomic<bool> is_running{true};
  std::thread canceller([&] {
    // Visible to the other session before it is cancelled, so that the cancel meets a running statement.
    const std::string seen = is_mysql() ? "SELECT count(*) FROM information_schema.processlist WHERE id = " +
                                              std::to_string(first_->connection_id()) + " AND info LIKE '%sleep%'"
                                        : "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid = " +
                                              std::to_string(first_->connection_id()) + " AND query LIKE '%pg_sleep%'";
    while (is_running && only_cell(second_->query(seen)) != "1") std::this_thread::yield();
    first_->cancel();
  });
  const auto begun = std::chrono::steady_clock::now();
  const auto slept = first_->query(is_mysql() ? "SELECT sleep(30)" : "SELECT pg_sleep(30)");
  is_running = false;
  canceller.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
  ASSERT_FALSE(slept.has_value());
  EXPECT_EQ(slept.error().code(), Code::kUnavailable) << slept.error().message();
}

TEST(Postgresql, NeverTakesRollbackForCommit) {
  const auto connection = must_open(server_url(Dialect::kPostgresql));
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(connection->begin().ok());
  EXPECT_EQ(connection->execute("SELECT 1 / 0").error().code(), Code::kInvalidData);
  EXPECT_EQ(connection->commit().code(), Code::kInternal);
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(only_cell(connection->query("SELECT 1")), "1");
}

TEST(Postgresql, ReportsDeferredConstraintsAtCommit) {
  const auto connection = must_open(server_url(Dialect::kPostgresql));
  ASSERT_NE(connection, nullptr);
  for (const auto* sql :
       {"DROP TABLE IF EXISTS database_child, database_parent", "CREATE TABLE database_parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE database_child (p INTEGER REFERENCES database_parent DEFERRABLE INITIALLY DEFERRED)"}) {
    ASSERT_TRUE(connection->execute(sql).has_value());
  }
  ASSERT_TRUE(connection->begin().ok());
  ASSERT_TRUE(connection->execute("INSERT INTO database_child VALUES (7)").has_value());
  const Status outcome = connection->commit();
  EXPECT_EQ(outcome.code(), Code::kConflict);
  EXPECT_EQ(outcome.native_code(), "23503");
  EXPECT_FALSE(connection->in_transaction());
}

}  // namespace
}  // namespace sentinel::database
