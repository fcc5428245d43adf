// The preflight: what is refused before the first write, and with which cure; and what create makes.
#include "target.hpp"

#include <fmt/format.h>

namespace sentinel::sql_sink::test {
namespace {

using database::Dialect;

class Preflight : public TargetTest {
 protected:
  const Schema schema_{utf8("ref").key(), decimal("amount", 10, 2)};

  // A table with these columns, and what bind says to it.
  Status bound(const std::string& columns, const Schema& schema, const std::string& tail = "") {
    execute("DROP TABLE IF EXISTS " + table());
    execute("CREATE TABLE " + table() + " (" + columns + ")" + tail);
    const Schema none{utf8("ref").key()};
    auto sink = make_sink({"ref"});
    EXPECT_TRUE(sink->create(none).ok());
    return sink->bind(schema);
  }
  static void expect(const Status& status, std::string_view words) {
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    EXPECT_NE(status.message().find(words), std::string::npos) << status.message();
  }
  std::string ref() const {
    return is(Dialect::kSqlite) ? "ref TEXT NOT NULL UNIQUE" : "ref VARCHAR(50) NOT NULL UNIQUE";
  }
  std::string amount() const { return is(Dialect::kSqlite) ? "amount TEXT" : "amount DECIMAL(10,2)"; }
};

TEST_P(Preflight, AMissingTableIsNamedAndCreated) {
  auto sink = make_sink({"ref"});
  const auto status = sink->bind(schema_);
  EXPECT_EQ(status.native_code(), "no_table");
  expect(status, "does not exist");
  const auto plan = sink->plan(schema_);
  ASSERT_TRUE(plan);
  EXPECT_NE(plan->find("CREATE TABLE IF NOT EXISTS " + table()), std::string::npos) << *plan;
  ASSERT_TRUE(sink->create(schema_).ok());
  ASSERT_TRUE(sink->create(schema_).ok()) << "twice";
  const auto after = sink->bind(schema_);
  EXPECT_TRUE(after.ok()) << after.message();
  EXPECT_EQ(*sink->plan(schema_), "");
}

TEST_P(Preflight, AFittingTableIsAdopted) {
  const auto status = bound(ref() + ", " + amount() + ", remark VARCHAR(20), processed_at TIMESTAMP NULL", schema_);
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST_P(Preflight, MissingColumnsAreNamedWithTheNearest) {
  expect(bound(ref() + ", amuont " + (is(Dialect::kSqlite) ? "TEXT" : "DECIMAL(10,2)"), schema_),
         "did you mean \"amuont\"?");
  expect(bound(ref(), schema_), "ADD COLUMN");
}

TEST_P(Preflight, AmountsMustBeHeldExactly) {
  expect(bound(ref() + ", amount DOUBLE PRECISION", schema_), "exactly");
  expect(bound(ref() + ", amount REAL", schema_), "exactly");
  if (is(Dialect::kSqlite)) {
    expect(bound(ref() + ", amount DECIMAL(10,2)", schema_), "NUMERIC is a float");
    return;
  }
  expect(bound(ref() + ", amount DECIMAL(10,1)", schema_), "exactly");
  expect(bound(ref() + ", amount DECIMAL(9,2)", schema_), "exactly");
  EXPECT_TRUE(bound(ref() + ", amount DECIMAL(12,4)", schema_).ok());
}

TEST_P(Preflight, TheKeyMustBeExactlyOneUniqueIndex) {
  const std::string plain = is(Dialect::kSqlite) ? "ref TEXT NOT NULL" : "ref VARCHAR(50) NOT NULL";
  expect(bound(plain + ", " + amount(), schema_), "no unique index on exactly the key (ref)");
  expect(bound(plain + ", " + amount() + ", UNIQUE (ref, amount)", schema_), "no unique index");
  expect(bound(ref() + ", " + amount(), Schema{utf8("other"), decimal("amount", 10, 2)}),
         "no column for field \"other\"");
  auto sink = make_sink({"missing"});
  expect(sink->bind(schema_), "the key \"missing\" is no field");
}

TEST_P(Preflight, ANotNullColumnMustBeFilled) {
  expect(bound(ref() + ", " + amount() + ", sync_status VARCHAR(20) NOT NULL", schema_), "column \"sync_status\"");
  const auto status = bound(ref() + ", " + amount() + ", sync_status VARCHAR(20) NOT NULL DEFAULT 'x'", schema_);
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST_P(Preflight, ATableThatIsNotTransactionalIsRefused) {
  if (!is(Dialect::kMysql)) return;  // the others have no such tables
  expect(bound(ref() + ", " + amount(), schema_, " ENGINE=MyISAM"), "ENGINE=InnoDB");
}

TEST_P(Preflight, ASecondUniqueIndexIsRefusedWhereItCouldUpdateAWrongRow) {
  const auto status = bound(ref() + ", " + amount() + ", email VARCHAR(50) UNIQUE", schema_);
  if (is(Dialect::kMysql))
    expect(status, "second unique index");
  else
    EXPECT_TRUE(status.ok()) << status.message();
}

TEST_P(Preflight, TheSurrogateKeyOfOlderInstallationsIsFine) {
  const std::string id = is(Dialect::kMysql)        ? "id INT AUTO_INCREMENT PRIMARY KEY"
                         : is(Dialect::kPostgresql) ? "id SERIAL PRIMARY KEY"
                                                    : "id INTEGER PRIMARY KEY";
  const auto status = bound(id + ", " + ref() + ", " + amount(), schema_);
  EXPECT_TRUE(status.ok()) << status.message();
}

SENTINEL_ON_ALL_DATABASES(Preflight);

TEST(PreflightOptions, AreCheckedWhenTheSinkOpens) {
  auto c_host = quiet_host();
  Host host(&c_host);
  const auto code = [&](Options options) {
    const auto sink = SqlSink::open(std::move(options), host);
    return sink ? std::string("ok") : sink.error().option_path();
  };
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kUpsert, {"a"}}), "ok");
  EXPECT_EQ(code({"oracle:x", "t", Mode::kUpsert, {"a"}}), "connection");
  EXPECT_EQ(code({"sqlite::memory:", "t", Mode::kUpsert, {"a"}}), "connection");
  EXPECT_EQ(code({"sqlite:x.db", "a..b", Mode::kUpsert, {"a"}}), "table");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kUpsert, {}}), "key");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kUpsert, {"a", "a"}}), "key");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kAppend, {"a"}}), "mode");
}

}  // namespace
}  // namespace sentinel::sql_sink::test
