// Sinks of a service that asks to slow down: the suite waits as the engine does, and finds a sink that waits itself.
#include "flaws.hpp"

#include <chrono>

namespace sentinel::conformance {
namespace {

enum class Flaw {
  kNone,         // throttled once after each opening
  kPacesItself,  // no flaw: a minute in a write
  kStaysThrottled,
  kIsThrottledForDays,
  kSleeps,
};

struct Options {
  std::string name = "service";
};

template <Flaw kFlaw>
class ThrottledSink final : public Sink {
 public:
  static constexpr auto options = sentinel::options<Options>(option("name", &Options::name, "What it is called."));

  ThrottledSink(Options, Host& host) : host_(host) {}
  Status bind(const Schema&) override { return {}; }
  Status write(const BatchView& batch, const Claim*, RowOutcomes& outcomes) override {
    if (kFlaw == Flaw::kSleeps) host_.sleep_for(std::chrono::minutes(5));
    if (kFlaw == Flaw::kPacesItself) host_.sleep_for(std::chrono::seconds(61));
    if (const auto wait = throttled_for(); wait.count() > 0)
      return Status(Code::kThrottled, "slow down").retry_after(wait);
    for (std::int64_t row = 0; row < batch.rows(); ++row) outcomes.set(row, Outcome::kInserted);
    return {};
  }

 private:
  std::chrono::milliseconds throttled_for() {
    if (kFlaw == Flaw::kStaysThrottled) return std::chrono::milliseconds(1);
    if (kFlaw == Flaw::kIsThrottledForDays) return std::chrono::hours(24 * 30);
    return kFlaw == Flaw::kNone && writes_++ == 0 ? std::chrono::milliseconds(1) : std::chrono::milliseconds(0);
  }

  Host& host_;
  int writes_ = 0;
};

template <Flaw kFlaw>
Ids fails() {
  return failures(sink<ThrottledSink<kFlaw>>("throttled", "Writes to a service that asks to slow down."));
}
const Ids kEveryWrite{"write.outcome", "write.isolation", "write.empty", "write.partial", "write.throttled"};

TEST(ThrottledSinkSuite, WaitsForASinkThatIsThrottled) { EXPECT_EQ(fails<Flaw::kNone>(), Ids{}); }
TEST(ThrottledSinkSuite, LetsASinkPaceItself) { EXPECT_EQ(fails<Flaw::kPacesItself>(), Ids{}); }
TEST(ThrottledSinkSuite, FindsAThrottleWithoutEnd) { EXPECT_EQ(fails<Flaw::kStaysThrottled>(), kEveryWrite); }
TEST(ThrottledSinkSuite, FindsAWaitInTheWrongUnit) { EXPECT_EQ(fails<Flaw::kIsThrottledForDays>(), kEveryWrite); }
TEST(ThrottledSinkSuite, FindsASinkThatWaitsItself) { EXPECT_EQ(fails<Flaw::kSleeps>(), Ids{"write.throttled"}); }

}  // namespace
}  // namespace sentinel::conformance
