// Keeps two small states: the mapping of the last finished run, and since when older rows have another one.
#include "engine/run/mapping_note.hpp"

#include <fmt/format.h>

namespace sentinel::engine {
namespace {

constexpr std::string_view kMapping = "mapping";       // hash
constexpr std::string_view kOlderRows = "older_rows";  // UTC time; empty: there are none

Status set_if_changed(store::Store& store, const std::string& pipeline, std::string_view name, std::string_view value) {
  SENTINEL_ASSIGN(const auto now, store.state(pipeline, name));
  return now.value_or("") == value ? Status() : store.set_state(pipeline, name, value);
}

std::string cure(const config::PipelineFile& file) {
  return fmt::format("\"sentinel run --full {}\" maps them again", file.path);
}

}  // namespace

Status note_whole_pass(const config::PipelineFile& file, store::Store& store) {
  SENTINEL_TRY(set_if_changed(store, file.name, kOlderRows, ""));
  return set_if_changed(store, file.name, kMapping, file.mapping_hash);
}

Status note_partial_pass(const config::PipelineFile& file, store::Store& store, telemetry::HostServices& services,
                         const std::function<bool()>& read_everything) {
  SENTINEL_ASSIGN(const auto former, store.state(file.name, kMapping));
  if (former && *former != file.mapping_hash) {
    if (read_everything()) return note_whole_pass(file, store);
    services.log().warn(
        "the mapping changed, and this run read only what is new: rows that landed before keep the old "
        "mapping; " +
        cure(file));
    SENTINEL_TRY(store.set_state(file.name, kOlderRows, telemetry::utc_text(services.clock().now_unix_ms())));
  }
  return set_if_changed(store, file.name, kMapping, file.mapping_hash);
}

Result<std::optional<std::string>> older_rows(const config::PipelineFile& file, store::Store& store) {
  SENTINEL_ASSIGN(const auto since, store.state(file.name, kOlderRows));
  if (since && !since->empty())
    return std::optional(fmt::format("rows that landed before {} keep an older mapping; {}", *since, cure(file)));
  SENTINEL_ASSIGN(const auto former, store.state(file.name, kMapping));
  if (!former || *former == file.mapping_hash) return std::optional<std::string>();
  return std::optional(
      "the mapping changed since the last run: where that run was incremental, rows that landed before keep the old "
      "mapping; " +
      cure(file));
}

}  // namespace sentinel::engine
