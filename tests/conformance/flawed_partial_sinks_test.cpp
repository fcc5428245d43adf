// Sinks of level 1 that a service stops in the middle of a batch: the suite sends on only what was not accepted.
#include "flaws.hpp"

#include <map>

namespace sentinel::conformance {
namespace {

enum class Flaw {
  kNone,
  kAcceptsNothing,
  kAcceptsNothingAtFirst,
  kForgetsReason,
  kRejectsARowThatItLeaves,
  kSaysAllWentWrong,
  kWritesPastTheEnd,
};

struct Options {
  std::string name = "service";
};
const Schema kFields{utf8("ref").key(), utf8("email"), money("amount_kobo", "NGN", 2)};

// A service that takes five rows a call, accepts two of them and then asks for a pause.
template <Flaw kFlaw>
class PartialSink final : public Sink {
 public:
  static constexpr auto options = sentinel::options<Options>(option("name", &Options::name, "What it is called."));
  static constexpr std::int64_t max_rows = 5;

  PartialSink(Options, Host&) {}
  Status bind(const Schema&) override { return {}; }
  Status write(const BatchView& batch, const Claim* claim, RowOutcomes& outcomes) override {
    if (claim != nullptr) return internal_error("a claim at level 1");
    if (batch.rows() > max_rows) return internal_error("more rows than it takes");
    const bool is_first = calls_++ == 0;
    const bool takes_none = kFlaw == Flaw::kAcceptsNothing || (kFlaw == Flaw::kAcceptsNothingAtFirst && is_first);
    const auto accepted = std::min<std::int64_t>(takes_none ? 0 : 2, batch.rows());
    for (std::int64_t row = 0; row < accepted; ++row) {
      const std::string key(batch.column(0).text(row));
      if (!rows().emplace(key, 1).second) return internal_error("row " + key + " was sent again");
      outcomes.set(row, kFlaw == Flaw::kForgetsReason ? Outcome::kRejected : Outcome::kInserted);
    }
    if (kFlaw == Flaw::kWritesPastTheEnd && batch.rows() > 0) outcomes.set(batch.rows(), Outcome::kInserted);
    if (accepted == batch.rows()) return {};
    if (kFlaw == Flaw::kRejectsARowThatItLeaves) {
      outcomes.reject(accepted, invalid_data("not now"));
      outcomes.set(accepted, Outcome::kNone);
    }
    Status busy(kFlaw == Flaw::kSaysAllWentWrong ? Code::kRefused : Code::kThrottled, "busy");
    return outcomes.stopped(std::move(busy).retry_after(std::chrono::minutes(1)));
  }

 private:
  static std::map<std::string, int>& rows() {
    static std::map<std::string, int> all;
    return all;
  }
  int calls_ = 0;
};

template <Flaw kFlaw>
Ids fails() {
  return failures(sink<PartialSink<kFlaw>>("partial", "Accepts a part of each batch."), kFields);
}

TEST(PartialSinkSuite, FollowsASinkThatIsStopped) { EXPECT_EQ(fails<Flaw::kNone>(), Ids{}); }
TEST(PartialSinkSuite, FindsAPartWithoutRows) {
  EXPECT_EQ(fails<Flaw::kAcceptsNothing>(), (Ids{"write.outcome", "write.isolation", "write.partial"}));
}
TEST(PartialSinkSuite, FindsAStopThatSaysAPartAndNamesNoRow) {
  EXPECT_EQ(fails<Flaw::kAcceptsNothingAtFirst>(), Ids{"write.partial"});
}
TEST(PartialSinkSuite, FindsAReasonForARowThatIsGivenAgain) {
  EXPECT_EQ(fails<Flaw::kRejectsARowThatItLeaves>(), Ids{"write.partial"});
}
TEST(PartialSinkSuite, FindsAnOutcomeOfNoRow) {
  EXPECT_EQ(fails<Flaw::kWritesPastTheEnd>(), (Ids{"write.outcome", "write.isolation", "write.partial"}));
}
TEST(PartialSinkSuite, FindsARejectWithoutAReason) {
  EXPECT_EQ(fails<Flaw::kForgetsReason>(), (Ids{"write.outcome", "write.isolation", "write.partial"}));
}
TEST(PartialSinkSuite, FindsAFaultThatNoWaitHeals) {
  EXPECT_EQ(fails<Flaw::kSaysAllWentWrong>(), (Ids{"write.outcome", "write.isolation", "write.partial"}));
}
TEST(PartialSink, DeclaresItsLargestBatch) { EXPECT_EQ(sink<PartialSink<Flaw::kNone>>("partial", "x").max_rows, 5); }

}  // namespace
}  // namespace sentinel::conformance
