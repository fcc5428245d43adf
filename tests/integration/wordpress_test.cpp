// A real WordPress into MariaDB and PostgreSQL with the shipped pipelines: exact amounts, dirt with reasons, edits,
// mending.
#include "workspace.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sentinel::integration {
namespace {

// Which stage must refuse each kind of dirt, and with which code.
const std::map<std::string, std::set<std::string>> kReasons = {
    {"bad_email", {"validate/bad_email"}},
    {"missing_amount", {"validate/required"}},
    {"zero_amount", {"validate/out_of_range"}},
    {"negative_amount", {"validate/out_of_range"}},
    {"text_amount", {"map/bad_integer"}},
    {"fractional_amount", {"map/bad_integer"}},
    {"over_range_amount", {"kobo_to_decimal/out_of_range"}},
    {"over_64_bit_amount", {"map/out_of_range", "map/bad_integer"}},
    {"null_amount", {"validate/required"}},
    {"repeated_amount", {"wordpress/"}},
    {"missing_ref", {"validate/required"}},
};

// The kinds that the amount as text repairs, since only their amount in kobo is wrong.
const std::set<std::string> kAmountKinds = {"missing_amount",     "zero_amount",       "negative_amount",
                                            "text_amount",        "fractional_amount", "over_range_amount",
                                            "over_64_bit_amount", "null_amount"};

std::string in_quotes(const Lines& values) {
  std::string list;
  for (const auto& value : values) list += (list.empty() ? "'" : ", '") + value + "'";
  return list;
}

class Wordpress : public testing::TestWithParam<Kind> {
 protected:
  Wordpress() : target_(GetParam()), workspace_(site_.url(), target_.url()) {
    pipeline_ =
        shipped_pipeline(GetParam() == Kind::kMariadb ? "wordpress_to_mariadb.yaml" : "wordpress_to_postgresql.yaml");
    clean_ = site_.expected().at("clean").at("count").get<long long>();
    clean_kobo_ = site_.expected().at("clean").at("sum_kobo").get<long long>();
    dirty_ = site_.expected().at("dirty").at("count").get<long long>();
    left_out_ = site_.expected().at("left_out").at("count").get<long long>();
  }

  std::vector<std::string> dirty_ids(const std::set<std::string>& kinds) const {
    std::vector<std::string> ids;
    for (const auto& post : site_.expected().at("dirty").at("posts"))
      if (kinds.contains(post.at("kind").get<std::string>()))
        ids.push_back(std::to_string(post.at("post_id").get<long long>()));
    return ids;
  }

  Json letters() const { return workspace_.json({"dlq", "list", pipeline_}).at("items"); }
  Json run(const std::string& file = "") const {
    auto answer = workspace_.json({"run", file.empty() ? pipeline_ : file});
    expect_balanced(answer);
    return answer;
  }
  void expect_landed(const Json& run, long long inserted, long long updated, long long unchanged) const {
    EXPECT_EQ(records(run, "inserted"), inserted) << run.dump();
    EXPECT_EQ(records(run, "updated"), updated) << run.dump();
    EXPECT_EQ(records(run, "unchanged"), unchanged) << run.dump();
    EXPECT_EQ(records(run, "filtered"), left_out_) << run.dump();
  }

  Site site_;
  Database target_;
  Workspace workspace_;
  std::string pipeline_;
  long long clean_ = 0, clean_kobo_ = 0, dirty_ = 0, left_out_ = 0;
};

TEST_P(Wordpress, CleanDonationsLandWithExactAmountsAndASecondRunLandsNothingNew) {
  const auto first = run();
  expect_landed(first, clean_, 0, 0);
  EXPECT_EQ(records(first, "read"), clean_ + dirty_ + left_out_);
  EXPECT_EQ(records(first, "dead-lettered"), dirty_);
  EXPECT_EQ(naira_kobo(first, "landed"), clean_kobo_);
  EXPECT_EQ(first.at("new_letters"), dirty_);
  expect_same_lines(site_.good_donations(), landed_donations(target_));
  EXPECT_EQ(target_.value("SELECT CAST(SUM(amount_naira * 100) AS DECIMAL(30,0)) FROM donations"),
            std::to_string(clean_kobo_));

  const auto before = target_.rows("SELECT * FROM donations ORDER BY id");
  const auto second = run();
  expect_landed(second, 0, 0, clean_);
  EXPECT_EQ(records(second, "dead-lettered"), dirty_);
  EXPECT_EQ(second.at("new_letters"), 0);
  EXPECT_EQ(letters().size(), static_cast<std::size_t>(dirty_));
  expect_same_lines(before, target_.rows("SELECT * FROM donations ORDER BY id"));
}

TEST_P(Wordpress, DeadLettersAreExactlyTheDirtyDonationsEachWithItsReason) {
  run();
  std::map<std::string, Json> found;
  for (const auto& letter : letters()) {
    EXPECT_TRUE(found.emplace(letter.at("source_key").get<std::string>(), letter).second) << "twice: " << letter.dump();
    EXPECT_EQ(letter.at("status"), "waiting");
    EXPECT_EQ(letter.at("code"), "invalid_data") << letter.dump();
  }
  for (const auto& post : site_.expected().at("dirty").at("posts")) {
    const auto id = std::to_string(post.at("post_id").get<long long>());
    const auto kind = post.at("kind").get<std::string>();
    ASSERT_TRUE(found.contains(id)) << kind << ": post " << id << " has no letter";
    const auto& letter = found.at(id);
    const auto reason = letter.at("stage").get<std::string>() + "/" + letter.at("native_code").get<std::string>();
    EXPECT_TRUE(kReasons.at(kind).contains(reason)) << kind << " was refused by " << reason << ": " << letter.dump();
    if (!post.at("amount_kobo").is_null()) {
      EXPECT_EQ(letter.at("minor"), std::to_string(post.at("amount_kobo").get<long long>())) << kind;
    }
  }
  EXPECT_EQ(found.size(), static_cast<std::size_t>(dirty_));
  EXPECT_EQ(read_ledger(target_).open_letters, dirty_);
}

TEST_P(Wordpress, TheTableThatADbaMadeTakesTheSameRows) {
  target_.run_file(source_folder() / "sql/target" /
                   (GetParam() == Kind::kMariadb ? "donations_mysql.sql" : "donations_postgresql.sql"));
  expect_landed(run(), clean_, 0, 0);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations"), clean_);
  EXPECT_EQ(target_.number("SELECT CAST(SUM(amount_naira * 100) AS DECIMAL(30,0)) FROM donations"), clean_kobo_);
  expect_landed(run(), 0, 0, clean_);
}

TEST_P(Wordpress, EditedDonationsUpdate) {
  run();
  const auto first = site_.expected().at("clean").at("first_post_id").get<long long>();
  std::vector<std::string> saved, meta_only;
  for (long long id = first + 10; id < first + 17; ++id) saved.push_back(std::to_string(id));
  for (long long id = first + 20; id < first + 25; ++id) meta_only.push_back(std::to_string(id));
  const auto edits = site_.edit(250, saved, false);
  const auto quiet_edits = site_.edit(101, meta_only, true);
  ASSERT_EQ(edits.size() + quiet_edits.size(), 12U);

  const auto second = run();
  expect_landed(second, 0, 12, clean_ - 12);
  EXPECT_EQ(second.at("new_letters"), 0);
  expect_same_lines(site_.good_donations(), landed_donations(target_));
}

TEST_P(Wordpress, DirtyDonationsLandOnceTheSourceIsMendedAndTheirLettersAreSuperseded) {
  run();
  const auto mended = site_.mend();
  ASSERT_EQ(mended.at("count"), dirty_);
  const auto second = run();
  expect_landed(second, dirty_, 0, clean_);
  EXPECT_EQ(records(second, "dead-lettered"), 0);
  EXPECT_EQ(naira_kobo(second, "landed"), mended.at("sum_kobo").get<long long>());
  expect_same_lines(site_.good_donations(true), landed_donations(target_));

  EXPECT_EQ(letters().size(), 0U);
  EXPECT_EQ(read_ledger(target_).open_letters, 0);
  const auto all = workspace_.json({"dlq", "list", pipeline_, "--all"}).at("items");
  EXPECT_EQ(all.size(), static_cast<std::size_t>(dirty_));
  for (const auto& letter : all) EXPECT_EQ(letter.at("status"), "superseded") << letter.dump();
}

TEST_P(Wordpress, ATrashedDonationIsMarkedAndARestoredOneIsBack) {
  const auto file = workspace_.write("leaving.yaml", replaced(read_file(pipeline_), "  content: donation",
                                                              "  content: donation\n  on_departure: mark"));
  run(file);
  const auto ids = site_.rows(
      "SELECT p.ID FROM wp_posts p JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = 'donation_ref' WHERE "
      "p.post_type = 'donation' AND m.meta_value IN (" +
      in_quotes(target_.rows("SELECT donation_ref FROM donations ORDER BY id LIMIT 3")) + ")");
  ASSERT_EQ(ids.size(), 3u);
  site_.trash(ids);
  const auto trashed = run(file);
  EXPECT_EQ(records(trashed, "departed"), 3) << trashed.dump();
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations WHERE left_at IS NOT NULL"), 3);
  EXPECT_TRUE(workspace_.json({"verify", file}).at("items").at(0).at("equal").get<bool>());
  site_.restore(ids);
  const auto restored = run(file);
  EXPECT_EQ(records(restored, "updated"), 3) << restored.dump();
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations WHERE left_at IS NOT NULL"), 0);
}

TEST_P(Wordpress, AMirrorDeletesWhatWordpressDeletedForGoodAndLandsEditsOfMetaAlone) {
  const auto file = workspace_.write("mirror.yaml", replaced(read_file(pipeline_), "  content: donation",
                                                             "  content: donation\n  incremental: modified") +
                                                        "mirror: { deletes: delete, every: 0s }\n");
  const auto first = run(file);
  EXPECT_EQ(first.at("sweep").at("departed"), 0) << first.dump();
  const auto post_of = [&](const std::string& meta_of) {
    return site_.rows(
        "SELECT p.ID FROM wp_posts p JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = 'donation_ref' WHERE "
        "p.post_type = 'donation' AND m.meta_value IN (" +
        in_quotes(target_.rows(meta_of)) + ") ORDER BY p.ID");
  };
  const auto deleted = post_of("SELECT donation_ref FROM donations ORDER BY id LIMIT 3");
  const auto edited = post_of("SELECT donation_ref FROM donations ORDER BY id DESC LIMIT 2");
  ASSERT_EQ(deleted.size() + edited.size(), 5u);
  const auto gone_kobo = target_.number(
      "SELECT CAST(SUM(amount_naira * 100) AS DECIMAL(30,0)) FROM (SELECT amount_naira FROM donations ORDER BY id "
      "LIMIT "
      "3) AS gone");
  const auto dirty = dirty_ids({"bad_email"});
  site_.delete_for_good(deleted);
  site_.delete_for_good(dirty);
  ASSERT_EQ(site_.edit(125, edited, true).size(), 2u);

  const auto second = run(file);
  EXPECT_EQ(second.at("sweep").at("departed"), 3) << second.dump();
  EXPECT_EQ(second.at("sweep").at("landed"), 2) << second.dump();
  EXPECT_EQ(second.at("sweep").at("letters"), dirty.size()) << second.dump();
  EXPECT_EQ(naira_kobo(second, "departed"), gone_kobo);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations"), clean_ - 3);
  expect_same_lines(site_.good_donations(), landed_donations(target_));
  EXPECT_EQ(read_ledger(target_).open_letters, dirty_ - static_cast<long long>(dirty.size()));
  EXPECT_TRUE(workspace_.json({"verify", file}).at("items").at(0).at("equal").get<bool>());
}

TEST_P(Wordpress, LettersLandByRecoverOnceTheRuleIsMended) {
  run();
  const auto mended_file = workspace_.write(
      "mended.yaml",
      replaced(read_file(pipeline_), "{ from: meta.amount_kobo, type: integer }",
               "{ from: meta.amount_text, trim: true, amount: { thousands: \",\", currency_symbols: [₦, NGN] } }"));
  const auto mendable = dirty_ids(kAmountKinds);
  const auto recovered = workspace_.json({"recover", mended_file});
  EXPECT_EQ(recovered.at("recovered"), mendable.size()) << recovered.dump();
  EXPECT_EQ(recovered.at("not_replayable"), dirty_ids({"repeated_amount"}).size())
      << "a record that was never read whole";
  EXPECT_EQ(letters().size(), static_cast<std::size_t>(dirty_) - mendable.size());

  // What landed is what the site will show once the donations themselves are mended.
  site_.mend();
  const auto after = run(mended_file);
  expect_landed(after, dirty_ - static_cast<long long>(mendable.size()), 0,
                clean_ + static_cast<long long>(mendable.size()));
  expect_same_lines(site_.good_donations(true), landed_donations(target_));
  EXPECT_EQ(read_ledger(target_).open_letters, 0);
}

TEST_P(Wordpress, RetryLandsOneLetterByItsIdAndDoesItOnce) {
  run();
  const auto id = dirty_ids({"text_amount"}).front();
  const auto letter =
      workspace_.json({"dlq", "list", pipeline_, "--key", id}).at("items").at(0).at("letter_id").get<std::string>();
  const auto still_dirty = workspace_.json({"dlq", "retry", pipeline_, letter});
  EXPECT_EQ(still_dirty.at("recovered"), 0) << still_dirty.dump();
  EXPECT_EQ(still_dirty.at("failed_again"), 1) << still_dirty.dump();

  const auto mended_file = workspace_.write(
      "mended.yaml",
      replaced(read_file(pipeline_), "{ from: meta.amount_kobo, type: integer }",
               "{ from: meta.amount_text, trim: true, amount: { thousands: \",\", currency_symbols: [₦, NGN] } }"));
  const auto retried = workspace_.json({"dlq", "retry", mended_file, letter});
  EXPECT_EQ(retried.at("recovered"), 1) << retried.dump();
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations"), clean_ + 1);
  const auto again = workspace_.sentinel({"dlq", "retry", mended_file, letter});
  EXPECT_EQ(again.exit_code, 2) << again;
  EXPECT_TRUE(contains(again.err, "recovered")) << again;
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations"), clean_ + 1);
}

TEST_P(Wordpress, DiscardedLettersCountAsSettledInTheNextRun) {
  run();
  const auto ids = dirty_ids({"zero_amount"});
  std::vector<std::string> command = {"dlq", "discard", pipeline_};
  for (const auto& id : ids)
    command.push_back(
        workspace_.json({"dlq", "list", pipeline_, "--key", id}).at("items").at(0).at("letter_id").get<std::string>());
  const auto without_reason = workspace_.sentinel(command);
  EXPECT_EQ(without_reason.exit_code, 2) << without_reason;
  EXPECT_TRUE(contains(without_reason.err, "--reason")) << without_reason;
  command.insert(command.end(), {"--reason", "a test donation"});
  const auto discarded = workspace_.sentinel(command);
  ASSERT_EQ(discarded.exit_code, 0) << discarded;

  const auto settled = static_cast<long long>(ids.size());
  const auto second = run();
  expect_landed(second, 0, 0, clean_);
  EXPECT_EQ(records(second, "settled"), settled) << second.dump();
  EXPECT_EQ(records(second, "dead-lettered"), dirty_ - settled) << second.dump();
  EXPECT_EQ(read_ledger(target_).open_letters, dirty_ - settled);
  EXPECT_EQ(letters().size(), static_cast<std::size_t>(dirty_ - settled));
}

INSTANTIATE_TEST_SUITE_P(To, Wordpress, testing::Values(Kind::kMariadb, Kind::kPostgresql),
                         [](const auto& info) { return name_of(info.param); });

// The sample that needs no server, with the pipeline that the quickstart runs: the head of its SQL file counts what
// must land.
TEST(WordpressSample, LandsInSqliteWithExactAmounts) {
  Database source(Kind::kSqlite), target(Kind::kSqlite);
  source.run_file(source_folder() / "sql/source/wordpress_sqlite.sql");
  source.run_file(source_folder() / "sql/source/sample_donations.sql");
  Workspace workspace(source.url(), target.url());
  const auto pipeline = shipped_pipeline("wordpress_sample_to_sqlite.yaml");
  const auto first = workspace.json({"run", pipeline});
  expect_balanced(first);
  EXPECT_EQ(records(first, "landed"), 9957) << first.dump();
  EXPECT_EQ(records(first, "dead-lettered"), 32) << first.dump();
  EXPECT_EQ(records(first, "filtered"), 11) << first.dump();
  EXPECT_EQ(naira_kobo(first, "landed"), 2504875391193);
  EXPECT_EQ(target.value("SELECT SUM(CAST(replace(amount_naira, '.', '') AS INTEGER)) FROM donations"),
            "2504875391193");
  const auto second = workspace.json({"run", pipeline});
  EXPECT_EQ(records(second, "landed"), 0) << second.dump();
  EXPECT_EQ(records(second, "unchanged"), 9957) << second.dump();
}

TEST(WordpressSample, LandsInTheTableThatADbaMade) {
  Database source(Kind::kSqlite), target(Kind::kSqlite);
  source.run_file(source_folder() / "sql/source/wordpress_sqlite.sql");
  source.run_file(source_folder() / "sql/source/sample_donations.sql");
  target.run_file(source_folder() / "sql/target/donations_sqlite.sql");
  Workspace workspace(source.url(), target.url());
  const auto pipeline = shipped_pipeline("wordpress_sample_to_sqlite.yaml");
  EXPECT_EQ(records(workspace.json({"run", pipeline}), "inserted"), 9957);
  EXPECT_EQ(records(workspace.json({"run", pipeline}), "unchanged"), 9957);
}

}  // namespace
}  // namespace sentinel::integration
