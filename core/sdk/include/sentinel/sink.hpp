// What a sink is. Level 1 (Sink) writes; level 2 (TransactionalSink) also keeps Sentinel's own tables in the target, so
// that rows, ledger and checkpoint are committed together: exactly once.
#pragma once

#include <sentinel/balance.hpp>
#include <sentinel/batch.hpp>
#include <sentinel/component.hpp>
#include <sentinel/host.hpp>
#include <sentinel/source.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel {

enum class Outcome : std::uint8_t {
  kNone = SENTINEL_OUTCOME_NONE,
  kInserted = SENTINEL_OUTCOME_INSERTED,
  kUpdated = SENTINEL_OUTCOME_UPDATED,
  kUnchanged = SENTINEL_OUTCOME_UNCHANGED,
  kSuperseded = SENTINEL_OUTCOME_SUPERSEDED,
  kRejected = SENTINEL_OUTCOME_REJECTED,
  kClosed = SENTINEL_OUTCOME_CLOSED,
};

enum class LetterState : std::int32_t {
  kOpen = SENTINEL_LETTER_OPEN,
  kRecovered = SENTINEL_LETTER_RECOVERED,
  kSuperseded = SENTINEL_LETTER_SUPERSEDED,
  kDiscarded = SENTINEL_LETTER_DISCARDED,
};
constexpr std::string_view to_string(LetterState state) {
  switch (state) {
    case LetterState::kOpen: return "open";
    case LetterState::kRecovered: return "recovered";
    case LetterState::kSuperseded: return "superseded";
    case LetterState::kDiscarded: return "discarded";
  }
  return "?";
}

enum class Verdict : std::int32_t {
  kCommitted = SENTINEL_VERDICT_COMMITTED,
  kNotCommitted = SENTINEL_VERDICT_NOT_COMMITTED,
  kFenced = SENTINEL_VERDICT_FENCED,
};

// What happened to the rows of one write(). One entry per row; the sink fills each.
class RowOutcomes {
 public:
  explicit RowOutcomes(const sentinel_write_request* request) : request_(request) {}
  void set(std::int64_t row, Outcome outcome) { request_->outcome[row] = static_cast<std::uint8_t>(outcome); }
  Outcome get(std::int64_t row) const { return static_cast<Outcome>(request_->outcome[row]); }
  // The target refused this row; its neighbours land. `why` has code kInvalidData or kConflict.
  void reject(std::int64_t row, const Status& why) {
    const auto error = to_error(why);
    request_->outcome[row] = static_cast<std::uint8_t>(Outcome::kRejected);
    request_->reject(request_->context, row, &error);
  }
  // Level 1: what write() returns when it was stopped in the middle. The rows that have an outcome are accepted for
  // good and are never given again in this process; the others are given again, as the code of `why` says. Any other
  // error of write() means that nothing of the batch counts.
  Status stopped(Status why) {
    is_partial_ = !why.ok();
    return why;
  }
  bool is_partial() const { return is_partial_; }

 private:
  const sentinel_write_request* request_;
  bool is_partial_ = false;
};

// The identity of one delivery attempt; borrowed for the call.
struct Claim {
  std::int32_t lane = 0;
  std::int64_t epoch = 0;
  std::int64_t seq = 0;  // last committed + 1
  std::string_view delivery_id;
  // Replay only, one per row: turn this letter from open to recovered first; where that hits no row, set
  // Outcome::kClosed and write nothing for it. Empty in a run.
  std::vector<std::string_view> letter_ids;
};

struct Letter {
  LetterState state = LetterState::kOpen;
  std::string letter_id, source_key, record_hash;
  std::string minor;     // decimal digits in minor units; empty: not known
  std::string currency;  // empty: none
};

struct MoneyLine {
  std::string currency;
  std::array<std::string, kBalanceLines> minor;  // decimal digits of a 128-bit integer, one per BalanceLine
};

// What is recorded together with the rows.
struct Seal {
  Claim claim;
  std::string_view next_cursor;
  std::vector<Letter> letters;
  std::array<std::uint64_t, kBalanceLines> records{};
  std::uint64_t amount_unknown = 0;
  std::vector<MoneyLine> money;
};

struct ResumeRequest {
  bool is_replay = false;  // lane -1 instead of lanes 0 .. lanes-1
  std::string pipeline, source_id, run_id, holder, holder_place;
  std::chrono::milliseconds stale_after{60000};
  std::int32_t lanes = 1;
  bool take_over = false;
};

struct Lane {
  std::int32_t lane = 0;
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
  std::string cursor;
};

// A lane as it stands in the target, whoever holds it.
struct LaneState {
  std::int32_t lane = 0;
  std::int64_t epoch = 0, seq = 0;
  std::string source_id, cursor, holder;  // holder: empty where nobody has it now
  std::int64_t heartbeat_age_ms = -1;     // -1: it never was held
};

struct RunSummary {
  std::int32_t exit_code = 0;
  std::string state;   // running, finished, stopped, failed
  std::string reason;  // one sentence; empty when it finished
  std::array<std::uint64_t, kBalanceLines> records{};
};

// Derive for level 1: at least once; effectively once if you upsert by key. One thread at a time, cancel() excepted.
//
// Errors of write: the fault of one row is RowOutcomes::reject; kTransient makes the engine send the whole batch again
// soon; kUnavailable pauses the pipeline; kInvalidConfig, kRefused, kStorage stop it. A service that took a part of the
// batch before it failed: return outcomes.stopped(fault).
//
// `static constexpr std::int64_t max_rows = 100;` in a sink of level 1: write() is never given more rows than that.
class Sink {
 public:
  virtual ~Sink() = default;
  // Preflight against the shape of what will come: does the target exist, fit, and hold amounts exactly? Writes
  // nothing.
  virtual Status bind(const Schema& schema) = 0;
  // Writes all rows and says what became of each. At level 2 the transaction stays open. `claim` is null at level 1.
  virtual Status write(const BatchView& batch, const Claim* claim, RowOutcomes& outcomes) = 0;

  virtual Status check() { return {Code::kUnsupported, "not offered"}; }
  // Makes what is missing for this schema; never alters what exists.
  virtual Status create(const Schema&) { return {Code::kUnsupported, "not offered"}; }
  // The instructions (SQL) that would make what create() makes.
  virtual Result<std::string> plan(const Schema&) { return Status{Code::kUnsupported, "not offered"}; }
  // The target's rows with these keys (a batch of the key fields alone), in the bound schema.
  virtual Result<Batch> read_back(const ArrowArray& /*keys*/) { return Status{Code::kUnsupported, "not offered"}; }
  // Marks or removes the rows of departed records, inside the open transaction; called after write(). `departed` takes
  // one per row: was it there, and is it marked or removed now?
  virtual Status depart(const BatchView& /*rows*/, std::span<const Departure> /*actions*/,
                        std::vector<bool>& /*departed*/) {
    return {Code::kUnsupported, "not offered"};
  }
  // Offered at level 1, it makes the run a whole: each run is given every record from the source's beginning, and what
  // it wrote counts only once this answered ok for a run that ended in the state "finished". After any other state the
  // sink puts aside what it wrote. No dead letter is replayed into such a sink. Errors fail the run.
  virtual Status finish(const RunSummary&) { return {Code::kUnsupported, "not offered"}; }
  virtual void cancel() {}

  // --- What a comparison of source and target needs; called after bind.
  // The fields that are the key of the target.
  virtual Result<std::vector<std::string>> key_fields() { return Status{Code::kUnsupported, "not offered"}; }
  // A page of the target's rows in the bound schema, ascending by key from a cursor of this call's own. A row with a
  // value that is none of its field's type is rejected, with its key.
  virtual Result<Page> scan(const Cursor&, const Limits&, Rejects&) {
    return Status{Code::kUnsupported, "not offered"};
  }
  // The batch as the target would give it back: without what its columns do not keep.
  virtual Result<Batch> as_stored(const BatchView& /*batch*/) { return Status{Code::kUnsupported, "not offered"}; }
  // The database's own count and sum of a field, one call of `each` per value of `currency_field` (one in all if it is
  // empty); `sum` is decimal digits.
  virtual Status totals(
      std::string_view /*amount_field*/, std::string_view /*currency_field*/,
      const std::function<void(std::string_view currency, std::uint64_t rows, std::string_view sum)>&) {
    return {Code::kUnsupported, "not offered"};
  }
};

// Derive for level 2: exactly once. Sentinel's own tables (sentinel_lane, sentinel_batch, …) live in the target.
class TransactionalSink : public Sink {
 public:
  // Takes the pipeline's lanes by raising their epoch. Errors: kFenced if a live foreign holder has them.
  virtual Result<std::vector<Lane>> resume(const ResumeRequest& request) = 0;
  // Records the seal and commits. kUnknownOutcome if the reply was lost; any other error: not committed.
  virtual Status commit(const Seal& seal) = 0;
  virtual Status rollback() = 0;
  // After an unknown outcome: waits for a ghost of ours, then says whether this claim's delivery is in the ledger.
  virtual Result<Verdict> resolve(const Claim& claim) = 0;
  // Reports every open letter of the pipeline, of all its sources.
  virtual Status letters(const std::string& pipeline,
                         const std::function<void(std::string_view source_id, const Letter&)>& each) = 0;
  virtual Status heartbeat() = 0;
  // Reports every lane of the pipeline, of all its sources, and takes none. Called before bind, or without it.
  virtual Status lanes(const std::string& /*pipeline*/, const std::function<void(const LaneState&)>&) {
    return {Code::kUnsupported, "not offered"};
  }
  // Records how the run ended and releases the lanes.
  Status finish(const RunSummary& summary) override = 0;
};

namespace detail {

template <class T>
struct SinkInstance {
  SinkInstance(const sentinel_host* c_host) : host(c_host) {}
  Host host;
  std::unique_ptr<T> self;
  Schema schema;
  std::vector<Lane> lanes;
  std::string next;  // of the last scan
};

inline Claim import_claim(const sentinel_claim& in, std::int64_t rows) {
  Claim claim{in.lane, in.epoch, in.seq, from_text(in.delivery_id), {}};
  for (std::int64_t i = 0; in.letter_ids != nullptr && i < rows; ++i)
    claim.letter_ids.push_back(from_text(in.letter_ids[i]));
  return claim;
}

inline Letter import_letter(const sentinel_letter& in) {
  return {static_cast<LetterState>(in.state),    std::string(from_text(in.letter_id)),
          std::string(from_text(in.source_key)), std::string(from_text(in.record_hash)),
          std::string(from_text(in.minor)),      std::string(from_text(in.currency))};
}

inline sentinel_letter export_letter(const Letter& in) {
  return {sizeof(sentinel_letter), static_cast<std::int32_t>(in.state),
          to_text(in.letter_id),   to_text(in.source_key),
          to_text(in.record_hash), to_text(in.minor),
          to_text(in.currency)};
}

inline sentinel_lane_state export_lane(const LaneState& in) {
  return {sizeof(sentinel_lane_state),
          in.lane,
          in.epoch,
          in.seq,
          to_text(in.source_id),
          to_text(in.cursor),
          to_text(in.holder),
          in.heartbeat_age_ms};
}

inline LaneState import_lane(const sentinel_lane_state& in) {
  return {in.lane,
          in.epoch,
          in.seq,
          std::string(from_text(in.source_id)),
          std::string(from_text(in.cursor)),
          std::string(from_text(in.holder)),
          in.heartbeat_age_ms};
}

// The lines that both sides know; a line that the host does not know stays 0.
inline void import_lines(const std::uint64_t* in, std::uint64_t count, std::array<std::uint64_t, kBalanceLines>& out) {
  for (std::size_t i = 0; i < out.size() && i < count; ++i) out[i] = in[i];
}

inline Seal import_seal(const sentinel_seal& in) {
  Seal seal;
  seal.claim = import_claim(*in.claim, 0);
  seal.next_cursor = from_text(in.next_cursor);
  for (std::uint32_t i = 0; i < in.letter_count; ++i) seal.letters.push_back(import_letter(*in.letters[i]));
  import_lines(in.records, in.line_count, seal.records);
  seal.amount_unknown = in.amount_unknown;
  for (std::uint64_t i = 0; i < in.money_count; ++i) {
    auto& line = seal.money.emplace_back();
    line.currency = std::string(from_text(in.money[i]->currency));
    for (std::size_t j = 0; j < kBalanceLines && j < in.money[i]->line_count; ++j)
      line.minor[j] = std::string(from_text(in.money[i]->minor[j]));
  }
  return seal;
}

template <class T>
struct SinkCalls {
  using Instance = SinkInstance<T>;
  static Instance& at(void* instance) { return *static_cast<Instance*>(instance); }

  static std::int32_t bind(void* instance, const ArrowSchema* schema, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(at(instance).schema, import_schema(*schema));
      return at(instance).self->bind(at(instance).schema);
    });
  }
  static std::int32_t write(void* instance, const sentinel_write_request* request, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      RowOutcomes outcomes(request);
      const BatchView batch(*request->batch, at(instance).schema);
      if (request->claim == nullptr) {
        auto status = at(instance).self->write(batch, nullptr, outcomes);
        if (!status.ok() && outcomes.is_partial() && SENTINEL_OFFERS(request, is_partial) &&
            request->is_partial != nullptr)
          *request->is_partial = 1;
        return status;
      }
      const auto claim = import_claim(*request->claim, batch.rows());
      return at(instance).self->write(batch, &claim, outcomes);
    });
  }
  static std::int32_t check(void* instance, sentinel_error* error) noexcept {
    return fenced(error, [&] { return at(instance).self->check(); });
  }
  static std::int32_t create(void* instance, const ArrowSchema* schema, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(const auto imported, import_schema(*schema));
      return at(instance).self->create(imported);
    });
  }
  static std::int32_t plan(void* instance, const ArrowSchema* schema, void* context,
                           void (*text)(void*, sentinel_text) noexcept, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(const auto imported, import_schema(*schema));
      SENTINEL_ASSIGN(const auto plan, at(instance).self->plan(imported));
      text(context, to_text(plan));
      return {};
    });
  }
  static std::int32_t resume(void* instance, const sentinel_resume_request* in, sentinel_lane* const* lanes,
                             sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      ResumeRequest request{in->purpose == SENTINEL_PURPOSE_REPLAY,
                            std::string(from_text(in->pipeline)),
                            std::string(from_text(in->source_id)),
                            std::string(from_text(in->run_id)),
                            std::string(from_text(in->holder)),
                            std::string(from_text(in->holder_place)),
                            std::chrono::milliseconds(in->stale_after_ms),
                            in->lanes,
                            in->take_over != 0};
      SENTINEL_ASSIGN(at(instance).lanes, at(instance).self->resume(request));
      if (at(instance).lanes.size() != static_cast<std::size_t>(in->lanes))
        return internal_error("resume answered another number of lanes");
      for (std::size_t i = 0; i < at(instance).lanes.size(); ++i) {
        const auto& lane = at(instance).lanes[i];
        lanes[i]->lane = lane.lane;
        lanes[i]->epoch = lane.epoch;
        lanes[i]->seq = lane.seq;
        lanes[i]->cursor = to_text(lane.cursor);
      }
      return {};
    });
  }
  static std::int32_t commit(void* instance, const sentinel_seal* seal, sentinel_error* error) noexcept {
    return fenced(error, [&] { return at(instance).self->commit(import_seal(*seal)); });
  }
  static std::int32_t rollback(void* instance, sentinel_error* error) noexcept {
    return fenced(error, [&] { return at(instance).self->rollback(); });
  }
  static std::int32_t resolve(void* instance, const sentinel_claim* claim, std::int32_t* verdict,
                              sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(const auto answer, at(instance).self->resolve(import_claim(*claim, 0)));
      *verdict = static_cast<std::int32_t>(answer);
      return {};
    });
  }
  static std::int32_t letters(void* instance, const sentinel_letters_request* request, sentinel_error* error) noexcept {
    return fenced(error, [&] {
      return at(instance).self->letters(std::string(from_text(request->pipeline)),
                                        [&](std::string_view source_id, const Letter& letter) {
                                          const auto exported = export_letter(letter);
                                          request->letter(request->context, to_text(source_id), &exported);
                                        });
    });
  }
  static std::int32_t lanes(void* instance, const sentinel_lanes_request* request, sentinel_error* error) noexcept {
    return fenced(error, [&] {
      return at(instance).self->lanes(std::string(from_text(request->pipeline)), [&](const LaneState& state) {
        const auto exported = export_lane(state);
        request->lane(request->context, &exported);
      });
    });
  }
  static std::int32_t heartbeat(void* instance, sentinel_error* error) noexcept {
    return fenced(error, [&] { return at(instance).self->heartbeat(); });
  }
  static std::int32_t finish(void* instance, const sentinel_run_summary* in, sentinel_error* error) noexcept {
    return fenced(error, [&] {
      RunSummary summary{in->exit_code, std::string(from_text(in->state)), std::string(from_text(in->reason)), {}};
      import_lines(in->records, in->line_count, summary.records);
      return at(instance).self->finish(summary);
    });
  }
  static std::int32_t read_back(void* instance, const ArrowArray* keys, ArrowArray* rows,
                                sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(auto batch, at(instance).self->read_back(*keys));
      SENTINEL_TRY(batch.fault());
      *rows = batch.release();
      return {};
    });
  }
  static std::int32_t depart(void* instance, const sentinel_depart_request* request, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      const BatchView rows(*request->rows, at(instance).schema);
      std::vector<Departure> actions;
      for (std::int64_t i = 0; i < rows.rows(); ++i) actions.push_back(static_cast<Departure>(request->action[i]));
      std::vector<bool> departed(actions.size(), false);
      SENTINEL_TRY(at(instance).self->depart(rows, actions, departed));
      for (std::size_t i = 0; i < actions.size(); ++i)
        request->departed[i] = i < departed.size() && departed[i] ? 1 : 0;
      return {};
    });
  }
  static std::int32_t key_fields(void* instance, const sentinel_text_list* names, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(const auto fields, at(instance).self->key_fields());
      for (const auto& field : fields) names->add(names->context, to_text(field));
      return {};
    });
  }
  static std::int32_t scan(void* instance, const sentinel_read_request* request, sentinel_page* page,
                           sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      Rejects rejects(request);
      SENTINEL_ASSIGN(auto answer, at(instance).self->scan(Cursor(std::string(from_text(request->cursor))),
                                                           {request->max_rows, request->max_bytes}, rejects));
      SENTINEL_TRY(answer.batch.fault());
      at(instance).next = answer.next.text();
      page->array = answer.batch.release();
      page->next = to_text(at(instance).next);
      page->done = answer.done ? 1 : 0;
      return {};
    });
  }
  static std::int32_t as_stored(void* instance, const ArrowArray* batch, ArrowArray* stored,
                                sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(auto answer, at(instance).self->as_stored(BatchView(*batch, at(instance).schema)));
      SENTINEL_TRY(answer.fault());
      *stored = answer.release();
      return {};
    });
  }
  static std::int32_t totals(void* instance, sentinel_text amount_field, sentinel_text currency_field, void* context,
                             void (*line)(void*, sentinel_text, std::uint64_t, sentinel_text) noexcept,
                             sentinel_error* error) noexcept {
    return fenced(error, [&] {
      return at(instance).self->totals(from_text(amount_field), from_text(currency_field),
                                       [&](std::string_view currency, std::uint64_t rows, std::string_view sum) {
                                         line(context, to_text(currency), rows, to_text(sum));
                                       });
    });
  }
  static void cancel(void* instance) noexcept {
    fenced(nullptr, [&]() -> Status {
      at(instance).self->cancel();
      return {};
    });
  }

  static const sentinel_sink_calls* table() {
    static const sentinel_sink_calls calls = [] {
      sentinel_sink_calls c{};
      c.struct_size = sizeof c;
      c.open = open_instance<T, Instance>;
      c.close = close_instance<Instance>;
      c.bind = bind;
      c.write = write;
      if constexpr (!std::is_same_v<decltype(&T::check), decltype(&Sink::check)>) c.check = check;
      if constexpr (!std::is_same_v<decltype(&T::create), decltype(&Sink::create)>) c.create = create;
      if constexpr (!std::is_same_v<decltype(&T::plan), decltype(&Sink::plan)>) c.plan = plan;
      if constexpr (!std::is_same_v<decltype(&T::read_back), decltype(&Sink::read_back)>) c.read_back = read_back;
      if constexpr (!std::is_same_v<decltype(&T::finish), decltype(&Sink::finish)>) c.finish = finish;
      if constexpr (!std::is_same_v<decltype(&T::cancel), decltype(&Sink::cancel)>) c.cancel = cancel;
      if constexpr (!std::is_same_v<decltype(&T::depart), decltype(&Sink::depart)>) c.depart = depart;
      if constexpr (!std::is_same_v<decltype(&T::key_fields), decltype(&Sink::key_fields)>) c.key_fields = key_fields;
      if constexpr (!std::is_same_v<decltype(&T::scan), decltype(&Sink::scan)>) c.scan = scan;
      if constexpr (!std::is_same_v<decltype(&T::as_stored), decltype(&Sink::as_stored)>) c.as_stored = as_stored;
      if constexpr (!std::is_same_v<decltype(&T::totals), decltype(&Sink::totals)>) c.totals = totals;
      if constexpr (std::is_base_of_v<TransactionalSink, T>) {
        c.resume = resume;
        c.commit = commit;
        c.rollback = rollback;
        c.resolve = resolve;
        c.letters = letters;
        c.heartbeat = heartbeat;
        if constexpr (!std::is_same_v<decltype(&T::lanes), decltype(&TransactionalSink::lanes)>) c.lanes = lanes;
      }
      return c;
    }();
    return &calls;
  }
};

}  // namespace detail

// Describes a sink for SENTINEL_PLUGIN; T as for source<T>. Its base class says its level.
template <class T>
sentinel_component sink(const char* use, const char* doc) {
  auto component = detail::describe<T>(SENTINEL_KIND_SINK, use, doc);
  component.sink_level =
      std::is_base_of_v<TransactionalSink, T> ? SENTINEL_SINK_TRANSACTIONAL : SENTINEL_SINK_WRITE_ONLY;
  component.sink = detail::SinkCalls<T>::table();
  if constexpr (requires { T::max_rows; }) {
    static_assert(!std::is_base_of_v<TransactionalSink, T>,
                  "a transaction holds a whole batch: max_rows is of level 1");
    static_assert(T::max_rows > 0);
    component.max_rows = T::max_rows;
  }
  return component;
}

}  // namespace sentinel
