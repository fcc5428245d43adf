// Tables and queries of SQLite: paging, resuming, keys of every kind, dirt, windows.
#include "sql_source/sql_source.hpp"
#include "sql_source/query_columns.hpp"
#include "support/tests/test_database.hpp"

#include <sentinel/civil_time.hpp>

#include <gtest/gtest.h>

#include <set>

namespace sentinel::sql_source {
namespace {

using support::fetch_keys;
using support::read_page;
using support::read_pass;
using Texts = std::vector<std::string>;

class SqlSourceTest : public testing::Test {
 protected:
  SqlSourceTest() {
    options.connection = database.url();
    options.table = "donations";
    options.key = {"id"};
  }
  SqlSource source() {
    return SqlSource(options, host.host, [this](database::Connection&) -> Result<std::string> { return server_time; });
  }
  void add_donations(int count) {
    database.run(
        "CREATE TABLE donations (id INTEGER PRIMARY KEY, email TEXT NOT NULL, amount_kobo INTEGER NOT NULL, created_at "
        "DATETIME, "
        "changed_at TEXT)");
    database.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :1) INSERT INTO donations SELECT i * "
        "2, 'donor' || i || "
        "'@example.ng', i * 100, '2026-01-01 10:00:00', '2026-01-01 10:00:00' FROM n",
        {std::int64_t{count}});
  }
  // Reads a whole pass in pages of every size up to `most`, restarting before each page.
  void expect_every_row_once(const std::string& field, const Texts& expected, std::int64_t most) {
    for (std::int64_t size = 1; size <= most; ++size) {
      Texts seen;
      Cursor at;
      for (bool done = false; !done;) {
        auto restarted = source();
        const auto page = read_page(restarted, at, {size, 4 << 20});
        ASSERT_LE(std::ssize(page.rows) + std::ssize(page.rejects), size);
        EXPECT_EQ(read_page(restarted, at, {size, 4 << 20}).next.text(), page.next.text());
        for (const auto& value : page.all(field)) seen.push_back(value);
        at = page.next;
        done = page.done;
      }
      EXPECT_EQ(seen, expected) << "pages of " << size;
    }
  }
  Status refusal() {
    auto opened = SqlSource::open(options, host.host);
    if (!opened) return opened.error();
    return (*opened)->check();
  }

  support::TestDatabase database;
  support::TestHost host;
  Options options;
  std::string server_time = "2026-01-01 13:00:00";
};

TEST_F(SqlSourceTest, TakesFieldsAndTypesFromTheCatalogue) {
  database.run(
      "CREATE TABLE donations (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, amount DECIMAL(12,2), rate DOUBLE, "
      "at DATETIME, day "
      "DATE, ok BOOLEAN, photo BLOB, \"odd.name: ?\" TEXT)");
  database.run(
      "INSERT INTO donations VALUES (1, 'a@b.ng', 1500.25, 0.5, '2026-01-01 10:00:00', '2026-01-02', 1, x'00FF', 'x')");
  auto table = source();
  const auto schema = table.schema();
  ASSERT_TRUE(schema) << schema.error().message();
  Texts types;
  for (const auto& field : *schema) types.push_back(field.type_text());
  EXPECT_EQ(types, (Texts{"int64", "utf8", "decimal(12,2)", "float64", "timestamp", "date", "bool", "binary", "utf8"}));
  EXPECT_TRUE((*schema)[0].is_key);
  EXPECT_FALSE((*schema)[1].is_nullable);
  const auto row = read_pass(table).rows.at(0);
  EXPECT_EQ(row.at("amount"), "1500.25");
  EXPECT_EQ(row.at("day"), "2026-01-02");
  EXPECT_EQ(row.at("photo"), std::string("\x00\xFF", 2));
  EXPECT_EQ(row.at("odd.name: ?"), "x");
}

TEST_F(SqlSourceTest, ResumingFromEveryCursorGivesEveryRowOnce) {
  add_donations(11);
  auto table = source();
  const auto all = read_pass(table).all("id");
  ASSERT_EQ(all.size(), 11u);
  expect_every_row_once("id", all, 12);
}

TEST_F(SqlSourceTest, ListsEveryExistingKeyOnceWhateverThePage) {
  add_donations(5);
  options.modified = "changed_at";
  auto table = source();
  for (const std::int64_t size : {1, 2, 4, 5, 6})
    EXPECT_EQ(support::list_keys(table, size), (Texts{"2", "4", "6", "8", "10"})) << "pages of " << size;
}

TEST_F(SqlSourceTest, ListsKeysAsTheEngineNamesRecordsByThem) {
  database.run("CREATE TABLE donations (day DATE NOT NULL, at DATETIME, ref TEXT, note TEXT)");
  database.run(
      "INSERT INTO donations VALUES ('2026-01-02', '2026-01-02 10:00:00', 'a\"b', 'x'), "
      "('2026-01-01', '2026-01-02 10:00:00', 'a', 'x'), ('2026-01-03', NULL, 'a', 'x')");
  options.key = {"ref", "at", "day"};
  auto table = source();
  EXPECT_EQ(support::list_keys(table, 1),
            (Texts{R"(["2026-01-01","2026-01-02T10:00:00Z","a"])", R"(["2026-01-02","2026-01-02T10:00:00Z","a\"b"])"}));
}

TEST_F(SqlSourceTest, AFinishedCursorBeginsTheNextPass) {
  add_donations(2);
  auto table = source();
  const auto first = read_pass(table);
  database.run("INSERT INTO donations VALUES (1, 'late', 1, NULL, NULL), (9, 'new', 1, NULL, NULL)");
  EXPECT_EQ(read_pass(table, first.next).all("id"), (Texts{"1", "2", "4", "9"}));
}

TEST_F(SqlSourceTest, AnEmptyTableIsDoneAtOnce) {
  add_donations(0);
  database.run("DELETE FROM donations");
  auto table = source();
  const auto taken = read_pass(table);
  EXPECT_TRUE(taken.rows.empty());
  EXPECT_EQ(taken.pages, 1);
}

TEST_F(SqlSourceTest, APageEndsBehindTheRecordThatFillsIt) {
  add_donations(5);
  database.run("UPDATE donations SET email = :1 WHERE id = 4", {std::string(5000, 'x')});
  auto table = source();
  const auto page = read_page(table, {}, {1000, 4096});
  EXPECT_EQ(page.all("id"), (Texts{"2", "4"}));
  EXPECT_FALSE(page.done);
  EXPECT_EQ(read_pass(table, page.next).all("id"), (Texts{"6", "8", "10"}));
}

TEST_F(SqlSourceTest, CompositeKeysWalkInTheOrderOfAllTheirColumns) {
  database.run(
      "CREATE TABLE donations (site TEXT NOT NULL, number INTEGER NOT NULL, part TEXT NOT NULL, PRIMARY KEY (site, "
      "number, part))");
  Texts expected;
  for (const auto* site : {"a", "b"})
    for (const std::int64_t number : {9, 10, 100})
      for (const auto* part : {"x", "y"}) {
        database.run("INSERT INTO donations VALUES (:1, :2, :3)", {std::string(site), number, std::string(part)});
        expected.push_back(std::to_string(number));
      }
  options.key = {"site", "number", "part"};
  expect_every_row_once("number", expected, 7);
  auto table = source();
  EXPECT_EQ(fetch_keys(table, {R"(["b","10","x"])", R"(["b","11","x"])", "b"}).all("number"), Texts{"10"});
}

TEST_F(SqlSourceTest, FetchesByKeysAsTheEnginePrintsThemWhateverTheOrderOfTheKey) {
  database.run("CREATE TABLE donations (number INTEGER NOT NULL, site TEXT NOT NULL, note TEXT NOT NULL)");
  database.run("INSERT INTO donations VALUES (9, 'a', 'x'), (10, 'b', 'y'), (11, 'b', CAST(x'FF' AS TEXT))");
  options.key = {"site", "number"};
  auto table = source();
  EXPECT_EQ(support::list_keys(table, 2), (Texts{R"(["9","a"])", R"(["10","b"])", R"(["11","b"])"}));
  const auto taken = fetch_keys(table, {R"(["10","b"])", R"(["11","b"])"});
  EXPECT_EQ(taken.all("note"), Texts{"y"});
  ASSERT_EQ(taken.rejects.size(), 1u);
  EXPECT_EQ(taken.rejects[0].key, R"(["11","b"])");
}

TEST_F(SqlSourceTest, KeysOfAnyStorageAreWalkedWithoutALoss) {
  database.run("CREATE TABLE donations (id UNIQUE NOT NULL, n INTEGER)");
  database.run("INSERT INTO donations VALUES (5, 1), (40, 2), ('40', 3), ('5', 4), ('a', 5), (x'00', 6), (x'FF', 7)");
  database.run("INSERT INTO donations VALUES (CAST(x'62FF' AS TEXT), 8)");
  auto table = source();
  const auto taken = read_pass(table, {}, {1, 4 << 20});
  EXPECT_EQ(taken.rows.size() + taken.rejects.size(), 8u);
  std::set<std::string> seen;
  for (const auto& n : taken.all("n")) EXPECT_TRUE(seen.insert(n).second) << n;
}

TEST_F(SqlSourceTest, RowsWithoutKeyAreDeadLettersOfTheFirstPage) {
  database.run("CREATE TABLE donations (ref TEXT UNIQUE, n INTEGER)");
  database.run("INSERT INTO donations VALUES ('a', 1), (NULL, 2), ('b', 3), (NULL, 4)");
  options.key = {"ref"};
  auto table = source();
  const auto taken = read_pass(table, {}, {1, 4 << 20});
  EXPECT_EQ(taken.all("n"), (Texts{"1", "3"}));
  ASSERT_EQ(taken.rejects.size(), 2u);
  EXPECT_EQ(taken.rejects[0].key, "");
  EXPECT_EQ(taken.rejects[0].raw, "n: 2\n");
}

TEST_F(SqlSourceTest, AnyNullInACompositeKeyIsADeadLetterOnce) {
  database.run("CREATE TABLE donations (a INTEGER, b INTEGER, n INTEGER, UNIQUE (a, b))");
  database.run("INSERT INTO donations VALUES (1, 1, 1), (1, NULL, 2), (2, NULL, 3), (NULL, 1, 4), (2, 2, 5)");
  options.key = {"a", "b"};
  for (const std::int64_t size : {1, 2, 10}) {
    auto table = source();
    const auto taken = read_pass(table, {}, {size, 4 << 20});
    EXPECT_EQ(taken.all("n"), (Texts{"1", "5"}));
    EXPECT_EQ(taken.rejects.size(), 3u);
  }
}

TEST_F(SqlSourceTest, ADirtyRowIsADeadLetterBesideGoodNeighbours) {
  add_donations(4);
  database.run("UPDATE donations SET amount_kobo = '₦5,000' WHERE id = 4");
  database.run("UPDATE donations SET email = CAST(x'61FF' AS TEXT) WHERE id = 6");
  database.run("UPDATE donations SET created_at = '0000-00-00 00:00:00' WHERE id = 2");
  auto table = source();
  const auto taken = read_pass(table);
  EXPECT_EQ(taken.all("id"), (Texts{"2", "8"}));
  EXPECT_EQ(taken.rows[0].at("created_at"), "null");
  ASSERT_EQ(taken.rejects.size(), 2u);
  EXPECT_EQ(taken.rejects[0].key, "4");
  EXPECT_EQ(taken.rejects[0].message, "field \"amount_kobo\" is not a valid int64");
  EXPECT_NE(taken.rejects[0].raw.find("amount_kobo: ₦5,000"), std::string::npos);
  EXPECT_EQ(taken.rejects[1].message, "field \"email\" is not valid UTF-8");
  EXPECT_EQ(taken.rejects[1].code, Code::kInvalidData);
}

TEST_F(SqlSourceTest, AmountsStoredAsFloatsBeyondTheirDigitsAreRefused) {
  database.run("CREATE TABLE donations (id INTEGER PRIMARY KEY, amount DECIMAL(20,2))");
  database.run(
      "INSERT INTO donations VALUES (1, 123456789012.45), (2, 12345678901234.567), (3, 9007199254740993), (4, "
      "1234567890123456.5)");
  auto table = source();
  const auto taken = read_pass(table);
  EXPECT_EQ(taken.all("amount"), (Texts{"123456789012.45", "9007199254740993.00"}));
  ASSERT_EQ(taken.rejects.size(), 2u);
  EXPECT_EQ(taken.rejects[0].key, "2");
  EXPECT_EQ(taken.rejects[1].key, "4");
}

TEST_F(SqlSourceTest, ARecordBeyondTheLimitKeepsItsFirstBytes) {
  add_donations(2);
  database.run("UPDATE donations SET email = :1 WHERE id = 2", {std::string(support::kMaxRecordBytes, 'x')});
  auto table = source();
  const auto taken = read_pass(table);
  EXPECT_EQ(taken.all("id"), Texts{"4"});
  ASSERT_EQ(taken.rejects.size(), 1u);
  EXPECT_EQ(taken.rejects[0].raw.size(), support::kMaxRawBytes);
}

TEST_F(SqlSourceTest, WindowsReadWhatChangedAndWhatHasNoTime) {
  add_donations(4);
  options.modified = "changed_at";
  auto table = source();
  const auto first = read_pass(table);
  EXPECT_EQ(first.rows.size(), 4u);
  server_time = "2026-01-01 14:00:00";
  database.run("UPDATE donations SET changed_at = NULL WHERE id = 2");
  database.run("UPDATE donations SET changed_at = '2026-01-01T13:59:59Z' WHERE id = 4");
  database.run("UPDATE donations SET changed_at = '2026-01-01 14:00:01' WHERE id = 6");
  const auto second = read_pass(table, first.next, {1, 4 << 20});
  EXPECT_EQ(second.all("id"), (Texts{"2", "4"}));
  server_time = "2026-01-01 15:00:00";
  EXPECT_EQ(read_pass(table, second.next).all("id"), (Texts{"2", "4", "6"}));
  server_time = "2026-01-01 16:00:00";
  EXPECT_EQ(read_pass(table, read_pass(table, second.next).next).rows.size(), 1u);
}

TEST_F(SqlSourceTest, TheServersOwnClockIsUtc) {
  const auto time = support::server_time(database.connection());
  ASSERT_TRUE(time);
  std::int64_t micros = 0;
  EXPECT_EQ(read_timestamp(*time, micros), Civil::kValue);
}

TEST_F(SqlSourceTest, ReadsAQueryWithTypesFromItsTables) {
  add_donations(5);
  options.table.reset();
  options.query = "SELECT id, amount_kobo, upper(email) AS mail FROM donations WHERE id > 2 -- not the first;";
  auto query = source();
  const auto schema = query.schema();
  ASSERT_TRUE(schema) << schema.error().message();
  EXPECT_EQ((*schema)[1].type_text(), "int64");
  EXPECT_EQ((*schema)[2].type_text(), "utf8");
  expect_every_row_once("id", {"4", "6", "8", "10"}, 5);
  EXPECT_EQ(query.count().value_or(-1), 4);
}

TEST_F(SqlSourceTest, ARepeatedKeyInAQueryStopsInsteadOfLosingRows) {
  add_donations(5);
  options.table.reset();
  options.query = "SELECT 7 AS id, email FROM donations";
  auto query = source();
  ASSERT_TRUE(query.schema());
  support::Taken taken;
  support::RejectLog log(taken);
  const auto page = query.read({}, {1, 4 << 20}, log.rejects);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().option_path(), "key");
}

TEST_F(SqlSourceTest, RefusesQueriesThatAreNoSingleSelect) {
  for (const auto* text :
       {"DELETE FROM donations", "SELECT 1; DROP TABLE donations", "", "SELECT 1) AS x; DELETE FROM donations; (",
        "SELECT (1", "/* SELECT */ UPDATE donations SET id = 1", "PRAGMA user_version"}) {
    const auto from = query_as_table(text);
    ASSERT_FALSE(from) << text;
    EXPECT_EQ(from.error().option_path(), "query");
  }
  for (const auto* text :
       {"SELECT ';' AS a", "  select 1 ; ", "-- why;\nWITH t AS (SELECT ')') SELECT * FROM t", "/* a; */ SELECT \";\""})
    EXPECT_TRUE(query_as_table(text)) << text;
}

TEST_F(SqlSourceTest, SaysWhichOptionIsWrong) {
  add_donations(1);
  const auto path_of = [&](auto change) {
    const auto kept = options;
    change(options);
    const auto status = refusal();
    options = kept;
    EXPECT_TRUE(status.ok() || status.code() == Code::kInvalidConfig) << status.message();
    return status.ok() ? std::string("accepted") : status.option_path();
  };
  EXPECT_EQ(path_of([](Options&) {}), "accepted");
  EXPECT_EQ(path_of([](Options& o) { o.table = "donation"; }), "table");
  EXPECT_EQ(path_of([](Options& o) { o.query = "SELECT 1"; }), "query");
  EXPECT_EQ(path_of([](Options& o) { o.table.reset(); }), "table");
  EXPECT_EQ(path_of([](Options& o) { o.key = {}; }), "key");
  EXPECT_EQ(path_of([](Options& o) { o.key = {"id", "id"}; }), "key.1");
  EXPECT_EQ(path_of([](Options& o) { o.key = {"number"}; }), "key.0");
  EXPECT_EQ(path_of([](Options& o) { o.key = {"email"}; }), "key");
  EXPECT_EQ(path_of([](Options& o) { o.columns = {"email", "amount"}; }), "columns.1");
  EXPECT_EQ(path_of([](Options& o) { o.modified = "updated"; }), "modified");
  EXPECT_EQ(path_of([](Options& o) { o.connection = "sqlite"; }), "connection");
  EXPECT_EQ(path_of([](Options& o) {
              o.table.reset();
              o.query = "SELECT * FROM donations WHERE id = ?";
            }),
            "query");
}

TEST_F(SqlSourceTest, ReadsTheChosenColumnsAndTheKey) {
  add_donations(1);
  options.columns = {"amount_kobo"};
  auto table = source();
  EXPECT_EQ(read_pass(table).rows.at(0), (std::map<std::string, std::string>{{"id", "2"}, {"amount_kobo", "100"}}));
}

TEST_F(SqlSourceTest, FetchesTheKeysThatStillExist) {
  add_donations(500);
  auto table = source();
  std::vector<std::string> keys{"3", "abc", ""};
  for (int i = 1; i <= 450; ++i) keys.push_back(std::to_string(i * 2));
  EXPECT_EQ(fetch_keys(table, keys).rows.size(), 450u);
  EXPECT_TRUE(fetch_keys(table, {}).rows.empty());
}

TEST_F(SqlSourceTest, AVanishedTableIsAnErrorAndTheNextReadConnectsAnew) {
  add_donations(3);
  auto table = source();
  ASSERT_TRUE(table.schema());
  database.run("ALTER TABLE donations RENAME TO elsewhere");
  support::Taken taken;
  support::RejectLog log(taken);
  EXPECT_FALSE(table.read({}, {}, log.rejects));
  database.run("ALTER TABLE elsewhere RENAME TO donations");
  EXPECT_EQ(read_pass(table).rows.size(), 3u);
}

TEST_F(SqlSourceTest, DiscoversTablesWithASample) {
  add_donations(1);
  auto table = source();
  Texts lines;
  ASSERT_TRUE(table.discover([&](const FoundField& found) {
    lines.push_back(found.entity + "." + found.field + " " + found.type + " " + found.sample);
  }));
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[1], "donations.email utf8 donor1@example.ng");
}

}  // namespace
}  // namespace sentinel::sql_source
