// Tests of who is at fault by number, and that messages lose the data that servers quote.
#include "database/mysql/faults.hpp"
#include "database/catalogue.hpp"
#include "database/dialect.hpp"
#include "database/fault_text.hpp"
#include "database/postgresql/faults.hpp"
#include "database/sqlite/faults.hpp"

#include <gtest/gtest.h>

namespace sentinel::database {
namespace {

TEST(Faults, ClassifiesMysqlNumbers) {
  const auto code = [](unsigned number) { return classify_mysql(number, Flavour::kMariadb); };
  for (const unsigned number : {1205u, 1213u, 1020u, 1969u, 3572u}) EXPECT_EQ(code(number), Code::kTransient) << number;
  for (const unsigned number : {1040u, 1053u, 1927u, 2002u, 2003u, 2006u, 2013u, 2055u, 1226u}) {
    EXPECT_EQ(code(number), Code::kUnavailable) << number;
  }
  for (const unsigned number : {1048u, 1264u, 1265u, 1292u, 1366u, 1406u, 3819u, 4025u, 1644u}) {
    EXPECT_EQ(code(number), Code::kInvalidData) << number;
  }
  for (const unsigned number : {1062u, 1452u, 1451u}) EXPECT_EQ(code(number), Code::kConflict) << number;
  for (const unsigned number : {1054u, 1064u, 1146u}) EXPECT_EQ(code(number), Code::kInvalidConfig) << number;
  for (const unsigned number : {1045u, 1049u, 1142u, 2026u, 4166u}) EXPECT_EQ(code(number), Code::kRefused) << number;
  for (const unsigned number : {1021u, 1114u, 1194u}) EXPECT_EQ(code(number), Code::kStorage) << number;
  EXPECT_EQ(code(1180), Code::kUnknownOutcome);
  EXPECT_EQ(code(9999), Code::kInternal);
}

TEST(Faults, KnowsThatOneNumberMeansTwoThings) {
  EXPECT_EQ(classify_mysql(4031, Flavour::kMysql), Code::kUnavailable);
  EXPECT_EQ(classify_mysql(4031, Flavour::kMariadb), Code::kInternal);
}

TEST(Faults, ClassifiesSqlstates) {
  for (const auto* state : {"40001", "40P01", "55P03", "57014"})
    EXPECT_EQ(classify_sqlstate(state), Code::kTransient) << state;
  for (const auto* state : {"08006", "08000", "57P01", "57P03", "53300", "25P03"}) {
    EXPECT_EQ(classify_sqlstate(state), Code::kUnavailable) << state;
  }
  for (const auto* state : {"08007", "40003"}) EXPECT_EQ(classify_sqlstate(state), Code::kUnknownOutcome) << state;
  for (const auto* state : {"22003", "22P02", "23502", "23514"})
    EXPECT_EQ(classify_sqlstate(state), Code::kInvalidData) << state;
  for (const auto* state : {"23505", "23503", "23P01"}) EXPECT_EQ(classify_sqlstate(state), Code::kConflict) << state;
  for (const auto* state : {"42P01", "42703", "42601"})
    EXPECT_EQ(classify_sqlstate(state), Code::kInvalidConfig) << state;
  for (const auto* state : {"28P01", "28000", "3D000", "42501"})
    EXPECT_EQ(classify_sqlstate(state), Code::kRefused) << state;
  for (const auto* state : {"53100", "58030", "XX001"}) EXPECT_EQ(classify_sqlstate(state), Code::kStorage) << state;
  EXPECT_EQ(classify_sqlstate("25P02"), Code::kInternal);
  EXPECT_EQ(classify_sqlstate("ZZ999"), Code::kInternal);
  EXPECT_EQ(classify_sqlstate(""), Code::kInternal);
}

TEST(Faults, ClassifiesSqliteResults) {
  for (const int result : {5, 517, 6, 773}) EXPECT_EQ(classify_sqlite(result), Code::kTransient) << result;
  for (const int result : {2067, 1555, 787}) EXPECT_EQ(classify_sqlite(result), Code::kConflict) << result;
  for (const int result : {19, 275, 1299, 3091, 20}) EXPECT_EQ(classify_sqlite(result), Code::kInvalidData) << result;
  for (const int result : {10, 1034, 11, 13, 26, 1032}) EXPECT_EQ(classify_sqlite(result), Code::kStorage) << result;
  EXPECT_EQ(classify_sqlite(8), Code::kRefused);
  EXPECT_EQ(classify_sqlite(1), Code::kInvalidConfig);
  EXPECT_EQ(classify_sqlite(250), Code::kInternal);
}

TEST(FaultText, HidesWhatMysqlQuotesFromTheRow) {
  EXPECT_EQ(mysql_fault_text(1062, "Duplicate entry 'ada@x.org' for key 'email'", true),
            "Duplicate entry (hidden) for key 'email'");
  EXPECT_EQ(mysql_fault_text(1062, "Duplicate entry 'a' for key 'b' for key 'email'", true),
            "Duplicate entry (hidden) for key 'email'");
  EXPECT_EQ(mysql_fault_text(1366, "Incorrect decimal value: 'it's 5' for column `d`.`t`.`c` at row 1", true),
            "Incorrect decimal value: (hidden) for column `d`.`t`.`c` at row 1");
  EXPECT_EQ(mysql_fault_text(1292, "Truncated incorrect DOUBLE value: '12abc'", true),
            "Truncated incorrect DOUBLE value: (hidden)");
  EXPECT_EQ(mysql_fault_text(1690, "BIGINT value is out of range in '(9 * 'x')'", true),
            "BIGINT value is out of range in (hidden)");
  EXPECT_EQ(mysql_fault_text(1367, "Illegal double '1e999' value found during parsing", true), "Illegal double");
}

TEST(FaultText, KeepsTheNamesThatMysqlQuotes) {
  EXPECT_EQ(mysql_fault_text(1406, "Data too long for column 'name' at row 1", true),
            "Data too long for column 'name' at row 1");
  EXPECT_EQ(mysql_fault_text(1054, "Unknown column 'x' in 'field list'", true), "Unknown column 'x' in 'field list'");
}

TEST(FaultText, ShowsTheStatementOnlyWhereNoValueIsPastedIn) {
  const std::string_view text = "You have an error in your SQL syntax near ''4111', 1)' at line 1";
  EXPECT_EQ(mysql_fault_text(1064, text, true).find("4111"), std::string::npos);
  EXPECT_NE(mysql_fault_text(1064, text, false).find("near"), std::string::npos);
}

TEST(FaultText, HidesWhatPostgresqlQuotesFromTheRow) {
  EXPECT_EQ(postgresql_fault_text("22P02", "ERROR:  invalid input syntax for type numeric: \"5\n000\""),
            "invalid input syntax for type numeric");
  EXPECT_EQ(postgresql_fault_text(
                "23505", "ERROR:  duplicate key value violates unique constraint \"k\"\nDETAIL:  Key (e)=(a@b)"),
            "duplicate key value violates unique constraint \"k\"");
}

TEST(FaultText, TakesControlCharactersOut) { EXPECT_EQ(clean_text("a\nb\x1b[31mc  d."), "a b [31mc d"); }

TEST(FaultText, HidesBoundValuesWhereverTheyStand) {
  const Value values[] = {std::string("ada@x.org"), std::int64_t{5}, {}};
  const auto fault =
      without_values(Status(Code::kInvalidData, "ada@x.org is not allowed").native("mysql", "1644"), values);
  EXPECT_EQ(fault.message(), "(hidden) is not allowed");
  EXPECT_EQ(fault.native_code(), "1644");
}

TEST(QuoteIdentifier, QuotesEveryPartForItsDialect) {
  EXPECT_EQ(*quote_identifier(Dialect::kMysql, "a`b.c"), "`a``b`.`c`");
  EXPECT_EQ(*quote_identifier(Dialect::kPostgresql, "s.a\"b"), "\"s\".\"a\"\"b\"");
  EXPECT_EQ(*quote_identifier(Dialect::kSqlite, "order"), "\"order\"");
}

TEST(QuoteIdentifier, RefusesWhatNoStatementCanCarry) {
  const std::string zero("a\0b", 3), longest(63, 'x'), too_long(64, 'x');
  for (const std::string& name :
       {std::string(), std::string("a."), std::string(".a"), std::string("a:b"), zero, too_long}) {
    const auto quoted = quote_identifier(Dialect::kMysql, name);
    ASSERT_FALSE(quoted.has_value()) << name;
    EXPECT_EQ(quoted.error().code(), Code::kInvalidConfig);
  }
  EXPECT_TRUE(quote_identifier(Dialect::kMysql, longest).has_value());
}

}  // namespace
}  // namespace sentinel::database
