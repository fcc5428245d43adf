// Finds by experiment which fields make the key, as key_probe does for a rejected record.
#include "engine/run/key_warning.hpp"

#include "engine/compare/key_probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sentinel::engine {
namespace {

constexpr std::int64_t kRowsToJudge = 100;
constexpr std::int64_t kBytesToJudge = 4 << 20;

// The fields of the source that make the key.
Result<std::vector<Field>> fields_of_key(const config::PipelineFile& file, plugins::Registry& registry,
                                         telemetry::HostServices& services, Chain& chain,
                                         const std::vector<std::string>& key) {
  SENTINEL_ASSIGN(const auto probe, KeyProbe::open(file, registry, services, chain.source_schema(), key));
  SENTINEL_ASSIGN(const auto batch, chain.next("", kRowsToJudge, kBytesToJudge));
  probe->learn(batch);
  SENTINEL_ASSIGN(const auto columns, probe->fields());
  std::vector<Field> fields;
  for (const auto column : columns) fields.push_back(chain.source_schema()[column]);
  return fields;
}

}  // namespace

std::optional<std::string> key_warning(const config::PipelineFile& file, plugins::Registry& registry,
                                       telemetry::HostServices& services, Chain& chain, plugins::SinkStage& sink,
                                       const std::string& former_source_id) {
  if (former_source_id.empty() || former_source_id == file.source_id) return std::nullopt;
  const auto key = sink.key_fields();
  if (!key || key->empty()) return std::nullopt;
  const auto fields = fields_of_key(file, registry, services, chain, *key);
  const bool is_own =
      fields && !fields->empty() && std::ranges::all_of(*fields, [](const Field& field) { return field.is_key; });
  if (!is_own) return std::nullopt;
  return fmt::format(
      "the source changed from {} to {}, and the key of the target ({}) is made from the source's own key ({}): a "
      "record has another key there, so what landed before would land a second time; use a key that the record keeps, "
      "such as the donation's own reference",
      former_source_id, file.source_id, fmt::join(*key, ", "), fields->front().name);
}

}  // namespace sentinel::engine
