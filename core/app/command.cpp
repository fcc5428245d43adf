// Parses and documents commands, and holds what several commands share: loading a pipeline file, confirming a change.
#include "app/command.hpp"

#include "app/dialogue.hpp"
#include "engine/fault_codes.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace sentinel::app {

std::string Command::usage() const {
  std::string text;
  for (const auto& [name, at_least, at_most] : positionals)
    text += fmt::format(" {}{}{}{}", at_least == 0 ? "[" : "", name, at_most > 1 ? "…" : "", at_least == 0 ? "]" : "");
  if (const auto required = options.required_usage(); !required.empty()) text += fmt::format(" {}", required);
  return text.empty() ? text : text.substr(1);
}

std::string Command::help() const {
  const auto arguments = usage();
  return fmt::format("{}\n\nusage: sentinel {}{}{}\n\n{}\nexample:\n  {}\n", summary, name,
                     arguments.empty() ? "" : " ", arguments, options.help(), example);
}

Result<Arguments> Command::parse(const std::vector<std::string>& given) const {
  SENTINEL_ASSIGN(auto arguments, options.parse(given));
  std::size_t at_least = 0, at_most = 0;
  for (const auto& positional : positionals) {
    at_least += positional.at_least;
    at_most = positional.at_most == kAnyNumber ? kAnyNumber : at_most + positional.at_most;
  }
  const auto count = arguments.positionals().size();
  if (!arguments.has("help") && (count < at_least || count > at_most))
    return invalid_config(fmt::format("usage: sentinel {} {}", name, usage()));
  return arguments;
}

namespace {

bool looks_like_file(const std::string& text) {
  return text.ends_with(".yaml") || text.ends_with(".yml") || text.find('/') != std::string::npos;
}

}  // namespace

int complain(const Status& fault) {
  fmt::print(stderr, "sentinel: {}\n", printable(fault.message()));
  return engine::exit_code_of(fault.code());
}

config::LoadedFile load(Context& context, const std::string& path) {
  auto loaded = config::load_pipeline_file(path, context.registry, config::process_environment());
  for (const auto& problem : loaded.problems) fmt::print(stderr, "{}\n", printable(problem.to_string()));
  return loaded;
}

int work_on_files(Context& context, const std::vector<std::string>& paths,
                  const std::function<int(const config::PipelineFile&)>& work) {
  int code = engine::kExitBalanced;
  for (const auto& path : paths) {
    const auto loaded = load(context, path);
    code = engine::worse_exit_code(code, loaded.ok() ? work(*loaded.pipeline) : engine::kExitConfig);
    if (context.services.stop().requested()) break;
  }
  return code;
}

Result<std::unique_ptr<store::Store>> open_store(Context& context, const std::filesystem::path& state_folder) {
  auto& clock = context.services.clock();
  return store::Store::open(state_folder, [&clock] { return clock.now_unix_ms(); });
}

Result<std::unique_ptr<store::Store>> open_store(Context& context) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  return open_store(context, folder);
}

Result<std::string> file_of(const std::string& file_or_pipeline, const std::filesystem::path& state_folder,
                            Context& context) {
  if (looks_like_file(file_or_pipeline)) return file_or_pipeline;
  SENTINEL_ASSIGN(const auto store, open_store(context, state_folder));
  SENTINEL_ASSIGN(auto path, store->state(file_or_pipeline, "file"));
  if (!path)
    return invalid_config(fmt::format("no pipeline \"{}\" has run with the state folder {}; name its file instead",
                                      file_or_pipeline, state_folder.string()));
  return *path;
}

Result<config::PipelineFile> pipeline_file(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto path, file_of(arguments.positionals().front(), folder, context));
  auto loaded = load(context, path);
  if (!loaded.ok()) return invalid_config(fmt::format("{} has errors", path));
  return std::move(*loaded.pipeline);
}

Result<std::string> pipeline_of(const std::string& file_or_pipeline, Context& context) {
  if (!looks_like_file(file_or_pipeline)) return file_or_pipeline;
  const auto loaded = load(context, file_or_pipeline);
  if (!loaded.ok()) return invalid_config(fmt::format("{} has errors", file_or_pipeline));
  return loaded.pipeline->name;
}

Status confirm(const Arguments& arguments, const std::string& question) {
  if (arguments.has("yes")) return {};
  if (!is_dialogue())
    return invalid_config(
        "nothing was changed: a confirmation needs a terminal on standard input and standard error; add --yes to go "
        "without one");
  fmt::print(stderr, "{} Type yes: ", question);
  char answer[16] = "";
  if (std::fgets(answer, sizeof answer, stdin) != nullptr && std::string_view(answer) == "yes\n") return {};
  return invalid_config("nothing was changed");
}

}  // namespace sentinel::app
