// Waits for, and then ends, connections that outlived their client.
#include "sql_sink/ghosts.hpp"

#include <fmt/format.h>

namespace sentinel::sql_sink {
namespace {

// Numbers are used again: only a connection of our own account to this very database is ended.
Status end_connection(database::Connection& connection, std::int64_t id) {
  switch (connection.dialect()) {
    case database::Dialect::kMysql: {
      SENTINEL_ASSIGN(
          const auto found,
          connection.query("SELECT id FROM information_schema.processlist WHERE id = :1 AND db = DATABASE() "
                           "AND user = SUBSTRING_INDEX(USER(), '@', 1)",
                           {id}));
      if (found.empty()) return {};
      // 1094: it went by itself meanwhile.
      const auto ended = connection.execute("KILL CONNECTION :1", {id});
      return ended || ended.error().native_code() == "1094" ? Status() : ended.error();
    }
    case database::Dialect::kPostgresql: {
      SENTINEL_ASSIGN(
          const auto ended,
          connection.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :1 AND datname = "
                           "current_database() AND usename = current_user AND application_name LIKE 'sentinel%'",
                           {id}));
      static_cast<void>(ended);
      return {};
    }
    case database::Dialect::kSqlite: return {};  // a dead process holds no lock on a file
  }
  return {};
}

Status end_suspects(database::Connection& connection, const Host& host, const Suspects& suspects) {
  SENTINEL_ASSIGN(const auto ids, suspects(connection));
  for (const auto id : ids) {
    if (id == 0 || id == connection.connection_id()) continue;
    host.log(LogLevel::kWarning, "a connection that lost its client still holds the lane; ending it",
             {{"connection", std::to_string(id)}});
    SENTINEL_TRY(end_connection(connection, id));
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
  return std::move(last).prefixed("waited for the lane's lock in vain: ");
}

}  // namespace sentinel::sql_sink
