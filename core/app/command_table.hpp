// The table of commands, in the order of the overview. A new command is its file in core/app/commands, which defines
// `Command NAME_command()`, and a line here; CMakeLists.txt reads this table.
#pragma once

#include "app/command.hpp"

#define SENTINEL_COMMANDS(COMMAND) \
  COMMAND(run)                     \
  COMMAND(recover)                 \
  COMMAND(check)                   \
  COMMAND(preview)                 \
  COMMAND(test)                    \
  COMMAND(init)                    \
  COMMAND(verify)                  \
  COMMAND(trace)                   \
  COMMAND(dlq_list)                \
  COMMAND(dlq_show)                \
  COMMAND(dlq_edit)                \
  COMMAND(dlq_retry)               \
  COMMAND(dlq_discard)             \
  COMMAND(dlq_export)              \
  COMMAND(dlq_stats)               \
  COMMAND(dlq_rebuild)             \
  COMMAND(dlq_erase)               \
  COMMAND(plugins_list)            \
  COMMAND(plugins_describe)        \
  COMMAND(plugins_new)             \
  COMMAND(plugins_test)            \
  COMMAND(plugins_schema)          \
  COMMAND(completion)              \
  COMMAND(status)                  \
  COMMAND(checkpoint_show)         \
  COMMAND(checkpoint_reset)        \
  COMMAND(breaker_show)            \
  COMMAND(breaker_reset)           \
  COMMAND(reference)               \
  COMMAND(version)

namespace sentinel::app {

#define SENTINEL_DECLARE_COMMAND(NAME) Command NAME##_command();
SENTINEL_COMMANDS(SENTINEL_DECLARE_COMMAND)
#undef SENTINEL_DECLARE_COMMAND

// Every command, with the options that all have.
std::vector<Command> all_commands();

}  // namespace sentinel::app
