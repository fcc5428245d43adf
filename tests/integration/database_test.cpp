// Sessions, statements, values and catalogues against real MySQL/MariaDB and PostgreSQL servers.
#include "database/catalogue.hpp"
#include "database/statement.hpp"
#include "database_servers.hpp"

#include <algorithm>
#include <map>

namespace sentinel::database {
namespace {

class Server : public testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    url_ = server_url(GetParam());
    if (HasFailure()) GTEST_FAIL();
    connection_ = must_open(url_);
    ASSERT_NE(connection_, nullptr);
    run("DROP TABLE IF EXISTS database_test");
  }
  bool is_mysql() const { return GetParam() == Dialect::kMysql; }
  std::string marks(int count) const {
    std::string text;
    for (int i = 1; i <= count; ++i) text += (i > 1 ? ", " : "") + (is_mysql() ? "?" : "$" + std::to_string(i));
    return text;
  }
  void run(std::string_view sql) {
    const auto done = connection_->execute(sql);
    ASSERT_TRUE(done.has_value()) << done.error().message();
  }
  Statement prepared(std::string_view sql) {
    auto statement = Statement::prepare(*connection_, sql);
    EXPECT_TRUE(statement.has_value()) << statement.error().message();
    return std::move(statement).value();
  }
  Result<std::unique_ptr<Connection>> try_open(const Url& url) {
    return Connection::open(url, {.connect_timeout = std::chrono::seconds(3)});
  }

  Url url_;
  std::unique_ptr<Connection> connection_;
};

INSTANTIATE_TEST_SUITE_P(Each, Server, testing::Values(Dialect::kMysql, Dialect::kPostgresql),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST_P(Server, KnowsWhatItIsConnectedTo) {
  EXPECT_FALSE(connection_->server_version().empty());
  EXPECT_EQ(only_cell(connection_->query(is_mysql() ? "SELECT CONNECTION_ID()" : "SELECT pg_backend_pid()")),
            std::to_string(connection_->connection_id()));
  EXPECT_EQ(connection_->dialect(), GetParam());
}

TEST_P(Server, SetsTheSessionUp) {
  if (is_mysql()) {
    EXPECT_EQ(only_cell(connection_->query("SELECT @@sql_mode")),
              "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION");
    EXPECT_EQ(only_cell(connection_->query("SELECT @@innodb_lock_wait_timeout")), "20");
    EXPECT_EQ(only_cell(connection_->query("SELECT @@character_set_connection")), "utf8mb4");
    const auto isolation = only_cell(connection_->query(
        connection_->server_version().find("MariaDB") != std::string::npos ? "SELECT @@tx_isolation"
                                                                           : "SELECT @@transaction_isolation"));
    EXPECT_EQ(isolation, "READ-COMMITTED");
    EXPECT_EQ(only_cell(connection_->query("SELECT @@autocommit")), "1");
  } else {
    const std::map<std::string, std::string> wanted{{"TimeZone", "UTC"},
                                                    {"bytea_output", "hex"},
                                                    {"lock_timeout", "20s"},
                                                    {"statement_timeout", "1min"},
                                                    {"client_encoding", "UTF8"},
                                                    {"application_name", "sentinel"},
                                                    {"transaction_isolation", "read committed"}};
    for (const auto& [name, value] : wanted) EXPECT_EQ(only_cell(connection_->query("SHOW " + name)), value) << name;
  }
}

TEST_P(Server, RefusesAWrongPassword) {
  url_.password = "certainly not";
  const auto connection = try_open(url_);
  ASSERT_FALSE(connection.has_value());
  EXPECT_EQ(connection.error().code(), Code::kRefused) << connection.error().message();
  EXPECT_NE(connection.error().message().find(url_.display()), std::string::npos);
  EXPECT_EQ(connection.error().message().find("certainly not"), std::string::npos);
}

TEST_P(Server, RefusesAnUnknownDatabase) {
  url_.database = "no_such_database";
  EXPECT_EQ(try_open(url_).error().code(), Code::kRefused);
}

TEST_P(Server, CallsAClosedPortUnavailable) {
  url_.port = 1;
  EXPECT_EQ(try_open(url_).error().code(), Code::kUnavailable);
  url_.host = "no-such-host.invalid";
  url_.tls = Tls::kOff;
  EXPECT_EQ(try_open(url_).error().code(), Code::kUnavailable);
}

// The server may offer no encryption, or one that no public authority vouches for: neither is good enough.
TEST_P(Server, RefusesALinkThatIsNotVerified) {
  url_.tls = Tls::kVerify;
  const auto connection = try_open(url_);
  ASSERT_FALSE(connection.has_value());
  EXPECT_EQ(connection.error().code(), Code::kRefused) << connection.error().message();
}

TEST_P(Server, CarriesValuesExactlyBothWays) {
  const std::string text = "it's \"quoted\" \\ \\' -- :1 ? $1 % ₦5,000 😀";
  const auto rows = connection_->query(is_mysql() ? "SELECT :1, :2, CAST(:3 AS DECIMAL(18,2)), :4, :1"
                                                  : "SELECT :1, :2, CAST(:3 AS numeric(18,2)), :4, :1",
                                       {text, std::int64_t{5'000'000'000}, std::string("9999999999999999.99"), {}});
  ASSERT_TRUE(rows.has_value()) << rows.error().message();
  EXPECT_EQ(rows->at(0), (Row{text, "5000000000", "9999999999999999.99", std::nullopt, text}));
}

TEST_P(Server, RunsNothingWhenAParameterIsNotThere) {
  run("CREATE TABLE database_test (a INTEGER)");
  EXPECT_FALSE(connection_->execute("INSERT INTO database_test VALUES (:2)", {std::int64_t{1}}).has_value());
  EXPECT_FALSE(connection_->execute("INSERT INTO database_test VALUES (1)", {std::int64_t{1}}).has_value());
  EXPECT_FALSE(connection_->execute("INSERT INTO database_test VALUES (1) /* at 12:30 */").has_value());
  EXPECT_EQ(only_cell(connection_->query("SELECT count(*) FROM database_test")), "0");
}

TEST_P(Server, RefusesZeroBytesBeforeSending) {
  run("CREATE TABLE database_test (a VARCHAR(10))");
  const std::string text("ab\0cd", 5);
  EXPECT_EQ(connection_->execute("INSERT INTO database_test VALUES (:1)", {text}).error().code(), Code::kInvalidData);
  auto statement = prepared("INSERT INTO database_test VALUES (" + marks(1) + ")");
  statement.bind_text(0, text);
  EXPECT_EQ(statement.execute().error().code(), Code::kInvalidData);
  EXPECT_EQ(only_cell(connection_->query("SELECT count(*) FROM database_test")), "0");
}

TEST_P(Server, CountsMatchedRows) {
  run("CREATE TABLE database_test (a INTEGER)");
  run("INSERT INTO database_test VALUES (1), (2)");
  EXPECT_EQ(connection_->execute("UPDATE database_test SET a = a").value_or(-1), 2);
  auto statement = prepared("UPDATE database_test SET a = 2 WHERE a = " + marks(1));
  statement.bind_int64(0, 2);
  EXPECT_EQ(statement.execute().value_or(-1), 1);
}

TEST_P(Server, PreparedStatementsCarryEveryKind) {
  run(is_mysql()
          ? "CREATE TABLE database_test (n BIGINT, d DECIMAL(18,2), s LONGTEXT, b LONGBLOB, t DATETIME(6), e DATE)"
          : "CREATE TABLE database_test (n BIGINT, d NUMERIC(18,2), s TEXT, b BYTEA, t TIMESTAMP, e DATE)");
  auto insert = prepared("INSERT INTO database_test VALUES (" + marks(6) + ")");
  ASSERT_EQ(insert.parameter_count(), 6u);
  const std::string long_text(300'000, 'x'), bytes("\0\xff\\'\n", 5);
  insert.bind_int64(0, -9'223'372'036'854'775'807);
  insert.bind_text(1, "9999999999999999.99");
  insert.bind_text(2, long_text);
  insert.bind_bytes(3, bytes);
  insert.bind_text(4, "2026-11-22 20:14:03.000120");
  insert.bind_text(5, "2026-02-28");
  ASSERT_EQ(insert.execute().value_or(-1), 1);
  for (std::size_t i = 0; i < 6; ++i) insert.bind_null(i);
  insert.bind_int64(0, 7);
  ASSERT_EQ(insert.execute().value_or(-1), 1);

  auto select = prepared("SELECT n, d, s, b, t, e FROM database_test ORDER BY n");
  ASSERT_EQ(select.column_count(), 6u);
  EXPECT_EQ(select.column_name(1), "d");
  for (int again = 0; again < 2; ++again) {
    ASSERT_EQ(select.execute().value_or(-1), 0);
    ASSERT_TRUE(select.step().value_or(false));
    EXPECT_EQ(select.text(0), "-9223372036854775807");
    EXPECT_EQ(select.text(1), "9999999999999999.99");
    EXPECT_EQ(select.text(2), long_text);
    EXPECT_EQ(select.text(3), bytes);
    EXPECT_EQ(select.text(4)->substr(0, 25), "2026-11-22 20:14:03.00012");
    EXPECT_EQ(select.text(5), "2026-02-28");
    EXPECT_EQ(select.storage_class(0), 't');
    // Another statement between two rows.
    EXPECT_EQ(only_cell(connection_->query("SELECT count(*) FROM database_test")), "2");
    ASSERT_TRUE(select.step().value_or(false));
    EXPECT_EQ(select.text(0), "7");
    for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(select.text(i), std::nullopt) << i;
    EXPECT_EQ(select.storage_class(1), 'n');
    EXPECT_FALSE(select.step().value_or(true));
  }
}

TEST_P(Server, ReadsOnlyWhereToldSo) {
  run("CREATE TABLE database_test (a INTEGER)");
  const auto reading = must_open(url_, {.read_only = true});
  EXPECT_EQ(only_cell(reading->query("SELECT count(*) FROM database_test")), "0");
  EXPECT_EQ(reading->execute("INSERT INTO database_test VALUES (1)").error().code(), Code::kRefused);
}

TEST_P(Server, DescribesTables) {
  run(is_mysql()
          ? "CREATE TABLE database_test (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, ref VARCHAR(40) NOT NULL, "
            "amount DECIMAL(10,2) NOT NULL DEFAULT 0, small SMALLINT, body MEDIUMTEXT, raw VARBINARY(16), given DATE, "
            "seen DATETIME(3), rate DOUBLE, twice INTEGER AS (small * 2), UNIQUE KEY by_ref (ref), "
            "UNIQUE KEY prefixed (ref, body(20)), KEY plain (given)) ENGINE=InnoDB"
          : "CREATE TABLE database_test (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, ref VARCHAR(40) NOT "
            "NULL, "
            "amount NUMERIC(10,2) NOT NULL DEFAULT 0, small SMALLINT, body TEXT, raw BYTEA, given DATE, "
            "seen TIMESTAMPTZ(3), rate DOUBLE PRECISION, twice INTEGER GENERATED ALWAYS AS (small * 2) STORED, "
            "CONSTRAINT by_ref UNIQUE (ref))");
  if (!is_mysql()) {
    run("CREATE UNIQUE INDEX prefixed ON database_test (ref, lower(body))");
    run("CREATE INDEX plain ON database_test (given) WHERE small > 0");
  }
  const auto described = describe_table(*connection_, "database_test");
  ASSERT_TRUE(described.has_value()) << described.error().message();
  ASSERT_TRUE(described->has_value());
  const Table& table = **described;
  EXPECT_EQ(table.engine, is_mysql() ? "InnoDB" : "");
  std::vector<ColumnKind> kinds;
  for (const auto& column : table.columns) kinds.push_back(column.kind);
  EXPECT_EQ(kinds, (std::vector{ColumnKind::kInteger, ColumnKind::kText, ColumnKind::kDecimal, ColumnKind::kInteger,
                                ColumnKind::kText, ColumnKind::kBinary, ColumnKind::kDate, ColumnKind::kTimestamp,
                                ColumnKind::kFloat, ColumnKind::kInteger}));
  EXPECT_EQ(table.find("id")->bits, 64);
  EXPECT_EQ(table.find("id")->is_unsigned, is_mysql());
  EXPECT_TRUE(table.find("id")->has_default);
  EXPECT_FALSE(table.find("id")->is_generated);
  EXPECT_EQ(table.find("small")->bits, 16);
  EXPECT_EQ(table.find("amount")->precision, 10);
  EXPECT_EQ(table.find("amount")->scale, 2);
  EXPECT_TRUE(table.find("amount")->has_default);
  EXPECT_FALSE(table.find("amount")->is_nullable);
  EXPECT_EQ(table.find("ref")->length, 40);
  EXPECT_FALSE(table.find("ref")->has_default);
  EXPECT_FALSE(table.find("given")->has_default);
  EXPECT_TRUE(table.find("given")->is_nullable);
  EXPECT_EQ(table.find("seen")->scale, 3);
  EXPECT_TRUE(table.find("twice")->is_generated);

  std::map<std::string, Index> indexes;
  for (const auto& index : table.indexes) indexes[index.is_primary ? "primary" : index.name] = index;
  ASSERT_EQ(indexes.size(), 4u);
  EXPECT_EQ(indexes["primary"].columns, std::vector<std::string>{"id"});
  EXPECT_TRUE(indexes["by_ref"].is_unique);
  EXPECT_EQ(indexes["by_ref"].columns, std::vector<std::string>{"ref"});
  EXPECT_EQ(indexes["prefixed"].columns, (std::vector<std::string>{"ref", ""}));
  EXPECT_FALSE(indexes["plain"].is_unique);
  EXPECT_EQ(indexes["plain"].is_partial, !is_mysql());
}

TEST_P(Server, FindsTablesByQualifiedNames) {
  run("CREATE TABLE database_test (a INTEGER)");
  const std::string schema = is_mysql() ? url_.database : "public";
  const auto described = describe_table(*connection_, schema + ".database_test");
  ASSERT_TRUE(described.has_value() && described->has_value());
  EXPECT_EQ((*described)->name, schema + ".database_test");
  EXPECT_FALSE(describe_table(*connection_, "nothing_here")->has_value());
  EXPECT_FALSE(describe_table(*connection_, "nowhere.database_test")->has_value());
  const auto names = list_tables(*connection_);
  ASSERT_TRUE(names.has_value()) << names.error().message();
  EXPECT_NE(std::find(names->begin(), names->end(), "database_test"), names->end());
}

TEST(Mysql, PrintsTheSameThroughBothProtocols) {
  const auto connection = must_open(server_url(Dialect::kMysql));
  ASSERT_NE(connection, nullptr);
  constexpr std::string_view kSql =
      "SELECT CAST('0000-00-00 00:00:00' AS DATETIME), CAST('2026-01-02 03:04:05' AS DATETIME), "
      "CAST('2026-01-02 03:04:05.120000' AS DATETIME(6)), CAST('2026-01-02' AS DATE), CAST('25:00:01' AS TIME), -5, "
      "0.10, "
      "CAST(-1 AS UNSIGNED), 1.5e0, '', TRUE";
  const auto rows = connection->query(kSql);
  ASSERT_TRUE(rows.has_value()) << rows.error().message();
  auto statement = Statement::prepare(*connection, kSql);
  ASSERT_TRUE(statement.has_value() && statement->execute().has_value() && statement->step().value_or(false));
  ASSERT_EQ(statement->column_count(), rows->at(0).size());
  for (std::size_t i = 0; i < statement->column_count(); ++i) {
    EXPECT_EQ(statement->text(i), std::optional<std::string_view>(rows->at(0)[i])) << i;
  }
}

TEST(Mysql, NeverSendsALocalFile) {
  const auto connection = must_open(server_url(Dialect::kMysql));
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(connection->execute("DROP TABLE IF EXISTS database_infile").has_value());
  ASSERT_TRUE(connection->execute("CREATE TABLE database_infile (a TEXT)").has_value());
  EXPECT_FALSE(connection->execute("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE database_infile").has_value());
  EXPECT_EQ(only_cell(connection->query("SELECT count(*) FROM database_infile")), "0");
}

}  // namespace
}  // namespace sentinel::database
