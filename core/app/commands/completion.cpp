// sentinel completion: prints a script with which a shell completes commands, flags, files and names; generated from
// the declarations of the commands.
#include "app/command_table.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>

namespace sentinel::app {
namespace {

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
    if (command.name.starts_with(fmt::format("{} ", group))) words.push_back(command.name.substr(group.size() + 1));
  return words;
}

std::vector<std::string> flags_of(const Command& command) {
  std::vector<std::string> flags;
  for (const auto& option : command.options.options()) flags.push_back(fmt::format("--{}", option.name));
  return flags;
}

// What may stand in place of an argument, by the usage: the functions of the script.
std::string kinds_of(const Command& command) {
  const auto usage = command.usage();
  std::vector<std::string> kinds;
  const auto add = [&](const char* kind, std::initializer_list<const char*> names) {
    if (std::ranges::any_of(names, [&](const char* name) { return usage.find(name) != std::string::npos; }))
      kinds.push_back(kind);
  };
  add("files", {"FILE", "PATH"});
  add("pipelines", {"PIPELINE"});
  add("uses", {"USE"});
  add("shells", {"bash|zsh|fish"});
  return fmt::format("{}", fmt::join(kinds, " "));
}

// The values of options that have choices, one case a flag.
std::string choice_cases(const Command& command) {
  std::string cases;
  for (const auto& option : command.options.options())
    if (!option.choices.empty())
      cases +=
          fmt::format("    '{} --{}') choices='{}' ;;\n", command.name, option.name, fmt::join(option.choices, " "));
  return cases;
}

// Shared by bash and zsh.
constexpr const char* kBashHead = R"bash(# bash completion of sentinel. Load it with: source <(sentinel completion bash)
_sentinel_files() { compgen -f -X '!*.yaml' -- "$1"; compgen -f -X '!*.yml' -- "$1"; compgen -d -S / -- "$1"; }
_sentinel_names() { # COMMAND MEMBER   the member's values in the JSON that the command prints
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
  local word=${COMP_WORDS[COMP_CWORD]} name=${COMP_WORDS[1]:-} flags= kinds= choices= offers
  local before=${COMP_WORDS[COMP_CWORD - 1]}
)bash";

constexpr const char* kBashTail = R"bash(  if [[ -n $choices ]]; then
    offers=$(compgen -W "$choices" -- "$word")
  elif [[ $word == -* ]]; then
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
  std::string text = kBashHead, groups, cases, choices;
  text += fmt::format("  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '{} --help' -- \"$word\")); return; fi\n",
                      fmt::join(first, " "));
  for (const auto& word : first) {
    const auto second = second_words(commands, word);
    if (second.empty()) continue;
    groups += fmt::format(
        "    {}) if ((COMP_CWORD == 2)); then COMPREPLY=($(compgen -W '{}' -- \"$word\")); return; fi\n"
        "      name+=\" ${{COMP_WORDS[2]}}\" ;;\n",
        word, fmt::join(second, " "));
  }
  for (const auto& command : commands) {
    cases += fmt::format("    '{}') flags='{}' kinds='{}' ;;\n", command.name, fmt::join(flags_of(command), " "),
                         kinds_of(command));
    choices += choice_cases(command);
  }
  return fmt::format(
      "{}  case $name in\n{}  esac\n  case $name in\n{}  esac\n  case \"$name $before\" in\n{}  esac\n{}", text, groups,
      cases, choices, kBashTail);
}

std::string zsh_script(const std::vector<Command>& commands) {
  return fmt::format(
      "# zsh completion of sentinel. Load it with: source <(sentinel completion zsh)\n"
      "autoload -U +X compinit bashcompinit\n(( $+functions[compdef] )) || compinit\nbashcompinit\n"
      "{}complete -F _sentinel sentinel\n",
      bash_script(commands));
}

// In single quotes, as fish reads them.
std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += '\'';
  return out;
}

// What may follow the option: one of its choices, a file, or anything.
std::string fish_value(const OptionInfo& option) {
  if (option.is_switch) return "";
  if (option.is_path) return " -r -F";
  return option.choices.empty()
             ? " -x"
             : fmt::format(" -x -a {}", fish_quoted(fmt::format("{}", fmt::join(option.choices, " "))));
}

// Offers arguments where the command line so far is this command.
std::string fish_arguments(const Command& command, const std::string& condition) {
  const auto kinds = kinds_of(command);
  std::string text;
  const auto offer = [&](const char* kind, const std::string& list) {
    if (kinds.find(kind) != std::string::npos)
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
  text += "complete -c sentinel -n __fish_use_subcommand -l help -d 'list the commands'\n";
  for (const auto& command : commands) {
    const auto space = command.name.find(' ');
    auto condition = fmt::format("__fish_seen_subcommand_from {}", command.name.substr(0, space));
    if (space != std::string::npos) {
      const auto second = command.name.substr(space + 1);
      text += fmt::format("complete -c sentinel -n {} -a {} -d {}\n", fish_quoted(condition), second,
                          fish_quoted(command.summary));
      condition += fmt::format("; and __fish_seen_subcommand_from {}", second);
    }
    for (const auto& option : command.options.options())
      text += fmt::format("complete -c sentinel -n {} -l {}{} -d {}\n", fish_quoted(condition), option.name,
                          fish_value(option), fish_quoted(option.doc));
    text += fish_arguments(command, condition);
  }
  return text;
}

int print_completion(Context&, const Arguments& arguments) {
  const auto& shell = arguments.positionals().front();
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
  return {.name = "completion",
          .summary = "Print a script that makes the shell complete commands, flags, files and names.",
          .example = "source <(sentinel completion bash)",
          .positionals = {{"bash|zsh|fish"}},
          .run = print_completion};
}

}  // namespace sentinel::app
