// What a run and a replay do before their first record: sink, target, letters, lanes.
#include "engine/pipeline/account.hpp"
#include "engine/pipeline/chain.hpp"
#include "engine/pipeline/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include <unistd.h>

namespace sentinel::pipeline {
namespace {

// The machine, as it stays over restarts.
std::string host_id() {
  std::string id;
  if (std::ifstream file("/etc/machine-id"); std::getline(file, id) && !id.empty()) return id;
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

Result<std::set<std::string>> open_letters(const config::PipelineFile& file, plugins::SinkStage& sink) {
  std::set<std::string> owed;
  SENTINEL_TRY(sink.letters(file.name, [&](std::string_view, const Letter& letter) { owed.insert(letter.letter_id); }));
  return owed;
}

// Letters that are closed here and owed there wait again; they leave `owed`. A replay beside us may have closed some
// between the two questions, so the destination is asked once more.
Status reopen_owed(const config::PipelineFile& file, plugins::SinkStage& sink, store::Store& store, telemetry::Log& log,
                   std::set<std::string>& owed) {
  if (owed.empty()) return {};
  SENTINEL_ASSIGN(const auto still_owed, open_letters(file, sink));
  std::erase_if(owed, [&](const auto& id) { return !still_owed.contains(id); });
  std::vector<std::string> again;
  for (const auto& id : owed)
    if (const auto letter = store.find(id); letter && letter->status != store::LetterStatus::kPending)
      again.push_back(id);
  if (again.empty()) return {};
  log.warn(fmt::format(
      "the destination owes {} records that were settled here before; it was restored from a backup, or another state "
      "folder wrote to it: their letters wait again",
      again.size()));
  for (const auto& id : again) owed.erase(id);
  return store.reopen(again, "owed again by the destination");
}

}  // namespace

StageOwners owners_of(const config::PipelineFile& file, plugins::Registry& registry) {
  StageOwners owners;
  const auto note = [&](std::int32_t kind, const std::string& use) {
    const auto component = registry.find(kind, use);
    if (!component) return;
    const auto& plugin = registry.owner(**component);
    owners[use] = {plugin.name, plugin.version};
  };
  note(SENTINEL_KIND_SOURCE, file.source.use);
  note(SENTINEL_KIND_SINK, file.sink.use);
  for (const auto& transform : file.transforms) note(SENTINEL_KIND_TRANSFORM, transform.use);
  return owners;
}

Result<std::unique_ptr<plugins::SinkStage>> open_sink(const config::PipelineFile& file, plugins::Registry& registry,
                                                      telemetry::HostServices& services) {
  SENTINEL_ASSIGN(const auto* component, registry.find(SENTINEL_KIND_SINK, file.sink.use));
  auto sink = plugins::SinkStage::open(*component, services.host(), file.sink.options);
  if (!sink) return located(file, file.sink, std::move(sink).error());
  return sink;
}

Status bind_sink(const config::PipelineFile& file, plugins::SinkStage& sink, const Schema& schema, telemetry::Log& log,
                 bool may_create) {
  if ((schema.marks() || schema.removes()) && !sink.offers_leave())
    return located(
        file, file.sink,
        invalid_config(fmt::format("the sink {} can neither mark nor remove rows; write on_leave: keep where "
                                   "records are left out",
                                   file.sink.use)));
  auto status = sink.bind(schema);
  const bool is_missing = status.native_code() == "no_table" || status.native_code() == "no_state_tables";
  if (is_missing && may_create && sink.offers_create()) {
    auto created = sink.create(schema);
    if (!created.ok()) return located(file, file.sink, std::move(created));
    log.info("made what was missing in the target");
    status = sink.bind(schema);
  }
  return located(file, file.sink, std::move(status));
}

Status reconcile_letters(const config::PipelineFile& file, plugins::SinkStage& sink, store::Store& store,
                         telemetry::Log& log) {
  if (!sink.is_transactional()) {
    // Level 1 commits nothing: what was written before a crash is read and judged again.
    SENTINEL_ASSIGN(const auto left_behind, store.unconfirmed(file.name));
    for (const auto& delivery : left_behind) SENTINEL_TRY(store.drop(delivery));
    return {};
  }
  SENTINEL_ASSIGN(auto owed, open_letters(file, sink));

  SENTINEL_ASSIGN(const auto left_behind, store.unconfirmed(file.name));
  for (const auto& delivery : left_behind) {
    SENTINEL_ASSIGN(const auto letters, store.pending_of(delivery));
    // One delivery is committed whole or not at all; letters of it may have been closed there since.
    const bool is_fact =
        std::ranges::any_of(letters, [&](const auto& letter) { return owed.contains(letter.letter_id); });
    SENTINEL_TRY(is_fact ? store.confirm(delivery) : store.drop(delivery));
  }

  store::LetterFilter open;
  open.pipeline = file.name;
  SENTINEL_ASSIGN(const auto held, store.list(open));
  std::vector<std::string> closed_there;
  for (const auto& letter : held)
    if (owed.erase(letter.letter_id) == 0) closed_there.push_back(letter.letter_id);
  if (!closed_there.empty())
    SENTINEL_TRY(store.close(closed_there, store::LetterStatus::kSuperseded, "closed in the destination"));
  SENTINEL_TRY(reopen_owed(file, sink, store, log, owed));
  if (owed.empty()) return {};
  log.warn(fmt::format("{} open dead letters have no payload here", owed.size()));
  return Status(Code::kStorage, fmt::format("the target says that letter {} of {} is owed, but its payload is not in "
                                            "this state folder; run with the state folder "
                                            "that made it (SENTINEL_STATE_DIR), restore sentinel.db from its backup, "
                                            "fetch the record again with \"sentinel dlq rebuild {}\", or give the "
                                            "letter up with \"sentinel dlq discard {} {}\"",
                                            *owed.begin(), file.name, file.path, file.path, *owed.begin()))
      .native("store", std::string(kNoPayload));
}

ResumeRequest resume_request(const config::PipelineFile& file, const std::filesystem::path& state_folder,
                             std::string run_id, bool is_replay) {
  ResumeRequest request;
  request.is_replay = is_replay;
  request.pipeline = file.name;
  request.source_id = file.source_id;
  request.holder_place = host_id() + ":" + state_folder.string();
  request.holder = fmt::format("{}:{}:{}", request.holder_place, getpid(), run_id);
  request.run_id = std::move(run_id);
  return request;
}

std::string new_run_id(telemetry::HostServices& services) {
  auto text = telemetry::utc_text(services.clock().now_unix_ms());  // 2026-11-22T20:14:03Z
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "-" + services.random_hex(4);
}

}  // namespace sentinel::pipeline
