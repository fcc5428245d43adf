// Looks references up in the environment, in .env and in files; no message shows what was found there.
#include "engine/config/yaml/references.hpp"

#include "engine/config/yaml/environment.hpp"
#include "engine/config/yaml/text_file.hpp"

#include <sentinel/text.hpp>

#include <algorithm>
#include <utility>

namespace sentinel::config {
namespace {

constexpr std::string_view kOpening = "${", kEscape = "$${", kEnv = "env:", kFile = "file:", kDefault = ":-";

// Walks over `text`: `literal` gets the text between references, `reference` the inside of each ${…}. False where one
// is not closed.
template <class OnLiteral, class OnReference>
bool walk(std::string_view text, const OnLiteral& literal, const OnReference& reference) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto rest = text.substr(i);
    if (rest.starts_with(kEscape)) {
      literal(kOpening);
      i += kEscape.size();
    } else if (rest.starts_with(kOpening)) {
      const auto end = rest.find('}');
      if (end == std::string_view::npos) return false;
      reference(rest.substr(kOpening.size(), end - kOpening.size()));
      i += end + 1;
    } else {
      const auto next = std::min(rest.find('$', 1), rest.size());
      literal(rest.substr(0, next));
      i += next;
    }
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

}  // namespace

References::References(const Environment& environment, Problems& problems)
    : environment_(environment), problems_(problems), folder_(folder_of(problems.file())) {}

void References::expand(Node& node) {
  for (auto& item : node.items) expand(item);
  for (auto& entry : node.entries) expand(entry.value);
  if (node.kind != Node::Kind::kText || node.text.find(kOpening) == std::string::npos) return;
  if (auto text = expanded(node)) {
    node.is_expanded = literal_part(node.written).has_reference;
    node.text = std::move(*text);
  } else {
    node.kind = Node::Kind::kRefused;
  }
}

std::optional<std::string> References::expanded(const Node& node) {
  std::string out;
  bool is_complete = true;
  const auto keep = [&](std::string_view text) { out += text; };
  const auto fill = [&](std::string_view reference) {
    const auto value = resolve(reference, node.at);
    if (value)
      out += *value;
    else
      is_complete = false;
  };
  if (walk(node.written, keep, fill)) return is_complete ? std::optional(out) : std::nullopt;
  problems_.error(node.at, "a \"${\" is not closed; write ${env:NAME}, or $${ where it stands for itself");
  return std::nullopt;
}

std::optional<std::string> References::resolve(std::string_view reference, Position at) {
  std::optional<std::string> value;
  if (reference.find(kOpening) != std::string_view::npos) {
    problems_.error(at, "a reference cannot stand inside another one");
    return std::nullopt;
  }
  if (reference.starts_with(kEnv))
    value = from_environment(reference.substr(kEnv.size()), at);
  else if (reference.starts_with(kFile))
    value = from_file(reference.substr(kFile.size()), at);
  else {
    const auto cure =
        is_variable_name(reference) ? "${env:" + std::string(reference) + "}" : "${env:NAME} or ${file:/path}";
    problems_.error(at, "unknown reference " + in_quotes("${" + std::string(reference) + "}") + "; write " + cure +
                            ", or $${ where it stands for itself");
  }
  return value;
}

std::optional<std::string> References::from_environment(std::string_view reference, Position at) {
  const auto end = reference.find(kDefault);
  const std::string name(reference.substr(0, end));
  if (!is_variable_name(name)) {
    problems_.error(at, in_quotes(name) + " is no name of a variable; write ${env:NAME} or ${env:NAME:-default}");
    return std::nullopt;
  }
  auto value = variable(name);
  const bool has_default = end != std::string_view::npos;
  if (has_default && (!value || value->empty())) return std::string(reference.substr(end + kDefault.size()));
  if (!value) {
    problems_.error(at, name + " is not set; export " + name + "=… or write it into " + folder_ + ".env");
  } else if (!is_utf8(*value)) {
    problems_.error(at, "the value of " + name + " is not UTF-8 text");
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> References::variable(const std::string& name) {
  if (!dot_env_) dot_env_ = read_dot_env(folder_ + ".env", problems_);
  if (auto value = environment_(name)) return value;
  const auto found = dot_env_->find(name);
  return found == dot_env_->end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> References::from_file(std::string_view path, Position at) {
  if (path.empty()) {
    problems_.error(at, "a file reference needs a path: ${file:/run/secrets/name}");
    return std::nullopt;
  }
  const std::string place = path.starts_with('/') ? std::string(path) : folder_ + std::string(path);
  auto secret = read_secret_file(place);
  if (!secret.has_value()) {
    problems_.error(at, place + ": " + secret.error().message());
    return std::nullopt;
  }
  if (secret->warning) problems_.warning(at, place + ": " + *secret->warning);
  if (is_utf8(secret->content) && secret->content.find('\0') == std::string::npos) return std::move(secret->content);
  problems_.error(at, place + ": is not UTF-8 text");
  return std::nullopt;
}

Literal literal_part(std::string_view written) {
  Literal literal;
  const auto keep = [&](std::string_view text) { literal.text += text; };
  const auto fall_back = [&](std::string_view reference) {
    literal.has_reference = true;
    const auto end = reference.find(kDefault);
    if (reference.starts_with(kEnv) && end != std::string_view::npos)
      literal.text += reference.substr(end + kDefault.size());
  };
  walk(written, keep, fall_back);
  return literal;
}

}  // namespace sentinel::config
