// Marks or removes rows, except where a later record of the same batch has the key: that one wins.
#include "engine/delivery/departures.hpp"

#include "engine/flow/target_key.hpp"

#include <map>

namespace sentinel::engine {

Status apply_departures(const Workplace& place, const PreparedBatch& batch, const Schema& sink_schema,
                        plugins::WrittenBatch& written) {
  written.departing.assign(batch.departing.origin.size(), BalanceLine::kFiltered);
  if (batch.departing.origin.empty()) return {};
  SENTINEL_ASSIGN(const auto fields, place.sink.key_fields());
  const auto key = columns_of(sink_schema, fields);
  std::map<std::string, std::int64_t> arrives;  // target key -> the last source row
  const auto arriving = batch.arriving.rows.view(sink_schema), departing = batch.departing.rows.view(sink_schema);
  for (std::int64_t row = 0; row < arriving.rows(); ++row)
    if (const auto text = target_key(arriving, key, row))
      arrives[*text] = batch.arriving.origin[static_cast<std::size_t>(row)];
  std::vector<std::int64_t> rows;
  std::vector<Departure> actions;
  for (std::size_t i = 0; i < batch.departing.origin.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto text = target_key(departing, key, row);
    if (!text) continue;
    if (const auto again = arrives.find(*text); again != arrives.end() && again->second > batch.departing.origin[i]) {
      written.departing[i] = BalanceLine::kSuperseded;
      continue;
    }
    rows.push_back(row);
    actions.push_back(batch.departing.actions[i]);
  }
  if (rows.empty()) return {};
  SENTINEL_ASSIGN(const auto was_there, place.sink.depart(select_rows(departing, rows), actions));
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (was_there[i]) written.departing[static_cast<std::size_t>(rows[i])] = BalanceLine::kDeparted;
  return {};
}

}  // namespace sentinel::engine
