// A good transform passes; each flaw fails its check and no other.
#include "flaws.hpp"

#include <fcntl.h>

namespace sentinel::conformance {
namespace {

enum class Flaw {
  kNone,
  kOtherSchema,
  kFloatMoney,
  kLatin1,
  kLosesRow,
  kPassesNothing,
  kCounts,
  kJudgesBatch,
  kIgnoresOffset,
  kNeedsRows,
  kKeepsColumn,
  kDropsTheLastLetter,
  kThrowsOnOption,
  kLeaksFile,
};

struct Options {
  std::string suffix = "!";
};

const Schema kFields{utf8("ref").key(), utf8("email"), money("amount_kobo", "NGN", 2)};

// Refuses empty e-mails, leaves negative amounts out, and puts the suffix after each e-mail.
template <Flaw kFlaw>
class FlawedTransform final : public Transform {
 public:
  static constexpr auto options =
      sentinel::options<Options>(option("suffix", &Options::suffix, "Text put after each e-mail."));

  FlawedTransform(Options options, Host&) : options_(std::move(options)) {
    if (kFlaw == Flaw::kThrowsOnOption && options_.suffix.empty()) throw std::runtime_error("no suffix");
    if (kFlaw == Flaw::kLeaksFile) static_cast<void>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

  Result<Schema> bind(const Schema& in) override {
    schema_ = in;
    out_ = in;
    if (kFlaw == Flaw::kOtherSchema && bound_++ > 0) out_.add(utf8("more"));
    if (kFlaw == Flaw::kFloatMoney) out_.add(float_money());
    return out_;
  }

  Result<Applied> apply(Batch in, RowRejects& rows) override {
    static int applied = 0;
    const bool is_odd = kFlaw == Flaw::kCounts && ++applied % 2 == 1;
    const auto view = in.view(schema_);
    if (kFlaw == Flaw::kNeedsRows && view.rows() == 0) return internal_error("no rows");
    const auto email = view.column(1), amount = view.column(2);
    const bool refuses_all = kFlaw == Flaw::kJudgesBatch && has_empty(email, view.rows());
    Applied made;
    BatchBuilder out(out_);
    for (std::int64_t row = 0; row < view.rows(); ++row) {
      if (kFlaw == Flaw::kLosesRow && row == 2) continue;
      if (kFlaw == Flaw::kPassesNothing || refuses_all || email.is_null(row) || email.text(row).empty()) {
        rows.reject(row, invalid_data("no e-mail"));
      } else if (!amount.is_null(row) && amount.int64(row) < 0) {
        rows.filter(row, "negative");
      } else {
        add(out, view, row, options_.suffix + (is_odd ? "?" : ""));
        made.origin.push_back(row);
      }
    }
    if (kFlaw == Flaw::kKeepsColumn) static_cast<void>(in.take_column(0));
    made.batch = out.finish();
    return made;
  }

 private:
  static Field float_money() {
    auto field = float64("amount_naira");
    field.currency = "NGN";
    return field;
  }
  static bool has_empty(const ColumnView& email, std::int64_t rows) {
    for (std::int64_t row = 0; row < rows; ++row)
      if (!email.is_null(row) && email.text(row).empty()) return true;
    return false;
  }
  static void add(BatchBuilder& out, const BatchView& view, std::int64_t row, const std::string& suffix) {
    // Reads the column as if it began at its first value.
    const ColumnView raw(view.array().children[0], -view.array().children[0]->offset, Type::kUtf8, 0);
    out.column(0).append_from(kFlaw == Flaw::kIgnoresOffset ? raw : view.column(0), row);
    auto email = view.column(1).text(row);
    if (kFlaw == Flaw::kDropsTheLastLetter) email.remove_suffix(1);
    out.column(1).append_text(std::string(email) + (kFlaw == Flaw::kLatin1 ? "\xe9" : suffix));
    out.column(2).append_from(view.column(2), row);
    if (kFlaw == Flaw::kFloatMoney) out.column(3).append_float64(0.0);
  }

  Options options_;
  Schema schema_, out_;
  int bound_ = 0;
};

template <Flaw kFlaw>
Ids fails() {
  return failures(transform<FlawedTransform<kFlaw>>("flawed", "Marks e-mails, with one flaw."), kFields);
}

TEST(TransformSuite, PassesAGoodTransform) { EXPECT_EQ(fails<Flaw::kNone>(), Ids{}); }
TEST(TransformSuite, FindsASchemaThatChanges) { EXPECT_EQ(fails<Flaw::kOtherSchema>(), Ids{"bind"}); }
TEST(TransformSuite, FindsMoneyThatIsNotExact) { EXPECT_EQ(fails<Flaw::kFloatMoney>(), Ids{"bind.money"}); }
TEST(TransformSuite, FindsTextThatIsNoUtf8) { EXPECT_EQ(fails<Flaw::kLatin1>(), Ids{"apply.array"}); }
TEST(TransformSuite, FindsALostRow) { EXPECT_EQ(fails<Flaw::kLosesRow>(), Ids{"apply.account"}); }
TEST(TransformSuite, FindsThatNoRowPasses) { EXPECT_EQ(fails<Flaw::kPassesNothing>(), Ids{"apply.pass"}); }
TEST(TransformSuite, IsGivenAnAuthorsOwnRows) {
  BatchBuilder own(kFields);
  own.append("a", "ada@example.org", 100);
  own.append("b", "obi@example.org", 200);
  const testkit::OptionValue none;
  const auto component = transform<FlawedTransform<Flaw::kNone>>("flawed", "Marks e-mails.");
  EXPECT_EQ(failed_ids(testkit::run_conformance(component, none.lend(), {kFields, own.finish()})), Ids{});
  own.append("a", "", 100);
  EXPECT_EQ(failed_ids(testkit::run_conformance(component, none.lend(), {kFields, own.finish()})), Ids{"apply.pass"});
}
// What becomes of three rows, the second of which is to be filtered, against the rows that are expected to pass.
template <Flaw kFlaw>
Ids fails_expecting(std::initializer_list<std::pair<const char*, const char*>> expected) {
  BatchBuilder own(kFields), output(kFields);
  own.append("a", "ada@example.org", 100);
  own.append("b", "obi@example.org", -1);
  own.append("c", "zoe@example.org", 300);
  for (const auto& [ref, email] : expected) output.append(ref, email, *ref == 'a' ? 100 : 300);
  const testkit::OptionValue none;
  return failed_ids(testkit::run_conformance(transform<FlawedTransform<kFlaw>>("flawed", "Marks e-mails."), none.lend(),
                                             testkit::Samples(kFields, own.finish()).expecting(output.finish())));
}
TEST(TransformSuite, ComparesTheRowsThatPassWithThoseExpected) {
  EXPECT_EQ(fails_expecting<Flaw::kNone>({{"a", "ada@example.org!"}, {"c", "zoe@example.org!"}}), Ids{});
  EXPECT_EQ(fails_expecting<Flaw::kDropsTheLastLetter>({{"a", "ada@example.org!"}, {"c", "zoe@example.org!"}}),
            Ids{"apply.pass"});
  EXPECT_EQ(fails_expecting<Flaw::kNone>({{"a", "ada@example.org!"}}), Ids{"apply.pass"}) << "one too many passes";
  EXPECT_EQ(fails_expecting<Flaw::kPassesNothing>({{"a", "ada@example.org!"}, {"c", "zoe@example.org!"}}),
            Ids{"apply.pass"});
}
TEST(TransformSuite, FindsAMemoryOfEarlierBatches) {
  const auto failed = fails<Flaw::kCounts>();
  EXPECT_TRUE(failed.contains("apply.repeat"));
  for (const auto& id : failed) EXPECT_TRUE(id.starts_with("apply.")) << id;
}
TEST(TransformSuite, FindsARowThatSpoilsItsNeighbours) {
  EXPECT_EQ(fails<Flaw::kJudgesBatch>(), (Ids{"apply.pass", "apply.isolation"}));
}
TEST(TransformSuite, FindsAnOffsetThatIsIgnored) { EXPECT_EQ(fails<Flaw::kIgnoresOffset>(), Ids{"apply.offset"}); }
TEST(TransformSuite, FindsFearOfAnEmptyBatch) { EXPECT_EQ(fails<Flaw::kNeedsRows>(), Ids{"apply.empty"}); }
TEST(TransformSuite, FindsAnInputThatIsNotReleased) { EXPECT_EQ(fails<Flaw::kKeepsColumn>(), Ids{"apply.release"}); }
TEST(TransformSuite, FindsAnOptionThatThrows) { EXPECT_EQ(fails<Flaw::kThrowsOnOption>(), Ids{"options.odd"}); }
TEST(TransformSuite, FindsAFileLeftOpen) { EXPECT_EQ(fails<Flaw::kLeaksFile>(), Ids{"close"}); }

}  // namespace
}  // namespace sentinel::conformance
