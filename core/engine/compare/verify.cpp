// Reports a comparison in full, and delivers what it finds missing or different.
#include "engine/compare/verify.hpp"

#include "engine/compare/comparison.hpp"
#include "engine/delivery/ending.hpp"
#include "engine/delivery/identity.hpp"
#include "engine/letters/redeliver.hpp"

#include <fmt/format.h>

namespace sentinel::engine {
namespace {

class Verification {
 public:
  Verification(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
               const std::filesystem::path& folder, const VerifyOptions& options, VerifyReport& report)
      : file_(file),
        registry_(registry),
        services_(services),
        folder_(folder),
        options_(options),
        report_(report),
        comparison_(file, registry, services, folder, options.examples, report) {}

  Status execute() {
    std::optional<store::FolderLock> lock;
    if (options_.repair) {
      SENTINEL_ASSIGN(lock, store::FolderLock::take(folder_, file_.name, "run"));
    }
    SENTINEL_TRY(comparison_.open());
    SENTINEL_TRY(comparison_.read_target());
    SENTINEL_TRY(comparison_.read_source());
    SENTINEL_TRY(comparison_.compare());
    SENTINEL_TRY(comparison_.read_again());
    SENTINEL_TRY(comparison_.name_examples());
    return options_.repair ? repair() : Status();
  }

 private:
  Status repair() {
    if (report_.missing + report_.different == 0) return {};
    if (!report_.reads_again)
      return Status(Code::kUnsupported, fmt::format("the source {} cannot fetch single records; run the pipeline with "
                                                    "--full instead",
                                                    file_.source.use));
    std::int64_t after = 0;
    auto& repaired = report_.repaired.emplace();
    repaired.run_id = report_.run_id;
    const Workplace place{file_, comparison_.sink(), comparison_.store(), services_};
    return redeliver(
        {place, registry_, folder_, comparison_.known(), comparison_.schema()},
        [&] { return comparison_.next_to_land(after); }, repaired);
  }

  const config::PipelineFile& file_;
  plugins::Registry& registry_;
  telemetry::HostServices& services_;
  const std::filesystem::path folder_;
  const VerifyOptions options_;
  VerifyReport& report_;
  Comparison comparison_;
};

VerifyReport verify_once(const config::PipelineFile& file, plugins::Registry& registry,
                         telemetry::HostServices& services, const std::filesystem::path& state_folder,
                         const VerifyOptions& options) {
  VerifyReport report;
  report.run_id = new_run_id(services);
  report.pipeline = file.name;
  report.source_id = file.source_id;
  report.exponent = file.money ? static_cast<int>(file.money->exponent) : 2;
  const auto began_ms = services.clock().steady_ms();
  report.fault = Verification(file, registry, services, state_folder, options, report).execute();
  report.elapsed_ms = services.clock().steady_ms() - began_ms;
  report.exit_code = ending_code(report.fault, services);
  if (report.fault.ok() && !report.is_equal() &&
      !(report.repaired && report.extra + report.unrecorded + report.unreadable == 0))
    report.exit_code = kExitStorage;
  return report;
}

}  // namespace

VerifyReport verify(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                    const std::filesystem::path& state_folder, const VerifyOptions& options) {
  auto report = verify_once(file, registry, services, state_folder, options);
  if (report.fault.code() != Code::kSchemaChanged) return report;
  services.log().info("the fields of the source changed while it was read; reading both sides once more");
  return verify_once(file, registry, services, state_folder, options);
}

}  // namespace sentinel::engine
