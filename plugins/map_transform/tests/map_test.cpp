// The map transform over batches: planning at bind, moved and built columns, rejects, and arrays of every legal shape.
#include "map_transform/map.hpp"
#include "transform_probe.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace sentinel::map_transform {
namespace {

using std::nullopt;
using Text = std::optional<std::string>;

Host no_host(nullptr);

FieldOptions from(std::string name) {
  FieldOptions field;
  field.from = std::move(name);
  return field;
}
FieldOptions cast(std::string name, CastType type) {
  auto field = from(std::move(name));
  field.type = type;
  return field;
}

// A bound map with what it answers.
struct Bound {
  std::unique_ptr<Map> map;
  Schema in, out;
  probe::Reported reported;

  Applied apply(Batch batch) { return reported.apply(*map, std::move(batch)); }
};

Bound bind(Ordered<FieldOptions> fields, const Schema& in, bool keep_others = false) {
  Bound bound{nullptr, in, {}, {}};
  bound.out = probe::bind_opened(Map::open({std::move(fields), keep_others}, no_host), in, bound.map);
  return bound;
}

Status refused(Ordered<FieldOptions> fields, const Schema& in) {
  return probe::refusal(Map::open({std::move(fields), false}, no_host), in);
}

Batch one_text(const Schema& schema, std::initializer_list<Text> values) {
  BatchBuilder builder(schema);
  for (const auto& value : values) builder.append(value);
  return builder.finish();
}

// "value" of each output row, "-" for a reject's place, "null" for null.
template <class Print>
std::string column_text(const Applied& applied, const Schema& schema, std::size_t column, Print print) {
  std::string text;
  const auto view = applied.batch.view(schema).column(column);
  for (std::int64_t row = 0; row < applied.batch.rows(); ++row)
    text += (row > 0 ? "|" : "") + (view.is_null(row) ? std::string("null") : print(view, row));
  return text;
}
std::string ints(const Applied& applied, const Schema& schema, std::size_t column = 0) {
  return column_text(applied, schema, column,
                     [](const ColumnView& v, std::int64_t row) { return std::to_string(v.int64(row)); });
}
std::string texts(const Applied& applied, const Schema& schema, std::size_t column = 0) {
  return column_text(applied, schema, column,
                     [](const ColumnView& v, std::int64_t row) { return std::string(v.text(row)); });
}

TEST(Map, ChoosesRenamesAndOrdersByMovingColumns) {
  const Schema in{utf8("id").key(), utf8("meta.email"), money("meta.kobo", "NGN", 2), utf8("note")};
  auto bound = bind({{"amount_kobo", from("meta.kobo")}, {"id", from("id")}, {"email", from("meta.email")}}, in);
  ASSERT_EQ(bound.out.size(), 3u);
  EXPECT_EQ(bound.out[0].name, "amount_kobo");
  EXPECT_EQ(bound.out[0].currency, "NGN");
  EXPECT_EQ(bound.out[0].exponent, 2);
  EXPECT_TRUE(bound.out[1].is_key);
  BatchBuilder builder(in);
  builder.append("a", nullopt, 100, "x");
  builder.append("b", "b@example.ng", 250, "y");
  auto batch = builder.finish();
  const auto* values = batch.array().children[2]->buffers[1];
  const auto applied = bound.apply(std::move(batch));
  EXPECT_TRUE(applied.origin.empty());
  EXPECT_EQ(applied.batch.array().children[0]->buffers[1], values) << "a pure rename copied its values";
  EXPECT_EQ(ints(applied, bound.out, 0), "100|250");
  EXPECT_EQ(texts(applied, bound.out, 1), "a|b");
  EXPECT_EQ(texts(applied, bound.out, 2), "null|b@example.ng");
}

TEST(Map, AColumnUsedTwiceIsMovedOnceAndCopiedOnce) {
  const Schema in{utf8("id").key()};
  auto bound = bind({{"a", from("id")}, {"b", from("id")}, {"n", cast("id", CastType::kInteger)}}, in);
  EXPECT_TRUE(bound.out[0].is_key);
  EXPECT_FALSE(bound.out[1].is_key);
  EXPECT_FALSE(bound.out[2].is_key);
  const auto applied = bound.apply(one_text(in, {"1", "2"}));
  EXPECT_EQ(texts(applied, bound.out, 0), "1|2");
  EXPECT_EQ(texts(applied, bound.out, 1), "1|2");
  EXPECT_EQ(ints(applied, bound.out, 2), "1|2");
}

TEST(Map, ATypeThatTheFieldHasAlreadyIsARename) {
  const Schema in{money("kobo", "NGN", 2), decimal("price", 12, 4), json("tags")};
  auto price = cast("price", CastType::kDecimal);
  price.precision = 12;
  price.scale = 4;
  const auto bound = bind({{"amount", cast("kobo", CastType::kInteger)},
                           {"price", price},
                           {"short_price", cast("price", CastType::kDecimal)},
                           {"tags", cast("tags", CastType::kText)}},
                          in);
  EXPECT_EQ(bound.out[0].currency, "NGN");
  EXPECT_EQ(bound.out[1], in[1]);
  EXPECT_EQ(bound.out[2].type_text(), "decimal(10,2)");
  EXPECT_FALSE(bound.out[3].is_json);
}

TEST(Map, ADefaultStandsForNullOfAnyType) {
  const Schema in{int64("n")};
  auto field = from("n");
  field.default_value = "7";
  auto bound = bind({{"n", field}}, in);
  EXPECT_FALSE(bound.out[0].is_nullable);
  BatchBuilder builder(in);
  builder.append(1);
  builder.append(nullptr);
  EXPECT_EQ(ints(bound.apply(builder.finish()), bound.out), "1|7");
}

TEST(Map, KeepOthersAppendsWhatIsNotUsed) {
  const Schema in{utf8("a"), utf8("b"), utf8("c"), utf8("d")};
  auto bound = bind({{"c", from("a")}}, in, true);  // the new c takes the place of the old one
  ASSERT_EQ(bound.out.size(), 3u);
  EXPECT_EQ(bound.out[1].name, "b");
  EXPECT_EQ(bound.out[2].name, "d");
  BatchBuilder builder(in);
  builder.append("1", "2", "3", "4");
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(texts(applied, bound.out, 0) + texts(applied, bound.out, 1) + texts(applied, bound.out, 2), "124");
}

TEST(Map, ConstantsTakeTheirType) {
  const Schema in{utf8("a")};
  FieldOptions currency, year;
  currency.constant = "NGN";
  year.constant = "2024";
  year.type = CastType::kInteger;
  auto bound = bind({{"currency", currency}, {"year", year}}, in);
  EXPECT_FALSE(bound.out[0].is_nullable);
  const auto applied = bound.apply(one_text(in, {"x", nullopt}));
  EXPECT_EQ(texts(applied, bound.out, 0), "NGN|NGN");
  EXPECT_EQ(ints(applied, bound.out, 1), "2024|2024");
  year.constant = "this year";
  EXPECT_EQ(refused({{"year", year}}, in).option_path(), "fields.year.constant");
}

TEST(Map, CleansText) {
  const Schema in{utf8("email")};
  auto field = from("");
  field.trim = field.lower_case = true;
  field.empty_is_null = true;
  auto bound = bind({{"email", field}}, in);
  const auto applied =
      bound.apply(one_text(in, {" Donor1@EXAMPLE.ng\t", "\xC2\xA0\xE2\x80\x8B\xEF\xBB\xBF", nullopt, "OLÚWA"}));
  EXPECT_EQ(texts(applied, bound.out), "donor1@example.ng|null|null|olÚwa");
  field.lower_case = false;
  field.upper_case = true;
  field.default_value = "none";
  auto other = bind({{"email", field}}, in);
  EXPECT_FALSE(other.out[0].is_nullable);
  EXPECT_EQ(texts(other.apply(one_text(in, {"a", " ", nullopt})), other.out), "A|none|none");
}

TEST(Map, CastsTextToIntegersAndRejectsWithoutShowingTheValue) {
  const Schema in{utf8("meta.kobo")};
  auto bound = bind({{"kobo", cast("meta.kobo", CastType::kInteger)}}, in);
  const auto applied = bound.apply(one_text(in, {"150", "secret7", " +7 ", "", nullopt, "9223372036854775807",
                                                 "9223372036854775808", "1.0", "-3", "+-3", "1 2"}));
  EXPECT_EQ(ints(applied, bound.out), "150|7|null|null|9223372036854775807|-3");
  EXPECT_EQ(applied.origin, (std::vector<std::int64_t>{0, 2, 3, 4, 5, 8}));
  ASSERT_EQ(bound.reported.rejected.size(), 5u);
  const auto& why = bound.reported.rejected[1];
  EXPECT_EQ(why.message(),
            "field \"kobo\" from \"meta.kobo\": text is not an integer (7 characters, starts with a letter)");
  EXPECT_EQ(why.code(), Code::kInvalidData);
  EXPECT_EQ(why.domain(), "map");
  EXPECT_EQ(why.native_code(), "bad_integer");
  EXPECT_EQ(bound.reported.rejected[6].native_code(), "out_of_range");
}

TEST(Map, AnEmptyTextIsARejectWhereEmptyIsNotNull) {
  const Schema in{utf8("n")};
  auto field = cast("", CastType::kInteger);
  field.empty_is_null = false;
  auto bound = bind({{"n", field}}, in);
  bound.apply(one_text(in, {"", "1"}));
  EXPECT_EQ(bound.reported.rejected[0].message(), "field \"n\": text is not an integer (it is empty)");
}

TEST(Map, TurnsAmountsIntoKobo) {
  const Schema in{utf8("total")};
  auto field = from("total");
  field.amount.emplace();
  field.amount->thousands = Thousands::kComma;
  field.amount->currency_symbols = {"₦"};
  auto bound = bind({{"amount_kobo", field}}, in);
  EXPECT_EQ(bound.out[0].type, Type::kInt64);
  const auto applied = bound.apply(one_text(in, {"₦5,000", "5k", "", "1,50", "0.29"}));
  EXPECT_EQ(ints(applied, bound.out), "500000|null|29");
  EXPECT_EQ(bound.reported.rejected[1].message(),
            "field \"amount_kobo\" from \"total\": the amount is abbreviated (k, m)");
  EXPECT_EQ(bound.reported.rejected.size(), 2u);
}

FieldOptions amount_from(std::string name) {
  auto field = from(std::move(name));
  field.amount.emplace();
  return field;
}

TEST(Map, ARejectCarriesTheAmountThatWasRead) {
  const Schema in{utf8("total"), utf8("day")};
  const auto day = cast("day", CastType::kDate);
  for (const bool is_amount_first : {true, false}) {
    auto bound = is_amount_first ? bind({{"kobo", amount_from("total")}, {"day", day}}, in)
                                 : bind({{"day", day}, {"kobo", amount_from("total")}}, in);
    BatchBuilder builder(in);
    builder.append("12.50", "2024-01-31");
    builder.append("20.00", "yesterday");
    builder.append("a lot", "2024-01-31");
    builder.append("a lot", "yesterday");
    builder.append(nullopt, "yesterday");
    builder.append("0.00", "yesterday");
    EXPECT_EQ(bound.apply(builder.finish()).origin, (std::vector<std::int64_t>{0}));
    EXPECT_EQ(bound.reported.rejected.size(), 5u);
    EXPECT_EQ(bound.reported.amounts, (std::map<std::int64_t, RejectedAmount>{{1, {2000, ""}}, {5, {0, ""}}}));
  }
}

TEST(Map, ARejectCarriesNoAmountWhereTheMapReadsTwo) {
  const Schema in{utf8("total"), utf8("fee"), utf8("day")};
  auto bound =
      bind({{"kobo", amount_from("total")}, {"fee", amount_from("fee")}, {"day", cast("day", CastType::kDate)}}, in);
  BatchBuilder builder(in);
  builder.append("12.50", "0.50", "yesterday");
  builder.append("a lot", "0.50", "2024-01-31");
  bound.apply(builder.finish());
  EXPECT_EQ(bound.reported.rejected.size(), 2u);
  EXPECT_TRUE(bound.reported.amounts.empty()) << "a fee is no donation";
}

TEST(Map, AFaultOfAColumnIsAnErrorAlsoWhereRowsAreRejected) {
  auto never_null = utf8("ref");
  never_null.is_nullable = false;
  const Schema in{never_null, utf8("n")}, given{utf8("ref"), utf8("n")};
  auto bound = bind({{"a", from("ref")}, {"b", from("ref")}, {"n", cast("n", CastType::kInteger)}}, in);
  BatchBuilder builder(given);
  builder.append("A1", "none");
  builder.append(nullopt, "7");
  bound.reported.request.context = &bound.reported;
  RowRejects rejects(&bound.reported.request);
  const auto applied = bound.map->apply(builder.finish(), rejects);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message(), "field \"b\" (utf8, never null) was given a null at row 1 of the batch");
  EXPECT_TRUE(bound.reported.rejected.empty());
}

TEST(Map, OneRejectForARowWithTwoFaultsNamesTheFirstField) {
  const Schema in{utf8("a"), utf8("b")};
  auto bound = bind({{"b", cast("b", CastType::kDate)}, {"a", cast("a", CastType::kBoolean)}}, in);
  BatchBuilder builder(in);
  builder.append("maybe", "0000-00-00");
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(applied.batch.rows(), 0);
  ASSERT_EQ(bound.reported.rejected.size(), 1u);
  EXPECT_EQ(bound.reported.rejected[0].native_code(), "bad_date");
}

TEST(Map, CastsBetweenTypesExactly) {
  const Schema in{decimal("price", 12, 4), timestamp("at"), int64("flag")};
  auto amount = from("price");
  amount.amount.emplace();
  auto narrow = cast("price", CastType::kDecimal);
  narrow.precision = 6;
  auto bound = bind({{"kobo", amount},
                     {"price", narrow},
                     {"price_text", cast("price", CastType::kText)},
                     {"day", cast("at", CastType::kDate)},
                     {"at_text", cast("at", CastType::kText)},
                     {"flag", cast("flag", CastType::kBoolean)}},
                    in);
  EXPECT_EQ(bound.out[1].type_text(), "decimal(6,2)");
  BatchBuilder builder(in);
  builder.append(Decimal{15002500, 4}, std::int64_t{-1}, 1);
  builder.append(Decimal{15002501, 4}, std::int64_t{0}, 1);   // a hundredth of a kobo
  builder.append(Decimal{100000000, 4}, std::int64_t{0}, 1);  // 10000.00 needs seven digits
  builder.append(Decimal{10000, 4}, std::int64_t{0}, 2);
  builder.append(nullptr, nullptr, nullptr);
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(applied.origin, (std::vector<std::int64_t>{0, 4}));
  EXPECT_EQ(ints(applied, bound.out, 0), "150025|null");
  EXPECT_EQ(texts(applied, bound.out, 2), "1500.2500|null");
  EXPECT_EQ(texts(applied, bound.out, 4), "1969-12-31T23:59:59.999999Z|null");
  EXPECT_EQ(applied.batch.view(bound.out).column(3).date(0), -1);
  EXPECT_TRUE(applied.batch.view(bound.out).column(5).boolean(0));
  EXPECT_EQ(bound.reported.rejected[1].native_code(), "too_many_decimals");
  EXPECT_EQ(bound.reported.rejected[2].native_code(), "out_of_range");
  EXPECT_EQ(bound.reported.rejected[3].native_code(), "bad_boolean");
}

TEST(Map, BooleansAndDecimalsFromText) {
  const Schema in{utf8("t")};
  auto bound = bind({{"b", cast("t", CastType::kBoolean)}}, in);
  const auto applied = bound.apply(one_text(in, {"Yes", "0", " on", "FALSE", "2"}));
  EXPECT_EQ(column_text(applied, bound.out, 0,
                        [](const ColumnView& v, auto row) { return std::string(v.boolean(row) ? "t" : "f"); }),
            "t|f|t|f");
  auto decimals = bind({{"d", cast("t", CastType::kDecimal)}}, in);
  const auto numbers = decimals.apply(one_text(in, {"1.5", "-0.010", "1e3", "1.005", "99999999.99", "100000000"}));
  EXPECT_EQ(
      column_text(numbers, decimals.out, 0, [](const ColumnView& v, auto row) { return v.decimal(row).to_string(); }),
      "1.50|-0.01|99999999.99");
  for (const auto& [row, why] : decimals.reported.rejected)
    EXPECT_EQ(why.message().find("1.005"), std::string::npos) << "row " << row << " shows its value";
}

TEST(Map, MissingInputFieldNamesTheOptionAndTheNearestField) {
  const Schema in{utf8("meta.donation_ref"), utf8("meta.donor_email"), int64("meta.amount_kobo")};
  const auto misspelt = refused({{"ref", from("meta.donation_reff")}}, in);
  EXPECT_EQ(misspelt.code(), Code::kInvalidConfig);
  EXPECT_EQ(misspelt.option_path(), "fields.ref.from");
  EXPECT_EQ(
      misspelt.message(),
      "the input has no field \"meta.donation_reff\"; did you mean \"meta.donation_ref\"? it has: meta.donation_ref, "
      "meta.donor_email, meta.amount_kobo");
  const auto short_name = refused({{"amount_kobo", from("")}}, in);
  EXPECT_EQ(short_name.option_path(), "fields.amount_kobo");
  EXPECT_NE(short_name.message().find("did you mean \"meta.amount_kobo\""), std::string::npos);
  EXPECT_EQ(refused({{"x", from("zzz")}}, in).message().find("did you mean"), std::string::npos);
}

TEST(Map, ContradictionsAreRefusedBeforeAnyRow) {
  const Schema in{utf8("t"), int64("n"), float64("f")};
  const auto path = [&](FieldOptions field) {
    const auto status = refused({{"x", std::move(field)}}, in);
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    return status.option_path();
  };
  auto field = from("n");
  field.trim = true;
  EXPECT_EQ(path(field), "fields.x.trim");
  field = from("t");
  field.lower_case = field.upper_case = true;
  EXPECT_EQ(path(field), "fields.x.upper_case");
  EXPECT_EQ(path(cast("f", CastType::kText)), "fields.x.type");
  EXPECT_EQ(path(cast("n", CastType::kDate)), "fields.x.type");
  EXPECT_EQ(path(cast("n", CastType::kMinorUnits)), "fields.x.type") << "whole naira or kobo? it cannot be told";
  field = cast("n", CastType::kText);
  field.amount.emplace();
  EXPECT_EQ(path(field), "fields.x.type");
  field = cast("t", CastType::kInteger);
  field.default_value = "none";
  EXPECT_EQ(path(field), "fields.x.default");
  field = from("t");
  field.constant = "c";
  EXPECT_EQ(path(field), "fields.x.constant");
  field = from("t");
  field.amount.emplace();
  field.amount->thousands = Thousands::kPoint;
  EXPECT_EQ(path(field), "fields.x.amount.thousands");
  field = cast("t", CastType::kDecimal);
  field.precision = 2;
  field.scale = 3;
  EXPECT_EQ(path(field), "fields.x.scale");
  EXPECT_EQ(Map::open({}, no_host).error().option_path(), "fields");
}

TEST(Map, MistakesOfStepsAreRefusedBeforeAnyRow) {
  const Schema in{utf8("t"), int64("n"), float64("f"), json("j")};
  const auto path = [&](const auto& change) {
    FieldOptions field;
    change(field);
    const auto status = refused({{"x", field}}, in);
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    return status.option_path();
  };
  using F = FieldOptions;
  EXPECT_EQ(path([](F& f) { f.template_text = "{t}", f.from = "t"; }), "fields.x.template");
  EXPECT_EQ(path([](F& f) { f.template_text = "{t"; }), "fields.x.template");
  EXPECT_EQ(path([](F& f) { f.template_text = "{f}"; }), "fields.x.template");
  EXPECT_EQ(path([](F& f) { f.from = "t", f.null_as = ""; }), "fields.x.null_as");
  EXPECT_EQ(path([](F& f) { f.from = "j.a[", f.trim = true; }), "fields.x.from");
  EXPECT_EQ(path([](F& f) { f.from = "n.a"; }), "fields.x.from");
  EXPECT_EQ(path([](F& f) { f.from = "n", f.entities = true; }), "fields.x");
  EXPECT_EQ(path([](F& f) { f.from = "t", f.drop_shortcodes = true; }), "fields.x.drop_shortcodes");
  EXPECT_EQ(path([](F& f) { f.from = "t", f.php.emplace().path = "a["; }), "fields.x.php.path");
  EXPECT_EQ(path([](F& f) { f.from = "t", f.lookup.emplace(); }), "fields.x.lookup.table");
  EXPECT_EQ(path([](F& f) { f.from = "t", f.date.emplace(); }), "fields.x.date.formats");
  EXPECT_EQ(path([](F& f) { f.from = "t", f.date.emplace(), f.type = CastType::kText; }), "fields.x.type");
  EXPECT_EQ(path([](F& f) { f.from = "t", f.date.emplace(), f.amount.emplace(); }), "fields.x.date");
  EXPECT_EQ(path([](F& f) { f.constant = "c", f.entities = true; }), "fields.x.constant");
  const auto unknown = refused({{"x",
                                 [] {
                                   FieldOptions field;
                                   field.template_text = "{t} {nn}";
                                   return field;
                                 }()}},
                               in);
  EXPECT_EQ(unknown.message(), "the input has no field \"nn\"; did you mean \"n\"? it has: t, n, f, j");
}

TEST(Map, ATemplateJoinsFieldsOfAnyTypeAndDeclaresItsNulls) {
  const Schema in{utf8("first").key(), json("more"), int64("n"), utf8("rest")};
  FieldOptions strict, lenient, defaulted;
  strict.template_text = lenient.template_text = defaulted.template_text = "{{{first}}} {more.last}-{n}";
  lenient.null_as = "?";
  defaulted.default_value = "nobody";
  auto bound = bind({{"strict", strict}, {"lenient", lenient}, {"defaulted", defaulted}}, in, true);
  ASSERT_EQ(bound.out.size(), 4u) << "a field that a template uses is not kept";
  EXPECT_TRUE(bound.out[0].is_nullable);
  EXPECT_FALSE(bound.out[1].is_nullable);
  EXPECT_FALSE(bound.out[2].is_nullable);
  BatchBuilder builder(in);
  builder.append("Ada", R"({"last":"Obi"})", 7, "x");
  builder.append("Zoë", nullptr, 8, "y");
  builder.append("Bad", "{", 9, "z");
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(texts(applied, bound.out, 0), "{Ada} Obi-7|null");
  EXPECT_EQ(texts(applied, bound.out, 1), "{Ada} Obi-7|{Zoë} ?-8");
  EXPECT_EQ(texts(applied, bound.out, 2), "{Ada} Obi-7|nobody");
  EXPECT_EQ(applied.origin, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(bound.reported.rejected.at(2).message(),
            "field \"strict\" from its template: invalid JSON at byte 1: expected the name of a member");
}

// The one order: php, mojibake, HTML, normal form, trim, case, empty, lookup, date or cast, default.
TEST(Map, StepsFollowOneOrderHoweverTheyAreWritten) {
  const Schema in{utf8("t")};
  FieldOptions field = from("t");
  field.php.emplace().path = "code";
  field.repair_mojibake = field.trim = field.lower_case = true;
  field.html = Html::kText;
  field.normalize = Normalize::kNfc;
  field.lookup.emplace().table = {{"zoË & co", "2024-03-31 02:30"}, {"none", ""}};
  field.date.emplace().formats = {"%Y-%m-%d %H:%M"};
  field.date->zone = "Africa/Lagos";
  field.default_value = "1999-12-31 00:00:00";
  auto bound = bind({{"at", field}}, in);
  EXPECT_EQ(bound.out[0].type, Type::kTimestamp);
  EXPECT_FALSE(bound.out[0].is_nullable);
  const auto applied = bound.apply(one_text(in, {R"(a:1:{s:4:"code";s:27:"<p> ZOE&#x308; &amp; CO</p>";})", "N;",
                                                 nullopt, R"(a:1:{s:4:"code";s:10:"<p>  </p> ";})", R"(s:4:"none";)"}));
  EXPECT_EQ(column_text(applied, bound.out, 0,
                        [](const ColumnView& v, auto row) { return std::to_string(v.timestamp(row) / 1'000'000); }),
            "1711848600|946598400|946598400|946598400");
  EXPECT_EQ(bound.reported.rejected.at(4).native_code(), "bad_path");
}

TEST(Map, AnIntegerMayBeAUnixTimeOrACode) {
  const Schema in{int64("n")};
  auto at = from("n"), code = from("n");
  at.date.emplace().formats = {"unix_ms"};
  at.type = CastType::kDate;
  code.lookup.emplace().table = {{"1", "2"}};
  code.lookup->missing = MissingCode::kNull;
  code.type = CastType::kInteger;
  auto bound = bind({{"at", at}, {"code", code}}, in);
  BatchBuilder builder(in);
  builder.append(1);
  builder.append(-1);
  builder.append(nullptr);
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(ints(applied, bound.out, 1), "2|null|null");
  EXPECT_EQ(
      column_text(applied, bound.out, 0, [](const ColumnView& v, auto row) { return std::to_string(v.date(row)); }),
      "0|-1|null");
}

TEST(Map, MoneyFollowsItsCurrencyField) {
  auto amount = int64("kobo");
  amount.currency_field = "cur";
  amount.exponent = 2;
  const Schema in{amount, utf8("cur")};
  EXPECT_EQ(bind({{"amount", from("kobo")}, {"currency", from("cur")}}, in).out[0].currency_field, "currency");
  EXPECT_FALSE(bind({{"amount", from("kobo")}}, in).out[0].is_money());
}

// A struct offset, offsets of the children, no validity buffer, and an unknown null count.
TEST(Map, ReadsArraysOfEveryLegalShape) {
  const Schema in{utf8("t"), int64("n"), boolean("b")};
  for (const bool with_nulls : {false, true})
    for (const std::int64_t struct_offset : {0, 1, 9})
      for (const std::int64_t child_offset : {0, 3}) {
        const auto skipped = struct_offset + child_offset;
        BatchBuilder builder(in);
        for (std::int64_t row = 0; row < skipped; ++row) builder.append("junk", -1, false);
        for (std::int64_t row = 0; row < 20; ++row)
          with_nulls&& row % 3 == 0 ? builder.append(nullptr, nullptr, nullptr)
                                    : builder.append(std::to_string(row), row, row % 2 == 0);
        auto bound = bind({{"parsed", cast("t", CastType::kInteger)},
                           {"n", from("n")},
                           {"n2", from("n")},
                           {"b", from("b")},
                           {"t", from("t")}},
                          in);
        const auto applied = bound.apply(probe::behind_offsets(builder.finish(), 20, struct_offset, child_offset));
        ASSERT_EQ(applied.batch.rows(), 20);
        const auto view = applied.batch.view(bound.out);
        for (std::int64_t row = 0; row < 20; ++row)
          for (std::size_t i = 0; i < bound.out.size(); ++i) {
            const auto column = view.column(i);
            ASSERT_EQ(column.is_null(row), with_nulls && row % 3 == 0) << bound.out[i].name << " row " << row;
            if (column.is_null(row)) continue;
            if (column.type() == Type::kBool)
              ASSERT_EQ(column.boolean(row), row % 2 == 0);
            else if (column.type() == Type::kUtf8)
              ASSERT_EQ(column.text(row), std::to_string(row));
            else
              ASSERT_EQ(column.int64(row), row);
          }
      }
}

TEST(Map, ABatchWithoutRowsStaysOne) {
  const Schema in{utf8("t")};
  auto bound = bind({{"n", cast("t", CastType::kInteger)}, {"t", from("t")}}, in);
  const auto applied = bound.apply(BatchBuilder(in).finish());
  EXPECT_TRUE(applied.batch.has_array());
  EXPECT_EQ(applied.batch.rows(), 0);
}

}  // namespace
}  // namespace sentinel::map_transform
