// Copies the call table of the real sink and replaces three calls; every other call is passed on unchanged.
#include "engine/cases/stand_ins.hpp"

#include "engine/ledger/record_snapshot.hpp"
#include "engine/ledger/value_text.hpp"

#include <sentinel/plugin.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

namespace sentinel::cases {
namespace {

StandIns* active = nullptr;  // the calls of a plugin carry no context before `open`

Code code_of(SourceFault fault) {
  switch (fault) {
    case SourceFault::kTransient: return Code::kTransient;
    case SourceFault::kUnavailable: return Code::kUnavailable;
    case SourceFault::kThrottled: return Code::kThrottled;
  }
  return Code::kInternal;
}
Code code_of(SinkFault fault) {
  switch (fault) {
    case SinkFault::kTransient: return Code::kTransient;
    case SinkFault::kUnavailable: return Code::kUnavailable;
    case SinkFault::kThrottled: return Code::kThrottled;
    default: return Code::kUnknownOutcome;
  }
}

struct NoOptions {};

// Gives the records of a case, `page` at a time; the cursor is how many were given.
class Records final : public Source {
 public:
  static constexpr auto options = sentinel::options<NoOptions>();
  Records(NoOptions, Host&) {}
  Records(const Case& one, std::function<Status()> fault) : case_(&one), fault_(std::move(fault)) {}

  Result<Schema> schema() override { return case_->schema; }
  Result<Page> read(const Cursor& from, const Limits& limits, Rejects&) override {
    SENTINEL_TRY(fault_());
    const auto begin = from.as_int64().value_or(0);
    const auto end = std::min({std::ssize(case_->records), begin + case_->page, begin + limits.max_rows});
    const auto page =
        std::span(case_->records).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    SENTINEL_ASSIGN(auto batch, ledger::batch_from_snapshots(case_->schema, page));
    return Page{std::move(batch), Cursor(end), end == std::ssize(case_->records)};
  }

 private:
  const Case* case_ = nullptr;
  std::function<Status()> fault_;
};

// A copy of a call table, of this version or an older one.
template <class Calls>
Calls copy_of(const Calls& calls) {
  Calls copy{};
  std::memcpy(&copy, &calls, std::min<std::size_t>(calls.struct_size, sizeof copy));
  copy.struct_size = static_cast<std::uint32_t>(std::min<std::size_t>(calls.struct_size, sizeof copy));
  return copy;
}

}  // namespace

struct StandIns::Calls {
  static std::int32_t open_source(const sentinel_host* host, const sentinel_value*, void** out,
                                  sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      auto instance = std::make_unique<detail::SourceInstance<Records>>(host);
      instance->self = std::make_unique<Records>(active->case_, [self = active] { return self->next_source_fault(); });
      *out = instance.release();
      return {};
    });
  }
  static std::int32_t bind(void* instance, const ArrowSchema* schema, sentinel_error* error) noexcept {
    auto imported = import_schema(*schema);
    if (imported) active->bound_ = *std::move(imported);
    return active->real_sink_.bind(instance, schema, error);
  }
  static std::int32_t write(void* instance, const sentinel_write_request* request, sentinel_error* error) noexcept {
    const auto fault = active->next_sink_fault(false);
    if (fault) return fenced(error, [&] { return Status(code_of(*fault), "the case lets this write fail"); });
    const auto code = active->real_sink_.write(instance, request, error);
    const bool is_partial = request->is_partial != nullptr && *request->is_partial != 0;
    if (code == SENTINEL_OK || is_partial) active->note(*request);
    return code;
  }
  static std::int32_t commit(void* instance, const sentinel_seal* seal, sentinel_error* error) noexcept {
    const auto fault = active->next_sink_fault(true);
    const auto code = fault == SinkFault::kLostCommit ? active->real_sink_.rollback(instance, error)
                                                      : active->real_sink_.commit(instance, seal, error);
    if (code == SENTINEL_OK && fault != SinkFault::kLostCommit) active->keep();
    if (code != SENTINEL_OK || !fault) return code;
    return fenced(error, [&] { return Status(code_of(*fault), "the case loses the reply to this commit"); });
  }
};

StandIns::StandIns(const Case& one, const sentinel_component& source, const sentinel_component& sink)
    : case_(one),
      source_faults_(one.inject.source.begin(), one.inject.source.end()),
      sink_faults_(one.inject.sink.begin(), one.inject.sink.end()),
      real_sink_(*sink.sink),
      source_calls_(*detail::SourceCalls<Records>::table()),
      sink_calls_(copy_of(*sink.sink)),
      components_{copy_of(source), copy_of(sink)},
      pointers_{&components_[0], &components_[1]},
      plugin_{sizeof(sentinel_plugin), SENTINEL_ABI_VERSION, "stand_ins", "1.0.0", 2, pointers_} {
  source_calls_.open = Calls::open_source;
  sink_calls_.bind = Calls::bind;
  sink_calls_.write = Calls::write;
  if (sink.sink_level == SENTINEL_SINK_TRANSACTIONAL) sink_calls_.commit = Calls::commit;
  components_[0].source = &source_calls_;
  components_[1].sink = &sink_calls_;
  active = this;
}

StandIns::~StandIns() { active = nullptr; }

const sentinel_plugin* StandIns::entry(std::uint32_t) noexcept { return &active->plugin_; }

Status StandIns::next_source_fault() {
  const std::lock_guard lock(mutex_);
  if (source_faults_.empty()) return {};
  const auto fault = source_faults_.front();
  source_faults_.pop_front();
  return {code_of(fault), "the case lets this read fail"};
}

std::optional<SinkFault> StandIns::next_sink_fault(bool of_commit) {
  const std::lock_guard lock(mutex_);
  if (sink_faults_.empty()) return std::nullopt;
  const auto fault = sink_faults_.front();
  if ((fault == SinkFault::kUnknownOutcome || fault == SinkFault::kLostCommit) != of_commit) return std::nullopt;
  sink_faults_.pop_front();
  return fault;
}

// Rows given to a sink of level 1 are kept at once; at level 2 the commit decides.
void StandIns::note(const sentinel_write_request& request) {
  const BatchView batch(*request.batch, bound_);
  open_.clear();
  for (std::int64_t row = 0; row < batch.rows(); ++row)
    if (request.outcome[row] == SENTINEL_OUTCOME_INSERTED || request.outcome[row] == SENTINEL_OUTCOME_UPDATED)
      open_.push_back(row_of(batch, row));
  if (request.claim == nullptr) keep();
}

void StandIns::keep() {
  std::move(open_.begin(), open_.end(), std::back_inserter(taken_));
  open_.clear();
}

std::vector<std::string> StandIns::faults_left() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> left;
  for (auto i = case_.inject.source.size() - source_faults_.size(); i < case_.inject.source.size(); ++i)
    left.push_back(fmt::format("source.{}", i));
  for (auto i = case_.inject.sink.size() - sink_faults_.size(); i < case_.inject.sink.size(); ++i)
    left.push_back(fmt::format("sink.{}", i));
  return left;
}

Row row_of(const BatchView& rows, std::int64_t row) {
  Row out;
  for (std::size_t i = 0; i < rows.schema().size(); ++i) {
    const auto column = rows.column(i);
    out.emplace_back(rows.schema()[i].name,
                     column.is_null(row) ? std::nullopt : std::optional(ledger::value_text(column, row)));
  }
  return out;
}

}  // namespace sentinel::cases
