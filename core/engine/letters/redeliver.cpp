// Takes the lanes, delivers the batches, and records the end in the ledger.
#include "engine/letters/redeliver.hpp"

#include "engine/delivery/account.hpp"
#include "engine/delivery/delivery.hpp"
#include "engine/delivery/ending.hpp"
#include "engine/delivery/identity.hpp"
#include "engine/letters/reconcile.hpp"

namespace sentinel::engine {
namespace {

Status deliver_all(const Redelivery& what, Delivery& delivery,
                   const std::function<Result<std::optional<PreparedBatch>>()>& next) {
  SENTINEL_TRY(reconcile_letters(what.place.file, what.place.sink, what.place.store, what.place.services.log()));
  while (true) {
    if (what.place.services.stop().requested()) return {Code::kCancelled, "stopped"};
    SENTINEL_ASSIGN(auto batch, next());
    if (!batch) return {};
    batch->next_cursor = delivery.cursor();
    SENTINEL_TRY(delivery.deliver(*batch));
  }
}

}  // namespace

Status redeliver(const Redelivery& what, const std::function<Result<std::optional<PreparedBatch>>()>& next,
                 DeliveryReport& report) {
  const auto& place = what.place;
  report.pipeline = place.file.name;
  report.source_id = place.file.source_id;
  report.exponent = place.file.money ? static_cast<int>(place.file.money->exponent) : 2;
  report.started_unix_ms = place.services.clock().now_unix_ms();
  const auto began_ms = place.services.clock().steady_ms();
  stages::CommitStages stages(place.file, place.store, place.services, place.file.name, place.file.mapping_hash);
  Accountant accountant(place.file, what.known, owners_of(place.file, what.registry), place.services.clock());
  accountant.bind(what.schema);
  Delivery delivery(place, accountant, stages);
  SENTINEL_TRY(delivery.resume(resume_request(place.file, what.state_folder, report.run_id, false)));
  report.fault = deliver_all(what, delivery, next);
  report.exit_code = ending_code(report.fault, place.services);
  report.balance = delivery.total();
  report.new_letters = delivery.new_letters();
  report.elapsed_ms = place.services.clock().steady_ms() - began_ms;
  if (!place.sink.is_transactional()) return report.fault;
  const auto recorded = place.sink.finish(summary_of(report.fault, report.exit_code, report.balance));
  if (!recorded.ok())
    place.services.log().warn("the end of the repair could not be recorded in the target: " + recorded.message());
  return report.fault;
}

}  // namespace sentinel::engine
