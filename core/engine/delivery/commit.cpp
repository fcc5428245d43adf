// Rolls back, commits, and asks the ledger where the reply to a commit was lost.
#include "engine/delivery/commit.hpp"

#include "engine/stages/built_in_stages.hpp"

#include <fmt/format.h>

namespace sentinel::engine {

Status roll_back(const Workplace& place, Status fault) {
  if (!place.sink.is_transactional()) return fault;
  const auto rolled_back = place.sink.rollback();
  if (!rolled_back.ok()) place.services.log().warn("rollback: " + rolled_back.message());
  return fault;
}

Status commit_and_resolve(const Workplace& place, const Seal& seal) {
  auto committed = place.sink.commit(seal);
  if (committed.ok()) return {};
  if (committed.code() != Code::kUnknownOutcome) return roll_back(place, std::move(committed));
  place.services.log().warn(committed.message() + "; asking the ledger");
  stages::Attempts attempts(place.file, place.services);
  while (true) {
    const auto verdict = place.sink.resolve(seal.claim);
    if (verdict) {
      if (*verdict == Verdict::kCommitted) return {};
      if (*verdict == Verdict::kFenced)
        return {Code::kFenced,
                fmt::format("another run took over pipeline {}, and this one has stopped writing; if that was not "
                            "intended, look for a second timer, cron job or machine that runs it",
                            place.file.name)};
      return {Code::kTransient, "the reply to a commit was lost, and the ledger shows that it did not happen"};
    }
    if (const auto again = attempts.after_failure(verdict.error()); !again.ok())
      return {
          Code::kUnknownOutcome,
          "whether the last batch was committed is not known yet; the next run asks the ledger: " + again.message()};
  }
}

}  // namespace sentinel::engine
