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
  std::vector<Outcome> outcomes;
  std::map<std::int64_t, Status> rejects;
  std::string wrong;

  bool all(Outcome outcome) const {
    return std::all_of(outcomes.begin(), outcomes.end(), [&](Outcome other) { return other == outcome; });
  }
  static void reject(void* context, std::int64_t row, const sentinel_error* error) noexcept {
    auto& self = *static_cast<WriteSeen*>(context);
    const auto name = "row " + std::to_string(row);
    const auto why = from_error(error->code, *error);
    if (!is_row_fault(why.code()))
      self.wrong = name + " is rejected with a code that is no fault of a row: " + why.message();
    if (!self.rejects.emplace(row, why).second) self.wrong = name + " is rejected twice";
  }
  // Each row has an outcome, and exactly the rejected ones a reason.
  void check_outcomes() {
    for (std::size_t row = 0; row < outcomes.size() && wrong.empty(); ++row) {
      const auto name = "row " + std::to_string(row);
      if (outcomes[row] == Outcome::kNone) wrong = name + " is left without an outcome";
      if (outcomes[row] > Outcome::kClosed) wrong = name + " has an unknown outcome";
      if ((outcomes[row] == Outcome::kRejected) != rejects.contains(static_cast<std::int64_t>(row)))
        wrong = name + " is rejected without a reason, or has a reason and another outcome";
    }
  }
};

class SinkSession {
 public:
  static Result<SinkSession> open(const sentinel_component& component, TestHost& host, const sentinel_value& options,
                                  const Schema& schema) {
    SENTINEL_ASSIGN(auto sink, SinkInstance::open(*component.sink, host, options));
    SinkSession session(std::move(sink), host, schema);
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
    auto attempt = write_once(batch, claim);
    SENTINEL_TRY(attempt.status);
    attempt.seen.check_outcomes();
    return std::move(attempt.seen);
  }
  // How often a sink of level 1 was stopped in the middle of a batch.
  int stops() const { return stops_; }
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
      static_cast<std::vector<std::string>*>(context)->emplace_back(from_text(letter->letter_id));
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
  SinkSession(std::unique_ptr<SinkInstance> sink, TestHost& host, const Schema& schema)
      : sink_(std::move(sink)), host_(&host), schema_(&schema) {}

  struct Attempt {
    Status status;
    WriteSeen seen;
    bool is_partial = false;
  };
  Attempt write_once(const Batch& batch, const Claim* claim) {
    Attempt attempt;
    std::vector<std::uint8_t> outcomes(static_cast<std::size_t>(batch.rows()), SENTINEL_OUTCOME_NONE);
    std::vector<sentinel_text> letters;
    sentinel_claim lent{};
    if (claim != nullptr) lent = lend(*claim, letters);
    std::uint8_t is_partial = 0;
    const sentinel_write_request request{
        sizeof request, &batch.array(),    claim == nullptr ? nullptr : &lent,      outcomes.data(),
        &attempt.seen,  WriteSeen::reject, claim == nullptr ? &is_partial : nullptr};
    attempt.status = call([&](sentinel_error* error) { return calls().write(self(), &request, error); });
    attempt.is_partial = is_partial != 0;
    for (const auto outcome : outcomes) attempt.seen.outcomes.push_back(static_cast<Outcome>(outcome));
    return attempt;
  }
  // Takes the outcomes of a part over into the whole; answers how many rows of it were accepted.
  static std::size_t take_over(const std::vector<std::int64_t>& rows, WriteSeen& part, WriteSeen& whole) {
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      accepted += part.outcomes[i] == Outcome::kNone ? 0 : 1;
      whole.outcomes[static_cast<std::size_t>(rows[i])] = part.outcomes[i];
    }
    for (auto& [row, why] : part.rejects) whole.rejects.emplace(rows[static_cast<std::size_t>(row)], std::move(why));
    if (whole.wrong.empty()) whole.wrong = part.wrong;
    return accepted;
  }
  Result<WriteSeen> write_in_parts(const Batch& batch) {
    constexpr int kMostStops = 100;
    WriteSeen whole;
    whole.outcomes.resize(static_cast<std::size_t>(batch.rows()), Outcome::kNone);
    const auto most = max_rows_ > 0 ? max_rows_ : std::max<std::int64_t>(batch.rows(), 1);
    std::vector<std::int64_t> rows;
    std::int64_t next = 0;
    do {
      for (; next < batch.rows() && static_cast<std::int64_t>(rows.size()) < most; ++next) rows.push_back(next);
      const auto part = select_rows(batch.view(*schema_), rows);
      auto attempt = write_once(part, nullptr);
      if (!attempt.status.ok() && !attempt.is_partial) return attempt.status;
      const auto accepted = take_over(rows, attempt.seen, whole);
      if (!attempt.status.ok()) {
        if (!is_retryable(attempt.status.code())) return attempt.status;
        if (accepted == 0)
          return internal_error("says that it accepted a part of the batch, and no row has an outcome");
        if (++stops_ > kMostStops) return internal_error("was stopped " + std::to_string(stops_) + " times");
        host_->advance(attempt.status.retry_after() ? attempt.status.retry_after()->count() : 1000);
        std::erase_if(
            rows, [&](std::int64_t row) { return whole.outcomes[static_cast<std::size_t>(row)] != Outcome::kNone; });
        continue;
      }
      rows.clear();
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
  Lane lane_;
  std::int64_t max_rows_ = 0;
  int stops_ = 0;
};

}  // namespace sentinel::testkit::detail
