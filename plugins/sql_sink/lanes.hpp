// The lanes of a pipeline in the target: their holder, epoch and position.
#pragma once

#include "sql_sink/ghosts.hpp"

#include <sentinel/sink.hpp>

#include <functional>
#include <string>
#include <vector>

namespace sentinel::sql_sink {

// What resume() took.
struct Holding {
  std::string pipeline, source_id, run_id, holder, holder_place;
  bool is_replay = false;
  std::vector<Lane> lanes;
  std::int64_t connection_id = 0;  // as recorded in the lanes
};

class Lanes {
 public:
  Lanes(const Session& session, const Host& host, Patience patience)
      : session_(session), host_(host), patience_(patience) {}

  bool is_held() const { return !holding_.lanes.empty(); }
  const Holding& holding() const { return holding_; }

  // Raises the epoch of all the pipeline's lanes of this purpose and starts the run's row. Errors: kFenced if a live
  // foreign holder has them.
  Result<std::vector<Lane>> resume(const ResumeRequest& request, std::int64_t connection_id);
  // Records another connection before it writes, so that who takes over later knows what to end. Waits for our own
  // ghost.
  Status announce(std::int64_t connection_id);
  // Waits for a ghost of ours, then looks into the ledger.
  Result<Verdict> resolve(const Claim& claim) const;
  Status heartbeat(database::Connection& connection) const;
  // Releases the lanes. REQUIRES: inside a transaction.
  Status release(database::Connection& connection) const;
  void forget() { holding_ = {}; }

 private:
  Status take(database::Connection& connection, const ResumeRequest& request, std::int64_t connection_id,
              std::vector<Lane>& taken) const;
  Status check_holders(database::Connection& connection, const ResumeRequest& request) const;
  Status raise_epoch(database::Connection& connection, const ResumeRequest& request, std::int64_t connection_id) const;
  Result<std::vector<std::int64_t>> own_connections(database::Connection& connection) const;

  const Session& session_;
  const Host& host_;
  Patience patience_;
  Holding holding_;
};

// Every lane of the pipeline as it stands; none where the state tables are not made yet. Takes and locks nothing.
Status report_lanes(database::Connection& connection, const std::string& pipeline,
                    const std::function<void(const LaneState&)>& each);

}  // namespace sentinel::sql_sink
