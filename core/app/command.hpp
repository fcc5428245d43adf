// What a command is, and what every command is given to work with.
#pragma once

#include "app/arguments.hpp"
#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::app {

// Made once a process; borrowed by every command.
struct Context {
  plugins::Registry& registry;
  telemetry::HostServices& services;
  telemetry::StandardErrorLog& terminal;
  telemetry::FileLog* log_file = nullptr;  // with --log-file
};

struct Command {
  std::string name;         // "dlq list"
  std::string usage;        // "FILE… [flags]"
  std::string summary;      // one line
  std::string example;      // one or two lines
  std::vector<Flag> flags;  // without --help and --json, which every command has
  std::size_t least_words = 0, most_words = 0;
  int (*run)(Context& context, const Arguments& arguments) = nullptr;  // answers the exit code
};

inline constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);

// One a file.
Command run_command();
Command recover_command();
Command check_command();
Command preview_command();
Command test_command();
Command init_command();
Command verify_command();
Command trace_command();
Command dlq_list_command();
Command dlq_show_command();
Command dlq_edit_command();
Command dlq_retry_command();
Command dlq_discard_command();
Command dlq_export_command();
Command dlq_stats_command();
Command dlq_rebuild_command();
Command dlq_erase_command();
Command plugins_list_command();
Command plugins_describe_command();
Command plugins_schema_command();
Command completion_command();
Command plugins_new_command();
Command plugins_test_command();
Command status_command();
Command reference_command();
Command checkpoint_show_command();
Command checkpoint_reset_command();
Command breaker_show_command();
Command breaker_reset_command();
Command version_command();

// Every command, in the order of the overview.
std::vector<Command> all_commands();

// --- shared by commands

// The command's own flags and those that every command has.
std::vector<Flag> flags_of(const Command& command);
// What --help prints.
std::string help_text(const Command& command);
// Prints "sentinel: …" on standard error and answers the exit code of the fault.
int complain(const Status& fault);
// Loads and judges a pipeline file; prints every problem. Null pipeline: it has errors.
config::LoadedFile load(Context& context, const std::string& path);
// Loads each file and works on it, until a stop: the worst exit code. A file with errors is kExitConfig.
int work_on_files(Context& context, const std::vector<std::string>& paths,
                  const std::function<int(const config::PipelineFile&)>& work);
// The file a pipeline was last run from, or the argument itself if it is one. Errors: kInvalidConfig with the cure.
Result<std::string> file_of(const std::string& file_or_pipeline, const std::filesystem::path& state_folder,
                            Context& context);
// The pipeline's name, from a file or as given. Errors: kInvalidConfig.
Result<std::string> pipeline_of(const std::string& file_or_pipeline, Context& context);
// Asks on the terminal, unless --yes says it already. Errors: kInvalidConfig where nobody said yes.
Status confirm(const Arguments& arguments, const std::string& question);
bool looks_like_file(const std::string& word);
// The value of --every, at least a second; nothing where it is not given. Errors: kInvalidConfig.
Result<std::optional<std::chrono::milliseconds>> every_of(const Arguments& arguments);

struct FoundComponent {
  const plugins::PluginInfo* info = nullptr;
  const sentinel_component* component = nullptr;
};
// By `use:` name over all kinds, or all of a library by its path; never empty. Errors: kInvalidConfig.
Result<std::vector<FoundComponent>> find_components(Context& context, const std::string& word);

}  // namespace sentinel::app
