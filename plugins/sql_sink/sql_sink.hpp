// The sink itself: options, calls, and what becomes of the connection after a fault.
#pragma once

#include "sql_sink/landing.hpp"
#include "sql_sink/lanes.hpp"
#include "sql_sink/options.hpp"
#include "sql_sink/preflight.hpp"
#include "sql_sink/session.hpp"

#include <sentinel/sink.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sentinel::sql_sink {

class SqlSink final : public TransactionalSink {
 public:
  static constexpr auto options = kOptions;

  static Result<std::unique_ptr<SqlSink>> open(Options options, Host& host);
  SqlSink(Options options, database::Url url, Host& host, Patience patience = {});
  ~SqlSink() override;

  Status check() override;
  Status bind(const Schema& schema) override;
  Status create(const Schema& schema) override;
  Result<std::string> plan(const Schema& schema) override;
  Status write(const BatchView& batch, const Claim* claim, RowOutcomes& outcomes) override;
  Result<std::vector<Lane>> resume(const ResumeRequest& request) override;
  Status depart(const BatchView& rows, std::span<const Departure> actions, std::vector<bool>& left) override;
  Status commit(const Seal& seal) override;
  Status rollback() override;
  Result<Verdict> resolve(const Claim& claim) override;
  Status letters(const std::string& pipeline,
                 const std::function<void(std::string_view, const Letter&)>& each) override;
  Status heartbeat() override;
  Status lanes(const std::string& pipeline, const std::function<void(const LaneState&)>& each) override;
  Status finish(const RunSummary& summary) override;
  Result<std::vector<std::string>> key_fields() override;
  Result<Page> scan(const Cursor& from, const Limits& limits, Rejects& rejects) override;
  Result<Batch> read_back(const ArrowArray& keys) override;
  Result<Batch> as_stored(const BatchView& batch) override;
  Status totals(std::string_view amount_field, std::string_view currency_field,
                const std::function<void(std::string_view, std::uint64_t, std::string_view)>& each) override;
  void cancel() override { session_.cancel(); }

 private:
  // Statements die before their connection.
  void drop();
  // Rolls back, drops a dead connection, hands the fault on.
  Status after(Status fault);
  Status write_open(database::Connection& connection, const BatchView& batch, const Claim& claim,
                    RowOutcomes& outcomes);
  Status finish_open(database::Connection& connection, const RunSummary& summary);
  // Once an instance, however often it is bound.
  void warn_of(const Target& target);

  Options options_;
  Host& host_;
  Session session_;
  Lanes lanes_;
  std::optional<Target> target_;
  Schema schema_;  // what target_ was made for
  std::optional<Landing> landing_;
  std::set<std::string> warned_;
};

}  // namespace sentinel::sql_sink
