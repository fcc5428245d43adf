// Connections that lost their client but still hold a lock in the server: waited for, then ended.
#pragma once

#include "sql_sink/session.hpp"

#include <sentinel/host.hpp>

#include <functional>
#include <vector>

namespace sentinel::sql_sink {

using LaneWork = std::function<Status(database::Connection&)>;
// The connections, by the server's numbers, that may hold what `work` waits for.
using Suspects = std::function<Result<std::vector<std::int64_t>>(database::Connection&)>;

struct Patience {
  std::chrono::milliseconds each{5000};
  int attempts = 5;  // the first one only waits; the suspects are ended before every later one
};

// Runs `work` in a transaction on a connection of its own, and commits it. Where it waits in vain for a lock, ends the
// suspects that are still connected and tries again. Errors: those of `work`; kUnavailable if the commit's reply was
// lost.
Status run_past_ghosts(const Session& session, const Host& host, const Patience& patience, const LaneWork& work,
                       const Suspects& suspects);

}  // namespace sentinel::sql_sink
