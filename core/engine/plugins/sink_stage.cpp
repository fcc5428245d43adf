// Calls a sink, and checks that every row has an outcome, and what resume, resolve and letters return.
#include "engine/plugins/sink_stage.hpp"
#include "engine/plugins/normalise.hpp"
#include "engine/plugins/open_stage.hpp"
#include "engine/plugins/page_reports.hpp"

#include <sentinel/text.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <deque>
#include <limits>

namespace sentinel::plugins {
namespace {

// A claim as the boundary sees it; borrows the Claim.
class LentClaim {
 public:
  explicit LentClaim(const Claim& claim) {
    for (const auto id : claim.letter_ids) letter_ids_.push_back(to_text(id));
    lent_ = {sizeof lent_,
             claim.lane,
             claim.epoch,
             claim.seq,
             to_text(claim.delivery_id),
             letter_ids_.empty() ? nullptr : letter_ids_.data()};
  }
  LentClaim(const LentClaim&) = delete;
  const sentinel_claim* get() const { return &lent_; }

 private:
  std::vector<sentinel_text> letter_ids_;
  sentinel_claim lent_{};
};

// A seal as the boundary sees it; borrows the Seal.
class LentSeal {
 public:
  explicit LentSeal(const Seal& seal) : claim_(seal.claim) {
    for (const auto& letter : seal.letters) letters_.push_back(detail::export_letter(letter));
    for (const auto& letter : letters_) letter_pointers_.push_back(&letter);
    for (const auto& line : seal.money) {
      auto& lent = money_.emplace_back();
      auto& minor = minor_.emplace_back();
      for (std::size_t i = 0; i < kBalanceLines; ++i) minor[i] = to_text(line.minor[i]);
      lent = {sizeof lent, static_cast<std::uint32_t>(minor.size()), to_text(line.currency), minor.data()};
    }
    for (const auto& line : money_) money_pointers_.push_back(&line);
    lent_.struct_size = sizeof lent_;
    lent_.letter_count = static_cast<std::uint32_t>(letters_.size());
    lent_.claim = claim_.get();
    lent_.next_cursor = to_text(seal.next_cursor);
    lent_.letters = letter_pointers_.data();
    lent_.records = seal.records.data();
    lent_.line_count = seal.records.size();
    lent_.amount_unknown = seal.amount_unknown;
    lent_.money = money_pointers_.data();
    lent_.money_count = money_.size();
  }
  LentSeal(const LentSeal&) = delete;
  const sentinel_seal* get() const { return &lent_; }

 private:
  LentClaim claim_;
  std::deque<sentinel_letter> letters_;
  std::deque<sentinel_money_line> money_;
  std::deque<std::array<sentinel_text, kBalanceLines>> minor_;
  std::vector<const sentinel_letter*> letter_pointers_;
  std::vector<const sentinel_money_line*> money_pointers_;
  sentinel_seal lent_{};
};

// The rows that a sink rejected in one write.
struct SinkReports {
  std::vector<RejectedRow> rejected;
  static void reject(void* context, std::int64_t row, const sentinel_error* error) noexcept {
    static_cast<SinkReports*>(context)->rejected.push_back({row, reported_error(error), {}});
  }
};

// The rows of the batch that one call of write is given, by their places in the batch; empty: all of them.
using Part = std::span<const std::int64_t>;

// A row of a call as messages name it: by its place in the batch.
std::string row_name(Part part, std::size_t row) {
  return "row " + std::to_string(part.empty() ? static_cast<std::int64_t>(row) : part[row]);
}

std::string wrong_reject(const std::vector<RejectedRow>& rejected, const std::vector<std::uint8_t>& outcome,
                         Part part) {
  std::vector<bool> seen(outcome.size(), false);
  for (const auto& [row, why, amount] : rejected) {
    if (row < 0 || static_cast<std::size_t>(row) >= outcome.size())
      return "rejected row " + std::to_string(row) + " of " + (part.empty() ? "a batch of " : "a part of ") +
             std::to_string(outcome.size());
    const auto at = static_cast<std::size_t>(row);
    const auto name = row_name(part, at);
    if (seen[at]) return "rejected " + name + " twice";
    seen[at] = true;
    if (outcome[at] != SENTINEL_OUTCOME_REJECTED)
      return "rejected " + name + ", but gave it the outcome " + std::to_string(outcome[at]);
    if (!is_row_fault(why.code()))
      return "rejected " + name + " with code " + std::string(to_string(why.code())) +
             ", which is no fault of a row: " + why.message();
  }
  for (std::size_t row = 0; row < outcome.size(); ++row)
    if (outcome[row] == SENTINEL_OUTCOME_REJECTED && !seen[row])
      return "gave " + row_name(part, row) + " the outcome rejected without a reason";
  return {};
}

std::string wrong_outcome(const std::vector<std::uint8_t>& outcome, Part part, bool is_replay, bool is_stopped) {
  for (std::size_t row = 0; row < outcome.size(); ++row) {
    if (outcome[row] == SENTINEL_OUTCOME_NONE && !is_stopped)
      return "left " + row_name(part, row) + " without an outcome";
    if (outcome[row] > SENTINEL_OUTCOME_CLOSED)
      return "gave " + row_name(part, row) + " the unknown outcome " + std::to_string(outcome[row]);
    if (outcome[row] == SENTINEL_OUTCOME_CLOSED && !is_replay)
      return "gave " + row_name(part, row) + " the outcome closed, though it comes from no dead letter";
  }
  return {};
}

// Hands each open letter on, until one report is wrong.
struct LetterReports {
  const std::function<void(std::string_view, const Letter&)>& each;
  std::string wrong;
  static void report(void* context, sentinel_text source_id, const sentinel_letter* letter) noexcept {
    auto& self = *static_cast<LetterReports*>(context);
    if (letter == nullptr || !SENTINEL_OFFERS(letter, currency))
      self.wrong = "reported a truncated letter";
    else if (letter->state < SENTINEL_LETTER_OPEN || letter->state > SENTINEL_LETTER_DISCARDED)
      self.wrong = "reported a letter in the unknown state " + std::to_string(letter->state);
    else if (self.wrong.empty())
      self.each(from_text(source_id), detail::import_letter(*letter));
  }
};

struct LaneReports {
  const std::function<void(const LaneState&)>& each;
  std::string wrong;
  static void report(void* context, const sentinel_lane_state* lane) noexcept {
    auto& self = *static_cast<LaneReports*>(context);
    if (lane == nullptr || !SENTINEL_OFFERS(lane, heartbeat_age_ms))
      self.wrong = "reported a truncated lane";
    else
      self.each(detail::import_lane(*lane));
  }
};

}  // namespace

struct SinkStage::Impl : OpenStage<sentinel_sink_calls> {
  using OpenStage::OpenStage;
  bool is_transactional = false;
  std::int64_t max_rows = 0;  // of one call, at level 1
  OwnedSchema bound_as;       // released before the base closes the instance
  Schema bound;

  Result<Batch> checked(ArrowArray array) const {
    auto batch = normalise(array, *bound_as, bound);
    return batch ? std::move(batch) : std::move(batch).error().prefixed(prefix);
  }

  Status only_level_2(const char* call) const { return is_transactional ? Status{} : not_offered(call); }

  Status write_once(const Batch& batch, Part part, const Claim* claim, std::vector<Outcome>& outcome,
                    std::vector<RejectedRow>& rejected) const;
  Status write_part(const Batch& batch, Part part, const Claim* claim, std::vector<Outcome>& outcome,
                    std::vector<RejectedRow>& rejected) const;
};

// One call with the rows `part` of the whole batch. With an error of a sink of level 1, `outcome` and `rejected` hold
// what it accepted before.
Status SinkStage::Impl::write_once(const Batch& batch, Part part, const Claim* claim, std::vector<Outcome>& outcome,
                                   std::vector<RejectedRow>& rejected) const {
  std::optional<LentClaim> lent;
  if (claim != nullptr && is_transactional) lent.emplace(*claim);
  std::vector<std::uint8_t> filled(static_cast<std::size_t>(batch.rows()), SENTINEL_OUTCOME_NONE);
  std::uint8_t is_partial = 0;
  SinkReports reports;
  sentinel_write_request request{};
  request.struct_size = sizeof request;
  request.batch = &batch.array();
  request.claim = lent ? lent->get() : nullptr;
  request.outcome = filled.data();
  request.context = &reports;
  request.reject = SinkReports::reject;
  request.is_partial = is_transactional ? nullptr : &is_partial;
  auto status = run([&](sentinel_error* error) { return calls->write(instance, &request, error); });
  const bool stopped = !status.ok() && is_partial != 0;
  if (!status.ok() && !stopped) return status;
  auto wrong = wrong_outcome(filled, part, claim != nullptr && !claim->letter_ids.empty(), stopped);
  if (wrong.empty()) wrong = wrong_reject(reports.rejected, filled, part);
  if (!wrong.empty()) return broken(wrong);
  outcome.clear();
  for (const auto value : filled) outcome.push_back(static_cast<Outcome>(value));
  rejected = std::move(reports.rejected);
  return status;
}

// Writes some rows of the batch, and puts what became of them where they stand in it.
Status SinkStage::Impl::write_part(const Batch& batch, Part part, const Claim* claim, std::vector<Outcome>& outcome,
                                   std::vector<RejectedRow>& rejected) const {
  const bool is_whole = static_cast<std::int64_t>(part.size()) == batch.rows();
  const auto selected = is_whole ? Batch() : select_rows(batch.view(bound), part);
  SENTINEL_TRY(selected.fault());
  std::vector<Outcome> part_outcome;
  std::vector<RejectedRow> part_rejected;
  auto status = write_once(is_whole ? batch : selected, is_whole ? Part() : part, claim, part_outcome, part_rejected);
  for (std::size_t i = 0; i < part_outcome.size(); ++i) outcome[static_cast<std::size_t>(part[i])] = part_outcome[i];
  for (auto& each : part_rejected) {
    each.row = part[static_cast<std::size_t>(each.row)];
    rejected.push_back(std::move(each));
  }
  return status;
}

SinkStage::SinkStage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SinkStage::~SinkStage() = default;
const std::string& SinkStage::use() const { return impl_->use; }
bool SinkStage::is_transactional() const { return impl_->is_transactional; }
bool SinkStage::writes_whole_runs() const {
  return !impl_->is_transactional && SENTINEL_OFFERS(impl_->calls, finish) && impl_->calls->finish != nullptr;
}

Result<std::unique_ptr<SinkStage>> SinkStage::open(const sentinel_component& component, const sentinel_host& host,
                                                   const config::OptionTree& options) {
  auto impl = std::make_unique<Impl>("sink", component, *component.sink);
  impl->is_transactional = component.sink_level == SENTINEL_SINK_TRANSACTIONAL;
  if (!impl->is_transactional && SENTINEL_OFFERS(&component, max_rows)) impl->max_rows = component.max_rows;
  SENTINEL_TRY(impl->open(host, options));
  return std::unique_ptr<SinkStage>(new SinkStage(std::move(impl)));
}

Status SinkStage::bind(const Schema& schema) {
  OwnedSchema lent(schema);
  SENTINEL_TRY(impl_->run([&](sentinel_error* error) { return impl_->calls->bind(impl_->instance, &*lent, error); }));
  impl_->bound_as = std::move(lent);
  impl_->bound = schema;
  return {};
}

Result<WrittenBatch> SinkStage::write(const Batch& batch, const Claim* claim, WriteProgress* progress) {
  const auto rows = static_cast<std::size_t>(batch.rows());
  assert(claim == nullptr || claim->letter_ids.empty() || claim->letter_ids.size() == rows);
  SENTINEL_TRY(batch.fault());
  WrittenBatch written;
  if (impl_->is_transactional) {
    SENTINEL_TRY(impl_->write_once(batch, Part(), claim, written.outcome, written.rejected));
    return written;
  }
  WriteProgress only_attempt;
  auto& accepted = progress == nullptr ? only_attempt : *progress;
  const bool is_first = accepted.outcome_.empty();
  accepted.outcome_.resize(rows, Outcome::kNone);
  std::vector<std::int64_t> left;
  for (std::size_t row = 0; row < rows; ++row)
    if (accepted.outcome_[row] == Outcome::kNone) left.push_back(static_cast<std::int64_t>(row));
  const auto most = impl_->max_rows > 0 ? static_cast<std::size_t>(impl_->max_rows) : std::max<std::size_t>(rows, 1);
  for (std::size_t at = 0; at < left.size() || (at == 0 && is_first); at += most) {
    const auto part = Part(left).subspan(at, std::min(most, left.size() - at));
    SENTINEL_TRY(impl_->write_part(batch, part, claim, accepted.outcome_, accepted.rejected_));
  }
  written.outcome = accepted.outcome_;
  written.rejected = accepted.rejected_;
  std::sort(written.rejected.begin(), written.rejected.end(),
            [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
  return written;
}

Status SinkStage::check() {
  if (!SENTINEL_OFFERS(impl_->calls, check) || impl_->calls->check == nullptr) return {};
  auto status = impl_->run([&](sentinel_error* error) { return impl_->calls->check(impl_->instance, error); });
  return status.code() == Code::kUnsupported ? Status{} : status;
}

bool SinkStage::offers_create() const {
  return SENTINEL_OFFERS(impl_->calls, create) && impl_->calls->create != nullptr;
}

Status SinkStage::create(const Schema& schema) {
  if (!offers_create()) return impl_->not_offered("create");
  const OwnedSchema lent(schema);
  return impl_->run([&](sentinel_error* error) { return impl_->calls->create(impl_->instance, &*lent, error); });
}

Result<std::string> SinkStage::plan(const Schema& schema) {
  if (!SENTINEL_OFFERS(impl_->calls, plan) || impl_->calls->plan == nullptr) return impl_->not_offered("plan");
  const OwnedSchema lent(schema);
  std::string plan;
  const auto append = [](void* context, sentinel_text text) noexcept {
    *static_cast<std::string*>(context) += as_utf8(from_text(text));
  };
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->plan(impl_->instance, &*lent, &plan, append, error); }));
  return plan;
}

Result<std::vector<Lane>> SinkStage::resume(const ResumeRequest& request) {
  SENTINEL_TRY(impl_->only_level_2("resume"));
  assert(request.lanes >= 1);
  std::vector<sentinel_lane> answers(static_cast<std::size_t>(request.lanes));
  std::vector<sentinel_lane*> pointers;
  for (auto& answer : answers) {
    answer.struct_size = sizeof answer;
    pointers.push_back(&answer);
  }
  sentinel_resume_request lent{};
  lent.struct_size = sizeof lent;
  lent.purpose = request.is_replay ? SENTINEL_PURPOSE_REPLAY : SENTINEL_PURPOSE_RUN;
  lent.pipeline = to_text(request.pipeline);
  lent.source_id = to_text(request.source_id);
  lent.run_id = to_text(request.run_id);
  lent.holder = to_text(request.holder);
  lent.holder_place = to_text(request.holder_place);
  lent.stale_after_ms = request.stale_after.count();
  lent.lanes = request.lanes;
  lent.take_over = request.take_over ? 1 : 0;
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->resume(impl_->instance, &lent, pointers.data(), error); }));
  std::vector<Lane> lanes;
  for (const auto& answer : answers) {
    const auto wanted = request.is_replay ? -1 : static_cast<std::int32_t>(lanes.size());
    if (answer.lane != wanted)
      return impl_->broken("resumed lane " + std::to_string(answer.lane) + " in place of lane " +
                           std::to_string(wanted));
    if (answer.epoch < 1 || answer.seq < 0)
      return impl_->broken("resumed lane " + std::to_string(wanted) + " at epoch " + std::to_string(answer.epoch) +
                           ", batch " + std::to_string(answer.seq));
    const auto cursor = from_text(answer.cursor);
    if (!is_utf8(cursor))
      return impl_->broken("resumed lane " + std::to_string(wanted) + " at a cursor that is not UTF-8 text");
    lanes.push_back({answer.lane, answer.epoch, answer.seq, std::string(cursor)});
  }
  return lanes;
}

Status SinkStage::commit(const Seal& seal) {
  SENTINEL_TRY(impl_->only_level_2("commit"));
  const LentSeal lent(seal);
  return impl_->run([&](sentinel_error* error) { return impl_->calls->commit(impl_->instance, lent.get(), error); });
}

Status SinkStage::rollback() {
  SENTINEL_TRY(impl_->only_level_2("rollback"));
  return impl_->run([&](sentinel_error* error) { return impl_->calls->rollback(impl_->instance, error); });
}

Result<Verdict> SinkStage::resolve(const Claim& claim) {
  SENTINEL_TRY(impl_->only_level_2("resolve"));
  const LentClaim lent(claim);
  std::int32_t verdict = 0;
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->resolve(impl_->instance, lent.get(), &verdict, error); }));
  if (verdict < SENTINEL_VERDICT_COMMITTED || verdict > SENTINEL_VERDICT_FENCED)
    return impl_->broken("resolved a claim with the unknown verdict " + std::to_string(verdict));
  return static_cast<Verdict>(verdict);
}

Status SinkStage::letters(const std::string& pipeline,
                          const std::function<void(std::string_view source_id, const Letter&)>& each) {
  SENTINEL_TRY(impl_->only_level_2("letters"));
  LetterReports reports{each, {}};
  const sentinel_letters_request request{sizeof(sentinel_letters_request), 0, to_text(pipeline), &reports,
                                         LetterReports::report};
  SENTINEL_TRY(
      impl_->run([&](sentinel_error* error) { return impl_->calls->letters(impl_->instance, &request, error); }));
  return reports.wrong.empty() ? Status{} : impl_->broken(reports.wrong);
}

Status SinkStage::lanes(const std::string& pipeline, const std::function<void(const LaneState&)>& each) {
  SENTINEL_TRY(impl_->only_level_2("lanes"));
  if (!SENTINEL_OFFERS(impl_->calls, lanes) || impl_->calls->lanes == nullptr) return impl_->not_offered("lanes");
  LaneReports reports{each, {}};
  const sentinel_lanes_request request{sizeof(sentinel_lanes_request), 0, to_text(pipeline), &reports,
                                       LaneReports::report};
  SENTINEL_TRY(
      impl_->run([&](sentinel_error* error) { return impl_->calls->lanes(impl_->instance, &request, error); }));
  return reports.wrong.empty() ? Status{} : impl_->broken(reports.wrong);
}

Status SinkStage::heartbeat() {
  SENTINEL_TRY(impl_->only_level_2("heartbeat"));
  return impl_->run([&](sentinel_error* error) { return impl_->calls->heartbeat(impl_->instance, error); });
}

Status SinkStage::finish(const RunSummary& summary) {
  if (!writes_whole_runs()) SENTINEL_TRY(impl_->only_level_2("finish"));
  sentinel_run_summary lent{};
  lent.struct_size = sizeof lent;
  lent.exit_code = summary.exit_code;
  lent.state = to_text(summary.state);
  lent.reason = to_text(summary.reason);
  lent.records = summary.records.data();
  lent.line_count = summary.records.size();
  return impl_->run([&](sentinel_error* error) { return impl_->calls->finish(impl_->instance, &lent, error); });
}

bool SinkStage::offers_depart() const {
  return SENTINEL_OFFERS(impl_->calls, depart) && impl_->calls->depart != nullptr;
}

Result<std::vector<bool>> SinkStage::depart(const Batch& rows, std::span<const Departure> actions) {
  if (!offers_depart()) return impl_->not_offered("depart");
  assert(static_cast<std::int64_t>(actions.size()) == rows.rows());
  SENTINEL_TRY(rows.fault());
  std::vector<std::uint8_t> action, departed(actions.size(), 0);
  for (const auto one : actions) action.push_back(static_cast<std::uint8_t>(one));
  const sentinel_depart_request request{sizeof(sentinel_depart_request), 0, &rows.array(), action.data(),
                                        departed.data()};
  SENTINEL_TRY(
      impl_->run([&](sentinel_error* error) { return impl_->calls->depart(impl_->instance, &request, error); }));
  return std::vector<bool>(departed.begin(), departed.end());
}

bool SinkStage::offers_scan() const {
  return SENTINEL_OFFERS(impl_->calls, scan) && impl_->calls->scan != nullptr &&
         SENTINEL_OFFERS(impl_->calls, key_fields) && impl_->calls->key_fields != nullptr;
}

Result<std::vector<std::string>> SinkStage::key_fields() {
  if (!offers_scan()) return impl_->not_offered("key_fields");
  std::vector<std::string> fields;
  const sentinel_text_list list{sizeof(sentinel_text_list), 0, &fields, [](void* context, sentinel_text text) noexcept {
                                  static_cast<std::vector<std::string>*>(context)->push_back(as_utf8(from_text(text)));
                                }};
  SENTINEL_TRY(
      impl_->run([&](sentinel_error* error) { return impl_->calls->key_fields(impl_->instance, &list, error); }));
  for (const auto& field : fields)
    if (impl_->bound.find(field) == Schema::npos)
      return impl_->broken("named \"" + field + "\" as a key, which is no field of the bound schema");
  return fields;
}

Result<SourcePage> SinkStage::scan(const std::string& cursor, std::int64_t max_rows) {
  if (!offers_scan()) return impl_->not_offered("scan");
  PageReports reports;
  sentinel_read_request request{};
  request.struct_size = sizeof request;
  request.cursor = to_text(cursor);
  request.max_rows = max_rows;
  request.max_bytes = std::numeric_limits<std::int64_t>::max();
  request.context = &reports;
  request.reject = PageReports::reject;
  request.filter = PageReports::filter;
  request.depart = PageReports::depart;
  sentinel_page answer{};
  answer.struct_size = sizeof answer;
  const auto status =
      impl_->run([&](sentinel_error* error) { return impl_->calls->scan(impl_->instance, &request, &answer, error); });
  const auto array = std::exchange(answer.array, ArrowArray{});
  if (!status.ok()) {
    const Batch dropped(array);
    return status;
  }
  SourcePage page;
  SENTINEL_ASSIGN(page.batch, impl_->checked(array));
  page.next = std::string(from_text(answer.next));
  page.done = answer.done != 0;
  if (const auto& wrong = reports.check(page.batch.rows()); !wrong.empty()) return impl_->broken(wrong);
  if (!reports.filtered.empty())
    return impl_->broken("filtered row " + std::to_string(reports.filtered.front().row) +
                         " of a scan, which leaves no row of the target out");
  page.rejected = std::move(reports.rejected);
  if (!is_utf8(page.next)) return impl_->broken("scanned a page whose cursor is not UTF-8 text");
  if (page.batch.rows() > max_rows)
    return impl_->broken("scanned " + std::to_string(page.batch.rows()) + " rows where at most " +
                         std::to_string(max_rows) + " were asked for");
  if (!page.done && page.next == cursor) return impl_->broken("scanned a page that does not move its cursor");
  return page;
}

Result<Batch> SinkStage::as_stored(const Batch& batch) {
  if (!SENTINEL_OFFERS(impl_->calls, as_stored) || impl_->calls->as_stored == nullptr)
    return impl_->not_offered("as_stored");
  SENTINEL_TRY(batch.fault());
  ArrowArray stored{};
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->as_stored(impl_->instance, &batch.array(), &stored, error); }));
  SENTINEL_ASSIGN(auto answer, impl_->checked(stored));
  if (answer.rows() != batch.rows()) return impl_->broken("gave back another number of rows");
  return answer;
}

Result<Batch> SinkStage::read_back(const Batch& keys) {
  if (!SENTINEL_OFFERS(impl_->calls, read_back) || impl_->calls->read_back == nullptr)
    return impl_->not_offered("read_back");
  SENTINEL_TRY(keys.fault());
  ArrowArray rows{};
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->read_back(impl_->instance, &keys.array(), &rows, error); }));
  return impl_->checked(rows);
}

Status SinkStage::totals(
    std::string_view amount_field, std::string_view currency_field,
    const std::function<void(std::string_view currency, std::uint64_t rows, std::string_view sum)>& each) {
  if (!SENTINEL_OFFERS(impl_->calls, totals) || impl_->calls->totals == nullptr) return impl_->not_offered("totals");
  using Each = std::function<void(std::string_view, std::uint64_t, std::string_view)>;
  const auto line = [](void* context, sentinel_text currency, std::uint64_t rows, sentinel_text sum) noexcept {
    (*static_cast<const Each*>(context))(from_text(currency), rows, from_text(sum));
  };
  return impl_->run([&](sentinel_error* error) {
    return impl_->calls->totals(impl_->instance, to_text(amount_field), to_text(currency_field),
                                const_cast<Each*>(&each), line, error);
  });
}

void SinkStage::cancel() {
  if (SENTINEL_OFFERS(impl_->calls, cancel) && impl_->calls->cancel != nullptr) impl_->calls->cancel(impl_->instance);
}

}  // namespace sentinel::plugins
