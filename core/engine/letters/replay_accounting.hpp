// Accounts for a batch of replayed letters: which were recovered, failed again, or closed without landing.
#pragma once

#include "engine/delivery/account.hpp"
#include "engine/letters/replay.hpp"
#include "engine/letters/replay_lane.hpp"

#include <span>
#include <string>
#include <vector>

namespace sentinel::engine {

class ReplayAccounting final : public LetterAccounting {
 public:
  // All borrowed.
  ReplayAccounting(const config::PipelineFile& file, telemetry::HostServices& services, ReplayReport& report)
      : file_(file), services_(services), report_(report) {}
  void bind(const Schema& sink_schema) override;

  // The letters of the next batch: one a row of its source, then one an unreadable record. Borrowed until it was
  // delivered.
  void begin(ReplayLane& lane, std::vector<const store::StoredLetter*> letters) {
    lane_ = &lane;
    letters_ = std::move(letters);
  }
  Result<Account> settle(const PreparedBatch& batch, const plugins::WrittenBatch& written) override;
  Status committed(const Account& account) override;

 private:
  struct Failure {
    const store::StoredLetter* letter;
    std::string stage;
    Status reason;
  };
  // What becomes of the letters, once the batch is committed.
  struct Fates {
    std::vector<std::string> recovered, closed, filtered;
    std::vector<Failure> failed;
    Balance balance;
  };
  void add(const PreparedBatch& batch, std::int64_t row, BalanceLine line);
  void add(const PreparedBatch& batch, const Amount& amount, BalanceLine line);
  void fail(const PreparedBatch& batch, std::int64_t row, const std::string& stage, const Status& reason);
  void add_dropped(const PreparedBatch& batch, const plugins::WrittenBatch& written);
  void add_written(const PreparedBatch& batch, const plugins::WrittenBatch& written);
  std::vector<Letter> facts() const;
  const store::StoredLetter& letter(std::int64_t row) const { return *letters_[static_cast<std::size_t>(row)]; }

  const config::PipelineFile& file_;
  telemetry::HostServices& services_;
  ReplayReport& report_;
  ReplayLane* lane_ = nullptr;
  std::vector<const store::StoredLetter*> letters_;
  MoneyWitness witness_;
  Fates fates_;
};

}  // namespace sentinel::engine
