// Moves fields from one record into another: those that take the key with them make the key.
#include "engine/compare/key_probe.hpp"

#include "engine/flow/target_key.hpp"

#include <algorithm>

namespace sentinel::engine {

Result<std::unique_ptr<KeyProbe>> KeyProbe::open(const config::PipelineFile& file, plugins::Registry& registry,
                                                 telemetry::HostServices& services, const Schema& source_schema,
                                                 const std::vector<std::string>& key_fields) {
  std::unique_ptr<KeyProbe> probe(new KeyProbe(source_schema, key_fields));
  SENTINEL_ASSIGN(probe->chain_, Chain::open(file, registry, services, true));
  probe->chain_->note_keys(key_fields);
  SENTINEL_ASSIGN(probe->sink_schema_, probe->chain_->bind_to(source_schema));
  return probe;
}

void KeyProbe::learn(const PreparedBatch& batch) {
  if (passing_) return;
  const auto rows = batch.arriving.rows.view(sink_schema_);
  const auto columns = columns_of(sink_schema_, key_fields_);
  std::vector<std::int64_t> found;
  std::vector<std::string> keys;
  for (std::int64_t row = 0; row < rows.rows() && found.size() < 2; ++row) {
    const auto key = target_key(rows, columns, row);
    if (!key || (!keys.empty() && *key == keys.front())) continue;
    keys.push_back(*key);
    found.push_back(batch.arriving.origin[static_cast<std::size_t>(row)]);
  }
  if (found.size() < 2) return;
  passing_ = select_rows(batch.source.view(source_schema_), found);
  passing_keys_ = std::move(keys);
}

Result<std::vector<std::optional<std::string>>> KeyProbe::keys_of(Batch records) {
  plugins::SourcePage page;
  std::vector<std::optional<std::string>> keys(static_cast<std::size_t>(records.rows()));
  page.batch = std::move(records);
  SENTINEL_ASSIGN(const auto batch, chain_->prepare(std::move(page)));
  const auto columns = columns_of(sink_schema_, key_fields_);
  const auto take = [&](const Batch& some, const std::vector<std::int64_t>& origin) {
    const auto rows = some.view(sink_schema_);
    for (std::int64_t row = 0; row < rows.rows(); ++row)
      keys[static_cast<std::size_t>(origin[static_cast<std::size_t>(row)])] = target_key(rows, columns, row);
  };
  take(batch.arriving.rows, batch.arriving.origin);
  take(batch.departing.rows, batch.departing.origin);
  for (const auto& [row, key] : batch.key_notes) keys[static_cast<std::size_t>(row)] = key;
  return keys;
}

Batch KeyProbe::blend(const BatchView& records, const std::vector<std::size_t>& fields) const {
  const auto passing = passing_->view(source_schema_);
  BatchBuilder blended(source_schema_);
  for (std::size_t i = 0; i < source_schema_.size(); ++i) {
    const bool is_taken = std::ranges::find(fields, i) != fields.end();
    for (std::int64_t row = 0; row < records.rows(); ++row)
      blended.column(i).append_from(is_taken ? records.column(i) : passing.column(i), is_taken ? row : 0);
  }
  return blended.finish();
}

// Tried field by field, and once more together: what does not carry the key over whole is not trusted.
Status KeyProbe::find_fields() {
  fields_.emplace();
  if (!passing_) return {};
  const auto second = select_rows(passing_->view(source_schema_), std::vector<std::int64_t>{1});
  const auto other = second.view(source_schema_);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < source_schema_.size(); ++i) {
    SENTINEL_ASSIGN(const auto keys, keys_of(blend(other, {i})));
    if (keys[0] && *keys[0] != passing_keys_[0]) found.push_back(i);
  }
  SENTINEL_ASSIGN(const auto together, keys_of(blend(other, found)));
  if (together[0] == passing_keys_[1]) fields_ = std::move(found);
  return {};
}

Result<std::vector<std::size_t>> KeyProbe::fields() {
  if (!fields_) SENTINEL_TRY(find_fields());
  return *fields_;
}

Result<std::vector<std::optional<std::string>>> KeyProbe::find(const Batch& records) {
  SENTINEL_ASSIGN(const auto fields, this->fields());
  if (fields.empty()) return std::vector<std::optional<std::string>>(static_cast<std::size_t>(records.rows()));
  return keys_of(blend(records.view(source_schema_), fields));
}

}  // namespace sentinel::engine
