// The program `sentinel`: finds the command, prepares what commands need, and is the last net for exceptions.
#include "app/command.hpp"
#include "engine/exit_code.hpp"
#include "engine/stages/built_in_plugin.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <random>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sentinel::app {

std::vector<Command> all_commands() {
  return {run_command(),
          recover_command(),
          check_command(),
          preview_command(),
          test_command(),
          init_command(),
          verify_command(),
          trace_command(),
          dlq_list_command(),
          dlq_show_command(),
          dlq_edit_command(),
          dlq_retry_command(),
          dlq_discard_command(),
          dlq_export_command(),
          dlq_stats_command(),
          dlq_rebuild_command(),
          dlq_erase_command(),
          plugins_list_command(),
          plugins_describe_command(),
          plugins_new_command(),
          plugins_test_command(),
          plugins_schema_command(),
          completion_command(),
          status_command(),
          checkpoint_show_command(),
          checkpoint_reset_command(),
          breaker_show_command(),
          breaker_reset_command(),
          reference_command(),
          version_command()};
}

namespace {

void print_overview(std::FILE* to, const std::vector<Command>& commands) {
  fmt::print(to,
             "sentinel mirrors records, above all money, into SQL: every record and every kobo is accounted "
             "for\n\nusage: sentinel COMMAND …\n\n");
  for (const auto& command : commands) fmt::print(to, "  {:<18} {}\n", command.name, command.summary);
  fmt::print(to, "\nsentinel COMMAND --help tells more of one\n");
}

// The command that the words begin with, and how many of them name it.
std::pair<const Command*, std::size_t> find_command(const std::vector<Command>& commands,
                                                    const std::vector<std::string>& words) {
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < count) continue;
    const auto name = count == 2 ? words[0] + " " + words[1] : words[0];
    for (const auto& command : commands)
      if (command.name == name) return {&command, count};
  }
  return {nullptr, 0};
}

int unknown_command(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.name);
  auto given = words[0];
  const bool is_group = given == "dlq" || given == "plugins" || given == "checkpoint" || given == "breaker";
  if (is_group && words.size() > 1) given += " " + words[1];
  if (is_group && words.size() == 1) {
    for (const auto& command : commands)
      if (command.name.starts_with(given + " ")) fmt::print(stderr, "  {:<18} {}\n", command.name, command.summary);
    return engine::kExitConfig;
  }
  const auto nearest = sentinel::nearest(given, names);
  fmt::print(stderr, "sentinel: unknown command \"{}\"; {}\n", given,
             nearest ? fmt::format("did you mean \"{}\"?", *nearest) : "see sentinel --help");
  return engine::kExitConfig;
}

// The first SIGINT or SIGTERM asks for a clean stop, a second one ends at once. All threads leave the signals to this
// one.
void watch_signals(telemetry::StopSignal& stop) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([&stop, signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    stop.request(signal);
    sigwait(&signals, &signal);
    _exit(engine::kExitSignal + signal);
  }).detach();
}

// Donors' data: files only for ourselves, no core dumps; a closed pipe or a full disk is an error value, not a death.
void harden_process() {
  umask(077);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int run_words(const std::vector<std::string>& words) {
  const auto commands = all_commands();
  if (words.empty() || words[0] == "--help" || words[0] == "help") {
    print_overview(words.empty() ? stderr : stdout, commands);
    return words.empty() ? engine::kExitConfig : engine::kExitBalanced;
  }
  const auto [command, used] =
      find_command(commands, words[0] == "--version" ? std::vector<std::string>{"version"} : words);
  if (command == nullptr) return unknown_command(commands, words);
  const auto arguments =
      parse_arguments(flags_of(*command), {words.begin() + static_cast<std::ptrdiff_t>(used), words.end()});
  if (!arguments) return complain(arguments.error());
  if (arguments->has("help")) {
    fmt::print("{}", help_text(*command));
    return engine::kExitBalanced;
  }
  if (arguments->words().size() < command->least_words || arguments->words().size() > command->most_words)
    return complain(invalid_config(fmt::format("usage: sentinel {} {}", command->name, command->usage)));

  // Whatever still runs when the process ends may use these, so they are never destroyed.
  auto& stop = *new telemetry::StopSignal;
  watch_signals(stop);
  auto& clock = *new telemetry::SystemClock;
  const bool has_log_file = arguments->has("log-file");
  const auto least = !arguments->has("quiet") ? LogLevel::kInfo : has_log_file ? LogLevel::kError : LogLevel::kWarning;
  auto& terminal = *new telemetry::StandardErrorLog(least);
  telemetry::FileLog* log_file = nullptr;
  if (has_log_file) {
    auto opened = telemetry::FileLog::open(arguments->value("log-file"), clock, terminal);
    if (!opened) return complain(opened.error());
    log_file = opened->release();
  }
  telemetry::Log& log = has_log_file ? static_cast<telemetry::Log&>(*log_file) : terminal;
  std::random_device seed;
  telemetry::HostServices services(clock, stop, log, (static_cast<std::uint64_t>(seed()) << 32) | seed());
  plugins::Registry registry(plugins::default_search_path(), {sentinel_builtin_stages, sentinel_top_level_keys});
  Context context{registry, services, terminal, log_file};
  return command->run(context, *arguments);
}

}  // namespace
}  // namespace sentinel::app

int main(int argc, char** argv) {
  try {
    sentinel::app::harden_process();
    return sentinel::app::run_words({argv + 1, argv + argc});
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "sentinel: a bug, please report it: %s\n", thrown.what());
  }
  return sentinel::engine::kExitStorage;
}
