// Composes the holder of a lane from machine, state folder, process and run.
#include "engine/delivery/identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include <unistd.h>

namespace sentinel::engine {
namespace {

// The machine, as it stays over restarts.
std::string host_id() {
  std::string id;
  if (std::ifstream file("/etc/machine-id"); std::getline(file, id) && !id.empty()) return id;
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

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

}  // namespace sentinel::engine
