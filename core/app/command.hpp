// What a command is, what it works with, and what several commands do alike.
#pragma once

#include "app/arguments.hpp"
#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
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
// Loads and validates a pipeline file; prints every problem. Null pipeline: it has errors.
config::LoadedFile load(Context& context, const std::string& path);
// Loads each file and works on it, until a stop: the worst exit code. A file with errors is kExitConfig.
int work_on_files(Context& context, const std::vector<std::string>& paths,
                  const std::function<int(const config::PipelineFile&)>& work);
// The file a pipeline was last run from, or the argument itself if it is one. Errors: kInvalidConfig with the cure.
Result<std::string> file_of(const std::string& file_or_pipeline, const std::filesystem::path& state_folder,
                            Context& context);
// The pipeline's name, from a file or as given. Errors: kInvalidConfig.
Result<std::string> pipeline_of(const std::string& file_or_pipeline, Context& context);
// Asks on the terminal, unless --yes is given. Errors: kInvalidConfig where the answer is not yes.
Status confirm(const Arguments& arguments, const std::string& question);
bool looks_like_file(const std::string& text);
// The shortest --every of commands that repeat.
inline constexpr std::chrono::seconds kLeastInterval{1};

}  // namespace sentinel::app
