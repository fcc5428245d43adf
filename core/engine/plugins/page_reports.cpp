// The reports of a page, read with the care that anything from a plugin needs.
#include "engine/plugins/page_reports.hpp"
#include "engine/plugins/open_stage.hpp"

#include <sentinel/text.hpp>

#include <utility>

namespace sentinel::plugins {
namespace {

PageReports& page_of(void* context) { return *static_cast<PageReports*>(context); }

std::string wrong_filter(const std::vector<FilteredRow>& filtered, std::int64_t rows) {
  std::vector<bool> seen(static_cast<std::size_t>(rows), false);
  for (const auto& [row, reason, action] : filtered) {
    if (row < 0 || row >= rows) return "filtered row " + std::to_string(row) + " of a page of " + std::to_string(rows);
    const auto index = static_cast<std::size_t>(row);
    if (seen[index]) return "filtered row " + std::to_string(row) + " twice";
    seen[index] = true;
  }
  return {};
}

}  // namespace

void PageReports::note(std::string what) {
  if (wrong.empty()) wrong = std::move(what);
}

void PageReports::filter(void* context, std::int64_t row, sentinel_text reason) noexcept {
  page_of(context).filtered.push_back({row, as_utf8(from_text(reason)), Departure::kKeep});
}

void PageReports::depart(void* context, std::int64_t row, std::int32_t action, sentinel_text reason) noexcept {
  page_of(context).filtered.push_back({row, as_utf8(from_text(reason)), static_cast<Departure>(action)});
  if (action < SENTINEL_DEPARTURE_KEEP || action > SENTINEL_DEPARTURE_DELETE)
    page_of(context).note("makes row " + std::to_string(row) + " depart by the unknown action " +
                          std::to_string(action));
}

void PageReports::reject(void* context, const sentinel_source_reject* reject) noexcept {
  auto& self = page_of(context);
  if (reject == nullptr || !SENTINEL_OFFERS(reject, error))
    return self.note("rejected a record with a truncated report");
  RejectedRecord record{as_utf8(from_text(reject->key)), as_utf8(from_text(reject->position)),
                        std::string(from_text(reject->raw)), reported_error(reject->error), reported_amount(*reject)};
  if (!is_row_fault(record.why.code()))
    self.note("rejected the record \"" + record.key + "\" with code " + std::string(to_string(record.why.code())) +
              ", which is no fault of a record: " + record.why.message());
  self.rejected.push_back(std::move(record));
}

const std::string& PageReports::check(std::int64_t rows) {
  if (wrong.empty()) wrong = wrong_filter(filtered, rows);
  return wrong;
}

}  // namespace sentinel::plugins
