// Calls a transform, and checks that every input row is accounted for exactly once.
#include "engine/plugins/transform_stage.hpp"
#include "engine/plugins/normalise.hpp"
#include "engine/plugins/open_stage.hpp"

#include <sentinel/text.hpp>

#include <cassert>
#include <numeric>

namespace sentinel::plugins {
namespace {

struct TransformReports {
  std::vector<FilteredRow> filtered;
  std::vector<RejectedRow> rejected;
  std::string wrong;

  static void filter(void* context, std::int64_t row, sentinel_text reason) noexcept {
    static_cast<TransformReports*>(context)->filtered.push_back({row, as_utf8(from_text(reason)), Departure::kKeep});
  }
  static void depart(void* context, std::int64_t row, std::int32_t action, sentinel_text reason) noexcept {
    static_cast<TransformReports*>(context)->filtered.push_back(
        {row, as_utf8(from_text(reason)), static_cast<Departure>(action)});
  }
  static void reject(void* context, const sentinel_row_reject* reject) noexcept {
    auto& self = *static_cast<TransformReports*>(context);
    if (reject == nullptr || !SENTINEL_OFFERS(reject, error))
      self.wrong = "rejected a row with a truncated report";
    else
      self.rejected.push_back({reject->row, reported_error(reject->error), reported_amount(*reject)});
  }
};

// Where each input row went. Each note answers what is wrong with it, or nothing.
class RowAccount {
 public:
  explicit RowAccount(std::int64_t rows) : places_(static_cast<std::size_t>(rows), nullptr) {}

  std::string note(std::int64_t row, const char* place) {
    const auto name = "row " + std::to_string(row);
    if (row < 0 || row >= static_cast<std::int64_t>(places_.size()))
      return place + (" " + name) + " of a batch of " + std::to_string(places_.size());
    auto& former = places_[static_cast<std::size_t>(row)];
    if (former == place) return place + (" " + name) + " twice";
    if (former != nullptr) return place + (" " + name) + ", which it also " + former;
    former = place;
    return {};
  }
  std::string missing() const {
    for (std::size_t row = 0; row < places_.size(); ++row)
      if (places_[row] == nullptr)
        return "lost row " + std::to_string(row) + ": it was neither given out nor filtered nor rejected";
    return {};
  }

 private:
  std::vector<const char*> places_;
};

// Errors: one sentence; empty if every row is accounted for.
std::string wrong_account(const AppliedBatch& applied, std::int64_t rows) {
  static constexpr const char *kGiven = "gave out", *kFiltered = "filtered", *kRejected = "rejected";
  RowAccount account(rows);
  std::int64_t former = -1;
  for (const auto row : applied.origin) {
    if (auto wrong = account.note(row, kGiven); !wrong.empty()) return wrong;
    if (row < former)
      return "gave out row " + std::to_string(row) + " after row " + std::to_string(former) + ": origins must ascend";
    former = row;
  }
  for (const auto& [row, reason, action] : applied.filtered) {
    if (auto wrong = account.note(row, kFiltered); !wrong.empty()) return wrong;
    if (action < Departure::kKeep || action > Departure::kDelete)
      return "made row " + std::to_string(row) + " depart by an unknown action";
  }
  for (const auto& [row, why, amount] : applied.rejected) {
    if (auto wrong = account.note(row, kRejected); !wrong.empty()) return wrong;
    if (!is_row_fault(why.code()))
      return "rejected row " + std::to_string(row) + " with code " + std::string(to_string(why.code())) +
             ", which is no fault of a row: " + why.message();
  }
  return account.missing();
}

}  // namespace

struct TransformStage::Impl : OpenStage<sentinel_transform_calls> {
  using OpenStage::OpenStage;
  OwnedSchema declared;  // released before the base closes the instance
  std::optional<Schema> schema;
};

TransformStage::TransformStage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TransformStage::~TransformStage() = default;
const std::string& TransformStage::use() const { return impl_->use; }

Result<std::unique_ptr<TransformStage>> TransformStage::open(const sentinel_component& component,
                                                             const sentinel_host& host,
                                                             const config::OptionTree& options) {
  auto impl = std::make_unique<Impl>("transform", component, *component.transform);
  SENTINEL_TRY(impl->open(host, options));
  return std::unique_ptr<TransformStage>(new TransformStage(std::move(impl)));
}

Result<Schema> TransformStage::bind(const Schema& in) {
  const OwnedSchema lent(in);
  OwnedSchema declared;
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->bind(impl_->instance, &*lent, declared.get(), error); }));
  auto schema = normalised_schema(*declared);
  if (!schema) return std::move(schema).error().prefixed(impl_->prefix);
  impl_->declared = std::move(declared);
  impl_->schema = *schema;
  return schema;
}

Result<AppliedBatch> TransformStage::apply(Batch in) {
  assert(impl_->schema.has_value());
  SENTINEL_TRY(in.fault());
  const auto rows = in.rows();
  auto given = in.release();
  TransformReports reports;
  sentinel_apply_request request{};
  request.struct_size = sizeof request;
  request.in = &given;
  request.context = &reports;
  request.filter = TransformReports::filter;
  request.reject = TransformReports::reject;
  request.depart = TransformReports::depart;
  sentinel_applied answer{};
  answer.struct_size = sizeof answer;
  const auto status =
      impl_->run([&](sentinel_error* error) { return impl_->calls->apply(impl_->instance, &request, &answer, error); });
  const Batch left_behind(given);  // whatever the plugin did not take
  const auto array = std::exchange(answer.array, ArrowArray{});
  if (!status.ok()) {
    const Batch dropped(array);
    return status;
  }
  auto batch = normalise(array, *impl_->declared, *impl_->schema);
  if (!batch) return std::move(batch).error().prefixed(impl_->prefix);
  if (!reports.wrong.empty()) return impl_->broken(reports.wrong);
  AppliedBatch applied{*std::move(batch), {}, std::move(reports.filtered), std::move(reports.rejected)};
  const auto given_out = applied.batch.rows();
  if (given_out > rows || (answer.origin == nullptr && given_out != rows))
    return impl_->broken("gave out " + std::to_string(given_out) + " rows for " + std::to_string(rows) +
                         " without saying where they come from");
  applied.origin.resize(static_cast<std::size_t>(given_out));
  if (answer.origin == nullptr)
    std::iota(applied.origin.begin(), applied.origin.end(), 0);
  else
    std::copy_n(answer.origin, given_out, applied.origin.begin());
  if (const auto wrong = wrong_account(applied, rows); !wrong.empty()) return impl_->broken(wrong);
  return applied;
}

}  // namespace sentinel::plugins
