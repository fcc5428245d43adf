// A good source passes; each flaw fails its check and no other.
#include "flaws.hpp"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace sentinel::conformance {
namespace {

enum class Flaw {
  kNone,
  kOtherSchema,
  kFloatMoney,
  kHiddenNull,
  kNoEnd,
  kTooManyRows,
  kTooManyBytes,
  kLosesSinglePages,
  kForgetsOnRepeat,
  kSkipsOnRestart,
  kReusesBuffers,
  kThrowsOnCursor,
  kFetchesTooMuch,
  kHidesAKey,
  kListsTooMany,
  kGivesAKeyTwice,
  kIsThrottled,  // no flaw: once after each opening
  kIsThrottledForSinglePages,
  kStaysThrottled,
  kIsThrottledForDays,
  kSleeps,
  kPacesItself,  // no flaw: a minute in a read
  kFailsOnStop,
  kSleepsOn,
  kSleepsOnAfterItsFirstSleep,
  kBlocksOnStop,
  kThrowsOnOption,
  kLeaksFile,
};

struct Options {
  std::string prefix = "G-";
};

template <Flaw kFlaw>
class FlawedSource final : public Source {
 public:
  static constexpr auto options =
      sentinel::options<Options>(option("prefix", &Options::prefix, "Text put before every number."));

  FlawedSource(Options options, Host& host) : options_(std::move(options)), host_(host) {
    if (kFlaw == Flaw::kThrowsOnOption && options_.prefix.empty()) throw std::runtime_error("no prefix");
    if (kFlaw == Flaw::kLeaksFile) static_cast<void>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

  Result<Schema> schema() override {
    if (kFlaw == Flaw::kOtherSchema && asked_++ > 0) return Schema{utf8("ref").key(), int64("other")};
    return schema_;
  }

  Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) override {
    if (kFlaw == Flaw::kFailsOnStop && host_.stop_requested()) return Status(Code::kUnavailable, "going away");
    if (kFlaw == Flaw::kNoEnd) return Page{BatchBuilder(schema_).finish(), from, false};
    if (kFlaw == Flaw::kSleeps && from.empty()) host_.sleep_for(std::chrono::minutes(5));
    if (kFlaw == Flaw::kPacesItself && !host_.sleep_for(std::chrono::seconds(61)))
      return Status(Code::kCancelled, "stopped");
    if (kFlaw == Flaw::kSleepsOnAfterItsFirstSleep && host_.stop_requested())
      return Status(Code::kCancelled, "stopped");
    if (kFlaw == Flaw::kSleepsOn || kFlaw == Flaw::kSleepsOnAfterItsFirstSleep)
      for (int i = 0; i < 3; ++i) host_.sleep_for(std::chrono::seconds(1));
    if (kFlaw == Flaw::kBlocksOnStop && host_.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    if (const auto wait = throttled_for(limits); wait.count() > 0)
      return Status(Code::kThrottled, "slow down").retry_after(wait);
    auto next = position(from);
    if (kFlaw == Flaw::kSkipsOnRestart && reads_ == 0 && next > 0) ++next;
    ++reads_;
    auto built_as = schema_;
    if (kFlaw == Flaw::kHiddenNull) built_as = Schema{utf8("ref"), int64("amount_kobo")};
    BatchBuilder batch(built_as);
    auto room = limits;
    if (kFlaw == Flaw::kTooManyRows) ++room.max_rows;
    if (kFlaw == Flaw::kTooManyBytes) room.max_bytes = 1 << 20;
    for (; next < kCount && room.has_room(batch); ++next) add(batch, next, rejects);
    if (kFlaw == Flaw::kLosesSinglePages && limits.max_rows == 1) next += 1;
    if (kFlaw == Flaw::kForgetsOnRepeat && from.text() == last_ && !last_.empty()) batch = BatchBuilder(schema_);
    last_ = from.text();
    return Page{shared(batch.finish()), Cursor(next), next >= kCount};
  }

  Result<Page> fetch(std::span<const std::string> keys, Rejects& rejects) override {
    if (kFlaw == Flaw::kIsThrottled && fetches_++ == 0)
      return Status(Code::kThrottled, "slow down").retry_after(std::chrono::milliseconds(1));
    BatchBuilder batch(schema_);
    for (std::int64_t i = 0; i < kCount; ++i)
      if (kFlaw == Flaw::kFetchesTooMuch || std::ranges::find(keys, options_.prefix + std::to_string(i)) != keys.end())
        add(batch, i, rejects);
    return Page{batch.finish(), {}, true};
  }

  Result<Page> keys(const Cursor& from, const Limits& limits,
                    const std::function<void(std::string_view)>& found) override {
    auto next = position(from);
    const auto end = std::min(kCount, next + limits.max_rows);
    for (; next < end; ++next)
      if (kFlaw != Flaw::kHidesAKey || next != 8) found(options_.prefix + std::to_string(next));
    if (kFlaw == Flaw::kListsTooMany) found(options_.prefix + "0");
    return Page{{}, Cursor(next), next >= kCount};
  }

 private:
  static constexpr std::int64_t kCount = 30;

  // Whether this call is refused for now.
  std::chrono::milliseconds throttled_for(const Limits& limits) {
    constexpr bool kOnce = kFlaw == Flaw::kIsThrottled || kFlaw == Flaw::kIsThrottledForSinglePages;
    if (kFlaw == Flaw::kStaysThrottled) return std::chrono::milliseconds(1);
    if (kFlaw == Flaw::kIsThrottledForSinglePages && limits.max_rows == 1) return std::chrono::milliseconds(1);
    if (asked_to_wait_ || (!kOnce && kFlaw != Flaw::kIsThrottledForDays)) return {};
    asked_to_wait_ = true;
    return kOnce ? std::chrono::milliseconds(1) : std::chrono::hours(24 * 30);
  }

  static std::int64_t position(const Cursor& from) {
    if (kFlaw == Flaw::kThrowsOnCursor && !from.empty()) return std::stoll(from.text());
    return std::max<std::int64_t>(0, from.as_int64().value_or(0));
  }
  void add(BatchBuilder& batch, std::int64_t i, Rejects& rejects) const {
    if (i == 4) return rejects.reject("G-4", "record 4", "raw", invalid_data("no number"));
    batch.column(0).append_text(options_.prefix + std::to_string(kFlaw == Flaw::kGivesAKeyTwice && i == 20 ? 3 : i));
    if (kFlaw == Flaw::kFloatMoney)
      batch.column(1).append_float64(1.0);
    else if (kFlaw == Flaw::kHiddenNull && i == 5)
      batch.column(1).append_null();
    else
      batch.column(1).append_int64(100 * i);
  }
  // The values of all pages in one place, as somebody does who wants to save a copy.
  Batch shared(Batch batch) {
    if (kFlaw != Flaw::kReusesBuffers) return batch;
    auto array = batch.release();
    auto& column = *array.children[1];
    if (array.length > 0)
      std::memcpy(values_.data(), column.buffers[1], static_cast<std::size_t>(array.length) * sizeof values_[0]);
    column.buffers[1] = values_.data();
    return Batch(array);
  }
  static Schema make_schema() {
    auto amount = kFlaw == Flaw::kFloatMoney ? float64("amount_kobo") : int64("amount_kobo");
    amount.currency = "NGN";
    amount.exponent = 2;
    amount.is_nullable = false;
    return Schema{utf8("ref").key(), amount};
  }

  Options options_;
  Host& host_;
  Schema schema_ = make_schema();
  std::vector<std::int64_t> values_ = std::vector<std::int64_t>(kCount);
  std::string last_;
  int asked_ = 0, reads_ = 0, fetches_ = 0;
  bool asked_to_wait_ = false;
};

template <Flaw kFlaw>
Ids fails() {
  return failures(source<FlawedSource<kFlaw>>("flawed", "Emits gifts, with one flaw."));
}

TEST(SourceSuite, PassesAGoodSource) { EXPECT_EQ(fails<Flaw::kNone>(), Ids{}); }
TEST(SourceSuite, FindsASchemaThatChanges) { EXPECT_EQ(fails<Flaw::kOtherSchema>(), Ids{"schema"}); }
TEST(SourceSuite, FindsMoneyThatIsNotExact) { EXPECT_EQ(fails<Flaw::kFloatMoney>(), Ids{"schema.money"}); }
TEST(SourceSuite, FindsANullThatTheSchemaDenies) { EXPECT_EQ(fails<Flaw::kHiddenNull>(), Ids{"read.array"}); }
TEST(SourceSuite, FindsAReadingWithoutEnd) { EXPECT_EQ(fails<Flaw::kNoEnd>(), Ids{"read.end"}); }
TEST(SourceSuite, FindsAKeyThatTwoRecordsHave) {
  const auto failed = fails<Flaw::kGivesAKeyTwice>();
  EXPECT_TRUE(failed.contains("read.keys"));
  EXPECT_FALSE(failed.contains("read.array"));
}
TEST(SourceSuite, WaitsForASourceThatIsThrottled) { EXPECT_EQ(fails<Flaw::kIsThrottled>(), Ids{}); }
TEST(SourceSuite, FindsAThrottleWithoutEnd) {
  EXPECT_EQ(fails<Flaw::kStaysThrottled>(), (Ids{"read.array", "read.throttled"}));
}
TEST(SourceSuite, FindsAWaitInTheWrongUnit) {
  EXPECT_EQ(fails<Flaw::kIsThrottledForDays>(), (Ids{"read.array", "read.throttled"}));
}
TEST(SourceSuite, KeepsInMindThatAThrottleDidNotEnd) {
  EXPECT_EQ(fails<Flaw::kIsThrottledForSinglePages>(), (Ids{"read.max_rows", "read.size", "read.throttled"}));
}
TEST(SourceSuite, FindsASourceThatWaitsItself) { EXPECT_EQ(fails<Flaw::kSleeps>(), Ids{"read.throttled"}); }
TEST(SourceSuite, LetsASourcePaceItself) { EXPECT_EQ(fails<Flaw::kPacesItself>(), Ids{}); }
TEST(SourceSuite, FindsTooManyRows) { EXPECT_EQ(fails<Flaw::kTooManyRows>(), Ids{"read.max_rows"}); }
TEST(SourceSuite, FindsTooManyBytes) { EXPECT_EQ(fails<Flaw::kTooManyBytes>(), Ids{"read.max_bytes"}); }
TEST(SourceSuite, FindsRecordsLostBetweenPages) { EXPECT_EQ(fails<Flaw::kLosesSinglePages>(), Ids{"read.size"}); }
TEST(SourceSuite, FindsAPageThatCannotBeReadAgain) { EXPECT_EQ(fails<Flaw::kForgetsOnRepeat>(), Ids{"read.repeat"}); }
TEST(SourceSuite, FindsRecordsLostByARestart) { EXPECT_EQ(fails<Flaw::kSkipsOnRestart>(), Ids{"read.resume"}); }
TEST(SourceSuite, FindsBuffersThatAreUsedAgain) { EXPECT_EQ(fails<Flaw::kReusesBuffers>(), Ids{"read.lifetime"}); }
TEST(SourceSuite, FindsACursorThatThrows) { EXPECT_EQ(fails<Flaw::kThrowsOnCursor>(), Ids{"read.foreign_cursor"}); }
TEST(SourceSuite, FindsAFetchOfTooMuch) { EXPECT_EQ(fails<Flaw::kFetchesTooMuch>(), Ids{"fetch"}); }
TEST(SourceSuite, FindsAKeyThatIsNotListed) { EXPECT_EQ(fails<Flaw::kHidesAKey>(), Ids{"keys"}); }
TEST(SourceSuite, FindsTooManyKeys) { EXPECT_EQ(fails<Flaw::kListsTooMany>(), Ids{"keys"}); }
TEST(SourceSuite, FindsAStopThatLooksLikeAnOutage) { EXPECT_EQ(fails<Flaw::kFailsOnStop>(), Ids{"stop"}); }
TEST(SourceSuite, FindsASleepAfterAStop) {
  EXPECT_EQ(fails<Flaw::kSleepsOn>(), Ids{"stop"});
  EXPECT_EQ(fails<Flaw::kSleepsOnAfterItsFirstSleep>(), Ids{"stop"});
}
TEST(SourceSuite, FindsAReadThatAStopDoesNotEnd) { EXPECT_EQ(fails<Flaw::kBlocksOnStop>(), Ids{"stop"}); }
TEST(SourceSuite, FindsAnOptionThatThrows) { EXPECT_EQ(fails<Flaw::kThrowsOnOption>(), Ids{"options.odd"}); }
TEST(SourceSuite, FindsAFileLeftOpen) { EXPECT_EQ(fails<Flaw::kLeaksFile>(), Ids{"close"}); }

}  // namespace
}  // namespace sentinel::conformance
