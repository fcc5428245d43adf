// A good sink of level 2, which keeps everything in memory, passes; each flaw fails its checks and no other.
#include "flaws.hpp"

#include <fcntl.h>

#include <map>

namespace sentinel::conformance {
namespace {

enum class Flaw {
  kNone,
  kForgetsOutcome,
  kStopsAtBadRow,
  kIsThrottled,  // no flaw: once after each opening
  kNeedsRows,
  kInsertsTwice,
  kKeepsEpoch,
  kForgetsCursor,
  kIgnoresRollback,
  kWritesAtOnce,
  kIgnoresEpoch,
  kIgnoresSeq,
  kBelievesAll,
  kForgetsLetters,
  kReplaysTwice,
  kRemovesNothing,
  kAlwaysWell,
  kNeverReleases,
  kTrims,
  kBindsToNothing,
  kThrowsOnOption,
  kLeaksFile,
};

const Schema kFields{utf8("ref").key(), utf8("email"), money("amount_kobo", "NGN", 2)};

// What a database would keep.
struct Memory {
  struct LaneState {
    std::int64_t epoch = 0, seq = 0;
    std::string cursor, place, last_delivery;
  };
  using Rows = std::map<std::string, std::pair<std::optional<std::string>, std::optional<std::int64_t>>>;
  Rows rows;
  std::map<std::string, LaneState> lanes;                             // by pipeline and number
  std::map<std::string, std::map<std::string, Letter>> open_letters;  // by pipeline
};

struct Options {
  std::string name = "memory";
};

template <Flaw kFlaw>
class FlawedSink final : public TransactionalSink {
 public:
  static constexpr auto options =
      sentinel::options<Options>(option("name", &Options::name, "What the memory is called."));

  FlawedSink(Options options, Host&) {
    if (kFlaw == Flaw::kThrowsOnOption && options.name.empty()) throw std::runtime_error("no name");
    if (kFlaw == Flaw::kLeaksFile) static_cast<void>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

  Status bind(const Schema& schema) override {
    if (kFlaw == Flaw::kBindsToNothing) return invalid_config("no such table");
    schema_ = schema;
    return {};
  }

  Status write(const BatchView& batch, const Claim* claim, RowOutcomes& outcomes) override {
    draft_ = memory();
    if (kFlaw == Flaw::kIsThrottled && writes_++ == 0)
      return Status(Code::kThrottled, "slow down").retry_after(std::chrono::milliseconds(1));
    SENTINEL_TRY(check_claim(*claim));
    if (kFlaw == Flaw::kNeedsRows && batch.rows() == 0) return internal_error("no rows");
    bool is_bad = false;
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      const auto letter = static_cast<std::size_t>(row);
      if (letter < claim->letter_ids.size() && !recover(std::string(claim->letter_ids[letter]))) {
        outcomes.set(row, Outcome::kClosed);
        continue;
      }
      is_bad = is_bad || (kFlaw == Flaw::kStopsAtBadRow && has_nul(batch, batch.rows() - 1 - row));
      put(batch, row, outcomes);
    }
    if (is_bad)
      for (std::int64_t row = 0; row < batch.rows(); ++row) outcomes.reject(row, invalid_data("one of them has a NUL"));
    if (kFlaw == Flaw::kForgetsOutcome && batch.rows() > 2) outcomes.set(2, Outcome::kNone);
    if (kFlaw == Flaw::kWritesAtOnce || kFlaw == Flaw::kIgnoresRollback) kept_ = draft_->rows;
    if (kFlaw == Flaw::kWritesAtOnce) memory().rows = draft_->rows;
    return {};
  }

  Status depart(const BatchView& rows, std::span<const Departure>, std::vector<bool>& left) override {
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      const std::string key(rows.column(0).text(row));
      left[static_cast<std::size_t>(row)] = draft_->rows.contains(key);
      if (kFlaw != Flaw::kRemovesNothing) draft_->rows.erase(key);
    }
    return {};
  }

  Result<std::vector<Lane>> resume(const ResumeRequest& request) override {
    pipeline_ = request.pipeline;
    lane_ = request.is_replay ? -1 : 0;
    auto& state = lane_in(memory());
    if (!state.place.empty() && state.place != request.holder_place && !request.take_over)
      return Status(Code::kFenced, "held by " + state.place);
    state.place = request.holder_place;
    if (kFlaw != Flaw::kKeepsEpoch || state.epoch == 0) ++state.epoch;
    epoch_ = state.epoch;
    return std::vector<Lane>{{lane_, state.epoch, state.seq, kFlaw == Flaw::kForgetsCursor ? "" : state.cursor}};
  }

  Status commit(const Seal& seal) override {
    if (!draft_) return internal_error("nothing was written");
    auto& state = lane_in(*draft_);
    state.seq = seal.claim.seq;
    state.cursor = seal.next_cursor;
    state.last_delivery = seal.claim.delivery_id;
    auto& open = draft_->open_letters[pipeline_];
    for (const auto& letter : seal.letters) {
      if (letter.state != LetterState::kOpen)
        open.erase(letter.letter_id);
      else if (kFlaw != Flaw::kForgetsLetters)
        open[letter.letter_id] = letter;
    }
    memory() = *std::exchange(draft_, std::nullopt);
    return {};
  }
  Status rollback() override {
    if (kFlaw == Flaw::kIgnoresRollback) memory().rows = kept_;
    draft_.reset();
    return {};
  }
  Result<Verdict> resolve(const Claim& claim) override {
    const auto& state = lane_in(memory());
    if (kFlaw == Flaw::kBelievesAll) return Verdict::kCommitted;
    if (claim.seq > state.seq) return Verdict::kNotCommitted;
    return state.last_delivery == claim.delivery_id ? Verdict::kCommitted : Verdict::kFenced;
  }
  Status letters(const std::string& pipeline,
                 const std::function<void(std::string_view, const Letter&)>& each) override {
    for (const auto& [id, letter] : memory().open_letters[pipeline]) each("conformance", letter);
    return {};
  }
  Status heartbeat() override {
    if (kFlaw == Flaw::kAlwaysWell || lane_in(memory()).epoch == epoch_) return {};
    return {Code::kFenced, "taken over"};
  }
  Status finish(const RunSummary&) override {
    if (kFlaw != Flaw::kNeverReleases) lane_in(memory()).place.clear();
    return {};
  }

  Result<std::vector<std::string>> key_fields() override { return std::vector<std::string>{"ref"}; }
  Result<Batch> read_back(const ArrowArray& keys) override {
    const Schema key_schema{utf8("ref")};
    const BatchView view(keys, key_schema);
    BatchBuilder rows(schema_);
    for (std::int64_t i = 0; i < view.rows(); ++i) {
      const std::string key(view.column(0).text(i));
      auto [email, amount] = memory().rows.at(key);
      if (kFlaw == Flaw::kTrims && email && email->starts_with(' ')) email->erase(0, 1);
      rows.append(key, email, amount);
    }
    return rows.finish();
  }

 private:
  static Memory& memory() {
    static Memory one;
    return one;
  }
  Memory::LaneState& lane_in(Memory& all) const { return all.lanes[pipeline_ + " " + std::to_string(lane_)]; }
  Status check_claim(const Claim& claim) const {
    const auto& state = lane_in(memory());
    if (kFlaw != Flaw::kIgnoresEpoch && claim.epoch != state.epoch) return {Code::kFenced, "taken over"};
    if (kFlaw != Flaw::kIgnoresSeq && kFlaw != Flaw::kIgnoresEpoch && claim.seq != state.seq + 1)
      return {Code::kFenced, "that number is taken"};
    return {};
  }
  bool recover(const std::string& letter_id) {
    return kFlaw == Flaw::kReplaysTwice || draft_->open_letters[pipeline_].erase(letter_id) > 0;
  }
  static bool has_nul(const BatchView& batch, std::int64_t row) {
    const auto email = batch.column(1);
    return !email.is_null(row) && email.text(row).find('\0') != std::string_view::npos;
  }
  void put(const BatchView& batch, std::int64_t row, RowOutcomes& outcomes) {
    const auto email = batch.column(1), amount = batch.column(2);
    auto& rows = draft_->rows;
    std::pair<std::optional<std::string>, std::optional<std::int64_t>> values;
    if (!email.is_null(row)) values.first = email.text(row);
    if (!amount.is_null(row)) values.second = amount.int64(row);
    const auto [at, is_new] = rows.emplace(batch.column(0).text(row), values);
    if (is_new || kFlaw == Flaw::kInsertsTwice) return outcomes.set(row, Outcome::kInserted);
    outcomes.set(row, at->second == values ? Outcome::kUnchanged : Outcome::kUpdated);
    at->second = values;
  }

  Schema schema_;
  std::optional<Memory> draft_;
  Memory::Rows kept_;
  std::string pipeline_;
  std::int32_t lane_ = 0;
  std::int64_t epoch_ = 0;
  int writes_ = 0;
};

template <Flaw kFlaw>
Ids fails() {
  auto component = sink<FlawedSink<kFlaw>>("flawed", "Keeps rows in memory, with one flaw.");
  return failures(component, kFields);
}

TEST(SinkSuite, PassesAGoodSink) { EXPECT_EQ(fails<Flaw::kNone>(), Ids{}); }
TEST(SinkSuite, WaitsForASinkThatIsThrottled) { EXPECT_EQ(fails<Flaw::kIsThrottled>(), Ids{}); }
TEST(SinkSuite, FindsARowWithoutOutcome) { EXPECT_EQ(fails<Flaw::kForgetsOutcome>(), Ids{"write.outcome"}); }
TEST(SinkSuite, FindsARowThatSpoilsItsNeighbours) {
  EXPECT_EQ(fails<Flaw::kStopsAtBadRow>(), (Ids{"write.isolation"}));
}
TEST(SinkSuite, FindsFearOfAnEmptyBatch) { EXPECT_EQ(fails<Flaw::kNeedsRows>(), (Ids{"write.empty", "depart"})); }
TEST(SinkSuite, FindsRowsInsertedTwice) { EXPECT_EQ(fails<Flaw::kInsertsTwice>(), Ids{"write.again"}); }
TEST(SinkSuite, FindsAnEpochThatStays) {
  EXPECT_EQ(fails<Flaw::kKeepsEpoch>(), (Ids{"resume", "fence.epoch", "heartbeat"}));
}
TEST(SinkSuite, FindsALostCursor) { EXPECT_EQ(fails<Flaw::kForgetsCursor>(), Ids{"commit"}); }
TEST(SinkSuite, FindsARollbackThatIsNone) { EXPECT_EQ(fails<Flaw::kIgnoresRollback>(), Ids{"rollback"}); }
TEST(SinkSuite, FindsRowsThatOutliveACrash) { EXPECT_EQ(fails<Flaw::kWritesAtOnce>(), (Ids{"crash", "rollback"})); }
TEST(SinkSuite, FindsAnEpochThatIsIgnored) {
  EXPECT_EQ(fails<Flaw::kIgnoresEpoch>(), (Ids{"fence.epoch", "fence.seq"}));
}
TEST(SinkSuite, FindsANumberThatIsTakenTwice) { EXPECT_EQ(fails<Flaw::kIgnoresSeq>(), Ids{"fence.seq"}); }
TEST(SinkSuite, FindsAVerdictWithoutEvidence) { EXPECT_EQ(fails<Flaw::kBelievesAll>(), Ids{"resolve"}); }
TEST(SinkSuite, FindsLostLetters) { EXPECT_EQ(fails<Flaw::kForgetsLetters>(), (Ids{"letters", "replay"})); }
TEST(SinkSuite, FindsALetterReplayedTwice) { EXPECT_EQ(fails<Flaw::kReplaysTwice>(), Ids{"replay"}); }
TEST(SinkSuite, FindsADepartedRowThatStays) { EXPECT_EQ(fails<Flaw::kRemovesNothing>(), Ids{"depart"}); }
TEST(SinkSuite, FindsAHolderThatDoesNotLearnOfItsLoss) { EXPECT_EQ(fails<Flaw::kAlwaysWell>(), Ids{"heartbeat"}); }
TEST(SinkSuite, FindsLanesThatAreNeverReleased) { EXPECT_EQ(fails<Flaw::kNeverReleases>(), Ids{"finish"}); }
TEST(SinkSuite, FindsAValueThatComesBackOtherwise) { EXPECT_EQ(fails<Flaw::kTrims>(), Ids{"read_back"}); }
TEST(SinkSuite, FindsASinkThatDoesNotBind) { EXPECT_EQ(fails<Flaw::kBindsToNothing>(), Ids{"bind"}); }
TEST(SinkSuite, FindsAnOptionThatThrows) { EXPECT_EQ(fails<Flaw::kThrowsOnOption>(), Ids{"options.odd"}); }
TEST(SinkSuite, FindsAFileLeftOpen) { EXPECT_EQ(fails<Flaw::kLeaksFile>(), Ids{"close"}); }

}  // namespace
}  // namespace sentinel::conformance
