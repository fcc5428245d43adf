// The variables of the process, and .env files: read line by line, so that one wrong line does not hide the others.
#include "engine/config/yaml/environment.hpp"

#include "engine/config/yaml/text_file.hpp"

#include <sentinel/text.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace sentinel::config {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool is_end_of_line(std::string_view rest) {
  const auto text = trimmed(rest);
  return text.empty() || text.front() == '#';
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool is_open_to_all(const std::string& path) {
  std::error_code ignored;
  const auto rights = std::filesystem::status(path, ignored).permissions();
  return !ignored && (rights & std::filesystem::perms::others_read) != std::filesystem::perms::none;
}

Result<std::string> quoted_value(std::string_view text) {
  const char quote = text.front();
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) {
      if (!is_end_of_line(text.substr(i + 1))) return invalid_config("continues after the closing quote");
      return value;
    }
    const bool is_escape = quote == '"' && text[i] == '\\' && i + 1 < text.size();
    if (is_escape) ++i;
    value += is_escape && text[i] == 'n' ? '\n' : is_escape && text[i] == 't' ? '\t' : text[i];
  }
  return invalid_config("has no closing quote");
}

std::string plain_value(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
      return std::string(trimmed(text.substr(0, i)));
  return std::string(text);
}

// The variable's name in front of "="; empty if there is none.
std::string_view name_in(std::string_view line) {
  auto name = line.substr(0, line.find('='));
  constexpr std::string_view kExport = "export ";
  if (name.starts_with(kExport)) name.remove_prefix(kExport.size());
  return trimmed(name);
}

void read_line(std::string_view line, Position at, const std::string& path,
               std::map<std::string, std::string>& variables, Problems& problems) {
  const auto fail = [&](std::string text) { problems.add({path, at, false, std::move(text)}); };
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return fail("has no \"=\"; a line reads NAME=value");
  const auto name = name_in(line);
  // The name is not quoted: a value may have slipped in front of the "=".
  if (!is_variable_name(name)) return fail("has no name in front of \"=\"; a name is made of letters, digits and _");
  const auto rest = trimmed(line.substr(equals + 1));
  const bool is_quoted = !rest.empty() && (rest.front() == '"' || rest.front() == '\'');
  const auto value = is_quoted ? quoted_value(rest) : Result<std::string>(plain_value(rest));
  if (!value.has_value()) return fail("the value of " + std::string(name) + " " + value.error().message());
  const auto [place, is_new] = variables.insert_or_assign(std::string(name), *value);
  if (!is_new) problems.add({path, at, true, place->first + " is given twice; the last one counts"});
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), fits);
}

std::map<std::string, std::string> read_dot_env(const std::string& path, Problems& problems) {
  std::map<std::string, std::string> variables;
  const auto content = read_text_file(path, kMaxBytes);
  if (!content.has_value()) {
    if (!is_missing_file(content.error())) problems.add({path, {}, false, content.error().message()});
    return variables;
  }
  if (!is_utf8(*content)) {
    problems.add({path, {}, false, "is not UTF-8 text"});
    return variables;
  }
  if (is_open_to_all(path) && !is_blank(*content))
    problems.add({path, {}, true, "every user of this machine can read it; write: chmod 600 " + path});
  std::string_view rest = *content;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  for (int number = 1; !rest.empty(); ++number) {
    const auto end = rest.find('\n');
    const auto line = trimmed(rest.substr(0, end));
    if (!line.empty() && line.front() != '#') read_line(line, {number, 1}, path, variables, problems);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return variables;
}

}  // namespace sentinel::config
