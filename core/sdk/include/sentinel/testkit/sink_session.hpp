// A sink as a run drives it: bound, resumed, one batch after the other.
#pragma once

#include <sentinel/sink.hpp>
#include <sentinel/testkit/arrays.hpp>
#include <sentinel/testkit/instance.hpp>

#include <algorithm>
#include <map>

namespace sentinel::testkit::detail {

using SinkInstance = Instance<sentinel_sink_calls>;

// What one write answered.
struct WriteSeen {
  std::int64_t rows = 0;
  std::vector<std::int64_t> places;  // of a part of a batch: where its rows stand in the batch; empty: the whole batch
  bool is_replay = false;
  std::vector<Outcome> outcomes;
  std::map<std::int64_t, Status> rejects;
  std::string wrong;  // the first breach of the contract; empty: none

  bool all(Outcome outcome) const {
    return std::all_of(outcomes.begin(), outcomes.end(), [&](Outcome other) { return other == outcome; });
  }
  std::size_t accepted() const {
    return outcomes.size() - static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), Outcome::kNone));
  }
  std::string name(std::int64_t row) const {
    return "row " + std::to_string(places.empty() ? row : places[static_cast<std::size_t>(row)]);
  }
  void note(std::string what) {
    if (wrong.empty()) wrong = std::move(what);
  }
  static void reject(void* context, std::int64_t row, const sentinel_error* error) noexcept {
    auto& self = *static_cast<WriteSeen*>(context);
    if (row < 0 || row >= self.rows)
      return self.note("row " + std::to_string(row) + " is rejected, of " + std::to_string(self.rows) + " rows");
    const auto why = reported_reason(error);
    if (!is_row_fault(why.code()))
      self.note(self.name(row) + " is rejected with a code that is no fault of a row: " + why.message());
    if (!self.rejects.emplace(row, why).second) self.note(self.name(row) + " is rejected twice");
  }
  // Each row has an outcome, and exactly the rejected ones a reason. A sink that was stopped may leave rows without.
  void check_outcomes(bool is_stopped = false) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      if (outcomes[i] == Outcome::kNone && !is_stopped) note(name(row) + " is left without an outcome");
      if (outcomes[i] > Outcome::kClosed) note(name(row) + " has an unknown outcome");
      if (outcomes[i] == Outcome::kClosed && !is_replay) note(name(row) + " is closed, and comes from no dead letter");
      if (outcomes[i] == Outcome::kRejected && !rejects.contains(row))
        note(name(row) + " is rejected without a reason");
      if (outcomes[i] != Outcome::kRejected && rejects.contains(row))
        note(name(row) + " has a reason to be rejected and another outcome");
    }
  }
};

class SinkSession {
 public:
  static Result<SinkSession> open(const sentinel_component& component, TestHost& host, const sentinel_value& options,
                                  const Schema& schema, Throttle& throttle) {
    SENTINEL_ASSIGN(auto sink, SinkInstance::open(*component.sink, host, options));
    SinkSession session(std::move(sink), host, schema, throttle);
    if (SENTINEL_OFFERS(&component, max_rows)) session.max_rows_ = component.max_rows;
    SENTINEL_TRY(session.bind());
    return session;
  }

  // Takes lane 0, or lane -1 for a replay.
  Status resume(const std::string& pipeline, const std::string& run_id, const std::string& place = "here",
                bool is_replay = false) {
    const auto holder = place + " process 1";
    sentinel_resume_request request{};
    request.struct_size = sizeof request;
    request.purpose = is_replay ? SENTINEL_PURPOSE_REPLAY : SENTINEL_PURPOSE_RUN;
    request.pipeline = to_text(pipeline);
    request.source_id = {"conformance", 11};
    request.run_id = to_text(run_id);
    request.holder = to_text(holder);
    request.holder_place = to_text(place);
    request.stale_after_ms = 60'000;
    request.lanes = 1;
    sentinel_lane lane{};
    lane.struct_size = sizeof lane;
    sentinel_lane* const lanes[] = {&lane};
    SENTINEL_TRY(call([&](sentinel_error* error) { return calls().resume(self(), &request, lanes, error); }));
    lane_ = {lane.lane, lane.epoch, lane.seq, std::string(from_text(lane.cursor))};
    return {};
  }
  const Lane& lane() const { return lane_; }

  // `delivery_id` must outlive the claim's use.
  Claim claim(std::string_view delivery_id) const { return {lane_.lane, lane_.epoch, lane_.seq + 1, delivery_id, {}}; }
  // A null claim: level 1, in parts of the sink's max_rows, and again from where it was stopped, as the engine does.
  Result<WriteSeen> write(const Batch& batch, const Claim* claim) {
    if (claim == nullptr) return write_in_parts(batch);
    auto attempt = write_patiently(batch, {}, claim);
    SENTINEL_TRY(attempt.status);
    return std::move(attempt.seen);
  }
  // How often a sink of level 1 was stopped in the middle of a batch, and the first thing wrong with how it said so.
  int stops() const { return stops_; }
  const std::string& wrong_stop() const { return wrong_stop_; }
  Status commit(const Claim& claim, std::string_view cursor, const std::vector<Letter>& letters = {}) {
    std::vector<sentinel_text> no_letters;
    const auto lent = lend(claim, no_letters);
    std::vector<sentinel_letter> exported;
    std::vector<const sentinel_letter*> pointers;
    for (const auto& letter : letters) exported.push_back(sentinel::detail::export_letter(letter));
    for (const auto& letter : exported) pointers.push_back(&letter);
    sentinel_seal seal{};
    seal.struct_size = sizeof seal;
    seal.letter_count = static_cast<std::uint32_t>(letters.size());
    seal.claim = &lent;
    seal.next_cursor = to_text(cursor);
    seal.letters = pointers.data();
    SENTINEL_TRY(call([&](sentinel_error* error) { return calls().commit(self(), &seal, error); }));
    ++lane_.seq;
    return {};
  }
  Result<WriteSeen> land(const Batch& batch, std::string_view delivery_id, std::string_view cursor,
                         const std::vector<Letter>& letters = {}) {
    const auto mine = claim(delivery_id);
    SENTINEL_ASSIGN(auto seen, write(batch, &mine));
    SENTINEL_TRY(commit(mine, cursor, letters));
    return seen;
  }
  bool offers_depart() const { return SENTINEL_OFFERS(&calls(), depart) && calls().depart != nullptr; }
  // Within a batch of its own: an empty write, the rows removed, the commit. Answers which of them were there.
  Result<std::vector<bool>> remove(const Batch& rows, std::string_view delivery_id) {
    const auto mine = claim(delivery_id);
    SENTINEL_ASSIGN([[maybe_unused]] const auto seen, write(select_rows(rows.view(*schema_), {}), &mine));
    const std::vector<std::uint8_t> actions(static_cast<std::size_t>(rows.rows()), SENTINEL_DEPARTURE_DELETE);
    std::vector<std::uint8_t> departed(actions.size(), 0);
    const sentinel_depart_request request{sizeof request, 0, &rows.array(), actions.data(), departed.data()};
    SENTINEL_TRY(call([&](sentinel_error* error) { return calls().depart(self(), &request, error); }));
    SENTINEL_TRY(commit(mine, "departed"));
    return std::vector<bool>(departed.begin(), departed.end());
  }
  Status rollback() {
    return call([&](sentinel_error* error) { return calls().rollback(self(), error); });
  }
  Result<Verdict> resolve(const Claim& claim) {
    std::vector<sentinel_text> no_letters;
    const auto lent = lend(claim, no_letters);
    std::int32_t verdict = 0;
    SENTINEL_TRY(call([&](sentinel_error* error) { return calls().resolve(self(), &lent, &verdict, error); }));
    return static_cast<Verdict>(verdict);
  }
  // The ids of the open letters.
  Result<std::vector<std::string>> letters(const std::string& pipeline) {
    std::vector<std::string> ids;
    sentinel_letters_request request{sizeof request, 0, to_text(pipeline), &ids, nullptr};
    request.letter = [](void* context, sentinel_text, const sentinel_letter* letter) noexcept {
      static_cast<std::vector<std::string>*>(context)->emplace_back(
          letter == nullptr ? "a letter that is null" : std::string(from_text(letter->letter_id)));
    };
    SENTINEL_TRY(call([&](sentinel_error* error) { return calls().letters(self(), &request, error); }));
    return ids;
  }
  Status heartbeat() {
    return call([&](sentinel_error* error) { return calls().heartbeat(self(), error); });
  }
  Status finish() {
    sentinel_run_summary summary{};
    summary.struct_size = sizeof summary;
    summary.state = {"finished", 8};
    summary.reason = {"", 0};
    return call([&](sentinel_error* error) { return calls().finish(self(), &summary, error); });
  }
  Result<std::vector<std::string>> key_fields() {
    if (!SENTINEL_OFFERS(&calls(), key_fields) || calls().key_fields == nullptr) return not_offered();
    std::vector<std::string> names;
    sentinel_text_list list{sizeof list, 0, &names, nullptr};
    list.add = [](void* context, sentinel_text text) noexcept {
      static_cast<std::vector<std::string>*>(context)->emplace_back(from_text(text));
    };
    SENTINEL_TRY(call([&](sentinel_error* error) { return calls().key_fields(self(), &list, error); }));
    return names;
  }
  Result<Batch> read_back(const Batch& keys) {
    if (calls().read_back == nullptr) return not_offered();
    return checked(
        [&](ArrowArray* rows, sentinel_error* error) { return calls().read_back(self(), &keys.array(), rows, error); });
  }
  Result<Batch> as_stored(const Batch& batch) {
    if (!SENTINEL_OFFERS(&calls(), as_stored) || calls().as_stored == nullptr) return not_offered();
    return checked([&](ArrowArray* rows, sentinel_error* error) {
      return calls().as_stored(self(), &batch.array(), rows, error);
    });
  }

 private:
  SinkSession(std::unique_ptr<SinkInstance> sink, TestHost& host, const Schema& schema, Throttle& throttle)
      : sink_(std::move(sink)), host_(&host), schema_(&schema), throttle_(&throttle) {}

  struct Attempt {
    Status status;
    WriteSeen seen;
    bool is_stopped = false;  // in the middle; what has an outcome was accepted
  };
  // Outcomes between guards, which show what a sink writes outside of its rows.
  class GuardedOutcomes {
   public:
    explicit GuardedOutcomes(std::int64_t rows)
        : rows_(static_cast<std::size_t>(rows)), bytes_(rows_ + 2 * kGuards, kUntouched) {
      std::fill_n(get(), rows_, std::uint8_t{SENTINEL_OUTCOME_NONE});
    }
    std::uint8_t* get() { return bytes_.data() + kGuards; }
    bool are_guards_whole() const {
      const auto is_whole = [](const std::uint8_t* guard) {
        return std::all_of(guard, guard + kGuards, [](std::uint8_t byte) { return byte == kUntouched; });
      };
      return is_whole(bytes_.data()) && is_whole(bytes_.data() + kGuards + rows_);
    }
    std::vector<Outcome> outcomes() const {
      std::vector<Outcome> all;
      for (std::size_t row = 0; row < rows_; ++row) all.push_back(static_cast<Outcome>(bytes_[kGuards + row]));
      return all;
    }

   private:
    static constexpr std::uint8_t kUntouched = 0xA5;
    static constexpr std::size_t kGuards = 64;  // on either side
    std::size_t rows_;
    std::vector<std::uint8_t> bytes_;
  };

  Attempt write_once(const Batch& batch, const std::vector<std::int64_t>& places, const Claim* claim) {
    Attempt attempt;
    attempt.seen.rows = batch.rows();
    attempt.seen.places = places;
    attempt.seen.is_replay = claim != nullptr && !claim->letter_ids.empty();
    GuardedOutcomes outcomes(batch.rows());
    std::vector<sentinel_text> letters;
    sentinel_claim lent{};
    if (claim != nullptr) lent = lend(*claim, letters);
    std::uint8_t is_partial = 0;
    const sentinel_write_request request{
        sizeof request, &batch.array(),    claim == nullptr ? nullptr : &lent,      outcomes.get(),
        &attempt.seen,  WriteSeen::reject, claim == nullptr ? &is_partial : nullptr};
    attempt.status = call([&](sentinel_error* error) { return calls().write(self(), &request, error); });
    if (!outcomes.are_guards_whole()) {
      attempt.status = internal_error("it writes an outcome of a row that the batch does not have");
      return attempt;
    }
    attempt.is_stopped = !attempt.status.ok() && is_partial != 0;
    attempt.seen.outcomes = outcomes.outcomes();
    if (attempt.status.ok() || attempt.is_stopped) attempt.seen.check_outcomes(attempt.is_stopped);
    if (attempt.status.ok() && is_partial != 0) note_stop("it says that it was stopped, and answers ok");
    return attempt;
  }
  // As the engine does: what is throttled is rolled back where there is a transaction, and written again later.
  Attempt write_patiently(const Batch& batch, const std::vector<std::int64_t>& places, const Claim* claim) {
    Attempt attempt;
    const auto status = throttle_->wait_out(*host_, [&]() -> Status {
      attempt = write_once(batch, places, claim);
      if (attempt.is_stopped) return {};
      if (claim != nullptr && attempt.status.code() == Code::kThrottled) SENTINEL_TRY(rollback());
      return attempt.status;
    });
    if (!attempt.is_stopped) attempt.status = status;
    return attempt;
  }
  void note_stop(std::string what) {
    if (wrong_stop_.empty()) wrong_stop_ = std::move(what);
  }
  // Takes what became of a part of the batch over into the whole.
  static void take_over(const Attempt& part, WriteSeen& whole) {
    for (std::size_t i = 0; i < part.seen.outcomes.size(); ++i) {
      const auto place = part.seen.places[i];
      whole.outcomes[static_cast<std::size_t>(place)] = part.seen.outcomes[i];
      const auto why = part.seen.rejects.find(static_cast<std::int64_t>(i));
      const bool counts = !part.is_stopped || part.seen.outcomes[i] == Outcome::kRejected;
      if (why != part.seen.rejects.end() && counts) whole.rejects.emplace(place, why->second);
    }
    if (!part.is_stopped && !part.seen.wrong.empty()) whole.note(part.seen.wrong);
  }
  // A sink that was stopped says what it accepted, and why it stopped. Errors: those that end a run.
  Status wait_after_stop(const Attempt& stopped) {
    constexpr int kMostStops = 100;
    if (!is_retryable(stopped.status.code())) return stopped.status;
    if (!stopped.seen.wrong.empty()) note_stop("where it was stopped, " + stopped.seen.wrong);
    if (stopped.seen.accepted() == 0)
      note_stop("it says that it accepted a part of the batch, and no row has an outcome");
    if (++stops_ > kMostStops) return internal_error("was stopped " + std::to_string(stops_) + " times");
    if (stopped.status.code() == Code::kThrottled) static_cast<void>(throttle_->note(stopped.status));
    host_->advance(stopped.status.retry_after().value_or(std::chrono::milliseconds(1000)).count());
    return {};
  }
  Result<WriteSeen> write_in_parts(const Batch& batch) {
    WriteSeen whole;
    whole.rows = batch.rows();
    whole.outcomes.resize(static_cast<std::size_t>(batch.rows()), Outcome::kNone);
    const auto most = max_rows_ > 0 ? max_rows_ : std::max<std::int64_t>(batch.rows(), 1);
    std::vector<std::int64_t> rows;
    std::int64_t next = 0;
    do {
      for (; next < batch.rows() && static_cast<std::int64_t>(rows.size()) < most; ++next) rows.push_back(next);
      const auto attempt = write_patiently(select_rows(batch.view(*schema_), rows), rows, nullptr);
      if (!attempt.status.ok() && !attempt.is_stopped) return attempt.status;
      take_over(attempt, whole);
      if (attempt.is_stopped) SENTINEL_TRY(wait_after_stop(attempt));
      std::erase_if(rows, [&](std::int64_t row) {
        return attempt.status.ok() || whole.outcomes[static_cast<std::size_t>(row)] != Outcome::kNone;
      });
    } while (!rows.empty() || next < batch.rows());
    whole.check_outcomes();
    return whole;
  }

  Status bind() {
    ArrowSchema lent{};
    export_schema(*schema_, &lent);
    auto status = call([&](sentinel_error* error) { return calls().bind(self(), &lent, error); });
    lent.release(&lent);
    return status;
  }
  template <class Call>
  Result<Batch> checked(Call&& make) {
    ArrowArray array{};
    SENTINEL_TRY(call([&](sentinel_error* error) { return make(&array, error); }));
    Batch batch(array);
    if (auto wrong = wrong_array(batch.array(), *schema_); !wrong.empty()) return internal_error(wrong);
    return batch;
  }
  static sentinel_claim lend(const Claim& claim, std::vector<sentinel_text>& letters) {
    for (const auto id : claim.letter_ids) letters.push_back(to_text(id));
    return {sizeof(sentinel_claim),
            claim.lane,
            claim.epoch,
            claim.seq,
            to_text(claim.delivery_id),
            letters.empty() ? nullptr : letters.data()};
  }
  static Status not_offered() { return {Code::kUnsupported, "not offered"}; }
  template <class Call>
  Status call(Call&& make) const {
    return sink_->call(std::forward<Call>(make));
  }
  const sentinel_sink_calls& calls() const { return sink_->calls(); }
  void* self() const { return sink_->self(); }

  std::unique_ptr<SinkInstance> sink_;
  TestHost* host_;
  const Schema* schema_;
  Throttle* throttle_;
  Lane lane_;
  std::int64_t max_rows_ = 0;
  int stops_ = 0;
  std::string wrong_stop_;
};

}  // namespace sentinel::testkit::detail
