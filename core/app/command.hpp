// What a command is, what it works with, and what several commands share.
#pragma once

#include "app/arguments.hpp"
#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sentinel::app {

// Created once in the process; borrowed by every command.
struct Context {
  plugins::Registry& registry;
  telemetry::HostServices& services;
  telemetry::StandardErrorLog& terminal;
  telemetry::FileLog* log_file = nullptr;  // with --log-file
};

// An argument that is no option: "FILE…", "[LETTER]".
struct Positional {
  std::string name;
  std::size_t at_least = 1, at_most = 1;
};
inline constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);

// Each is declared in a file of core/app/commands and listed in command_table.hpp.
struct Command {
  std::string name;     // "dlq list"
  std::string summary;  // one line
  std::string example;  // one or two lines
  std::vector<Positional> positionals = {};
  OptionSet options = {};                                              // --json and --help are added to all
  int (*run)(Context& context, const Arguments& arguments) = nullptr;  // returns the exit code

  std::string usage() const;  // "FILE… --kind KIND"
  std::string help() const;   // what --help prints
  // As OptionSet::parse, and how many positionals there are.
  Result<Arguments> parse(const std::vector<std::string>& given) const;
};

// --- shared by commands

// Prints "sentinel: …" on standard error and returns the exit code of the fault.
int complain(const Status& fault);
// A command whose body returns a Status, or a Result of its exit code.
template <Status (*body)(Context&, const Arguments&)>
int run_status(Context& context, const Arguments& arguments) {
  const auto status = body(context, arguments);
  return status.ok() ? 0 : complain(status);
}
template <Result<int> (*body)(Context&, const Arguments&)>
int run_code(Context& context, const Arguments& arguments) {
  const auto code = body(context, arguments);
  return code ? *code : complain(code.error());
}
// Loads and validates a pipeline file; prints every problem. Null pipeline: it has errors.
config::LoadedFile load(Context& context, const std::string& path);
// Loads each file and works on it, until a stop: the worst exit code. A file with errors is kExitConfig.
int work_on_files(Context& context, const std::vector<std::string>& paths,
                  const std::function<int(const config::PipelineFile&)>& work);
// Its times are those of the context's clock. Without a folder, the one of the environment. Errors: kStorage.
Result<std::unique_ptr<store::Store>> open_store(Context& context);
Result<std::unique_ptr<store::Store>> open_store(Context& context, const std::filesystem::path& state_folder);
// The file a pipeline was last run from, or the argument itself if it is one. Errors: kInvalidConfig with the cure.
Result<std::string> file_of(const std::string& file_or_pipeline, const std::filesystem::path& state_folder,
                            Context& context);
// The file that the first argument names, or that its pipeline last ran from. Errors: kInvalidConfig.
Result<config::PipelineFile> pipeline_file(Context& context, const Arguments& arguments);
// The pipeline's name, from a file or as given. Errors: kInvalidConfig.
Result<std::string> pipeline_of(const std::string& file_or_pipeline, Context& context);
// Asks on the terminal, unless --yes is given. Errors: kInvalidConfig where the answer is not yes, or nobody can be
// asked.
Status confirm(const Arguments& arguments, const std::string& question);
// The shortest --every of commands that repeat.
inline constexpr std::chrono::seconds kLeastInterval{1};

}  // namespace sentinel::app
