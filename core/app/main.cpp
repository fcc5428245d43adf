// The program `sentinel`: finds the command, prepares what commands need, and catches what nothing else caught.
#include "app/command_table.hpp"
#include "engine/exit_code.hpp"
#include "engine/stages/built_in_plugin.hpp"

#include <sentinel/did_you_mean.hpp>
#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <random>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sentinel::app {

namespace {

std::string overview_line(const Command& command) {
  return fmt::format("  {:<18} {}\n", command.name, command.summary);
}

void print_overview(std::FILE* to, const std::vector<Command>& commands) {
  fmt::print(to,
             "sentinel mirrors records, above all money, into SQL: every record and every kobo is accounted "
             "for\n\nusage: sentinel COMMAND …\n\n");
  for (const auto& command : commands) fmt::print(to, "{}", overview_line(command));
  fmt::print(to, "\nsentinel COMMAND --help describes one of them\n");
}

// The command that the line begins with, and how many of its arguments name it.
std::pair<const Command*, std::size_t> find_command(const std::vector<Command>& commands,
                                                    const std::vector<std::string>& given) {
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (given.size() < count) continue;
    const auto name = count == 2 ? fmt::format("{} {}", given[0], given[1]) : given[0];
    for (const auto& command : commands)
      if (command.name == name) return {&command, count};
  }
  return {nullptr, 0};
}

// "dlq" alone lists its commands.
int unknown_command(const std::vector<Command>& commands, const std::vector<std::string>& given) {
  std::vector<std::string> names, of_group;
  for (const auto& command : commands) {
    names.push_back(command.name);
    if (command.name.starts_with(fmt::format("{} ", given[0]))) of_group.push_back(overview_line(command));
  }
  if (!of_group.empty() && given.size() == 1) {
    fmt::print(stderr, "{}", fmt::join(of_group, ""));
    return engine::kExitConfig;
  }
  const auto name = of_group.empty() ? given[0] : fmt::format("{} {}", given[0], given[1]);
  const auto nearest = sentinel::nearest(name, names);
  fmt::print(stderr, "sentinel: unknown command \"{}\"; {}\n", printable(name),
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

int run_command_line(const std::vector<std::string>& given) {
  const auto commands = all_commands();
  if (given.empty() || given[0] == "--help" || given[0] == "help") {
    print_overview(given.empty() ? stderr : stdout, commands);
    return given.empty() ? engine::kExitConfig : engine::kExitBalanced;
  }
  const auto [command, used] =
      find_command(commands, given[0] == "--version" ? std::vector<std::string>{"version"} : given);
  if (command == nullptr) return unknown_command(commands, given);
  const auto arguments = command->parse({given.begin() + static_cast<std::ptrdiff_t>(used), given.end()});
  if (!arguments) return complain(arguments.error());
  if (arguments->has("help")) {
    fmt::print("{}", command->help());
    return engine::kExitBalanced;
  }

  // Whatever still runs when the process ends may use these, so they are never destroyed.
  auto& stop = *new telemetry::StopSignal;
  watch_signals(stop);
  auto& clock = *new telemetry::SystemClock;
  const auto has_option = [&](const char* name) { return arguments->declares(name) && arguments->has(name); };
  const bool has_log_file = has_option("log-file");
  const auto least = !has_option("quiet") ? LogLevel::kInfo : has_log_file ? LogLevel::kError : LogLevel::kWarning;
  auto& terminal = *new telemetry::StandardErrorLog(least);
  telemetry::FileLog* log_file = nullptr;
  if (has_log_file) {
    auto opened = telemetry::FileLog::open(arguments->text("log-file"), clock, terminal);
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
    return sentinel::app::run_command_line({argv + 1, argv + argc});
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "sentinel: a bug, please report it: %s\n", thrown.what());
  }
  return sentinel::engine::kExitStorage;
}
