// Reading and transforming: where every row came from, and where its money was noted.
#include "engine/flow/chain.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <fmt/format.h>

#include <map>

namespace sentinel::engine::test {
namespace {

using Rows = std::vector<std::int64_t>;

class ChainTest : public PipelineTest {
 protected:
  // Opens and binds the chain of these parts; what the sink would get is in sink_schema_.
  void open(const Parts& parts = {}) {
    file_ = load(parts);
    auto chain = Chain::open(file_, registry_, services_);
    ASSERT_TRUE(chain) << chain.error().message();
    chain_ = std::move(*chain);
    auto schema = chain_->bind();
    ASSERT_TRUE(schema) << schema.error().message();
    sink_schema_ = std::move(*schema);
  }
  PreparedBatch next(const std::string& cursor = "") {
    auto batch = chain_->next(cursor, 1000, 1 << 20);
    EXPECT_TRUE(batch) << batch.error().message();
    return batch ? std::move(*batch) : PreparedBatch{};
  }
  Status bind_error(const Parts& parts) {
    file_ = load(parts);
    auto chain = Chain::open(file_, registry_, services_);
    if (!chain) return chain.error();
    const auto schema = (*chain)->bind();
    return schema ? Status() : schema.error();
  }
  std::vector<std::string> refs(const Batch& batch, const Schema& schema) {
    std::vector<std::string> texts;
    const auto column = batch.view(schema).column(schema.find("ref"));
    for (std::int64_t row = 0; row < batch.rows(); ++row) texts.emplace_back(column.text(row));
    return texts;
  }
  static std::string amounts_of(const PreparedBatch& batch) {
    std::string text;
    for (const auto& amount : batch.amounts)
      text += amount.known()
                  ? fmt::format("{}{} ", amount.minor, batch.currencies[static_cast<std::size_t>(amount.currency)])
                  : "? ";
    return text;
  }

  config::PipelineFile file_;
  std::unique_ptr<Chain> chain_;
  Schema sink_schema_;
};

TEST_F(ChainTest, OriginsAreThoseOfTheSourceOverTwoTransforms) {
  fill({{"A0"}, {"F1"}, {"B2"}, {"R3"}, {"C4"}, {"S5", 5, "NGN", 1, true}, {"D6"}, {"Z7"}});
  open({.transforms = "  - { use: choose, filter: F, reject: R }\n  - { use: choose, filter: B, reject: D }\n"});
  const auto batch = next();
  EXPECT_EQ(batch.arriving.origin, (Rows{0, 4, 7}));
  EXPECT_EQ(refs(batch.arriving.rows, sink_schema_), (std::vector<std::string>{"A0", "C4", "Z7"}));
  EXPECT_EQ(batch.filtered, (Rows{5, 1, 2})) << "the source's, then the first transform's, then the second's";
  ASSERT_EQ(batch.rejected.size(), 2u);
  EXPECT_EQ(batch.rejected[0].row, 3);
  EXPECT_EQ(batch.rejected[0].stage, "choose");
  EXPECT_EQ(batch.rejected[0].why.message(), "refused by rule");
  EXPECT_EQ(batch.rejected[1].row, 6);
  EXPECT_EQ(batch.records(), 8u);
}

TEST_F(ChainTest, WithoutTransformsTheRowsThatTheSourceFilteredStayOut) {
  fill({{"A0", 1, "NGN", 1, true}, {"A1", 2}, {"A2", 3, "NGN", 1, true}, {"A3", 4}, {"U4", 0, "NGN", 1, false, true}});
  open();
  const auto batch = next();
  EXPECT_EQ(batch.source.rows(), 4);
  EXPECT_EQ(batch.filtered, (Rows{0, 2}));
  EXPECT_EQ(batch.arriving.origin, (Rows{1, 3}));
  EXPECT_EQ(refs(batch.arriving.rows, sink_schema_), (std::vector<std::string>{"A1", "A3"}));
  EXPECT_EQ(amounts_of(batch), "1NGN 2NGN 3NGN 4NGN ") << "filtered rows have their money too";
  ASSERT_EQ(batch.unreadable.size(), 1u);
  EXPECT_EQ(batch.unreadable[0].raw, "raw bytes of U4");
  EXPECT_EQ(batch.records(), 5u);
  EXPECT_TRUE(batch.done);
  EXPECT_EQ(batch.next_cursor, "5");
}

TEST_F(ChainTest, EveryRowMayBeFiltered) {
  fill({{"F0"}, {"F1"}});
  open({.transforms = "  - { use: choose, filter: F }\n  - { use: choose, reject: F }\n"});
  const auto batch = next();
  EXPECT_EQ(batch.arriving.rows.rows(), 0);
  EXPECT_TRUE(batch.arriving.origin.empty());
  EXPECT_EQ(batch.filtered, (Rows{0, 1}));
}

TEST_F(ChainTest, TheSourceBatchStaysWholeWhenTransformsTakeItsColumns) {
  fill(numbered(50));
  open({.transforms = "  - { use: lie, field: amount, by: 5 }\n  - { use: choose }\n"});
  auto batch = next();
  EXPECT_EQ(batch.arriving.rows.view(sink_schema_).column(1).int64(49), 105);
  const auto source = batch.source.view(batch.source_schema);
  EXPECT_EQ(source.column(1).int64(49), 100);
  EXPECT_EQ(source.column(0).text(49), "A1049");
  // What the sink got may die first, and the whole may move.
  auto moved = std::move(batch);
  moved.arriving.rows = Batch();
  EXPECT_EQ(moved.source.view(moved.source_schema).column(0).text(7), "A1007");
}

TEST_F(ChainTest, AmountsAreNotedWhereTheyFirstAreIntegers) {
  fill({{"A0", 100}, {"F1", 200}, {"A2", std::nullopt}, {"A3", 400, "NGN", 1, true}, {"R4", 500}});
  open({.transforms = "  - { use: choose, filter: F }\n  - { use: digits, from: amount_text, to: amount }\n"
                      "  - { use: lie, field: amount, by: 9 }\n  - { use: choose, reject: R }\n",
        .source_options = ", text_amounts: true"});
  const auto batch = next();
  EXPECT_EQ(amounts_of(batch), "100NGN ? ? ? 500NGN ")
      << "left out, unreadable and filtered before the amount was one; not as changed later";
  EXPECT_EQ(batch.arriving.origin, (Rows{0}));
  ASSERT_EQ(batch.rejected.size(), 2u);
  EXPECT_EQ(batch.rejected[0].row, 2);
  EXPECT_EQ(batch.rejected[0].stage, "digits");
  EXPECT_EQ(batch.rejected[1].row, 4);
}

TEST_F(ChainTest, AnAmountThatIsNullIsNotKnown) {
  fill({{"A0", 0}, {"A1", std::nullopt}, {"A2", -7}});
  open();
  EXPECT_EQ(amounts_of(next()), "0NGN ? -7NGN ");
}

TEST_F(ChainTest, EachRecordMayNameItsCurrency) {
  fill({{"A0", 1, "NGN"}, {"A1", 2, "USD"}, {"A2", 3, std::nullopt}, {"A3", 4, "NGN"}, {"A4", std::nullopt, "EUR"}});
  open({.money = "money: { field: amount, currency_field: currency }\n"});
  const auto batch = next();
  EXPECT_EQ(amounts_of(batch), "1NGN 2USD 3? 4NGN ? ");
  EXPECT_EQ(batch.currencies, (std::vector<std::string>{"NGN", "USD", "?"}));
}

TEST_F(ChainTest, AMoneyFieldThatNeverIsAnIntegerIsAMistakeInTheFile) {
  const auto text = bind_error({.source_options = ", text_amounts: true"});
  EXPECT_EQ(text.code(), Code::kInvalidConfig);
  EXPECT_NE(text.message().find("pipeline.yaml:5:"), std::string::npos) << text.message();
  EXPECT_NE(text.message().find("money.field \"amount\" is never an integer field; convert it with a map"),
            std::string::npos)
      << text.message();
  const auto currency = bind_error({.money = "money: { field: amount, currency_field: coin }\n"});
  EXPECT_NE(currency.message().find("beside the text field \"coin\""), std::string::npos) << currency.message();
}

TEST_F(ChainTest, AScaleOtherThanTheExponentOfTheMoneyIsAMistakeInTheFile) {
  for (const auto& [scale, exponent] : std::map<int, int>{{3, 2}, {0, 2}, {2, 0}}) {
    const auto fault = bind_error(
        {.transforms = fmt::format("  - {{ use: kobo_to_decimal, field: amount, to: naira, scale: {} }}\n", scale),
         .money = fmt::format("money: {{ field: amount, currency: NGN, exponent: {} }}\n", exponent)});
    EXPECT_EQ(fault.code(), Code::kInvalidConfig);
    EXPECT_NE(fault.message().find("pipeline.yaml:"), std::string::npos) << fault.message();
    EXPECT_NE(fault.message().find(fmt::format(
                  "the scale of \"naira\" is {}, but money.exponent is {}; make them equal", scale, exponent)),
              std::string::npos)
        << fault.message();
  }
}

TEST_F(ChainTest, AStageThatDoesNotFitSaysWhereItStands) {
  const auto fault =
      bind_error({.transforms = "  - use: choose\n  - use: digits\n    from: no_such_field\n    to: amount\n"});
  EXPECT_EQ(fault.code(), Code::kInvalidConfig);
  EXPECT_NE(fault.message().find("pipeline.yaml:7:11: transform digits: there is no field \"no_such_field\""),
            std::string::npos)
      << fault.message();
}

TEST_F(ChainTest, FaultsOfTheSourceComeThroughAndTheCursorMovesOn) {
  fill(numbered(5));
  shelf().page_rows = 2;
  shelf().read_faults.emplace_back(Code::kUnavailable, "gone");
  open();
  const auto fault = chain_->next("", 10, 1000);
  ASSERT_FALSE(fault);
  EXPECT_EQ(fault.error().code(), Code::kUnavailable);
  EXPECT_EQ(fault.error().message(), "source records: gone");
  const auto first = next();
  EXPECT_EQ(first.next_cursor, "2");
  EXPECT_FALSE(first.done);
  EXPECT_EQ(refs(next(first.next_cursor).arriving.rows, sink_schema_), (std::vector<std::string>{"A1002", "A1003"}));
}

}  // namespace
}  // namespace sentinel::engine::test
