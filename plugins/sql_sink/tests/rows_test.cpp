// Rows: what becomes of new, changed, equal, repeated and refused ones, on every database.
#include "target.hpp"

#include <fmt/format.h>

namespace sentinel::sql_sink::test {
namespace {

using database::Dialect;

class Rows : public TargetTest {
 protected:
  const Schema donations_{utf8("donation_ref").key(), utf8("email"), decimal("amount_naira", 10, 2),
                          timestamp("paid_at")};

  Batch donations(int from, int to, std::int64_t more_kobo = 0) const {
    BatchBuilder builder(donations_);
    for (int i = from; i < to; ++i)
      builder.append(fmt::format("REF-{:06}", i), fmt::format("d{}@example.org", i), Decimal{i * 100 + more_kobo, 2},
                     std::int64_t{1'700'000'000'123'456} + i);
    return builder.finish();
  }
};

TEST_P(Rows, InsertsThenFindsUnchangedThenUpdates) {
  auto sink = ready_sink(donations_, {"donation_ref"});
  EXPECT_EQ(land(*sink, donations_, donations(0, 2500)).count(Outcome::kInserted), 2500u);
  EXPECT_EQ(land(*sink, donations_, donations(0, 2500)).count(Outcome::kUnchanged), 2500u);
  const auto mixed = land(*sink, donations_, donations(2000, 3000, 5));
  EXPECT_EQ(mixed.count(Outcome::kUpdated), 500u);
  EXPECT_EQ(mixed.count(Outcome::kInserted), 500u);
  EXPECT_EQ(land(*sink, donations_, donations(2000, 3000, 5)).count(Outcome::kUnchanged), 1000u);
  EXPECT_EQ(one("SELECT COUNT(*) FROM " + table()), "3000");
  EXPECT_EQ(one("SELECT amount_naira FROM " + table() + " WHERE donation_ref = 'REF-002000'"), "2000.05");
  EXPECT_EQ(one("SELECT COUNT(*) FROM " + table() + " WHERE processed_at IS NULL"), "0");
}

TEST_P(Rows, KeepsEveryTypeExactly) {
  const Schema schema{int64("n").key(), boolean("b"),    float64("f"),        utf8("t"), binary("z"),
                      date("d"),        timestamp("at"), decimal("m", 38, 4), json("j"), money("kobo", "NGN", 2)};
  auto sink = ready_sink(schema, {"n"});
  const std::string odd("a\x00\xff'\"\\{},", 9);
  BatchBuilder builder(schema);
  builder.append(INT64_MIN, true, 0.1, "quote ' \" \\ {a,b} NULL \u20a6 \xF0\x9F\x92\xB0", odd, -1, std::int64_t{-1},
                 Decimal{static_cast<int128>(1) << 120, 4}, R"({"a": [1, "x"]})", INT64_MAX);
  builder.append(INT64_MAX, false, -1e300, "", "", 0, std::int64_t{0}, Decimal{-1, 4}, "null", INT64_MIN);
  builder.append(0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  const auto batch = builder.finish();
  EXPECT_EQ(land(*sink, schema, batch).count(Outcome::kInserted), 3u);
  EXPECT_EQ(land(*sink, schema, batch).count(Outcome::kUnchanged), 3u);
  EXPECT_EQ(one("SELECT m FROM " + table() + " WHERE kobo = 9223372036854775807"),
            "132922799578491587290380706028034.4576");
}

TEST_P(Rows, OneBadRowOfAThousandLeavesItsNeighbours) {
  auto sink = ready_sink(donations_, {"donation_ref"});
  if (is(Dialect::kSqlite)) {
    execute("CREATE TRIGGER refuse_" + name_ + " BEFORE INSERT ON " + table() +
            " WHEN NEW.email = 'd500@example.org' BEGIN SELECT RAISE(ABORT, 'no'); END");
  } else {
    execute("ALTER TABLE " + table() + " ADD CONSTRAINT refuse_" + name_ + " CHECK (email <> 'd500@example.org')");
  }
  const auto written = land(*sink, donations_, donations(0, 1000));
  EXPECT_EQ(written.count(Outcome::kInserted), 999u);
  EXPECT_EQ(written.outcomes[500], Outcome::kRejected);
  ASSERT_EQ(written.rejects.size(), 1u);
  EXPECT_EQ(written.rejects.begin()->second.code(), Code::kInvalidData);
  EXPECT_EQ(written.rejects.begin()->second.message().find("d500@example.org"), std::string::npos)
      << "the record's content leaked";
  EXPECT_EQ(one("SELECT COUNT(*) FROM " + table()), "999");
}

TEST_P(Rows, ManyBadRowsAmongChangedOnes) {
  auto sink = ready_sink(donations_, {"donation_ref"});
  land(*sink, donations_, donations(0, 300));
  if (is(Dialect::kSqlite)) {
    execute("CREATE TRIGGER refuse_" + name_ + " BEFORE UPDATE ON " + table() +
            " WHEN NEW.donation_ref LIKE '%7' BEGIN SELECT RAISE(ABORT, 'no'); END");
  } else {
    execute("ALTER TABLE " + table() + " ADD CONSTRAINT refuse_" + name_ +
            " CHECK (donation_ref NOT LIKE '%7' OR amount_naira NOT IN (7.01, 17.01, 27.01))");
  }
  const auto written = land(*sink, donations_, donations(0, 30, 1));
  EXPECT_EQ(written.count(Outcome::kUpdated), 27u);
  EXPECT_EQ(written.count(Outcome::kRejected), 3u);
  EXPECT_EQ(written.outcomes[17], Outcome::kRejected);
}

TEST_P(Rows, NullKeyAndOutOfRangeAreRejectedAlone) {
  const Schema schema{make_field("ref", Type::kUtf8), decimal("amount", 6, 2), date("d")};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  builder.append("a", Decimal{100, 2}, 1);
  builder.append(nullptr, Decimal{100, 2}, 1);
  builder.append("b", Decimal{1234567, 2}, 1);
  builder.append("c", Decimal{100, 2}, 100'000'000);
  const auto written = land(*sink, schema, builder.finish());
  EXPECT_EQ(written.outcomes,
            (std::vector{Outcome::kInserted, Outcome::kRejected, Outcome::kRejected, Outcome::kRejected}));
  EXPECT_EQ(written.rejects.at(1).native_code(), "null_key");
  EXPECT_EQ(written.rejects.at(2).native_code(), "out_of_range");
}

TEST_P(Rows, TheLastOfOneKeyWins) {
  auto sink = ready_sink(donations_, {"donation_ref"});
  BatchBuilder builder(donations_);
  builder.append("R1", "first@example.org", Decimal{100, 2}, nullptr);
  builder.append("R2", "other@example.org", Decimal{100, 2}, nullptr);
  builder.append("R1", "last@example.org", Decimal{200, 2}, nullptr);
  const auto written = land(*sink, donations_, builder.finish());
  EXPECT_EQ(written.outcomes, (std::vector{Outcome::kSuperseded, Outcome::kInserted, Outcome::kInserted}));
  EXPECT_EQ(one("SELECT email FROM " + table() + " WHERE donation_ref = 'R1'"), "last@example.org");
}

TEST_P(Rows, AnOlderVersionDoesNotOverwrite) {
  const Schema schema{utf8("ref").key(), utf8("note"), int64("version").version()};
  auto sink = ready_sink(schema, {"ref"});
  const auto of = [&](std::initializer_list<std::pair<const char*, int>> rows) {
    BatchBuilder builder(schema);
    for (const auto& [note, version] : rows) builder.append("r", note, version);
    return builder.finish();
  };
  EXPECT_EQ(land(*sink, schema, of({{"new", 5}, {"old", 3}})).outcomes,
            (std::vector{Outcome::kInserted, Outcome::kSuperseded}));
  EXPECT_EQ(land(*sink, schema, of({{"older", 4}})).outcomes[0], Outcome::kSuperseded);
  EXPECT_EQ(land(*sink, schema, of({{"same version", 5}})).outcomes[0], Outcome::kUpdated);
  EXPECT_EQ(one("SELECT note FROM " + table()), "same version");
}

// Nothing marks the field in the schema: the option alone says so.
TEST_P(Rows, AReplayOfAnOlderVersionLeavesTheNewerOne) {
  const Schema schema{utf8("ref").key(), utf8("note"), timestamp("modified")};
  auto sink = ready_sink(schema, {"ref"}, Mode::kUpsert, "modified");
  const auto row = [&](const char* note, auto version) {
    BatchBuilder builder(schema);
    builder.append("r", note, version);
    return builder.finish();
  };
  const std::int64_t second = 1'000'000;
  EXPECT_EQ(land(*sink, schema, row("second", 5 * second)).outcomes[0], Outcome::kInserted);
  EXPECT_EQ(land(*sink, schema, row("first", 3 * second)).outcomes[0], Outcome::kSuperseded);
  EXPECT_EQ(land(*sink, schema, row("unknown", nullptr)).outcomes[0], Outcome::kSuperseded);
  EXPECT_EQ(land(*sink, schema, row("same again", 5 * second)).outcomes[0], Outcome::kUpdated);

  const auto claim = next_claim();
  ASSERT_TRUE(write(*sink, schema, row("same again", 5 * second), claim).status.ok());
  auto seal = seal_of(claim);
  for (const auto* id : {"older", "equal", "newer"})
    seal.letters.push_back({LetterState::kOpen, pipeline_ + id, id, id, "", ""});
  ASSERT_TRUE(sink->commit(seal).ok());
  auto replay = make_sink({"ref"}, Mode::kUpsert, "modified");
  ASSERT_TRUE(replay->bind(schema).ok());
  const auto lanes = replay->resume(request("here", true));
  ASSERT_TRUE(lanes) << lanes.error().message();
  std::int64_t seq = 0;
  const auto replayed = [&](const std::string& id, const Batch& batch) {
    const auto letter = pipeline_ + id;
    const Claim again{-1, (*lanes)[0].epoch, ++seq, id, {letter}};
    const auto written = write(*replay, schema, batch, again);
    EXPECT_TRUE(replay->commit(seal_of(again)).ok());
    return written.outcomes.at(0);
  };
  EXPECT_EQ(replayed("older", row("replayed", 4 * second)), Outcome::kSuperseded);
  EXPECT_EQ(replayed("equal", row("replayed", 5 * second)), Outcome::kSuperseded);
  EXPECT_EQ(one("SELECT note FROM " + table()), "same again");
  EXPECT_EQ(replayed("newer", row("replayed", 6 * second)), Outcome::kUpdated);
  EXPECT_EQ(one("SELECT note FROM " + table()), "replayed");
}

TEST_P(Rows, AppendInsertsEveryRowAndNeverLooks) {
  Schema schema{utf8("ref"), int64("n")};
  schema.set_read_once(true);
  auto sink = ready_sink(schema, {}, Mode::kAppend);
  execute("CREATE UNIQUE INDEX one_" + name_ + " ON " + table() + " (n)");
  BatchBuilder builder(schema);
  for (int n = 0; n < 20; ++n) builder.append("same", n == 7 ? 6 : n);
  const auto written = land(*sink, schema, builder.finish());
  EXPECT_EQ(written.count(Outcome::kInserted), 19u);
  EXPECT_EQ(written.count(Outcome::kRejected), 1u) << "another unique index refuses its row alone";
  EXPECT_EQ(one("SELECT COUNT(*) FROM " + table() + " WHERE ref = 'same'"), "19");
}

TEST_P(Rows, InsertModeLeavesExistingRowsAlone) {
  auto sink = ready_sink(donations_, {"donation_ref"}, Mode::kInsert);
  land(*sink, donations_, donations(0, 10));
  const auto again = land(*sink, donations_, donations(0, 12, 7));
  EXPECT_EQ(again.count(Outcome::kUnchanged), 10u);
  EXPECT_EQ(again.count(Outcome::kInserted), 2u);
  EXPECT_EQ(one("SELECT amount_naira FROM " + table() + " WHERE donation_ref = 'REF-000003'"), "3.00");
}

TEST_P(Rows, KeysOfTwoColumnsAndIntegers) {
  const Schema schema{int64("shop").key(), utf8("ref").key(), int64("n")};
  auto sink = ready_sink(schema, {"shop", "ref"});
  const auto batch = [&](int more) {
    BatchBuilder builder(schema);
    for (int i = 0; i < 700; ++i) builder.append(i % 7, fmt::format("r{}", i / 7), i + more);
    return builder.finish();
  };
  EXPECT_EQ(land(*sink, schema, batch(0)).count(Outcome::kInserted), 700u);
  EXPECT_EQ(land(*sink, schema, batch(0)).count(Outcome::kUnchanged), 700u);
  EXPECT_EQ(land(*sink, schema, batch(1)).count(Outcome::kUpdated), 700u);
}

TEST_P(Rows, ScatteredAndNarrowIntegerKeys) {
  const Schema schema{int64("id").key(), int64("n")};
  auto sink = ready_sink(schema, {"id"});
  const auto batch = [&](std::int64_t step) {
    BatchBuilder builder(schema);
    for (std::int64_t i = 1; i <= 777; ++i) builder.append(i * step, i);
    return builder.finish();
  };
  EXPECT_EQ(land(*sink, schema, batch(1)).count(Outcome::kInserted), 777u);
  EXPECT_EQ(land(*sink, schema, batch(1)).count(Outcome::kUnchanged), 777u);
  EXPECT_EQ(land(*sink, schema, batch(1'000'003)).count(Outcome::kInserted), 777u);
  EXPECT_EQ(land(*sink, schema, batch(1'000'003)).count(Outcome::kUnchanged), 777u);
}

// MySQL's upsert would update the row that has the e-mail; the preflight refuses such a table for upsert.
TEST_P(Rows, AnotherUniqueIndexRefusesItsRowAlone) {
  const std::string type = is(Dialect::kMysql) ? "VARCHAR(50) COLLATE utf8mb4_bin" : "TEXT";
  execute("CREATE TABLE " + table() + " (ref " + type + " NOT NULL UNIQUE, email " + type + " UNIQUE, n BIGINT)");
  execute("INSERT INTO " + table() + " VALUES ('A', 'a@example.org', 1)");
  const Schema schema{utf8("ref").key(), utf8("email"), int64("n")};
  auto sink = ready_sink(schema, {"ref"}, is(Dialect::kMysql) ? Mode::kInsert : Mode::kUpsert);
  BatchBuilder builder(schema);
  builder.append("B", "a@example.org", 2);
  builder.append("C", "c@example.org", 3);
  const auto written = land(*sink, schema, builder.finish());
  EXPECT_EQ(written.outcomes, (std::vector{Outcome::kRejected, Outcome::kInserted}));
  EXPECT_EQ(written.rejects.at(0).code(), Code::kConflict);
  EXPECT_EQ(one("SELECT n FROM " + table() + " WHERE ref = 'A'"), "1");
}

TEST_P(Rows, KeysThatDifferByCaseOrAccentAreTwoRecords) {
  const Schema schema{utf8("ref").key(), int64("n")};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  for (const auto* ref : {"T8aBc", "T8ABC", "caf\u00e9", "cafe"}) builder.append(ref, 1);
  const auto batch = builder.finish();
  EXPECT_EQ(land(*sink, schema, batch).count(Outcome::kInserted), 4u);
  EXPECT_EQ(land(*sink, schema, batch).count(Outcome::kUnchanged), 4u);
}

// Where the database pads, "a " would be the donation "a".
TEST_P(Rows, AKeyThatEndsInASpaceIsRefusedWhereSpacesDoNotCount) {
  execute("CREATE TABLE " + table() + " (ref " +
          (is(Dialect::kMysql) ? "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" : "CHAR(20)") +
          " NOT NULL UNIQUE, n BIGINT)");
  const Schema schema{utf8("ref").key(), int64("n")};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  builder.append("a", 1);
  builder.append("a ", 2);
  const auto written = land(*sink, schema, builder.finish());
  EXPECT_EQ(written.outcomes[0], Outcome::kInserted);
  if (is(Dialect::kSqlite)) {
    EXPECT_EQ(written.outcomes[1], Outcome::kInserted) << "SQLite keeps them apart";
    return;
  }
  EXPECT_EQ(written.rejects.at(1).native_code(), "padded_key");
  EXPECT_EQ(one("SELECT n FROM " + table()), "1");
}

// Both cut spaces at the end of what is too long, and say nothing.
TEST_P(Rows, ATextThatTheColumnWouldCutIsRefusedAlone) {
  if (is(Dialect::kSqlite)) return;  // enforces no length
  execute("CREATE TABLE " + table() + " (ref " +
          (is(Dialect::kMysql) ? "VARCHAR(20) COLLATE utf8mb4_bin" : "VARCHAR(20)") +
          " NOT NULL UNIQUE, note VARCHAR(3)" + (is(Dialect::kMysql) ? ", more TINYTEXT)" : ", more TEXT)"));
  const Schema schema{utf8("ref").key(), utf8("note"), utf8("more")};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  builder.append("a", "\u20a6\u20a6\u20a6", "x");
  builder.append("b", "abc  ", "x");
  builder.append("c", "abcd", "x");
  builder.append("d", "abc", std::string(255, 'x') + "  ");
  const auto written = land(*sink, schema, builder.finish());
  EXPECT_EQ(written.outcomes, (std::vector{Outcome::kInserted, Outcome::kRejected, Outcome::kRejected,
                                           is(Dialect::kMysql) ? Outcome::kRejected : Outcome::kInserted}));
}

TEST_P(Rows, ACharacterThatTheColumnCannotKeepIsRefusedAlone) {
  if (!is(Dialect::kMysql)) return;  // the others have one encoding a database
  execute("CREATE TABLE " + table() +
          " (ref VARCHAR(20) COLLATE utf8mb4_bin NOT NULL UNIQUE, note VARCHAR(20) CHARACTER SET latin1, city "
          "VARCHAR(20) CHARACTER SET utf8mb3)");
  const Schema schema{utf8("ref").key(), utf8("note"), utf8("city")};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  builder.append("a", "caf\u00e9", "\u1eccy\u1ecd");
  builder.append("b", "\u1eccy\u1ecd", "Lagos");
  builder.append("c", "plain", "\U0001F600");
  const auto batch = builder.finish();
  const auto written = land(*sink, schema, batch);
  EXPECT_EQ(written.outcomes, (std::vector{Outcome::kInserted, Outcome::kRejected, Outcome::kRejected}));
  EXPECT_EQ(land(*sink, schema, batch).outcomes[0], Outcome::kUnchanged);
}

TEST_P(Rows, ARowThatATriggerSwallowsIsRefusedAlone) {
  if (is(Dialect::kMysql)) return;  // its triggers can only fail
  const Schema schema{utf8("ref").key(), int64("n")};
  auto sink = ready_sink(schema, {"ref"});
  if (is(Dialect::kSqlite)) {
    execute("CREATE TRIGGER swallow_" + name_ + " BEFORE INSERT ON " + table() +
            " WHEN NEW.n = 2 BEGIN SELECT RAISE(IGNORE); END");
  } else {
    execute(
        "CREATE OR REPLACE FUNCTION swallow_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.n = 2 THEN "
        "RETURN NULL; END IF; RETURN NEW; END $$");
    execute("CREATE TRIGGER swallow BEFORE INSERT ON " + table() + " FOR EACH ROW EXECUTE FUNCTION swallow_two()");
  }
  BatchBuilder builder(schema);
  for (int n = 0; n < 20; ++n) builder.append("r" + std::to_string(n), n);
  const auto written = land(*sink, schema, builder.finish());
  EXPECT_EQ(written.count(Outcome::kInserted), 19u);
  ASSERT_EQ(written.outcomes[2], Outcome::kRejected);
  EXPECT_EQ(written.rejects.at(2).native_code(), "left_out");
  EXPECT_EQ(one("SELECT COUNT(*) FROM " + table()), "19");
}

TEST_P(Rows, AConstraintThatReplacesOrIgnoresDoesNeither) {
  if (!is(Dialect::kSqlite)) return;  // no other dialect has them
  for (const auto* word : {"REPLACE", "IGNORE"}) {
    execute("DROP TABLE IF EXISTS " + table());
    execute("CREATE TABLE " + table() + " (ref TEXT NOT NULL UNIQUE, email TEXT UNIQUE ON CONFLICT " + word + ")");
    execute("INSERT INTO " + table() + " VALUES ('A', 'a@example.org')");
    const Schema schema{utf8("ref").key(), utf8("email")};
    auto sink = ready_sink(schema, {"ref"});
    BatchBuilder builder(schema);
    builder.append("B", "a@example.org");
    EXPECT_EQ(land(*sink, schema, builder.finish()).outcomes[0], Outcome::kRejected) << word;
    EXPECT_EQ(one("SELECT ref FROM " + table()), "A") << word;
    ASSERT_TRUE(sink->finish({}).ok());
  }
}

TEST_P(Rows, ARowWithoutItsParentIsRefusedAlone) {
  const std::string type = is(Dialect::kMysql) ? "VARCHAR(20) COLLATE utf8mb4_bin" : "VARCHAR(20)";
  execute("CREATE TABLE parent_" + name_ + " (fund INT PRIMARY KEY)");
  execute("CREATE TABLE " + table() + " (ref " + type + " NOT NULL UNIQUE, fund INT, FOREIGN KEY (fund) REFERENCES " +
          "parent_" + name_ + " (fund) ON DELETE CASCADE" +
          (is(Dialect::kPostgresql) ? " DEFERRABLE INITIALLY DEFERRED)" : ")"));
  execute("INSERT INTO parent_" + name_ + " VALUES (1)");
  const Schema schema{utf8("ref").key(), int64("fund")};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  builder.append("a", 1);
  builder.append("b", 2);
  EXPECT_EQ(land(*sink, schema, builder.finish()).outcomes, (std::vector{Outcome::kInserted, Outcome::kRejected}));
  sink.reset();
  execute("DROP TABLE " + table());
  execute("DROP TABLE parent_" + name_);
}

TEST_P(Rows, CoarserSecondsAreRoundedOnce) {
  if (is(Dialect::kSqlite)) {
    execute("CREATE TABLE " + table() + " (ref TEXT NOT NULL UNIQUE, at DATETIME)");
  } else {
    execute("CREATE TABLE " + table() + " (ref VARCHAR(20) " +
            (is(Dialect::kMysql) ? "COLLATE utf8mb4_bin NOT NULL UNIQUE, at DATETIME)"
                                 : "NOT NULL UNIQUE, at TIMESTAMP(0))"));
  }
  const Schema schema{utf8("ref").key(), timestamp("at")};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  builder.append("a", std::int64_t{1'700'000'000'500'000});
  builder.append("b", std::int64_t{-500'000});
  builder.append("c", std::int64_t{1'700'000'000'499'999});
  const auto batch = builder.finish();
  EXPECT_EQ(land(*sink, schema, batch).count(Outcome::kInserted), 3u);
  EXPECT_EQ(land(*sink, schema, batch).count(Outcome::kUnchanged), 3u);
}

TEST_P(Rows, AnEmptyBatchMovesTheCursor) {
  auto sink = ready_sink(donations_, {"donation_ref"});
  land(*sink, donations_, donations(0, 0));
  EXPECT_EQ(one("SELECT seq FROM sentinel_lane WHERE pipeline = '" + pipeline_ + "'"), "1");
}

SENTINEL_ON_ALL_DATABASES(Rows);

}  // namespace
}  // namespace sentinel::sql_sink::test
