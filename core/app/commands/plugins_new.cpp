// sentinel plugins new: creates a project that builds against the installed SDK and passes its tests unchanged.
#include "app/command.hpp"
#include "app/json.hpp"
#include "app/plugin_project.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace sentinel::app {
namespace {

constexpr std::size_t kLongestName = 40;

bool is_plugin_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// "bank_feed" -> "BankFeed"
std::string class_name(const std::string& name) {
  std::string text;
  bool is_start = true;
  for (const char c : name) {
    if (c != '_') text += is_start ? static_cast<char>(std::toupper(c)) : c;
    is_start = c == '_';
  }
  return text;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string renamed(std::string text, const std::string& name, const std::string& kind) {
  replace_all(text, "KIND", kind);
  replace_all(text, "widget", name);
  replace_all(text, "Widget", class_name(name));
  replace_all(text, "WIDGET", upper_case(name));
  return text;
}

Status write_project(const std::filesystem::path& folder, const std::string& name, const std::string& kind) {
  std::error_code fault;
  if (std::filesystem::exists(folder, fault))
    return invalid_config(
        fmt::format("{} exists already, and nothing is overwritten; choose another name or "
                    "--directory",
                    folder.string()));
  if (!std::filesystem::create_directories(folder, fault))
    return invalid_config(fmt::format("cannot create the folder {}: {}", folder.string(), fault.message()));
  for (const auto& file : project_files()) {
    if (!file.kind.empty() && file.kind != kind) continue;
    const auto path = folder / renamed(file.name, name, kind);
    std::ofstream out(path, std::ios::binary);
    out << renamed(file.text, name, kind);
    if (!out.flush()) return {Code::kStorage, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno))};
  }
  return {};
}

int new_plugin(Context&, const Arguments& arguments) {
  const auto& name = arguments.positionals().front();
  const auto kind = arguments.text("kind");
  if (!is_plugin_name(name))
    return complain(invalid_config(
        fmt::format("a plugin's name is a-z, 0-9 and _, begins with a letter and has at most {} characters; \"{}\" is "
                    "none",
                    kLongestName, name)));
  const auto folder = std::filesystem::path(arguments.text("directory")) / fmt::format("{}_{}", name, kind);
  if (const auto written = write_project(folder, name, kind); !written.ok()) return complain(written);
  if (arguments.has("json"))
    print_json({{"folder", folder.string()}, {"use", name}, {"kind", kind}});
  else
    fmt::print("created the {} {}; its README.md says how to build and test it\n", kind, folder.string());
  return engine::kExitBalanced;
}

}  // namespace

Command plugins_new_command() {
  return {.name = "plugins new",
          .summary = "Create the project of a new source, transform or sink, with its tests.",
          .example = "sentinel plugins new bank_feed --kind source",
          .positionals = {{"NAME"}},
          .options = OptionSet()
                         .choice("kind", "KIND", {"source", "transform", "sink"}, "what it is")
                         .required()
                         .path("directory", "DIR", "where the project's folder is created; here if left out"),
          .run = new_plugin};
}

}  // namespace sentinel::app
