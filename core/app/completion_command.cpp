// sentinel completion: a script that makes a shell complete commands, flags, files and names; written from the tables
// of the commands themselves.
#include "app/command.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::app {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The first words of all commands ("dlq" once), and the second ones of a group.
std::vector<std::string> first_words(const std::vector<Command>& commands) {
  std::vector<std::string> words;
  for (const auto& command : commands) {
    const auto word = command.name.substr(0, command.name.find(' '));
    if (std::ranges::find(words, word) == words.end()) words.push_back(word);
  }
  return words;
}
std::vector<std::string> second_words(const std::vector<Command>& commands, const std::string& group) {
  std::vector<std::string> words;
  for (const auto& command : commands)
    if (command.name.starts_with(group + " ")) words.push_back(command.name.substr(group.size() + 1));
  return words;
}

std::vector<std::string> flag_words_of(const Command& command) {
  std::vector<std::string> flags;
  for (const auto& flag : command.flags) flags.push_back("--" + flag.name);
  flags.insert(flags.end(), {"--json", "--help"});
  return flags;
}

// What may stand in place of a word, by the usage: the functions of the script.
std::string words_of(const Command& command) {
  const auto takes = [&](const char* word) { return command.usage.find(word) != std::string::npos; };
  std::string words;
  if (takes("FILE") || takes("PATH")) words += " files";
  if (takes("PIPELINE")) words += " pipelines";
  if (takes("USE")) words += " uses";
  if (takes("bash|zsh|fish")) words += " shells";
  return words;
}

// In the words that bash and zsh share.
constexpr const char* kBashHead = R"bash(# bash completion of sentinel. Load it with: source <(sentinel completion bash)
_sentinel_files() { compgen -f -X '!*.yaml' -- "$1"; compgen -f -X '!*.yml' -- "$1"; compgen -d -S / -- "$1"; }
_sentinel_names() { # COMMAND MEMBER   the member's values in the JSON that the command answers
  sentinel $1 --json 2>/dev/null | grep -o "\"$2\":\"[^\"]*\"" | cut -d'"' -f4
}
_sentinel_pipelines() { compgen -W "$(_sentinel_names status pipeline)" -- "$1"; }
_sentinel_uses() { compgen -W "$(_sentinel_names 'plugins list' use)" -- "$1"; }
_sentinel_shells() { compgen -W 'bash zsh fish' -- "$1"; }
_sentinel_offers() { # WORD KIND...
  local word=$1 kind
  shift
  for kind in "$@"; do "_sentinel_$kind" "$word"; done
}

_sentinel() {
  local word=${COMP_WORDS[COMP_CWORD]} name=${COMP_WORDS[1]:-} flags= kinds= offers
)bash";

constexpr const char* kBashTail = R"bash(  if [[ $word == -* ]]; then
    offers=$(compgen -W "$flags" -- "$word")
  else
    offers=$(_sentinel_offers "$word" $kinds)
  fi
  local IFS=$'\n' # names of files may hold spaces
  COMPREPLY=($offers)
  [[ ${COMPREPLY[0]:-} != */ ]] || compopt -o nospace 2>/dev/null
}
)bash";

std::string bash_script(const std::vector<Command>& commands) {
  const auto first = first_words(commands);
  std::string text = kBashHead, groups, cases;
  text += fmt::format("  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '{} --help' -- \"$word\")); return; fi\n",
                      joined(first));
  for (const auto& word : first) {
    const auto second = second_words(commands, word);
    if (second.empty()) continue;
    groups += fmt::format(
        "    {}) if ((COMP_CWORD == 2)); then COMPREPLY=($(compgen -W '{}' -- \"$word\")); return; fi\n"
        "      name+=\" ${{COMP_WORDS[2]}}\" ;;\n",
        word, joined(second));
  }
  for (const auto& command : commands)
    cases += fmt::format("    '{}') flags='{}' kinds='{}' ;;\n", command.name, joined(flag_words_of(command)),
                         words_of(command).substr(words_of(command).empty() ? 0 : 1));
  return text + "  case $name in\n" + groups + "  esac\n  case $name in\n" + cases + "  esac\n" + kBashTail;
}

std::string zsh_script(const std::vector<Command>& commands) {
  return "# zsh completion of sentinel. Load it with: source <(sentinel completion zsh)\n"
         "autoload -U +X compinit bashcompinit\n(( $+functions[compdef] )) || compinit\nbashcompinit\n" +
         bash_script(commands) + "complete -F _sentinel sentinel\n";
}

// In single quotes, as fish reads them.
std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "'";
}

// Offers words where the command line so far is this command.
std::string fish_words(const Command& command, const std::string& condition) {
  const auto words = words_of(command);
  std::string text;
  const auto offer = [&](const char* kind, const std::string& list) {
    if (words.find(kind) != std::string::npos)
      text += fmt::format("complete -c sentinel -n {} -a {}\n", fish_quoted(condition), fish_quoted(list));
  };
  offer("files", "(__fish_complete_suffix .yaml)");
  offer("pipelines", "(sentinel status --json 2>/dev/null | string match -rag '\"pipeline\":\"([^\"]*)\"')");
  offer("uses", "(sentinel plugins list --json 2>/dev/null | string match -rag '\"use\":\"([^\"]*)\"')");
  offer("shells", "bash zsh fish");
  return text;
}

std::string fish_script(const std::vector<Command>& commands) {
  std::string text =
      "# fish completion of sentinel. Load it with: sentinel completion fish | source\ncomplete -c sentinel -f\n";
  for (const auto& word : first_words(commands))
    text += fmt::format("complete -c sentinel -n __fish_use_subcommand -a {}\n", word);
  for (const auto& command : commands) {
    const auto space = command.name.find(' ');
    auto condition = "__fish_seen_subcommand_from " + command.name.substr(0, space);
    if (space != std::string::npos) {
      const auto second = command.name.substr(space + 1);
      text += fmt::format("complete -c sentinel -n {} -a {} -d {}\n", fish_quoted(condition), second,
                          fish_quoted(command.summary));
      condition += "; and __fish_seen_subcommand_from " + second;
    }
    for (const auto& flag : command.flags)
      text += fmt::format("complete -c sentinel -n {} -l {}{} -d {}\n", fish_quoted(condition), flag.name,
                          flag.value_name.empty() ? "" : " -x", fish_quoted(flag.doc));
    text += fish_words(command, condition);
  }
  return text + "complete -c sentinel -l json -d 'answer as JSON'\ncomplete -c sentinel -l help -d 'tell more'\n";
}

int print_completion(Context&, const Arguments& arguments) {
  const auto& shell = arguments.words().front();
  const auto commands = all_commands();
  if (shell == "bash")
    fmt::print("{}complete -F _sentinel sentinel\n", bash_script(commands));
  else if (shell == "zsh")
    fmt::print("{}", zsh_script(commands));
  else if (shell == "fish")
    fmt::print("{}", fish_script(commands));
  else
    return complain(
        invalid_config(fmt::format("no completion for the shell \"{}\"; there are: bash, zsh, fish", shell)));
  return engine::kExitBalanced;
}

}  // namespace

Command completion_command() {
  return {"completion",
          "bash|zsh|fish",
          "Print a script that makes the shell complete commands, flags, files and names.",
          "source <(sentinel completion bash)",
          {},
          1,
          1,
          print_completion};
}

}  // namespace sentinel::app
