// Makes the commands of the table.
#include "app/command_table.hpp"

namespace sentinel::app {

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  const auto add = [&](Command command) {
    command.options = std::move(command.options).flag("json", "answer as JSON").flag("help", "print this");
    commands.push_back(std::move(command));
  };
#define SENTINEL_ADD_COMMAND(NAME) add(NAME##_command());
  SENTINEL_COMMANDS(SENTINEL_ADD_COMMAND)
#undef SENTINEL_ADD_COMMAND
  return commands;
}

}  // namespace sentinel::app
