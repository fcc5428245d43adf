// What every sink must do: an answer for each row; and at level 2, all of a batch or nothing, once, for its owner
// alone.
#pragma once

#include <sentinel/testkit/samples.hpp>
#include <sentinel/testkit/sink_session.hpp>

#include <random>

namespace sentinel::testkit {
namespace detail {

class SinkSuite {
 public:
  SinkSuite(const sentinel_component& component, const sentinel_value& options, const Samples& samples, Report& report)
      : component_(component),
        calls_(*component.sink),
        options_(options),
        samples_(samples),
        fields_(samples.fields()),
        report_(report) {}

  void run() {
    report_.run("open", "opens with these options", [&] { return opens(); });
    report_.run("create", "creates what is missing, and changes nothing the second time", [&] { return creates(); });
    report_.run("bind", "binds to the given fields", [&] { return binds(); });
    report_.run("write.outcome", "gives an outcome for each row, and a reason for each rejected one",
                [&] { return bound([&] { return answers_each_row(); }); });
    report_.run("write.isolation", "lands a good row whatever its neighbours are",
                [&] { return bound([&] { return lands_good_rows(); }); });
    report_.run("write.empty", "accepts a batch without rows", [&] { return bound([&] { return takes_nothing(); }); });
    if (!is_level_2())
      report_.run("write.partial", "stopped in the middle of a batch, says row by row what it accepted",
                  [&] { return bound([&] { return stops_row_by_row(); }); });
    if (is_level_2()) run_level_2();
    report_.run("read_back", "returns every value as it declares to store it",
                [&] { return bound([&] { return reads_back(); }); });
    report_.run("write.throttled", "when throttled, leaves the wait to the engine and continues after it",
                [&] { return bound([&] { return throttle_.found("write"); }); });
    report_.run("options.odd", "answers unusual option values with a code and a message", [&] {
      return survives_odd_options(component_, calls_, options_, [](SinkInstance&) { return Status(); });
    });
    report_.run("close", "leaves no file open when it is closed", [&] {
      return bound(
          [&] { return closes_what_it_opens(calls_, options_, [&](SinkInstance& sink) { return bind(sink); }); });
    });
  }

 private:
  void run_level_2() {
    const auto check = [&](const char* id, const char* title, Finding (SinkSuite::*body)()) {
      report_.run(id, title, [&] { return bound([&] { return (this->*body)(); }); });
    };
    check("write.again", "does not insert existing rows again", &SinkSuite::inserts_once);
    check("resume", "starts a new pipeline at the beginning, and raises the epoch with each resume",
          &SinkSuite::resumes);
    check("commit", "keeps batch number and cursor across a restart", &SinkSuite::commits);
    check("rollback", "leaves nothing of a batch that was rolled back", &SinkSuite::rolls_back);
    check("crash", "leaves nothing of a batch whose writer died before the commit", &SinkSuite::survives_crash);
    check("fence.epoch", "refuses the batch of a run that was taken over", &SinkSuite::fences_epoch);
    check("fence.seq", "refuses a batch number that is already taken", &SinkSuite::fences_seq);
    check("resolve", "knows whether a delivery was committed", &SinkSuite::resolves);
    check("letters", "keeps the open letters of a pipeline until they are closed", &SinkSuite::keeps_letters);
    check("replay", "lands the record of a letter exactly once", &SinkSuite::replays_once);
    check("depart", "removes the row of a departed record, once", &SinkSuite::removes_once);
    check("heartbeat", "answers fenced to a holder that lost its lanes", &SinkSuite::beats);
    check("finish", "releases the lanes, so that another place can take them", &SinkSuite::finishes);
  }

  static constexpr std::int64_t kRows = 20;

  bool is_level_2() const { return component_.sink_level == SENTINEL_SINK_TRANSACTIONAL; }
  template <class Body>
  Finding bound(Body&& body) const {
    return is_bound_ ? body() : not_applicable("it does not bind to the fields it was given");
  }
  static Finding failed_by(const Status& fault) { return failed(fault.message()); }

  Finding opens() {
    auto opened = SinkInstance::open(calls_, host_, options_);
    return opened ? Finding{} : failed_by(opened.error());
  }
  Finding creates() {
    if (calls_.create == nullptr) return not_applicable("it does not offer create");
    auto sink = SinkInstance::open(calls_, host_, options_);
    if (!sink) return not_applicable("it does not open");
    ArrowSchema lent{};
    export_schema(fields_, &lent);
    Status status;
    for (int time = 0; time < 2 && status.ok(); ++time)
      status = (*sink)->call([&](sentinel_error* error) { return calls_.create((*sink)->self(), &lent, error); });
    lent.release(&lent);
    if (status.code() == Code::kUnsupported) return not_applicable("it does not offer create");
    return status.ok() ? Finding{} : failed_by(status);
  }
  Finding binds() {
    auto session = open();
    if (!session) return failed_by(session.error());
    is_bound_ = true;
    return {};
  }

  // Writes and, at level 2, commits. The session stays usable.
  Result<WriteSeen> land(SinkSession& session, const Batch& batch) {
    if (!is_level_2()) return session.write(batch, nullptr);
    if (session.lane().epoch == 0) SENTINEL_TRY(session.resume(tag("pipeline"), tag("run")));
    return session.land(batch, tag("delivery"), "next");
  }
  Finding answers_each_row() {
    auto session = open();
    if (!session) return failed_by(session.error());
    auto seen = land(*session, samples_.fresh(tag("row"), kRows));
    return seen ? unless_wrong(seen->wrong) : failed_by(seen.error());
  }
  Finding lands_good_rows() {
    auto session = open();
    if (!session) return failed_by(session.error());
    auto seen = land(*session, samples_.fresh(tag("row"), kRows));
    if (!seen) return failed_by(seen.error());
    for (std::size_t row = 0; row < 2; ++row)
      if (seen->outcomes[row] != Outcome::kInserted)
        return failed("row " + std::to_string(row) + " is new and plain, and did not become inserted" +
                      reason(*seen, row));
    return {};
  }
  Finding takes_nothing() {
    auto session = open();
    if (!session) return failed_by(session.error());
    auto seen = land(*session, samples_.fresh(tag("row"), 0));
    return seen ? Finding{} : failed_by(seen.error());
  }

  // A sink of level 1 that is stopped: what it accepted is not sent again, the rest is, until all of it is through.
  Finding stops_row_by_row() {
    auto session = open();
    if (!session) return failed_by(session.error());
    auto seen = session->write(samples_.fresh(tag("row"), kRows), nullptr);
    if (!seen) return failed_by(seen.error());
    if (!session->wrong_stop().empty()) return failed(session->wrong_stop());
    if (session->stops() == 0) return not_applicable("it was not stopped in the middle of a batch");
    return unless_wrong(seen->wrong);
  }
  Finding inserts_once() {
    auto session = open();
    if (!session) return failed_by(session.error());
    const auto rows = plain();
    auto first = land(*session, rows), second = land(*session, rows);
    if (!first || !second) return failed_by((first ? second : first).error());
    for (const auto outcome : second->outcomes)
      if (outcome == Outcome::kInserted) return failed("the same rows were inserted twice");
    return {};
  }
  Finding resumes() {
    const auto pipeline = tag("pipeline");
    auto first = resumed(pipeline), second = resumed(pipeline);
    if (!first || !second) return failed_by((first ? second : first).error());
    if (first->lane().lane != 0 || first->lane().seq != 0 || !first->lane().cursor.empty())
      return failed("a new pipeline has lane " + std::to_string(first->lane().lane) + ", batch " +
                    std::to_string(first->lane().seq) + ", cursor \"" + first->lane().cursor + "\"");
    return second->lane().epoch > first->lane().epoch ? Finding{} : failed("a second resume did not raise the epoch");
  }
  Finding commits() {
    const auto pipeline = tag("pipeline");
    auto session = resumed(pipeline);
    if (!session) return failed_by(session.error());
    if (auto seen = session->land(plain(), tag("delivery"), "cursor ‹1›"); !seen) return failed_by(seen.error());
    auto next = resumed(pipeline);
    if (!next) return failed_by(next.error());
    return next->lane().seq == 1 && next->lane().cursor == "cursor ‹1›"
               ? Finding{}
               : failed("after one batch it resumes at batch " + std::to_string(next->lane().seq) + ", cursor \"" +
                        next->lane().cursor + "\"");
  }
  Finding rolls_back() {
    const auto pipeline = tag("pipeline");
    const auto rows = plain();
    auto session = resumed(pipeline);
    if (!session) return failed_by(session.error());
    const auto delivery = tag("delivery");
    const auto claim = session->claim(delivery);
    if (auto seen = session->write(rows, &claim); !seen) return failed_by(seen.error());
    if (auto status = session->rollback(); !status.ok()) return failed_by(status);
    return left_nothing(pipeline, rows);
  }
  Finding survives_crash() {
    const auto pipeline = tag("pipeline");
    const auto rows = plain();
    {
      auto session = resumed(pipeline);
      if (!session) return failed_by(session.error());
      const auto delivery = tag("delivery");
      const auto claim = session->claim(delivery);
      if (auto seen = session->write(rows, &claim); !seen) return failed_by(seen.error());
    }
    return left_nothing(pipeline, rows);
  }
  // By the answers of the next run: the lane did not move, and each row is new.
  Finding left_nothing(const std::string& pipeline, const Batch& rows) {
    auto next = resumed(pipeline);
    if (!next) return failed_by(next.error());
    if (next->lane().seq != 0) return failed("the batch counts as committed");
    auto seen = next->land(rows, tag("delivery"), "next");
    if (!seen) return failed_by(seen.error());
    return seen->all(Outcome::kInserted) ? Finding{} : failed("rows of the batch were there");
  }
  Finding fences_epoch() {
    const auto pipeline = tag("pipeline");
    auto old_run = resumed(pipeline), new_run = resumed(pipeline);
    if (!old_run || !new_run) return failed_by((old_run ? new_run : old_run).error());
    auto seen = old_run->land(plain(), tag("delivery"), "next");
    if (seen) return failed("a run that was taken over could commit");
    return seen.error().code() == Code::kFenced
               ? Finding{}
               : failed("it refused with another code than fenced: " + seen.error().message());
  }
  Finding fences_seq() {
    auto session = resumed(tag("pipeline"));
    if (!session) return failed_by(session.error());
    const auto delivery = tag("delivery");
    const auto taken = session->claim(delivery);
    if (auto seen = session->land(plain(), tag("delivery"), "next"); !seen) return failed_by(seen.error());
    auto again = session->write(plain(), &taken);
    if (again) {
      if (session->commit(taken, "next").ok()) return failed("two batches with one number could be committed");
      return {};
    }
    return again.error().code() == Code::kFenced
               ? Finding{}
               : failed("it refused with another code than fenced: " + again.error().message());
  }
  Finding resolves() {
    auto session = resumed(tag("pipeline"));
    if (!session) return failed_by(session.error());
    const auto mine = tag("delivery"), other = tag("other");
    const auto claim = session->claim(mine);
    if (auto seen = session->write(plain(), &claim); !seen) return failed_by(seen.error());
    if (auto status = session->commit(claim, "next"); !status.ok()) return failed_by(status);
    auto foreign = claim;
    foreign.delivery_id = other;
    const auto next = session->claim(other);
    const std::vector<std::tuple<const char*, Claim, Verdict>> cases{
        {"its own committed delivery", claim, Verdict::kCommitted},
        {"a number that another delivery holds", foreign, Verdict::kFenced},
        {"a number that nobody holds", next, Verdict::kNotCommitted}};
    for (const auto& [what, asked, wanted] : cases) {
      auto verdict = session->resolve(asked);
      if (!verdict) return failed_by(verdict.error());
      if (*verdict != wanted)
        return failed("of " + std::string(what) + " it says " + std::to_string(static_cast<int>(*verdict)) +
                      " in place of " + std::to_string(static_cast<int>(wanted)));
    }
    return {};
  }
  Finding keeps_letters() {
    const auto pipeline = tag("pipeline");
    auto session = resumed(pipeline);
    if (!session) return failed_by(session.error());
    auto kept = letter(), closed = letter();
    if (auto seen = session->land(plain(), tag("delivery"), "1", {kept, closed}); !seen) return failed_by(seen.error());
    auto both = session->letters(pipeline);
    if (!both) return failed_by(both.error());
    if (both->size() != 2) return failed("of 2 open letters it reports " + std::to_string(both->size()));
    closed.state = LetterState::kSuperseded;
    if (auto seen = session->land(plain(), tag("delivery"), "2", {closed}); !seen) return failed_by(seen.error());
    auto left = session->letters(pipeline);
    if (!left) return failed_by(left.error());
    return *left == std::vector<std::string>{kept.letter_id} ? Finding{}
                                                             : failed("a letter that was closed is reported as open");
  }
  Finding replays_once() {
    const auto pipeline = tag("pipeline");
    const auto owed = letter();
    {
      auto session = resumed(pipeline);
      if (!session) return failed_by(session.error());
      if (auto seen = session->land(plain(), tag("delivery"), "1", {owed}); !seen) return failed_by(seen.error());
    }
    auto replay = open();
    if (!replay) return failed_by(replay.error());
    if (auto status = replay->resume(pipeline, tag("run"), "here", true); !status.ok()) return failed_by(status);
    if (replay->lane().lane != -1) return failed("a replay got lane " + std::to_string(replay->lane().lane));
    const auto row = samples_.fresh(tag("row"), 1);
    for (const auto wanted : {Outcome::kInserted, Outcome::kClosed}) {
      const auto delivery = tag("delivery");
      auto claim = replay->claim(delivery);
      claim.letter_ids.emplace_back(owed.letter_id);
      auto seen = replay->write(row, &claim);
      if (!seen) return failed_by(seen.error());
      if (seen->outcomes[0] != wanted)
        return failed(wanted == Outcome::kInserted ? "the record of an open letter was not inserted"
                                                   : "the record of a letter that is closed was written");
      if (auto status = replay->commit(claim, ""); !status.ok()) return failed_by(status);
    }
    return {};
  }
  Finding removes_once() {
    auto departing = fields_;
    departing.set_departures(false, true);
    auto session = SinkSession::open(component_, host_, options_, departing, throttle_);
    if (!session) return failed_by(session.error());
    if (!session->offers_depart()) return not_applicable("it does not offer depart");
    if (auto status = session->resume(tag("pipeline"), tag("run")); !status.ok()) return failed_by(status);
    const auto rows = plain();
    if (auto seen = session->land(rows, tag("delivery"), "1"); !seen) return failed_by(seen.error());
    for (const bool were_there : {true, false}) {
      auto left = session->remove(rows, tag("delivery"));
      if (!left) return failed_by(left.error());
      if (*left != std::vector<bool>(left->size(), were_there))
        return failed(were_there ? "of rows that were there it says that they were not"
                                 : "of rows that were removed it says that they were there");
    }
    auto again = session->land(rows, tag("delivery"), "2");
    if (!again) return failed_by(again.error());
    return again->all(Outcome::kInserted) ? Finding{} : failed("rows that it removed are there");
  }
  Finding beats() {
    const auto pipeline = tag("pipeline");
    auto old_run = resumed(pipeline);
    if (!old_run) return failed_by(old_run.error());
    if (auto status = old_run->heartbeat(); !status.ok()) return failed_by(status);
    auto new_run = resumed(pipeline);
    if (!new_run) return failed_by(new_run.error());
    return old_run->heartbeat().code() == Code::kFenced
               ? Finding{}
               : failed("a run that was taken over is answered that all is well");
  }
  Finding finishes() {
    const auto pipeline = tag("pipeline");
    auto session = resumed(pipeline), elsewhere = open();
    if (!session || !elsewhere) return failed_by((session ? elsewhere : session).error());
    if (elsewhere->resume(pipeline, tag("run"), "elsewhere").code() != Code::kFenced)
      return failed("another place could take the lanes of a run that is alive");
    if (auto status = session->finish(); !status.ok()) return failed_by(status);
    const auto free = elsewhere->resume(pipeline, tag("run"), "elsewhere");
    return free.ok() ? Finding{} : failed_by(free);
  }

  Finding reads_back() {
    auto session = open();
    if (!session) return failed_by(session.error());
    auto names = session->key_fields();
    if (!names) return not_applicable("it does not offer key_fields");
    const auto rows = samples_.fresh(tag("row"), kRows);
    auto seen = land(*session, rows);
    if (!seen) return failed_by(seen.error());
    std::vector<std::int64_t> landed;
    for (std::int64_t row = 0; row < rows.rows(); ++row)
      if (seen->outcomes[static_cast<std::size_t>(row)] != Outcome::kRejected) landed.push_back(row);
    const auto written = select_rows(rows.view(fields_), landed);
    auto back = session->read_back(keys_of(written, *names));
    if (!back)
      return back.error().code() == Code::kUnsupported ? not_applicable("it does not offer read_back")
                                                       : failed_by(back.error());
    const auto stored = session->as_stored(written);
    const auto wanted = sorted_rows(stored ? *stored : written), found = sorted_rows(*back);
    for (std::size_t i = 0; i < std::min(wanted.size(), found.size()); ++i)
      if (wanted[i] != found[i]) return failed(found[i] + " came back in place of " + wanted[i]);
    return wanted.size() == found.size()
               ? Finding{}
               : failed("of " + std::to_string(wanted.size()) + " rows " + std::to_string(found.size()) + " came back");
  }
  Batch keys_of(const Batch& rows, const std::vector<std::string>& names) const {
    Schema schema;
    for (const auto& name : names) schema.add(fields_[fields_.find(name)]);
    BatchBuilder keys(schema);
    for (std::size_t i = 0; i < names.size(); ++i)
      for (std::int64_t row = 0; row < rows.rows(); ++row)
        keys.column(i).append_from(rows.view(fields_).column(fields_.find(names[i])), row);
    return keys.finish();
  }
  std::vector<std::string> sorted_rows(const Batch& batch) const {
    std::vector<std::string> lines;
    for (std::int64_t row = 0; row < batch.rows(); ++row) lines.push_back(row_text(batch.view(fields_), row));
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  Status bind(SinkInstance& sink) const {
    ArrowSchema lent{};
    export_schema(fields_, &lent);
    auto status = sink.call([&](sentinel_error* error) { return calls_.bind(sink.self(), &lent, error); });
    lent.release(&lent);
    return status;
  }
  Result<SinkSession> open() { return SinkSession::open(component_, host_, options_, fields_, throttle_); }
  Result<SinkSession> resumed(const std::string& pipeline) {
    SENTINEL_ASSIGN(auto session, open());
    SENTINEL_TRY(session.resume(pipeline, tag("run")));
    return session;
  }
  // New rows that no target has a reason to refuse.
  Batch plain() { return samples_.fresh(tag("row"), 2); }
  Letter letter() {
    const auto id = tag("letter");
    const auto number = id.substr(id.rfind('-') + 1);
    return {LetterState::kOpen, std::string(32 - number.size(), 'f') + number, id, id, "1250", "NGN"};
  }
  static std::string reason(const WriteSeen& seen, std::size_t row) {
    const auto found = seen.rejects.find(static_cast<std::int64_t>(row));
    return found == seen.rejects.end() ? "" : ": " + found->second.message();
  }
  // Unlike any other in this target, this time and next time.
  std::string tag(const std::string& what) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text = what + "-";
    for (int i = 0; i < 16; ++i) text += kDigits[random_() & 15];
    return text;
  }

  const sentinel_component& component_;
  const sentinel_sink_calls& calls_;
  const sentinel_value& options_;
  const Samples& samples_;
  const Schema& fields_;
  Report& report_;
  TestHost host_;
  Throttle throttle_;
  bool is_bound_ = false;
  std::mt19937_64 random_{(static_cast<std::uint64_t>(std::random_device{}()) << 32) | std::random_device{}()};
};

}  // namespace detail
}  // namespace sentinel::testkit
