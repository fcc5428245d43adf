// Settles a written batch: which line of the balance every record goes to, which letters it makes and which it closes.
#pragma once

#include "engine/delivery/accounting.hpp"
#include "engine/delivery/balance.hpp"
#include "engine/delivery/known_letters.hpp"
#include "engine/flow/chain.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/store/store.hpp"

#include <map>
#include <string>
#include <vector>

namespace sentinel::engine {

struct StageOwner {
  std::string plugin, version;
};
using StageOwners = std::map<std::string, StageOwner>;  // by `use:`
StageOwners owners_of(const config::PipelineFile& file, plugins::Registry& registry);

// Which sink column witnesses the money that lands: the decimal made from the money field, or the field itself.
struct MoneyWitness {
  std::size_t column = Schema::npos;
  static MoneyWitness find(const config::PipelineFile& file, const Schema& sink_schema);
  // What landed by the values handed to the sink must be what landed by the amounts read. Errors: kInternal. REQUIRES:
  // `batch.arriving.rows` has `sink_schema`; `balance` is that of this batch.
  Status check(const PreparedBatch& batch, const Schema& sink_schema, int exponent,
               const plugins::WrittenBatch& written, const Balance& balance) const;
};

// The accounting of a run, a sweep and a repair.
class Accountant final : public Accounting {
 public:
  Accountant(const config::PipelineFile& file, KnownLetters& known, StageOwners owners, telemetry::Clock& clock)
      : file_(file), known_(known), owners_(std::move(owners)), clock_(clock) {}
  void bind(const Schema& sink_schema);
  const Schema& sink_schema() const override { return sink_schema_; }
  bool witnesses_money() const { return witness_.column != Schema::npos; }

  // Removes from the batch the records whose edited letter landed and that have not changed in the source since: the
  // edit must not be overwritten.
  Status prepare(PreparedBatch& batch) override;
  Result<Account> settle(const PreparedBatch& batch, const plugins::WrittenBatch& written) override;
  // From now on the keys of the batch's letters are known.
  Status committed(const Account& account) override;
  // A stored letter for row `row` of the source batch.
  store::StoredLetter letter_of(const PreparedBatch& batch, std::int64_t row, const std::string& stage,
                                const Status& why) const;

 private:
  struct Work;
  Status dead_letter(Work& work, store::StoredLetter letter, const Amount& amount);
  Status close_older(Work& work, const std::string& key, const std::string& record_hash, const std::string& keep_id);
  Status pass(Work& work, std::int64_t row, BalanceLine line);
  store::StoredLetter unreadable_letter(const plugins::RejectedRecord& record) const;
  void stamp(store::StoredLetter& letter, const std::string& stage, const Status& why) const;

  const config::PipelineFile& file_;
  KnownLetters& known_;
  StageOwners owners_;
  telemetry::Clock& clock_;
  Schema sink_schema_;
  MoneyWitness witness_;
};

}  // namespace sentinel::engine
