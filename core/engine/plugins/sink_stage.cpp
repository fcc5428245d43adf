// A sink as the engine sees it: an outcome for every row, and what resume, resolve and letters answer checked.
#include "engine/plugins/instance.hpp"
#include "engine/plugins/open_stage.hpp"

#include <sentinel/text.hpp>

#include <cassert>
#include <deque>

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
      lent.struct_size = sizeof lent;
      lent.currency = to_text(line.currency);
      for (std::size_t i = 0; i < kBalanceLines; ++i) lent.minor[i] = to_text(line.minor[i]);
    }
    for (const auto& line : money_) money_pointers_.push_back(&line);
    lent_.struct_size = sizeof lent_;
    lent_.letter_count = static_cast<std::uint32_t>(letters_.size());
    lent_.claim = claim_.get();
    lent_.next_cursor = to_text(seal.next_cursor);
    lent_.letters = letter_pointers_.data();
    std::copy(seal.records.begin(), seal.records.end(), lent_.records);
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
  std::vector<const sentinel_letter*> letter_pointers_;
  std::vector<const sentinel_money_line*> money_pointers_;
  sentinel_seal lent_{};
};

// The rows that a sink rejected in one write.
struct SinkReports {
  std::vector<RejectedRow> rejected;
  static void reject(void* context, std::int64_t row, const sentinel_error* error) noexcept {
    static_cast<SinkReports*>(context)->rejected.push_back({row, told(error)});
  }
};

std::string wrong_reject(const std::vector<RejectedRow>& rejected, std::vector<std::uint8_t>& outcome) {
  std::vector<bool> seen(outcome.size(), false);
  for (const auto& [row, why] : rejected) {
    const auto name = "row " + std::to_string(row);
    if (row < 0 || static_cast<std::size_t>(row) >= outcome.size())
      return "rejected " + name + " of a batch of " + std::to_string(outcome.size());
    const auto at = static_cast<std::size_t>(row);
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
      return "gave row " + std::to_string(row) + " the outcome rejected without a reason";
  return {};
}

std::string wrong_outcome(const std::vector<std::uint8_t>& outcome, bool is_replay) {
  for (std::size_t row = 0; row < outcome.size(); ++row) {
    const auto name = "row " + std::to_string(row);
    if (outcome[row] == SENTINEL_OUTCOME_NONE) return "left " + name + " without an outcome";
    if (outcome[row] > SENTINEL_OUTCOME_CLOSED)
      return "gave " + name + " the unknown outcome " + std::to_string(outcome[row]);
    if (outcome[row] == SENTINEL_OUTCOME_CLOSED && !is_replay)
      return "gave " + name + " the outcome closed, though it comes from no dead letter";
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

}  // namespace

struct SinkStage::Impl : OpenStage<sentinel_sink_calls> {
  using OpenStage::OpenStage;
  bool is_transactional = false;

  Status only_level_2(const char* call) const { return is_transactional ? Status{} : not_offered(call); }
};

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
  SENTINEL_TRY(impl->open(host, options));
  return std::unique_ptr<SinkStage>(new SinkStage(std::move(impl)));
}

Status SinkStage::bind(const Schema& schema) {
  const OwnedSchema lent(schema);
  return impl_->run([&](sentinel_error* error) { return impl_->calls->bind(impl_->instance, &*lent, error); });
}

Result<WrittenBatch> SinkStage::write(const Batch& batch, const Claim* claim) {
  const auto rows = static_cast<std::size_t>(batch.rows());
  assert(claim == nullptr || claim->letter_ids.empty() || claim->letter_ids.size() == rows);
  std::optional<LentClaim> lent;
  if (claim != nullptr && impl_->is_transactional) lent.emplace(*claim);
  std::vector<std::uint8_t> outcome(rows, SENTINEL_OUTCOME_NONE);
  SinkReports reports;
  sentinel_write_request request{};
  request.struct_size = sizeof request;
  request.batch = &batch.array();
  request.claim = lent ? lent->get() : nullptr;
  request.outcome = outcome.data();
  request.context = &reports;
  request.reject = SinkReports::reject;
  SENTINEL_TRY(
      impl_->run([&](sentinel_error* error) { return impl_->calls->write(impl_->instance, &request, error); }));
  auto wrong = wrong_outcome(outcome, claim != nullptr && !claim->letter_ids.empty());
  if (wrong.empty()) wrong = wrong_reject(reports.rejected, outcome);
  if (!wrong.empty()) return impl_->broken(wrong);
  WrittenBatch written;
  written.outcome.reserve(rows);
  for (const auto value : outcome) written.outcome.push_back(static_cast<Outcome>(value));
  written.rejected = std::move(reports.rejected);
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
  std::string words;
  const auto append = [](void* context, sentinel_text text) noexcept {
    *static_cast<std::string*>(context) += as_utf8(from_text(text));
  };
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->plan(impl_->instance, &*lent, &words, append, error); }));
  return words;
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
  std::copy(summary.records.begin(), summary.records.end(), lent.records);
  return impl_->run([&](sentinel_error* error) { return impl_->calls->finish(impl_->instance, &lent, error); });
}

void SinkStage::cancel() {
  if (SENTINEL_OFFERS(impl_->calls, cancel) && impl_->calls->cancel != nullptr) impl_->calls->cancel(impl_->instance);
}

}  // namespace sentinel::plugins
