// sentinel reference: writes the reference pages of this program, and of the plugins that it finds, into a folder.
#include "app/command.hpp"
#include "app/reference_pages.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace sentinel::app {
namespace {

namespace fs = std::filesystem;

Status write_page(const fs::path& path, const std::string& text) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  std::ofstream page(path, std::ios::binary | std::ios::trunc);
  page << text;
  if (page.flush()) return {};
  return {Code::kStorage, fmt::format("cannot write \"{}\"; name a folder of your own", path.string())};
}

// What a pipeline file names by `use:`. A plugin that is refused would be missing from the pages, so it is a fault
// here.
Result<std::vector<const sentinel_component*>> stages_of(plugins::Registry& registry) {
  std::vector<Status> refused;
  std::vector<const sentinel_component*> stages;
  for (const auto* info : registry.all(refused))
    for (std::uint64_t i = 0; i < info->plugin->component_count; ++i) {
      const auto* component = info->plugin->components[i];
      if (!plugins::is_in_engine(component->kind)) stages.push_back(component);
    }
  if (!refused.empty()) return refused.front();
  std::ranges::stable_sort(stages, {}, [](const auto* stage) { return std::string_view(stage->use); });
  return stages;
}

Status write_pages(Context& context, const fs::path& folder) {
  SENTINEL_ASSIGN(const auto stages, stages_of(context.registry));
  SENTINEL_TRY(write_page(folder / "pipeline_file.md", pipeline_file_page()));
  SENTINEL_TRY(write_page(folder / "commands.md", commands_page(all_commands())));
  SENTINEL_TRY(write_page(folder / "faults.md", faults_page()));
  SENTINEL_TRY(write_page(folder / "plugins" / "README.md", component_index(stages)));
  std::set<std::string> uses;
  for (const auto* stage : stages) uses.insert(stage->use);
  for (const auto& use : uses)
    SENTINEL_TRY(write_page(folder / "plugins" / (use + ".md"), component_page(use, stages)));
  return {};
}

int write_reference(Context& context, const Arguments& arguments) {
  const auto status = write_pages(context, arguments.words().front());
  return status.ok() ? engine::kExitBalanced : complain(status);
}

}  // namespace

Command reference_command() {
  return {"reference",
          "FOLDER",
          "Write the reference of this program and its plugins as Markdown pages.",
          "sentinel reference docs/reference",
          {},
          1,
          1,
          write_reference};
}

}  // namespace sentinel::app
