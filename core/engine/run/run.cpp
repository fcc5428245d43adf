// Takes the lock, resumes, and delivers what the reading thread prepares until the source is done; then sweeps.
#include "engine/run/run.hpp"

#include "engine/compare/sweep.hpp"
#include "engine/delivery/account.hpp"
#include "engine/delivery/balance.hpp"
#include "engine/delivery/delivery.hpp"
#include "engine/delivery/ending.hpp"
#include "engine/delivery/identity.hpp"
#include "engine/delivery/target.hpp"
#include "engine/flow/prefetch.hpp"
#include "engine/letters/reconcile.hpp"
#include "engine/run/key_warning.hpp"
#include "engine/run/mapping_note.hpp"

#include <fmt/format.h>

#include <utility>

namespace sentinel::engine {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kHeartbeatEvery{15000};
constexpr PageLimits kProbe{100, 4 << 20};

std::string limit_text(const RunOptions& options) {
  return fmt::format("stopped at the limit of {} records; the next run continues from there", *options.limit);
}

// Counters accumulate over the process.
std::map<std::string, std::int64_t> counted_since(const std::map<std::string, std::int64_t>& before,
                                                  telemetry::HostServices& services) {
  auto counted = services.counters();
  for (const auto& [name, value] : before) counted[name] -= value;
  std::erase_if(counted, [](const auto& counter) { return counter.second == 0; });
  return counted;
}

// One run of one pipeline; lives as long as the run.
class Run {
 public:
  Run(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
      const std::filesystem::path& state_folder, const RunOptions& options, RunReport& report)
      : file_(file),
        registry_(registry),
        services_(services),
        folder_(state_folder),
        options_(options),
        report_(report) {}

  Status execute() {
    SENTINEL_ASSIGN(auto lock, take_lock());
    SENTINEL_ASSIGN(store_, store::Store::open(folder_, [this] { return services_.clock().now_unix_ms(); }));
    std::error_code ignored;
    SENTINEL_TRY(store_->set_state(file_.name, "file", std::filesystem::absolute(file_.path, ignored).string()));
    SENTINEL_TRY(store_->set_state(file_.name, "exponent", std::to_string(report_.exponent)));
    stages::CommitStages stages(file_, *store_, services_, file_.name, file_.mapping_hash);
    SENTINEL_TRY(stages.circuit_breaker.load());
    SENTINEL_TRY(stages.circuit_breaker.admit());

    SENTINEL_ASSIGN(chain_, Chain::open(file_, registry_, services_));
    SENTINEL_ASSIGN(sink_, open_sink(file_, registry_, services_));
    SENTINEL_TRY(check_mirror(file_, chain_->source(), *sink_));
    if (options_.limit && sink_->writes_whole_runs())
      return located(file_, file_.sink,
                     invalid_config(fmt::format("the sink {} writes complete runs: one that stops at a limit would "
                                                "replace the complete output with a partial one; run without --limit",
                                                file_.sink.use)));
    KnownLetters known(*store_, file_.name, file_.source_id);
    Accountant accountant(file_, known, owners_of(file_, registry_), services_.clock());
    Delivery delivery({file_, *sink_, *store_, services_}, accountant, stages);
    SENTINEL_TRY(connect(accountant, delivery));
    SENTINEL_TRY(note_changed_source());
    auto status = reconcile_letters(file_, *sink_, *store_, services_.log());
    if (status.ok()) status = prune_letters(stages.dead_letter);
    if (status.ok()) status = known.load();
    if (status.ok()) status = deliver_all(accountant, delivery, stages.circuit_breaker);
    if (auto noted = note_position(delivery, status.ok()); status.ok()) status = std::move(noted);
    if (status.ok()) status = sweep_if_due(delivery);
    report_.balance = delivery.total();
    report_.new_letters = delivery.new_letters();
    return finish(std::move(status));
  }

 private:
  // A replay that starts holds this lock for a moment, to reconcile; a run that goes on holds it for good.
  Result<store::FolderLock> take_lock() {
    auto& clock = services_.clock();
    const auto until_ms = clock.steady_ms() + kLockPatience.count();
    while (true) {
      auto lock = store::FolderLock::take(folder_, file_.name, "run");
      if (lock || lock.error().code() != Code::kFenced || clock.steady_ms() >= until_ms) return lock;
      if (clock.wait_until(clock.steady_ms() + 100, services_.stop())) return Status(Code::kCancelled, "stopped");
    }
  }

  // Both ends answer and fit before anything is read or made; then the target is made where it is missing, and the
  // lanes are taken.
  Status connect(Accountant& accountant, Delivery& delivery) {
    stages::Outage outage(file_.outage.connect_wait, file_.retry, services_, services_.stop());
    while (true) {
      auto status = connect_once(accountant, delivery);
      if (!is_retryable(status.code())) return status;
      SENTINEL_TRY(outage.wait(status));
    }
  }

  Status connect_once(Accountant& accountant, Delivery& delivery) {
    SENTINEL_TRY(bind_all(accountant));
    auto request = resume_request(file_, folder_, report_.run_id, false);
    request.take_over = options_.take_over;
    return delivery.resume(request);
  }

  Status bind_all(Accountant& accountant) {
    SENTINEL_ASSIGN(auto schema, chain_->bind());
    if (options_.full) schema.set_read_once(false);
    SENTINEL_TRY(bind_sink(file_, *sink_, schema, services_.log(), true));
    accountant.bind(schema);
    if (file_.money && !accountant.witnesses_money() && !std::exchange(warned_of_witness_, true))
      services_.log().warn(fmt::format(
          "no column of the sink is made from money.field \"{}\"; amounts that land are counted, not proven",
          file_.money->field));
    return {};
  }

  // The pipeline: read and transform ahead, deliver in order, until the source is done.
  Status deliver_all(Accountant& accountant, Delivery& delivery, stages::CircuitBreaker& breaker) {
    auto cursor = options_.full || sink_->writes_whole_runs() ? std::string() : delivery.cursor();
    began_at_beginning_ = cursor.empty();
    if (options_.on_progress && began_at_beginning_) {
      if (const auto counted = chain_->source().count()) expected_ = *counted;
    }
    report_progress(delivery);
    while (true) {
      SENTINEL_ASSIGN(const auto end, drain_once(delivery, breaker, cursor));
      report_.is_limited = end == End::kLimitReached;
      if (end == End::kDone || report_.is_limited) return breaker.run_ended();
      if (end == End::kSchemaChanged) SENTINEL_TRY(bind_all(accountant));
    }
  }

  // After a complete run: edits that no reading window shows, and deleted records.
  Status sweep_if_due(Delivery& delivery) {
    if (report_.is_limited) return {};
    SENTINEL_ASSIGN(const bool is_due, is_sweep_due(file_, *store_, services_.clock(), options_.full));
    if (!is_due) return {};
    auto& swept = report_.sweep.emplace();
    auto status =
        sweep({{file_, *sink_, *store_, services_}, registry_, folder_, delivery, [&] { return heartbeat(delivery); }},
              swept);
    if (status.code() == Code::kSchemaChanged) {
      services_.log().info("the fields of the source changed while it was swept; the next run sweeps again");
      report_.sweep.reset();
      return {};
    }
    SENTINEL_TRY(std::move(status));
    if (swept.is_over_ratio) {
      report_.exit_code = kExitBreakerOpen;
      return {Code::kCancelled, "all records were delivered; but " + swept.held_back};
    }
    return note_whole_pass(file_, *store_);
  }

  enum class End { kDone, kSchemaChanged, kProbePassed, kLimitReached };

  // How many records may still be read.
  std::int64_t records_remaining(const Delivery& delivery) const {
    if (!options_.limit) return PageLimits{}.max_total;
    return *options_.limit - static_cast<std::int64_t>(delivery.total().records(BalanceLine::kRead));
  }

  void report_progress(const Delivery& delivery) const {
    if (options_.on_progress)
      options_.on_progress({delivery.total().records(BalanceLine::kRead), delivery.new_letters(), expected_});
  }

  // Delivers what one Prefetch reads, up to its end or to a point where reading must restart after `cursor`, as it is
  // then.
  Result<End> drain_once(Delivery& delivery, stages::CircuitBreaker& breaker, std::string& cursor) {
    const bool probing = breaker.probes();
    auto limits = probing ? kProbe : PageLimits{};
    limits.max_total = records_remaining(delivery);
    Prefetch batches(*chain_, file_, services_, cursor, limits);
    while (true) {
      if (services_.stop().requested()) return Status(Code::kCancelled, "stopped");
      auto batch = batches.next(kPatience);
      if (!batch) {
        SENTINEL_TRY(heartbeat(delivery));
        report_progress(delivery);
        continue;
      }
      if (!*batch) {
        if (batch->error().code() == Code::kSchemaChanged) return End::kSchemaChanged;
        return std::move(*batch).error();
      }
      const bool has_news = (*batch)->records() > 0 || (*batch)->next_cursor != cursor;
      if (has_news) {
        SENTINEL_TRY(delivery.deliver(**batch));
        report_progress(delivery);
      }
      cursor = (*batch)->next_cursor;
      if ((*batch)->done) return End::kDone;
      if (records_remaining(delivery) <= 0) return End::kLimitReached;
      if (probing && !breaker.probes()) return End::kProbePassed;
    }
  }

  // What `status` and `check` answer without the target: a copy of the checkpoint, and which mapping rows have.
  Status note_position(const Delivery& delivery, bool is_finished) {
    SENTINEL_TRY(store_->set_state(file_.name, "position", delivery.cursor()));
    const bool has_moved = is_finished || delivery.total().records(BalanceLine::kRead) > 0;
    if (!has_moved) return {};
    if (began_at_beginning_) return note_whole_pass(file_, *store_);
    const auto read_everything = [&] {
      const auto counted = chain_->source().count();
      return counted && delivery.total().records(BalanceLine::kRead) >= static_cast<std::uint64_t>(*counted);
    };
    return is_finished ? note_partial_pass(file_, *store_, services_, read_everything) : Status();
  }

  Status heartbeat(Delivery& delivery) {
    const auto now = services_.clock().steady_ms();
    if (now < next_heartbeat_ms_) return {};
    next_heartbeat_ms_ = now + kHeartbeatEvery.count();
    return delivery.heartbeat();
  }

  Status finish(Status status) {
    const auto code = report_.exit_code != 0 ? report_.exit_code : ending_code(status, services_);
    if (!sink_->is_transactional() && !sink_->writes_whole_runs()) return status;
    if (status.code() == Code::kFenced) return status;
    auto recorded = sink_->finish(summary_of(status, code, report_.balance));
    if (recorded.ok()) return status;
    if (status.ok() && sink_->writes_whole_runs())
      return std::move(recorded).prefixed(
          "everything was written, but the complete output could not be put in place: ");
    services_.log().warn("the end of the run could not be recorded in the target: " + recorded.message());
    return status;
  }

  Status prune_letters(stages::DeadLetter& letters) {
    SENTINEL_ASSIGN(const auto pruned, letters.prune(services_.clock().now_unix_ms()));
    if (pruned.payloads + pruned.events + pruned.schemas + pruned.taken_files > 0)
      services_.log().info(fmt::format(
          "dead_letter.retention: removed the records of {} closed letters, {} events, {} schemas, {} emergency files",
          pruned.payloads, pruned.events, pruned.schemas, pruned.taken_files));
    return {};
  }

  Status note_changed_source() {
    SENTINEL_ASSIGN(const auto former, store_->state(file_.name, "source_id"));
    if (former && *former != file_.source_id)
      services_.log().info(
          fmt::format("the source changed from {} to {}: it has a checkpoint of its own, and what is in the target "
                      "already counts as unchanged",
                      *former, file_.source_id));
    if (former)
      if (const auto warning = key_warning(file_, registry_, services_, *chain_, *sink_, *former))
        services_.log().warn(*warning);
    return store_->set_state(file_.name, "source_id", file_.source_id);
  }

  static constexpr milliseconds kPatience{500};
  static constexpr milliseconds kLockPatience{2000};
  const config::PipelineFile& file_;
  plugins::Registry& registry_;
  telemetry::HostServices& services_;
  const std::filesystem::path folder_;
  const RunOptions options_;
  RunReport& report_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<plugins::SinkStage> sink_;
  bool warned_of_witness_ = false, began_at_beginning_ = false;
  std::optional<std::int64_t> expected_;
  std::int64_t next_heartbeat_ms_ = 0;

 public:
  // The local record of the run; the store may not have been reached at all.
  Status record(const store::StoredRun& run) { return store_ ? store_->record_run(run) : Status(); }
};

}  // namespace

RunReport run(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
              const std::filesystem::path& state_folder, const RunOptions& options) {
  RunReport report;
  report.run_id = new_run_id(services);
  report.pipeline = file.name;
  report.source_id = file.source_id;
  report.exponent = file.money ? static_cast<int>(file.money->exponent) : 2;
  report.started_unix_ms = services.clock().now_unix_ms();
  const auto began_ms = services.clock().steady_ms();
  const auto counted_before = services.counters();
  Run one(file, registry, services, state_folder, options, report);
  report.fault = one.execute();
  report.counters = counted_since(counted_before, services);
  if (report.exit_code == 0) report.exit_code = ending_code(report.fault, services);
  report.elapsed_ms = services.clock().steady_ms() - began_ms;
  const auto reason = report.is_limited ? limit_text(options) : report.fault.message();
  const auto recorded =
      one.record({report.run_id, file.name, file.source_id, "run", report.started_unix_ms,
                  report.started_unix_ms + report.elapsed_ms, report.exit_code, reason, balance_json(report.balance)});
  if (!recorded.ok()) services.log().warn("the run could not be recorded in the state folder: " + recorded.message());
  return report;
}

}  // namespace sentinel::engine
