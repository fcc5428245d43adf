// Tests of files, sessions, statements and catalogues that need no server: SQLite's.
#include "database/catalogue.hpp"
#include "database/statement.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace sentinel::database {
namespace {

class Sqlite : public testing::Test {
 protected:
  void SetUp() override {
    auto pattern = (std::filesystem::temp_directory_path() / "sentinel-sqlite-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ / "a b=c.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<std::unique_ptr<Connection>> try_open(ConnectOptions options) {
    Url url;
    url.database = file_.string();
    return Connection::open(url, options);
  }
  std::unique_ptr<Connection> open(ConnectOptions options = {.create_file = true}) {
    auto connection = try_open(options);
    EXPECT_TRUE(connection.has_value()) << (connection ? "" : connection.error().message());
    return connection ? std::move(*connection) : nullptr;
  }

  std::filesystem::path folder_, file_;
};

std::string only(const Result<std::vector<Row>>& rows) {
  if (!rows.has_value()) return rows.error().message();
  return rows->size() == 1 && (*rows)[0].size() == 1 ? (*rows)[0][0].value_or("NULL") : "not one cell";
}

TEST_F(Sqlite, NamesAMissingFileAndTheCure) {
  const auto connection = try_open({});
  ASSERT_FALSE(connection.has_value());
  EXPECT_EQ(connection.error().code(), Code::kInvalidConfig);
  EXPECT_NE(connection.error().message().find(file_.string()), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(Sqlite, RefusesAMissingFolderAndAFolder) {
  file_ = folder_ / "none" / "x.db";
  EXPECT_EQ(try_open({.create_file = true}).error().code(), Code::kInvalidConfig);
  file_ = folder_;
  EXPECT_EQ(try_open({.create_file = true}).error().code(), Code::kInvalidConfig);
}

TEST_F(Sqlite, LeavesAFileThatIsNoDatabaseAlone) {
  std::ofstream(file_) << "donor,amount\nada,5000\n" << std::string(2000, 'x');
  const auto size = std::filesystem::file_size(file_);
  EXPECT_EQ(try_open({.create_file = true}).error().code(), Code::kStorage);
  EXPECT_EQ(std::filesystem::file_size(file_), size);
}

TEST_F(Sqlite, MakesAStorePrivateAndDurable) {
  const auto store = open({.create_file = true, .durable_store = true});
  ASSERT_NE(store, nullptr);
  struct stat found {};
  ASSERT_EQ(stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
  EXPECT_EQ(only(store->query("PRAGMA journal_mode")), "wal");
  EXPECT_EQ(only(store->query("PRAGMA synchronous")), "2");
  EXPECT_EQ(only(store->query("PRAGMA secure_delete")), "1");
  EXPECT_EQ(only(store->query("PRAGMA foreign_keys")), "1");
}

TEST_F(Sqlite, RefusesAStoreBehindALink) {
  std::ofstream(folder_ / "elsewhere");
  std::filesystem::create_symlink(folder_ / "elsewhere", file_);
  const auto store = try_open({.create_file = true, .durable_store = true});
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code(), Code::kRefused);
}

TEST_F(Sqlite, WritesNothingWhenReadOnly) {
  ASSERT_TRUE(open()->execute("CREATE TABLE t (a)").has_value());
  const auto connection = open({.read_only = true});
  ASSERT_NE(connection, nullptr);
  const auto written = connection->execute("INSERT INTO t VALUES (1)");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), Code::kRefused);
  EXPECT_TRUE(connection->begin().ok());
  EXPECT_TRUE(connection->commit().ok());
}

TEST_F(Sqlite, KeepsLongNumbersAndTextsExact) {
  const auto connection = open();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (n INTEGER, s TEXT)").has_value());
  const std::string text = "it's \"quoted\" \\ :1 ₦5,000";
  EXPECT_EQ(connection->execute("INSERT INTO t VALUES (:1, :2)", {std::int64_t{5'000'000'000}, text}).value_or(-1), 1);
  const auto rows = connection->query("SELECT n, s, NULL FROM t WHERE n = :1 AND s = :2 AND n = :1",
                                      {std::int64_t{5'000'000'000}, text});
  ASSERT_TRUE(rows.has_value()) << rows.error().message();
  EXPECT_EQ(rows->at(0), (Row{"5000000000", text, std::nullopt}));
}

TEST_F(Sqlite, InsertsOnceWithReturning) {
  const auto connection = open();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a FANCY)").has_value());
  EXPECT_EQ(only(connection->query("INSERT INTO t (a) VALUES (:1) RETURNING a", {std::string("x")})), "x");
  EXPECT_EQ(only(connection->query("SELECT count(*) FROM t")), "1");
}

TEST_F(Sqlite, CountsNoRowsForStatementsThatChangeNone) {
  const auto connection = open();
  EXPECT_EQ(connection->execute("CREATE TABLE t (a)").value_or(-1), 0);
  EXPECT_EQ(connection->execute("INSERT INTO t VALUES (1), (2)").value_or(-1), 2);
  EXPECT_EQ(connection->execute("CREATE TABLE u (a)").value_or(-1), 0);
  EXPECT_EQ(connection->execute("UPDATE t SET a = 3 WHERE a = 9").value_or(-1), 0);
}

TEST_F(Sqlite, RefusesSecondStatementsAndWrongParameters) {
  const auto connection = open();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (a)").has_value());
  EXPECT_EQ(connection->execute("INSERT INTO t VALUES (1); DELETE FROM t").error().code(), Code::kInvalidConfig);
  EXPECT_EQ(connection->execute("INSERT INTO t VALUES (:2)", {std::int64_t{1}}).error().code(), Code::kInvalidConfig);
  EXPECT_FALSE(connection->execute("INSERT INTO t VALUES (:1)", {std::int64_t{1}, std::int64_t{2}}).has_value());
  EXPECT_EQ(only(connection->query("SELECT count(*) FROM t")), "0");
}

TEST_F(Sqlite, RefusesZeroBytes) {
  const auto connection = open();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (a)").has_value());
  const std::string text("ab\0cd", 5);
  EXPECT_EQ(connection->execute("INSERT INTO t VALUES (:1)", {text}).error().code(), Code::kInvalidData);
  auto statement = Statement::prepare(*connection, "INSERT INTO t VALUES (?)");
  ASSERT_TRUE(statement.has_value());
  statement->bind_text(0, text);
  EXPECT_EQ(statement->execute().error().code(), Code::kInvalidData);
  statement->bind_bytes(0, text);
  EXPECT_EQ(statement->execute().value_or(-1), 1);
  EXPECT_EQ(only(connection->query("SELECT hex(a) FROM t")), "6162006364");
}

TEST_F(Sqlite, StepsThroughAPreparedStatement) {
  const auto connection = open();
  auto statement = Statement::prepare(*connection, "SELECT 1 AS i, 2.5 AS r, ? AS t, x'00ff' AS b, NULL AS n");
  ASSERT_TRUE(statement.has_value());
  ASSERT_EQ(statement->parameter_count(), 1u);
  ASSERT_EQ(statement->column_count(), 5u);
  EXPECT_EQ(statement->column_name(2), "t");
  for (const std::string word : {"one", "two"}) {
    statement->bind_text(0, word);
    ASSERT_EQ(statement->execute().value_or(-1), 0);
    ASSERT_TRUE(statement->step().value_or(false));
    EXPECT_EQ(statement->text(0), "1");
    EXPECT_EQ(statement->text(2), word);
    EXPECT_EQ(statement->text(3), std::string_view("\0\xff", 2));
    EXPECT_EQ(statement->text(4), std::nullopt);
    const char classes[] = {statement->storage_class(0), statement->storage_class(1), statement->storage_class(2),
                            statement->storage_class(3), statement->storage_class(4)};
    EXPECT_EQ(std::string_view(classes, 5), "irtbn");
    EXPECT_FALSE(statement->step().value_or(true));
    EXPECT_FALSE(statement->step().value_or(true));
  }
  statement->bind_int64(1, 5);
  EXPECT_EQ(statement->execute().error().code(), Code::kInternal);
}

TEST_F(Sqlite, RefusesCommitAfterABusyStatementUntilRollback) {
  const auto first = open(), second = open({.lock_timeout = std::chrono::milliseconds(0)});
  ASSERT_TRUE(first->execute("CREATE TABLE t (a)").has_value());
  ASSERT_TRUE(first->begin().ok());
  EXPECT_EQ(second->begin().code(), Code::kTransient);
  EXPECT_FALSE(second->in_transaction());
  ASSERT_TRUE(first->execute("INSERT INTO t VALUES (1)").has_value());
  ASSERT_TRUE(first->commit().ok());
  EXPECT_TRUE(second->begin().ok());
  EXPECT_TRUE(second->rollback().ok());
  EXPECT_TRUE(second->rollback().ok());
  EXPECT_EQ(second->commit().code(), Code::kInternal);
}

TEST_F(Sqlite, ReportsDeferredConstraintsAtCommit) {
  const auto connection = open();
  ASSERT_TRUE(connection->execute("CREATE TABLE p (id INTEGER PRIMARY KEY)").has_value());
  ASSERT_TRUE(connection->execute("CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)").has_value());
  ASSERT_TRUE(connection->begin().ok());
  ASSERT_TRUE(connection->execute("INSERT INTO c VALUES (7)").has_value());
  EXPECT_EQ(connection->commit().code(), Code::kConflict);
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(only(connection->query("SELECT count(*) FROM c")), "0");
}

TEST_F(Sqlite, CancelsARunningStatement) {
  const auto connection = open();
  ASSERT_TRUE(connection->begin().ok());
  std::atomic<bool> is_done{false};
  std::thread canceller([&] {
    while (!is_done) connection->cancel();
  });
  const auto rows =
      connection->query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
  is_done = true;
  canceller.join();
  ASSERT_FALSE(rows.has_value());
  EXPECT_EQ(rows.error().native_code(), "9");
  EXPECT_EQ(connection->commit().code(), Code::kTransient);
  EXPECT_TRUE(connection->rollback().ok());
}

TEST_F(Sqlite, DescribesTables) {
  const auto connection = open();
  ASSERT_TRUE(connection
                  ->execute("CREATE TABLE donations (id INTEGER PRIMARY KEY, ref VARCHAR(40) NOT NULL UNIQUE, "
                            "amount DECIMAL(10, 2) NOT NULL, given DATE, seen DATETIME DEFAULT CURRENT_TIMESTAMP, "
                            "ok BOOLEAN, raw BLOB, rate REAL, twice INTEGER AS (id * 2), x)")
                  .has_value());
  ASSERT_TRUE(connection->execute("CREATE UNIQUE INDEX part ON donations (given) WHERE ok").has_value());
  ASSERT_TRUE(connection->execute("CREATE UNIQUE INDEX expr ON donations (ref, lower(ref))").has_value());
  const auto described = describe_table(*connection, "main.donations");
  ASSERT_TRUE(described.has_value()) << described.error().message();
  ASSERT_TRUE(described->has_value());
  const Table& table = **described;
  std::vector<ColumnKind> kinds;
  for (const auto& column : table.columns) kinds.push_back(column.kind);
  EXPECT_EQ(kinds, (std::vector{ColumnKind::kInteger, ColumnKind::kText, ColumnKind::kDecimal, ColumnKind::kDate,
                                ColumnKind::kTimestamp, ColumnKind::kBoolean, ColumnKind::kBinary, ColumnKind::kFloat,
                                ColumnKind::kInteger, ColumnKind::kOther}));
  EXPECT_TRUE(table.find("id")->has_default);
  EXPECT_FALSE(table.find("id")->is_nullable);
  EXPECT_EQ(table.find("amount")->precision, 10);
  EXPECT_EQ(table.find("amount")->scale, 2);
  EXPECT_TRUE(table.find("seen")->has_default);
  EXPECT_TRUE(table.find("twice")->is_generated);
  EXPECT_EQ(table.find("none"), nullptr);
  ASSERT_EQ(table.indexes.size(), 4u);
  EXPECT_TRUE(table.indexes[0].is_primary);
  EXPECT_EQ(table.indexes[0].columns, std::vector<std::string>{"id"});
  for (const auto& index : table.indexes) {
    if (index.name == "expr") {
      EXPECT_EQ(index.columns, (std::vector<std::string>{"ref", ""}));
    }
    EXPECT_EQ(index.is_partial, index.name == "part");
    EXPECT_TRUE(index.is_unique);
  }
  EXPECT_FALSE(describe_table(*connection, "nothing")->has_value());
  EXPECT_EQ(*list_tables(*connection), std::vector<std::string>{"donations"});
}

}  // namespace
}  // namespace sentinel::database
