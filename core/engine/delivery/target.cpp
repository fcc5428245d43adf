// Opens, binds and creates; every fault names its place in the pipeline file.
#include "engine/delivery/target.hpp"

#include "engine/flow/chain.hpp"

#include <fmt/format.h>

namespace sentinel::engine {

Result<std::unique_ptr<plugins::SinkStage>> open_sink(const config::PipelineFile& file, plugins::Registry& registry,
                                                      telemetry::HostServices& services) {
  SENTINEL_ASSIGN(const auto* component, registry.find(SENTINEL_KIND_SINK, file.sink.use));
  auto sink = plugins::SinkStage::open(*component, services.host(), file.sink.options);
  if (!sink) return located(file, file.sink, std::move(sink).error());
  return sink;
}

Status bind_sink(const config::PipelineFile& file, plugins::SinkStage& sink, const Schema& schema, telemetry::Log& log,
                 bool may_create) {
  if ((schema.marks() || schema.removes()) && !sink.offers_depart())
    return located(
        file, file.sink,
        invalid_config(fmt::format(
            "the sink {} can neither mark nor remove rows; write on_departure: keep where records are filtered out",
            file.sink.use)));
  auto status = sink.bind(schema);
  const bool is_missing = status.needs_create();
  if (is_missing && may_create && sink.offers_create()) {
    auto created = sink.create(schema);
    if (!created.ok()) return located(file, file.sink, std::move(created));
    log.info("created what was missing in the target");
    status = sink.bind(schema);
  }
  return located(file, file.sink, std::move(status));
}

}  // namespace sentinel::engine
