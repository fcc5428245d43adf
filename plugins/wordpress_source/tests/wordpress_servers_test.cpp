// Posts of a real MariaDB or MySQL with WordPress's own table definitions: collations, zero dates, snapshots, the index
// used.
#include "site_fixture.hpp"

#include <gtest/gtest.h>

namespace sentinel::wordpress_source {
namespace {

using support::fetch_keys;
using support::read_page;
using support::read_pass;
using Texts = std::vector<std::string>;

class WordpressServerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database.is_open());
    create_site(database);
    options.connection = database.url();
  }
  WordpressSource source() { return WordpressSource(options, host.host); }

  support::TestDatabase database{"SENTINEL_TEST_MYSQL", "wordpress_source"};
  support::TestHost host;
  Options options;
};

TEST_F(WordpressServerTest, ResumingFromEveryCursorGivesEveryPostOnce) {
  add_donations(database, 9);
  auto site = source();
  const auto all = read_pass(site);
  EXPECT_EQ(all.all("meta.amount_kobo"), (Texts{"100", "200", "300", "400", "500", "600", "700", "800", "900"}));
  for (const std::int64_t size : {1, 2, 8, 9, 10}) {
    Texts seen;
    Cursor at;
    for (bool done = false; !done;) {
      auto restarted = source();
      const auto page = read_page(restarted, at, {size, 4 << 20});
      for (const auto& id : page.all("id")) seen.push_back(id);
      at = page.next;
      done = page.done;
    }
    EXPECT_EQ(seen, all.all("id")) << "pages of " << size;
  }
}

TEST_F(WordpressServerTest, MetaKeysAreTheSameOnlyByteForByte) {
  add_post(database, 1);
  add_meta(database, 1, "Amount", "1");
  add_meta(database, 1, "amount", "2");
  add_meta(database, 1, "ámount", "3");
  add_meta(database, 1, "amount ", "4");
  auto site = source();
  const auto row = read_pass(site).rows.at(0);
  EXPECT_EQ(row.at("meta.Amount"), "1");
  EXPECT_EQ(row.at("meta.amount"), "2");
  EXPECT_EQ(row.at("meta.ámount"), "3");
  EXPECT_EQ(row.at("meta.amount "), "4");
}

TEST_F(WordpressServerTest, ZeroDatesAndLongTextsAndEmoji) {
  add_post(database, 1, "draft", "donation", "0000-00-00 00:00:00");
  add_post(database, 2);
  const std::string note(300'000, 'n');
  add_meta(database, 2, "note", note);
  add_meta(database, 2, "donor", "Olúwáṣeun 😀");
  add_meta(database, 2, "empty", database::Value());
  auto site = source();
  const auto taken = read_pass(site);
  EXPECT_EQ(taken.rows.at(0).at("modified_gmt"), "null");
  EXPECT_EQ(taken.filtered.at(0), "status is draft");
  EXPECT_EQ(taken.rows.at(1).at("meta.note"), note);
  EXPECT_EQ(taken.rows.at(1).at("meta.donor"), "Olúwáṣeun 😀");
  EXPECT_EQ(taken.rows.at(1).at("meta.empty"), "null");
}

TEST_F(WordpressServerTest, RepeatedMetaIsADeadLetter) {
  add_donations(database, 3);
  add_meta(database, 6, "amount_kobo", "999");
  auto site = source();
  const auto taken = read_pass(site);
  EXPECT_EQ(taken.all("id"), (Texts{"3", "9"}));
  ASSERT_EQ(taken.rejects.size(), 1u);
  EXPECT_EQ(taken.rejects[0].key, "6");
}

TEST_F(WordpressServerTest, WindowsFollowTheServersClock) {
  options.incremental = Incremental::kModified;
  add_post(database, 1, "publish", "donation", "2020-01-01 10:00:00");
  add_post(database, 2, "draft", "donation", "0000-00-00 00:00:00");
  auto site = source();
  const auto first = read_pass(site);
  EXPECT_EQ(first.rows.size(), 2u);
  add_post(database, 3);
  database.run("UPDATE wp_posts SET post_modified_gmt = UTC_TIMESTAMP() WHERE ID = 3");
  database.run("UPDATE wp_posts SET post_modified_gmt = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE ID = 1");
  EXPECT_EQ(read_pass(site, first.next).all("id"), (Texts{"2", "3"}));
}

TEST_F(WordpressServerTest, APageUsesThePrimaryKey) {
  add_donations(database, 50);
  const auto plan = database.connection().query(
      "EXPLAIN SELECT ID, post_title FROM wp_posts FORCE INDEX (PRIMARY) WHERE post_type = 'donation' AND ID > 10 "
      "ORDER BY ID LIMIT 10");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->at(0).at(5).value_or(""), "PRIMARY");
}

TEST_F(WordpressServerTest, FetchesTheKeysThatStillExist) {
  add_donations(database, 5);
  auto site = source();
  EXPECT_EQ(fetch_keys(site, {"9", "4", "3", "777"}).all("meta.donation_ref"), (Texts{"DON-1", "DON-3"}));
}

TEST_F(WordpressServerTest, ALostConnectionIsUnavailableAndTheNextReadGoesOn) {
  add_donations(database, 3);
  auto site = source();
  const auto page = read_page(site, {}, {1, 4 << 20});
  support::lose_connection(database, site, page.next);
  EXPECT_EQ(read_pass(site, page.next).all("id"), (Texts{"6", "9"}));
}

TEST_F(WordpressServerTest, WarnsOfTablesWithoutTransactions) {
  database.run("ALTER TABLE wp_postmeta ENGINE=MyISAM");
  add_donations(database, 1);
  auto site = source();
  EXPECT_EQ(read_pass(site).rows.size(), 1u);
  ASSERT_EQ(host.lines.size(), 1u);
  EXPECT_NE(host.lines[0].find("no transactions"), std::string::npos);
}

}  // namespace
}  // namespace sentinel::wordpress_source
