// Waits for, and then ends, connections that outlived their client.
#include "sql_sink/ghosts.hpp"

#include "sql_sink/dialect/dialect.hpp"

namespace sentinel::sql_sink {
namespace {

Status end_suspects(database::Connection& connection, const Host& host, const Suspects& suspects) {
  SENTINEL_ASSIGN(const auto ids, suspects(connection));
  for (const auto id : ids) {
    if (id == 0 || id == connection.connection_id()) continue;
    host.log(LogLevel::kWarning, "a connection that lost its client still holds the lane; ending it",
             {{"connection", std::to_string(id)}});
    SENTINEL_TRY(sink_dialect(connection).end_connection(connection, id));
  }
  return {};
}

Status commit(database::Connection& connection) {
  auto status = connection.commit();
  return status.code() == Code::kUnknownOutcome ? std::move(status).with_code(Code::kUnavailable) : std::move(status);
}

}  // namespace

Status run_past_ghosts(const Session& session, const Host& host, const Patience& patience, const LaneWork& work,
                       const Suspects& suspects) {
  Status last;
  for (int attempt = 0; attempt < patience.attempts; ++attempt) {
    SENTINEL_ASSIGN(const auto connection, session.second(patience.each));
    last = connection->begin();
    if (last.ok()) last = work(*connection);
    if (last.ok()) last = commit(*connection);
    if (last.code() != Code::kTransient) {
      static_cast<void>(connection->rollback());
      return last;
    }
    SENTINEL_TRY(connection->rollback());
    if (host.stop_requested()) return {Code::kCancelled, "stopped while waiting for a lane's lock"};
    SENTINEL_TRY(end_suspects(*connection, host, suspects));
  }
  return std::move(last).prefixed("gave up waiting for the lock of the lane: ");
}

}  // namespace sentinel::sql_sink
