// Tables of a real MariaDB or MySQL and a real PostgreSQL: types, keys, windows, resuming, a lost connection.
#include "sql_source/sql_source.hpp"
#include "support/tests/test_database.hpp"

#include <gtest/gtest.h>

namespace sentinel::sql_source {
namespace {

using support::fetch_keys;
using support::read_page;
using support::read_pass;
using Texts = std::vector<std::string>;

class ServerTest : public testing::Test {
 protected:
  ServerTest(const char* variable) : database(variable, "sql_source") {
    options.connection = database.url();
    options.table = "donations";
    options.key = {"id"};
  }
  void SetUp() override { ASSERT_TRUE(database.is_open()); }
  SqlSource source() { return SqlSource(options, host.host); }
  SqlSource source_at(std::string time) {
    return SqlSource(options, host.host, [time](database::Connection&) -> Result<std::string> { return time; });
  }
  Texts types() {
    auto table = source();
    const auto schema = table.schema();
    EXPECT_TRUE(schema) << (schema ? "" : schema.error().message());
    Texts texts;
    if (schema)
      for (const auto& field : *schema)
        texts.push_back(field.name + " " + (field.is_json ? "json" : field.type_text()));
    return texts;
  }
  void expect_every_row_once(const std::string& field, const Texts& expected) {
    for (std::int64_t size = 1; size <= std::ssize(expected) + 1; ++size) {
      Texts seen;
      Cursor at;
      for (bool done = false; !done;) {
        auto restarted = source();
        const auto page = read_page(restarted, at, {size, 4 << 20});
        for (const auto& value : page.all(field)) seen.push_back(value);
        at = page.next;
        done = page.done;
      }
      EXPECT_EQ(seen, expected) << "pages of " << size;
    }
  }

  support::TestDatabase database;
  support::TestHost host;
  Options options;
};

class MysqlTest : public ServerTest {
 protected:
  MysqlTest() : ServerTest("SENTINEL_TEST_MYSQL") {}
};
class PostgresqlTest : public ServerTest {
 protected:
  PostgresqlTest() : ServerTest("SENTINEL_TEST_POSTGRESQL") {}
};

TEST_F(MysqlTest, CarriesEveryTypeExactly) {
  database.run("SET SESSION sql_mode = ''");
  database.run(
      "CREATE TABLE donations (id INT UNSIGNED PRIMARY KEY, kobo BIGINT UNSIGNED NOT NULL, big BIGINT UNSIGNED, amount "
      "DECIMAL(18,2), wide "
      "DECIMAL(65,2), note TEXT, at DATETIME(6) NOT NULL, day DATE, ok BOOLEAN, rate DOUBLE, photo VARBINARY(20), kind "
      "ENUM('a','b'), t TIME)");
  database.run(
      "INSERT INTO donations VALUES (1, 9223372036854775807, 18446744073709551615, 9999999999999999.99, 1.50, '₦5,000 "
      "😀', "
      "'2026-01-01 10:00:00.123456', '2026-01-02', 1, 0.5, x'00FF', 'b', '10:00:00'), (4294967295, 1, NULL, NULL, "
      "NULL, NULL, "
      "'0000-00-00 00:00:00', '0000-00-00', NULL, NULL, NULL, NULL, NULL)");
  EXPECT_EQ(types(),
            (Texts{"id int64", "kobo int64", "big decimal(20,0)", "amount decimal(18,2)", "wide utf8", "note utf8",
                   "at timestamp", "day date", "ok int64", "rate float64", "photo binary", "kind utf8", "t utf8"}));
  auto table = source();
  const auto taken = read_pass(table);
  ASSERT_EQ(taken.rows.size(), 2u);
  const std::map<std::string, std::string> first{{"id", "1"},
                                                 {"kobo", "9223372036854775807"},
                                                 {"big", "18446744073709551615"},
                                                 {"amount", "9999999999999999.99"},
                                                 {"wide", "1.50"},
                                                 {"note", "₦5,000 😀"},
                                                 {"at", "2026-01-01 10:00:00.123456"},
                                                 {"day", "2026-01-02"},
                                                 {"ok", "1"},
                                                 {"rate", "0.500000"},
                                                 {"photo", std::string("\x00\xFF", 2)},
                                                 {"kind", "b"},
                                                 {"t", "10:00:00"}};
  EXPECT_EQ(taken.rows[0], first);
  EXPECT_EQ(taken.rows[1].at("id"), "4294967295");
  EXPECT_EQ(taken.rows[1].at("at"), "null");
  EXPECT_EQ(taken.rows[1].at("day"), "null");
}

TEST_F(MysqlTest, KeysBeyondTheDigitsOfADoubleAreWalkedOneByOne) {
  database.run("CREATE TABLE donations (id BIGINT UNSIGNED PRIMARY KEY)");
  const Texts ids{"1",
                  "9007199254740992",
                  "9007199254740993",
                  "9223372036854775807",
                  "18446744073709551613",
                  "18446744073709551614",
                  "18446744073709551615"};
  for (const auto& id : ids) database.run("INSERT INTO donations VALUES (" + id + ")");
  expect_every_row_once("id", ids);
  auto table = source();
  EXPECT_EQ(fetch_keys(table, {"18446744073709551614", "2"}).all("id"), Texts{"18446744073709551614"});
}

TEST_F(MysqlTest, TextKeysFollowTheirOwnCollation) {
  database.run("CREATE TABLE donations (id VARCHAR(20) COLLATE utf8mb4_unicode_ci PRIMARY KEY, n INT)");
  for (const auto* id : {"b", "A", "é", "Z", "10", "9", "a b", "_x", "😀"})
    database.run("INSERT INTO donations VALUES (:1, 1)", {std::string(id)});
  auto table = source();
  const auto all = read_pass(table).all("id");
  EXPECT_EQ(all.size(), 9u);
  expect_every_row_once("id", all);
}

TEST_F(MysqlTest, CompositeAndBinaryAndTimeKeys) {
  database.run(
      "CREATE TABLE donations (id BINARY(2), at DATETIME(3), amount DECIMAL(20,2), n INT AUTO_INCREMENT UNIQUE, "
      "PRIMARY KEY (id, at, amount))");
  for (const auto* id : {"x'00FF'", "x'FF00'"})
    for (const auto* at : {"'2026-01-01 10:00:00.001'", "'2026-01-01 10:00:00.002'"})
      for (const auto* amount : {"9007199254740992.01", "9007199254740992.02"})
        database.run(std::string("INSERT INTO donations (id, at, amount) VALUES (") + id + ", " + at + ", " + amount +
                     ")");
  options.key = {"id", "at", "amount"};
  expect_every_row_once("n", {"1", "2", "3", "4", "5", "6", "7", "8"});
}

TEST_F(MysqlTest, ReadsAQueryWithItsTypes) {
  database.run("CREATE TABLE donations (id INT PRIMARY KEY, amount DECIMAL(10,2), at DATETIME)");
  database.run("INSERT INTO donations VALUES (1, 5.25, '2026-01-01 10:00:00'), (2, 7, NULL), (3, NULL, NULL)");
  options.table.reset();
  options.query =
      "SELECT id, amount, at, CONCAT('a:', id) AS ref, amount * 2 AS twice, COUNT(*) AS n FROM donations WHERE id < 3 "
      "GROUP BY id";
  EXPECT_EQ(types(),
            (Texts{"id int64", "amount decimal(10,2)", "at timestamp", "ref utf8", "twice decimal(11,2)", "n int64"}));
  expect_every_row_once("ref", {"a:1", "a:2"});
}

TEST_F(MysqlTest, WindowsReadWhatChangedAndWhatHasNoTime) {
  database.run("SET SESSION sql_mode = ''");
  database.run("CREATE TABLE donations (id INT PRIMARY KEY, changed_at DATETIME)");
  database.run(
      "INSERT INTO donations VALUES (1, '2026-01-01 10:00:00'), (2, '0000-00-00 00:00:00'), (3, NULL), (4, '2026-01-01 "
      "12:55:00')");
  options.modified = "changed_at";
  auto first_run = source_at("2026-01-01 13:00:00.5");
  const auto first = read_pass(first_run);
  EXPECT_EQ(first.rows.size(), 4u);
  database.run("INSERT INTO donations VALUES (0, '2026-01-01 13:30:00'), (9, '2026-01-01 14:00:01')");
  auto second_run = source_at("2026-01-01 14:00:00.000000");
  EXPECT_EQ(read_pass(second_run, first.next, {2, 4 << 20}).all("id"), (Texts{"0", "2", "3", "4"}));
  auto real_clock = source();
  const auto third = read_pass(real_clock);
  EXPECT_EQ(read_pass(real_clock, third.next).all("id"), (Texts{"2", "3"}));
}

TEST_F(MysqlTest, ALostConnectionIsUnavailableAndTheNextReadGoesOn) {
  database.run("CREATE TABLE donations (id INT PRIMARY KEY)");
  database.run("INSERT INTO donations VALUES (1), (2), (3)");
  auto table = source();
  const auto page = read_page(table, {}, {1, 4 << 20});
  support::lose_connection(database, table, page.next);
  EXPECT_EQ(read_pass(table, page.next).all("id"), (Texts{"2", "3"}));
}

TEST_F(MysqlTest, RefusesKeysWithoutADependableOrder) {
  database.run(
      "CREATE TABLE donations (id INT PRIMARY KEY, kind ENUM('b','a') UNIQUE, rate DOUBLE UNIQUE, ref VARCHAR(300), "
      "UNIQUE (ref(10)))");
  for (const auto* key : {"kind", "rate", "ref"}) {
    options.key = {key};
    auto table = source();
    EXPECT_EQ(table.check().code(), Code::kInvalidConfig) << key;
  }
}

TEST_F(PostgresqlTest, CarriesEveryTypeExactly) {
  database.run(
      "CREATE TABLE donations (id BIGINT PRIMARY KEY, amount NUMERIC(18,2), free NUMERIC, note TEXT, at TIMESTAMPTZ, "
      "plain TIMESTAMP, day DATE, "
      "ok BOOLEAN, rate DOUBLE PRECISION, photo BYTEA, doc JSONB, ref UUID)");
  database.run(
      "INSERT INTO donations VALUES (9223372036854775807, 9999999999999999.99, 0.1234567890123456789, '₦5,000 😀', "
      "'2026-01-01 "
      "11:00:00+01', '2026-01-01 10:00:00.123456', '2026-01-02', true, 0.5, '\\x00ff', '{}', "
      "'00000000-0000-0000-0000-000000000001')");
  EXPECT_EQ(types(),
            (Texts{"id int64", "amount decimal(18,2)", "free utf8", "note utf8", "at timestamp", "plain timestamp",
                   "day date", "ok bool", "rate float64", "photo binary", "doc json", "ref utf8"}));
  auto table = source();
  const auto taken = read_pass(table);
  ASSERT_EQ(taken.rows.size(), 1u);
  const std::map<std::string, std::string> row{{"id", "9223372036854775807"},
                                               {"amount", "9999999999999999.99"},
                                               {"free", "0.1234567890123456789"},
                                               {"note", "₦5,000 😀"},
                                               {"at", "2026-01-01 10:00:00"},
                                               {"plain", "2026-01-01 10:00:00.123456"},
                                               {"day", "2026-01-02"},
                                               {"ok", "true"},
                                               {"rate", "0.500000"},
                                               {"photo", std::string("\x00\xFF", 2)},
                                               {"doc", "{}"},
                                               {"ref", "00000000-0000-0000-0000-000000000001"}};
  EXPECT_EQ(taken.rows[0], row);
}

TEST_F(PostgresqlTest, CompositeKeysOfManyTypes) {
  database.run(
      "CREATE TABLE donations (ref UUID, id BYTEA, at TIMESTAMPTZ, n SERIAL UNIQUE, PRIMARY KEY (ref, id, at))");
  database.run(
      "INSERT INTO donations (ref, id, at) SELECT CAST(r AS uuid), CAST(b AS bytea), CAST(t AS timestamptz) FROM "
      "unnest(array['00000000-0000-0000-0000-000000000001', 'f0000000-0000-0000-0000-000000000001']) r, "
      "unnest(array['\\x00ff', '\\xff00']) b, "
      "unnest(array['2026-01-01 10:00:00.000001', '2026-01-01 10:00:00.000002']) t ORDER BY 1, 2, 3");
  options.key = {"ref", "id", "at"};
  expect_every_row_once("n", {"1", "2", "3", "4", "5", "6", "7", "8"});
}

TEST_F(PostgresqlTest, ReadsAQueryWithItsTypes) {
  database.run("CREATE TABLE donations (id INT PRIMARY KEY, amount NUMERIC(10,2))");
  database.run("INSERT INTO donations VALUES (1, 5.25), (2, 7), (3, NULL)");
  options.table.reset();
  options.query = "SELECT id, amount, 'a' || id AS ref FROM donations WHERE id < 3;";
  EXPECT_EQ(types(), (Texts{"id int64", "amount decimal(10,2)", "ref utf8"}));
  expect_every_row_once("ref", {"a1", "a2"});
  options.query = "WITH gone AS (DELETE FROM donations RETURNING id) SELECT id FROM gone";
  auto table = source();
  EXPECT_FALSE(table.check().ok());
}

TEST_F(PostgresqlTest, WindowsReadWhatChangedAndWhatHasNoTime) {
  database.run("CREATE TABLE donations (id INT PRIMARY KEY, changed_at TIMESTAMP)");
  database.run(
      "INSERT INTO donations VALUES (1, '2026-01-01 10:00:00'), (2, 'infinity'), (3, NULL), (4, '2026-01-01 "
      "12:55:00')");
  options.modified = "changed_at";
  auto first_run = source_at("2026-01-01 13:00:00.5");
  const auto first = read_pass(first_run);
  EXPECT_EQ(first.rows.size() + first.rejects.size(), 4u);
  database.run("INSERT INTO donations VALUES (0, '2026-01-01 13:30:00'), (9, '2026-01-01 14:00:01')");
  auto second_run = source_at("2026-01-01 14:00:00.000000");
  const auto second = read_pass(second_run, first.next, {2, 4 << 20});
  EXPECT_EQ(second.all("id"), (Texts{"0", "3", "4"}));
  ASSERT_EQ(second.rejects.size(), 1u);
  EXPECT_EQ(second.rejects[0].key, "2");
  auto real_clock = source();
  EXPECT_EQ(read_pass(real_clock, read_pass(real_clock).next).all("id"), Texts{"3"});
}

}  // namespace
}  // namespace sentinel::sql_source
