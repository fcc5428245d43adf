// Bad rows hurt no neighbours, and a target that is down for a while makes no dead letters.
#include "gifts.hpp"

#include <cstdlib>
#include <thread>

namespace sentinel::integration {
namespace {

class BadRows : public testing::TestWithParam<Kind> {
 protected:
  BadRows() : source_(GetParam() == Kind::kSqlite ? Kind::kSqlite : Kind::kMariadb), target_(GetParam()) {
    make_gifts(source_, 1000, Dirt::kNone);
    make_gifts_target(target_);
    pipeline_ = workspace_.write("gifts.yaml", gifts_pipeline());
  }
  // Longer than the target takes: no rule of the pipeline sees it, the database refuses it.
  void spoil(const std::string& condition) const {
    source_.rows("UPDATE gifts SET donor_name = '" + std::string(60, 'x') + "' WHERE " + condition);
  }

  Database source_, target_;
  Workspace workspace_{source_.url(), target_.url()};
  std::string pipeline_;
};

TEST_P(BadRows, OneInAThousandMakesOneLetterAnd999Land) {
  spoil("id = 500");
  const auto run = workspace_.json({"run", pipeline_});
  expect_balanced(run);
  EXPECT_EQ(records(run, "inserted"), 999) << run.dump();
  EXPECT_EQ(records(run, "dead-lettered"), 1) << run.dump();
  expect_gifts_mirrored(source_, target_);
  expect_letters_are(source_, target_, workspace_, pipeline_);
  const auto letter = workspace_.json({"dlq", "list", pipeline_}).at("items").at(0);
  EXPECT_EQ(letter.at("source_key"), "500");
  EXPECT_EQ(letter.at("stage"), "sql");
  EXPECT_EQ(letter.at("code"), "invalid_data");
  EXPECT_FALSE(letter.at("native_code").get<std::string>().empty()) << letter.dump();

  const auto strict = workspace_.sentinel({"run", pipeline_, "--fail-on-dead-letters"});
  EXPECT_EQ(strict.exit_code, 5) << strict;
}

TEST_P(BadRows, TwentyInAHundredPassAndOneMoreOpensTheBreaker) {
  spoil("id % 5 = 0");
  const auto run = workspace_.json({"run", pipeline_});
  EXPECT_EQ(records(run, "inserted"), 800) << run.dump();
  EXPECT_EQ(records(run, "dead-lettered"), 200) << run.dump();

  Database fresh(GetParam());
  make_gifts_target(fresh);
  spoil("id = 1");
  const Workspace other(source_.url(), fresh.url());
  const auto broken = other.sentinel({"run", pipeline_});
  EXPECT_EQ(broken.exit_code, 4) << broken;
  EXPECT_TRUE(contains(broken.err, "20 %")) << broken;
  EXPECT_EQ(fresh.number("SELECT COUNT(*) FROM received_gifts"), 0) << "the batch that opens the breaker rolls back";
  EXPECT_EQ(fresh.number("SELECT COUNT(*) FROM sentinel_dead_letter"), 0);
  EXPECT_EQ(other.pending_letters(), 0);
  const auto refused = other.sentinel({"run", pipeline_});
  EXPECT_EQ(refused.exit_code, 4) << refused;
}

INSTANTIATE_TEST_SUITE_P(Of, BadRows, testing::Values(Kind::kMariadb, Kind::kPostgresql, Kind::kSqlite),
                         [](const auto& info) { return name_of(info.param); });

// A MariaDB of this test's own, to be stopped and started.
class PrivateServer {
 public:
  PrivateServer() { up(); }
  ~PrivateServer() { down(); }
  void up() {
    script("up");
    const auto url = script("url");
    address_ = Address::parse(url.substr(0, url.find('\n')));
  }
  void down() { script("down"); }
  const Address& address() const { return address_; }

 private:
  std::string script(const std::string& command) const {
    return must_run({(source_folder() / "tests/servers/mariadb.sh").string(), command},
                    {{"SENTINEL_TEST_DIR", folder_.path().string()}});
  }
  TempFolder folder_;
  Address address_;
};

class Outage : public testing::Test {
 protected:
  static constexpr long long kRows = 500000;
  Outage() : target_(server_.address()), workspace_(source_.url(), target_.url()) {
    make_gifts(source_, kRows, Dirt::kNone);
    make_gifts_target(target_);
  }
  // A run that has landed something and then loses its target.
  std::unique_ptr<Process> start_and_take_down(const std::string& pipeline) {
    auto run = workspace_.start({"run", pipeline, "--json"});
    const auto has_landed = [&] {
      return !run->is_running() ||
             (target_.has_table("sentinel_batch") && target_.number("SELECT COUNT(*) FROM sentinel_batch") >= 2);
    };
    EXPECT_TRUE(wait_until(has_landed));
    EXPECT_TRUE(run->is_running()) << run->err();
    server_.down();
    return run;
  }

  PrivateServer server_;
  Database source_{Kind::kMariadb}, target_;
  Workspace workspace_;
};

TEST_F(Outage, ADestinationThatComesBackIsWaitedFor) {
  const auto run = start_and_take_down(workspace_.write("gifts.yaml", gifts_pipeline()));
  EXPECT_TRUE(wait_until([&] { return contains(run->err(), "waiting up to") || !run->is_running(); })) << run->err();
  EXPECT_TRUE(run->is_running()) << run->err();
  if (std::getenv("SENTINEL_LONG") != nullptr) std::this_thread::sleep_for(seconds(60));
  server_.up();
  const auto finished = run->wait();
  ASSERT_EQ(finished.exit_code, 0) << finished;
  const auto balance = Json::parse(finished.out);
  expect_balanced(balance);
  EXPECT_EQ(records(balance, "inserted"), kRows) << balance.dump();
  EXPECT_EQ(records(balance, "dead-lettered"), 0) << balance.dump();
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM sentinel_dead_letter"), 0);
  expect_gifts_mirrored(source_, target_);
}

TEST_F(Outage, ARunThatWaitedInVainExits3AndTheNextOneCompletesIt) {
  const auto pipeline = workspace_.write("gifts.yaml", gifts_pipeline("outage: { wait: 2s }\n"));
  const auto finished = start_and_take_down(pipeline)->wait();
  EXPECT_EQ(finished.exit_code, 3) << finished;
  EXPECT_TRUE(contains(finished.err, "gave up after 2s") || contains(finished.err, "gave up after 2 s")) << finished;
  server_.up();
  const auto landed = target_.number("SELECT COUNT(*) FROM received_gifts");
  EXPECT_LT(landed, kRows);
  EXPECT_EQ(target_.number("SELECT SUM(inserted_records) FROM sentinel_batch"), landed);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM sentinel_dead_letter"), 0);

  const auto next = workspace_.json({"run", pipeline});
  EXPECT_EQ(records(next, "inserted"), kRows - landed) << next.dump();
  expect_gifts_mirrored(source_, target_);
}

}  // namespace
}  // namespace sentinel::integration
