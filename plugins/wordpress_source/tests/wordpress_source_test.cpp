// Posts of a WordPress-shaped SQLite database: paging, resuming, dirt, statuses, windows.
#include "site_fixture.hpp"
#include "support/cell.hpp"

#include <gtest/gtest.h>

namespace sentinel::wordpress_source {
namespace {

using support::fetch_keys;
using support::read_page;
using support::read_pass;
using Texts = std::vector<std::string>;

class WordpressSourceTest : public testing::Test {
 protected:
  WordpressSourceTest() {
    create_site(database);
    options.connection = database.url();
  }
  WordpressSource source() {
    return WordpressSource(options, host.host,
                           [this](database::Connection&) -> Result<std::string> { return server_time; });
  }

  support::TestDatabase database;
  support::TestHost host;
  Options options;
  std::string server_time = "2026-01-01 13:00:00";
};

TEST_F(WordpressSourceTest, PivotsTheMetaThatPostsOfTheTypeCarry) {
  add_donations(database, 2);
  add_meta(database, 3, "Zeta", "z");
  add_meta(database, 3, "_edit_lock", "1");
  add_meta(database, 3, database::Value(), "orphan key");
  add_meta(database, 4, "only_of_revisions", "x");
  auto site = source();
  const auto schema = site.schema();
  ASSERT_TRUE(schema) << schema.error().message();
  Texts names;
  for (const auto& field : *schema) names.push_back(field.name);
  EXPECT_EQ(names, (Texts{"id", "status", "type", "title", "slug", "author", "parent", "created_gmt", "modified_gmt",
                          "meta.Zeta", "meta.amount_kobo", "meta.donation_ref"}));
  EXPECT_TRUE((*schema)[0].is_key);
  const auto taken = read_pass(site);
  ASSERT_EQ(taken.rows.size(), 2u);
  EXPECT_EQ(taken.rows[0].at("meta.amount_kobo"), "100");
  EXPECT_EQ(taken.rows[0].at("meta.Zeta"), "z");
  EXPECT_EQ(taken.rows[1].at("meta.Zeta"), "null");
  EXPECT_EQ(taken.rows[1].at("title"), "Donation 6");
  EXPECT_EQ(taken.rows[1].at("created_gmt"), "2026-01-01 12:00:00");
}

TEST_F(WordpressSourceTest, ResumingFromEveryCursorGivesEveryPostOnce) {
  add_donations(database, 23);
  options.meta = Texts{"amount_kobo"};
  auto site = source();
  const auto all = read_pass(site).all("id");
  ASSERT_EQ(all.size(), 23u);
  for (const std::int64_t size : {1, 4, 22, 23, 24}) {
    Texts seen;
    Cursor at;
    for (bool done = false; !done;) {
      auto restarted = source();
      const auto page = read_page(restarted, at, {size, 4 << 20});
      const auto again = read_page(restarted, at, {size, 4 << 20});
      EXPECT_EQ(page.all("id"), again.all("id"));
      EXPECT_EQ(page.next.text(), again.next.text());
      for (const auto& id : page.all("id")) seen.push_back(id);
      at = page.next;
      done = page.done;
    }
    EXPECT_EQ(seen, all) << "pages of " << size;
  }
}

TEST_F(WordpressSourceTest, ListsEveryIdOfTheTypeWhateverItsStatus) {
  add_donations(database, 4);
  add_post(database, 20, "trash");
  auto site = source();
  for (const std::int64_t size : {1, 2, 5, 6})
    EXPECT_EQ(support::list_keys(site, size), (Texts{"3", "6", "9", "12", "20"})) << "pages of " << size;
}

TEST_F(WordpressSourceTest, MetaIsFoundWhetherIdsLieCloseOrFarApart) {
  for (const std::int64_t id : {1, 2, 3, 1000, 50000}) {
    add_post(database, id);
    add_meta(database, id, "ref", "R" + std::to_string(id));
  }
  add_post(database, 4, "publish", "page");
  add_meta(database, 4, "ref", "of a page");
  add_meta(database, 5, "ref", "of no post");
  auto site = source();
  const Texts expected{"R1", "R2", "R3", "R1000", "R50000"};
  EXPECT_EQ(read_pass(site).all("meta.ref"), expected);
  EXPECT_EQ(read_pass(site, {}, {3, 4 << 20}).all("meta.ref"), expected);
  EXPECT_EQ(fetch_keys(site, {"3", "50000"}).all("meta.ref"), (Texts{"R3", "R50000"}));
}

TEST_F(WordpressSourceTest, AFinishedCursorBeginsTheNextPass) {
  add_donations(database, 2);
  auto site = source();
  const auto first = read_pass(site);
  add_post(database, 1);
  EXPECT_EQ(read_pass(site, first.next).all("id"), (Texts{"1", "3", "6"}));
}

TEST_F(WordpressSourceTest, APageEndsBehindTheRecordThatFillsIt) {
  add_donations(database, 5);
  add_meta(database, 6, "note", std::string(5000, 'x'));
  options.meta = Texts{"note"};
  auto site = source();
  const auto page = read_page(site, {}, {1000, 4096});
  EXPECT_EQ(page.all("id"), (Texts{"3", "6"}));
  EXPECT_FALSE(page.done);
  EXPECT_EQ(read_pass(site, page.next).all("id"), (Texts{"9", "12", "15"}));
}

TEST_F(WordpressSourceTest, ZeroDatesAreNull) {
  add_post(database, 5, "publish", "donation", "0000-00-00 00:00:00");
  auto site = source();
  EXPECT_EQ(read_pass(site).rows.at(0).at("modified_gmt"), "null");
}

TEST_F(WordpressSourceTest, RepeatedMetaIsADeadLetterUnlessTheValuesAgree) {
  add_donations(database, 3);
  add_meta(database, 3, "amount_kobo", "100");
  add_meta(database, 6, "amount_kobo", "999");
  add_meta(database, 9, "amount_kobo", database::Value());
  auto site = source();
  const auto taken = read_pass(site);
  EXPECT_EQ(taken.all("id"), Texts{"3"});
  ASSERT_EQ(taken.rejects.size(), 2u);
  EXPECT_EQ(taken.rejects[0].key, "6");
  EXPECT_EQ(taken.rejects[0].position, "post 6");
  EXPECT_EQ(taken.rejects[0].code, Code::kInvalidData);
  EXPECT_NE(taken.rejects[0].message.find("amount_kobo"), std::string::npos);
  EXPECT_EQ(taken.rejects[0].message.find("999"), std::string::npos);
  EXPECT_NE(taken.rejects[0].raw.find("meta.donation_ref: DON-2"), std::string::npos);
  options.repeated_meta = RepeatedMeta::kFirst;
  auto first = source();
  EXPECT_EQ(read_pass(first).all("meta.amount_kobo"), (Texts{"100", "200", "300"}));
  options.repeated_meta = RepeatedMeta::kLast;
  auto last = source();
  EXPECT_EQ(read_pass(last).all("meta.amount_kobo"), (Texts{"100", "999", "null"}));
}

TEST_F(WordpressSourceTest, OtherStatusesAreReadAndLeftOut) {
  add_post(database, 1, "trash");
  add_post(database, 2);
  add_post(database, 3, "auto-draft");
  add_meta(database, 3, "note", "\xFF broken");
  add_meta(database, 3, "note", "twice");
  auto site = source();
  const auto taken = read_pass(site);
  EXPECT_EQ(taken.all("id"), (Texts{"1", "2", "3"}));
  EXPECT_EQ(taken.filtered, (std::map<std::int64_t, std::string>{{0, "status is trash"}, {2, "status is auto-draft"}}));
  EXPECT_TRUE(taken.rejects.empty());
  options.statuses = Texts{"publish", "trash"};
  auto wider = source();
  EXPECT_EQ(read_pass(wider).filtered, (std::map<std::int64_t, std::string>{{2, "status is auto-draft"}}));
}

TEST_F(WordpressSourceTest, BrokenUtf8IsADeadLetterBesideGoodNeighbours) {
  add_donations(database, 3);
  add_meta(database, 6, "donor_note", "caf\xE9");
  auto site = source();
  const auto taken = read_pass(site);
  EXPECT_EQ(taken.all("id"), (Texts{"3", "9"}));
  ASSERT_EQ(taken.rejects.size(), 1u);
  EXPECT_EQ(taken.rejects[0].message, "field \"meta.donor_note\" is not valid UTF-8");
  EXPECT_NE(taken.rejects[0].raw.find("caf\xE9"), std::string::npos);
}

TEST_F(WordpressSourceTest, ARecordBeyondTheLimitKeepsItsFirstBytes) {
  add_donations(database, 2);
  add_meta(database, 3, "scan", std::string(support::kMaxRecordBytes + 1, 'x'));
  auto site = source();
  const auto taken = read_pass(site);
  EXPECT_EQ(taken.all("id"), Texts{"6"});
  ASSERT_EQ(taken.rejects.size(), 1u);
  EXPECT_EQ(taken.rejects[0].raw.size(), support::kMaxRawBytes);
}

TEST_F(WordpressSourceTest, WindowsReadWhatChangedAndWhatHasNoTime) {
  options.incremental = Incremental::kModified;
  add_post(database, 1, "publish", "donation", "2026-01-01 10:00:00");
  add_post(database, 2, "draft", "donation", "0000-00-00 00:00:00");
  add_post(database, 3, "publish", "donation", "2026-01-01 12:55:00");
  auto site = source();
  const auto first = read_pass(site);
  EXPECT_EQ(first.all("id"), (Texts{"1", "2", "3"}));
  add_post(database, 4, "publish", "donation", "2026-01-01 13:30:00");
  add_post(database, 5, "publish", "donation", "2026-01-01 14:00:01");
  server_time = "2026-01-01 14:00:00";
  const auto second = read_pass(site, first.next, {2, 4 << 20});
  EXPECT_EQ(second.all("id"), (Texts{"2", "3", "4"}));  // 3 by the overlap, 5 lies behind the window
  server_time = "2026-01-01 15:00:00";
  EXPECT_EQ(read_pass(site, second.next).all("id"), (Texts{"2", "5"}));
}

TEST_F(WordpressSourceTest, AWindowStaysFrozenWhenThePassGoesOnLater) {
  options.incremental = Incremental::kModified;
  add_donations(database, 3);
  auto site = source();
  const auto first = read_pass(site);
  server_time = "2026-01-02 00:00:00";
  for (const int id : {3, 6, 9})
    database.run("UPDATE wp_posts SET post_modified_gmt = '2026-01-01 20:00:00' WHERE ID = :1", {std::int64_t{id}});
  const auto page = read_page(site, first.next, {1, 4 << 20});
  server_time = "2026-01-03 00:00:00";
  database.run("UPDATE wp_posts SET post_modified_gmt = '2026-01-02 10:00:00' WHERE ID = 6");
  auto restarted = source();
  const auto rest = read_pass(restarted, page.next);
  EXPECT_EQ(rest.all("id"), Texts{"9"});
  EXPECT_EQ(read_pass(restarted, rest.next).all("id"), Texts{"6"});
}

TEST_F(WordpressSourceTest, FetchesTheKeysThatStillExist) {
  add_donations(database, 5);
  auto site = source();
  const auto taken = fetch_keys(site, {"9", "4", "3", "3", "777", "abc", ""});
  EXPECT_EQ(taken.all("id"), (Texts{"3", "9"}));
  EXPECT_EQ(taken.all("meta.amount_kobo"), (Texts{"100", "300"}));
  EXPECT_TRUE(fetch_keys(site, {}).rows.empty());
}

TEST_F(WordpressSourceTest, CountsThePosts) {
  add_donations(database, 5);
  add_post(database, 100, "trash");
  auto site = source();
  EXPECT_EQ(site.count().value_or(-1), 6);
}

TEST_F(WordpressSourceTest, ReadsTheTextOnlyWhereAsked) {
  add_donations(database, 1);
  options.include_content = true;
  auto site = source();
  EXPECT_EQ(read_pass(site).rows.at(0).at("content"), "text");
}

TEST_F(WordpressSourceTest, SaysWhichTypesThereAreWhereTheTypeIsEmpty) {
  add_donations(database, 2);
  options.content = "donations";
  auto site = source();
  const auto taken = read_pass(site);
  EXPECT_TRUE(taken.rows.empty());
  EXPECT_TRUE(taken.done);
  ASSERT_EQ(host.lines.size(), 1u);
  EXPECT_NE(host.lines[0].find("donation (2), revision (2)"), std::string::npos) << host.lines[0];
}

TEST_F(WordpressSourceTest, NamesThePrefixThatThereIs) {
  options.prefix = "site_";
  auto site = source();
  const auto checked = site.check();
  EXPECT_EQ(checked.code(), Code::kInvalidConfig);
  EXPECT_EQ(checked.option_path(), "prefix");
  EXPECT_NE(checked.message().find("with prefix \"wp_\""), std::string::npos) << checked.message();
}

TEST_F(WordpressSourceTest, NamesTheTablesWhereThereIsNoSite) {
  support::TestDatabase other;
  other.run("CREATE TABLE customers (id INTEGER)");
  options.connection = other.url();
  auto site = source();
  const auto schema = site.schema();
  ASSERT_FALSE(schema);
  EXPECT_NE(schema.error().message().find("no WordPress tables with prefix \"wp_\""), std::string::npos)
      << schema.error().message();
  EXPECT_NE(schema.error().message().find("tables found: customers"), std::string::npos) << schema.error().message();
}

TEST_F(WordpressSourceTest, AsksForAListWhereThereAreTooManyKeys) {
  add_donations(database, 1);
  for (std::size_t i = 0; i < kMostMetaKeys; ++i) add_meta(database, 3, "key" + std::to_string(i), "x");
  auto site = source();
  const auto schema = site.schema();
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().option_path(), "meta");
}

TEST_F(WordpressSourceTest, RefusesOptionsThatMeanNothing) {
  const auto path_of = [&](auto change) {
    auto bad = options;
    change(bad);
    const auto opened = WordpressSource::open(bad, host.host);
    return opened ? std::string("accepted") : opened.error().option_path();
  };
  EXPECT_EQ(path_of([](Options& o) { o.prefix = "wp_; DROP"; }), "prefix");
  EXPECT_EQ(path_of([](Options& o) { o.prefix = ""; }), "prefix");
  EXPECT_EQ(path_of([](Options& o) { o.statuses = Texts{}; }), "statuses");
  EXPECT_EQ(path_of([](Options& o) { o.content = ""; }), "content");
  EXPECT_EQ(path_of([](Options& o) { o.meta = Texts{"a", ""}; }), "meta.1");
  EXPECT_EQ(path_of([](Options&) {}), "accepted");
}

TEST_F(WordpressSourceTest, RefusesACursorOfAnotherSource) {
  add_donations(database, 1);
  auto site = source();
  ASSERT_TRUE(site.schema());
  support::Taken taken;
  support::RejectLog log(taken);
  const auto page = site.read(Cursor(std::int64_t{42}), {}, log.rejects);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code(), Code::kInvalidConfig);
}

TEST_F(WordpressSourceTest, CancelEndsTheNextReadAndNotTheOneAfter) {
  add_donations(database, 1);
  auto site = source();
  ASSERT_TRUE(site.schema());
  site.cancel();
  support::Taken taken;
  support::RejectLog log(taken);
  const auto page = site.read({}, {}, log.rejects);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code(), Code::kCancelled);
  EXPECT_EQ(read_pass(site).rows.size(), 1u);
}

TEST_F(WordpressSourceTest, DiscoversTypesAndTheirMeta) {
  add_donations(database, 2);
  auto site = source();
  Texts lines;
  ASSERT_TRUE(site.discover(
      [&](const FoundField& found) { lines.push_back(found.entity + " " + found.field + " " + found.sample); }));
  EXPECT_NE(std::find(lines.begin(), lines.end(), "donation meta.donation_ref DON-2"), lines.end());
  EXPECT_NE(std::find(lines.begin(), lines.end(), "revision id "), lines.end());
}

}  // namespace
}  // namespace sentinel::wordpress_source
