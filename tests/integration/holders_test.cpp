// Who may work on a pipeline at a time: a second run, a second machine, a take-over, a stop, and a replay beside the
// main run.
#include "commit_proxy.hpp"
#include "gifts.hpp"

#include <csignal>

namespace sentinel::integration {
namespace {

constexpr long long kGifts = 60000;

// A run whose fifth COMMIT is held back, so that it stands in mid-load for as long as the test wants.
class Holders : public testing::TestWithParam<Kind> {
 protected:
  Holders()
      : target_(GetParam()),
        proxy_(target_.address(),
               [](int commit) { return commit == 5 ? CommitProxy::Act::kHold : CommitProxy::Act::kPass; }),
        workspace_(source_.url(), target_.url_at(proxy_.port())),
        pipeline_(workspace_.write("gifts.yaml", gifts_pipeline())) {
    make_gifts(source_, kGifts, Dirt::kNone);
    make_gifts_target(target_);
  }

  std::unique_ptr<Process> start_and_hold(const Lines& flags = {"--json"}) {
    Lines words = {"run", pipeline_};
    words.insert(words.end(), flags.begin(), flags.end());
    auto run = workspace_.start(words);
    EXPECT_TRUE(wait_until([&] { return proxy_.is_holding() || !run->is_running(); }));
    EXPECT_TRUE(proxy_.is_holding()) << run->err();
    return run;
  }

  Database source_{Kind::kMariadb}, target_;
  CommitProxy proxy_;
  Workspace workspace_;
  std::string pipeline_;
};

TEST_P(Holders, ASecondRunOfTheSamePipelineExits6AndTheFirstGoesOn) {
  const auto first = start_and_hold();
  const auto second = workspace_.sentinel({"run", pipeline_});
  EXPECT_EQ(second.exit_code, 6) << second;
  EXPECT_TRUE(contains(second.err, std::to_string(first->id()))) << "names the process that holds it" << second;
  proxy_.release();
  const auto finished = first->wait();
  ASSERT_EQ(finished.exit_code, 0) << finished;
  expect_gifts_mirrored(source_, target_);
}

TEST_P(Holders, AnotherMachineIsRefusedAndATakeOverFencesTheFirst) {
  const auto first = start_and_hold();
  const Workspace other(source_.url(), target_.url());
  const auto refused = other.sentinel({"run", pipeline_});
  EXPECT_EQ(refused.exit_code, 6) << refused;
  EXPECT_TRUE(contains(refused.err, "--take-over")) << refused;

  const auto taken = other.json({"run", pipeline_, "--take-over"});
  expect_balanced(taken);
  proxy_.release();
  const auto fenced = first->wait();
  EXPECT_EQ(fenced.exit_code, 6) << fenced;
  EXPECT_TRUE(contains(fenced.err, "another run took over pipeline ")) << fenced;
  expect_gifts_mirrored(source_, target_);
}

TEST_P(Holders, SigtermEndsARunCleanlyAndTheNextOneCompletesIt) {
  const auto run = start_and_hold();
  run->signal(SIGTERM);
  proxy_.release();
  const auto stopped = run->wait();
  ASSERT_EQ(stopped.exit_code, 143) << stopped;
  const auto balance = Json::parse(stopped.out);
  expect_balanced(balance);
  const auto landed = records(balance, "inserted");
  EXPECT_GT(landed, 0);
  EXPECT_LT(landed, kGifts);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM received_gifts"), landed);

  const auto next = workspace_.json({"run", pipeline_});
  EXPECT_EQ(records(next, "inserted"), kGifts - landed) << next.dump();
  EXPECT_EQ(records(next, "read"), kGifts - landed) << "it goes on where the other stopped";
  expect_gifts_mirrored(source_, target_);
}

TEST_P(Holders, AStoppedRunPrintsItsBalanceForPeopleToo) {
  const auto run = start_and_hold({});
  run->signal(SIGINT);
  proxy_.release();
  const auto stopped = run->wait();
  EXPECT_EQ(stopped.exit_code, 130) << stopped;
  EXPECT_TRUE(contains(stopped.out, "  read ")) << stopped;
  EXPECT_TRUE(contains(stopped.out, "not finished")) << stopped;
}

INSTANTIATE_TEST_SUITE_P(Of, Holders, testing::Values(Kind::kMariadb, Kind::kPostgresql),
                         [](const auto& info) { return name_of(info.param); });

class Replay : public testing::TestWithParam<Kind> {};

// The rows of all letters change at the source, the rules are mended, and then the main run and the replay race for
// them.
TEST_P(Replay, BesideARunningMainRunDoublesNothing) {
  constexpr long long kManyRows = 300000;
  Database source(Kind::kMariadb), target(GetParam());
  make_gifts(source, kManyRows, Dirt::kSome);
  make_gifts_target(target);
  Workspace workspace(source.url(), target.url());
  const auto strict = workspace.write("gifts.yaml", gifts_pipeline());
  const auto first = workspace.json({"run", strict});
  const auto letters = records(first, "dead-lettered");
  ASSERT_EQ(letters, kManyRows / 1000) << first.dump();

  const auto mended =
      workspace.write("gifts.yaml", replaced(gifts_pipeline(), "email: email, amount_kobo", "amount_kobo"));
  target.rows(GetParam() == Kind::kMariadb ? "ALTER TABLE received_gifts MODIFY donor_name VARCHAR(80)"
                                           : "ALTER TABLE received_gifts ALTER donor_name TYPE VARCHAR(80)");
  source.rows("UPDATE gifts SET amount_kobo = amount_kobo + 7 WHERE id % 3 = 1");

  const auto main_run = workspace.start({"run", mended, "--json"});
  long long recovered = 0, beside = 0, left_for_later = 0;
  do {
    // A letter that meets the run's locks again and again is left for later: it stays owed.
    if (main_run->is_running()) ++beside;
    const auto replay = workspace.sentinel({"dlq", "retry", mended, "--json"});
    ASSERT_EQ(replay.exit_code, 0) << replay;
    const auto answer = Json::parse(replay.out);
    left_for_later += answer.at("left_for_later").get<long long>();
    recovered += answer.at("recovered").get<long long>();
  } while (main_run->is_running());
  const auto finished = main_run->wait();
  ASSERT_EQ(finished.exit_code, 0) << finished;
  std::cout << beside << " replays began beside the run, " << left_for_later << " letters were left for later; "
            << recovered << " of " << letters << " letters by replay\n";
  EXPECT_GT(beside, 0);
  expect_balanced(Json::parse(finished.out));
  recovered += workspace.json({"dlq", "retry", mended}).at("recovered").get<long long>();

  expect_gifts_mirrored(source, target, Expect::kAll);
  EXPECT_EQ(target.number("SELECT COUNT(*) FROM sentinel_dead_letter WHERE state = 'recovered'"), recovered);
  EXPECT_EQ(target.number("SELECT COUNT(*) FROM sentinel_dead_letter WHERE state IN ('recovered', 'superseded')"),
            letters);
  EXPECT_EQ(target.number("SELECT COUNT(*) FROM sentinel_dead_letter"), letters);
  EXPECT_EQ(workspace.json({"dlq", "list", mended}).at("items").size(), 0U);
  EXPECT_EQ(workspace.pending_letters(), 0);
}

INSTANTIATE_TEST_SUITE_P(Of, Replay, testing::Values(Kind::kMariadb, Kind::kPostgresql),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace sentinel::integration
