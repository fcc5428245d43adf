// The preflight: what is refused before the first write, and with which cure; and what create makes.
#include "target.hpp"

#include <fmt/format.h>

namespace sentinel::sql_sink::test {
namespace {

using database::Dialect;

class Preflight : public TargetTest {
 protected:
  void TearDown() override {
    if (!folding_.empty()) {
      execute("DROP TABLE IF EXISTS " + table());
      execute("DROP COLLATION " + folding_);
    }
    TargetTest::TearDown();
  }
  // A collation of PostgreSQL that takes "a" for "A".
  std::string folding() {
    folding_ = "folding_" + name_;
    execute("CREATE COLLATION " + folding_ + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    return folding_;
  }
  std::string folding_;

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
    return is(Dialect::kSqlite)  ? "ref TEXT NOT NULL UNIQUE"
           : is(Dialect::kMysql) ? "ref VARCHAR(50) COLLATE utf8mb4_bin NOT NULL UNIQUE"
                                 : "ref VARCHAR(50) NOT NULL UNIQUE";
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
  if (is(Dialect::kPostgresql)) expect(bound(ref() + ", amount MONEY", schema_), "exactly");
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
  const std::string plain = is(Dialect::kMysql) ? "ref VARCHAR(50) COLLATE utf8mb4_bin NOT NULL" : "ref TEXT NOT NULL";
  expect(bound(plain + ", " + amount(), schema_), "no unique index on exactly the key (ref)");
  expect(bound(plain + ", " + amount() + ", UNIQUE (ref, amount)", schema_), "no unique index");
  expect(bound(ref() + ", " + amount(), Schema{utf8("other"), decimal("amount", 10, 2)}),
         "no column for field \"other\"");
  auto sink = make_sink({"missing"});
  expect(sink->bind(schema_), "the key \"missing\" is not a field");
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

// Elsewhere the row is refused alone: AnotherUniqueIndexRefusesItsRowAlone.
TEST_P(Preflight, ASecondUniqueIndexIsRefusedWhereItCouldUpdateAWrongRow) {
  const auto status = bound(ref() + ", " + amount() + ", email VARCHAR(50) UNIQUE", schema_);
  if (!is(Dialect::kMysql)) {
    EXPECT_TRUE(status.ok()) << status.message();
    return;
  }
  expect(status, "second unique index");
  for (const auto* column :
       {"email VARCHAR(50) NOT NULL DEFAULT '' UNIQUE", "folded VARCHAR(50) AS (lower(ref)) UNIQUE"})
    expect(bound(ref() + ", " + amount() + ", " + column, schema_), "second unique index");
  const auto numbered = bound(ref() + ", " + amount() + ", tag VARCHAR(36) DEFAULT uuid() UNIQUE", schema_);
  EXPECT_TRUE(numbered.ok()) << numbered.message();
}

TEST_P(Preflight, AKeyThatFoldsCaseIsRefusedAndTheCureCures) {
  if (is(Dialect::kPostgresql)) execute("CREATE EXTENSION IF NOT EXISTS citext");
  const std::vector<std::string> types =
      is(Dialect::kMysql)        ? std::vector<std::string>{"VARCHAR(50) COLLATE utf8mb4_general_ci",
                                                            "VARCHAR(50) CHARACTER SET latin1 COLLATE latin1_general_cs"}
      : is(Dialect::kPostgresql) ? std::vector<std::string>{"CITEXT", "VARCHAR(50) COLLATE " + folding()}
                                 : std::vector<std::string>{"TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM"};
  for (const auto& type : types) {
    const auto status = bound("ref " + type + " NOT NULL UNIQUE, " + amount(), schema_);
    expect(status, "treats texts as equal");
    EXPECT_EQ(status.option_path(), "key");
    if (is(Dialect::kSqlite)) continue;  // no column can be altered
    const auto at = status.message().find("ALTER TABLE");
    ASSERT_NE(at, std::string::npos) << status.message();
    execute(status.message().substr(at));
    const auto cured = make_sink({"ref"})->bind(schema_);
    EXPECT_TRUE(cured.ok()) << cured.message();
  }
}

TEST_P(Preflight, AnIndexThatFoldsTheKeyIsRefused) {
  if (is(Dialect::kMysql)) return;  // an index has the collation of its column
  EXPECT_TRUE(bound(ref() + ", " + amount(), schema_).ok());
  execute("CREATE UNIQUE INDEX folds_" + name_ + " ON " + table() + " (ref COLLATE " +
          (is(Dialect::kSqlite) ? "NOCASE" : folding()) + ")");
  expect(make_sink({"ref"})->bind(schema_), "folds_" + name_);
}

TEST_P(Preflight, PartialDeferrableAndExpressionIndexesAreNoKey) {
  const std::string plain = is(Dialect::kMysql) ? "ref VARCHAR(50) COLLATE utf8mb4_bin NOT NULL" : "ref TEXT NOT NULL";
  const auto with = [&](const std::string& index) {
    EXPECT_FALSE(bound(plain + ", " + amount(), schema_).ok());
    execute(index);
    return make_sink({"ref"})->bind(schema_);
  };
  if (is(Dialect::kMysql)) {
    expect(with("CREATE UNIQUE INDEX part ON " + table() + " (ref(10))"), "no unique index on exactly the key");
    return;
  }
  expect(with("CREATE UNIQUE INDEX part_" + name_ + " ON " + table() + " (ref) WHERE amount IS NOT NULL"),
         "no unique index on exactly the key");
  expect(with("CREATE UNIQUE INDEX lower_" + name_ + " ON " + table() + " (lower(ref))"),
         "no unique index on exactly the key");
  if (is(Dialect::kPostgresql))
    expect(with("ALTER TABLE " + table() + " ADD UNIQUE (ref) DEFERRABLE INITIALLY DEFERRED"),
           "no unique index on exactly the key");
}

TEST_P(Preflight, WhatDoesNotRollBackOrOutliveACrashIsRefused) {
  EXPECT_TRUE(bound(ref() + ", " + amount(), schema_).ok());
  execute("DROP VIEW IF EXISTS view_" + name_);
  execute("CREATE VIEW view_" + name_ + " AS SELECT * FROM " + table());
  Options options;
  options.table = "view_" + name_;
  options.key = {"ref"};
  expect(SqlSink(options, url_, host_).bind(schema_), "is a view");
  execute("DROP VIEW view_" + name_);
  if (is(Dialect::kPostgresql)) {
    execute("ALTER TABLE " + table() + " SET UNLOGGED");
    expect(make_sink({"ref"})->bind(schema_), "SET LOGGED");
  }
}

TEST_P(Preflight, ATriggerIsNamedOnceAndNoReasonToRefuse) {
  EXPECT_TRUE(bound(ref() + ", " + amount(), schema_).ok());
  const std::string body = is(Dialect::kMysql) ? "FOR EACH ROW SET @seen = 1"
                           : is(Dialect::kSqlite)
                               ? "BEGIN SELECT 1; END"
                               : "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()";
  execute("CREATE TRIGGER audit_" + name_ + (is(Dialect::kPostgresql) ? " BEFORE UPDATE" : " AFTER INSERT") + " ON " +
          table() + " " + body);
  auto sink = make_sink({"ref"});
  EXPECT_TRUE(sink->bind(schema_).ok());
  EXPECT_TRUE(sink->bind(schema_).ok());
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("trigger \"audit_" + name_ + "\" of table \"" + name_ + "\""), std::string::npos)
      << warnings_[0];
}

TEST_P(Preflight, ARuleThatRewritesWritesIsRefused) {
  if (!is(Dialect::kPostgresql)) return;  // the others have none
  EXPECT_TRUE(bound(ref() + ", " + amount(), schema_).ok());
  execute("CREATE RULE swallow AS ON INSERT TO " + table() + " DO INSTEAD NOTHING");
  expect(make_sink({"ref"})->bind(schema_), "DROP RULE \"swallow\"");
}

TEST_P(Preflight, AColumnThatCannotKeepEmojiIsNamed) {
  if (!is(Dialect::kMysql)) return;  // the others keep all of Unicode in a database of that encoding
  const Schema schema{utf8("ref").key(), utf8("note"), utf8("city")};
  const auto status =
      bound(ref() + ", note VARCHAR(20) CHARACTER SET latin1, city VARCHAR(20) CHARACTER SET utf8mb3", schema);
  EXPECT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("\"note\" (latin1_swedish_ci), \"city\" (utf8mb3_general_ci)"), std::string::npos)
      << warnings_[0];
  execute(warnings_[0].substr(warnings_[0].find("ALTER TABLE")));
  EXPECT_TRUE(make_sink({"ref"})->bind(schema).ok());
  EXPECT_EQ(warnings_.size(), 1u) << "the cure cures";
}

TEST_P(Preflight, ColumnsThatTheDatabaseFillsNeedNoField) {
  const std::string filled =
      is(Dialect::kMysql)        ? ", id INT AUTO_INCREMENT PRIMARY KEY, twice DECIMAL(12,2) AS (amount * 2) STORED"
      : is(Dialect::kPostgresql) ? ", id INT GENERATED ALWAYS AS IDENTITY, twice NUMERIC GENERATED ALWAYS AS (amount * "
                                   "2) STORED NOT NULL"
                                 : ", id INTEGER PRIMARY KEY, twice TEXT NOT NULL AS (amount || amount) STORED";
  const auto status = bound(ref() + ", " + amount() + filled, schema_);
  EXPECT_TRUE(status.ok()) << status.message();
  expect(make_sink({"ref"})->bind(Schema{utf8("ref").key(), decimal("amount", 10, 2), decimal("twice", 12, 2)}),
         "is generated by the database");
}

TEST_P(Preflight, VersionByNamesAFieldThatCanBeCompared) {
  EXPECT_TRUE(bound(ref() + ", n BIGINT, " + amount(), schema_).ok());
  const Schema schema{utf8("ref").key(), int64("n"), decimal("amount", 10, 2)};
  const auto with = [&](std::string field) {
    return make_sink({"ref"}, Mode::kUpsert, std::move(field))->bind(schema);
  };
  EXPECT_TRUE(with("n").ok());
  for (const auto* field : {"amount", "modified", "ref"}) {
    const auto status = with(field);
    expect(status, std::string("version_by \"") + field);
    EXPECT_EQ(status.option_path(), "version_by");
  }
}

TEST_P(Preflight, AppendNeedsRecordsThatAreReadOnce) {
  EXPECT_TRUE(bound(ref() + ", " + amount(), schema_).ok());
  const auto status = make_sink({}, Mode::kAppend)->bind(schema_);
  expect(status, "may be read more than once");
  EXPECT_EQ(status.option_path(), "mode");
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
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kUpsert, {"a"}, ""}), "ok");
  EXPECT_EQ(code({"oracle:x", "t", Mode::kUpsert, {"a"}, ""}), "connection");
  EXPECT_EQ(code({"sqlite::memory:", "t", Mode::kUpsert, {"a"}, ""}), "connection");
  EXPECT_EQ(code({"sqlite:x.db", "a..b", Mode::kUpsert, {"a"}, ""}), "table");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kUpsert, {}, ""}), "key");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kUpsert, {"a", "a"}, ""}), "key");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kAppend, {"a"}, ""}), "key");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kAppend, {}, ""}), "ok");
  EXPECT_EQ(code({"sqlite:x.db", "t", Mode::kInsert, {"a"}, "n"}), "version_by");
}

}  // namespace
}  // namespace sentinel::sql_sink::test
