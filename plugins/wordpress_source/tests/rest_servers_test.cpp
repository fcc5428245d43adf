// REST mode before a real WordPress: PHP's own web server over a copy of the seeded site, which the tests edit as they
// like through its database.
#include "wordpress_source/rest_source.hpp"
#include "wordpress_source/wordpress_source.hpp"

#include "database/connection.hpp"
#include "support/tests/source_probe.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>

namespace sentinel::wordpress_source {
namespace {

using support::fetch_keys;
using support::read_page;
using support::read_pass;
using support::RejectLog;
using support::Taken;
using Texts = std::vector<std::string>;
using Row = std::map<std::string, std::string>;

Texts script(const std::string& words) {
  Texts lines;
  auto* out = popen((std::string(SENTINEL_SOURCE_DIR "/tests/servers/wordpress.sh ") + words).c_str(), "r");
  char line[400];
  while (std::fgets(line, sizeof line, out) != nullptr) lines.emplace_back(line).pop_back();
  EXPECT_EQ(pclose(out), 0) << "wordpress.sh " << words;
  return lines;
}

class RestServerTest : public testing::Test {
 protected:
  // The site with its first donations only, or with all, dirt included.
  void start(const std::string& donations) {
    database_name = fmt::format("wordpress_rest_{}", ::getpid());
    const auto copied = script("copy " + database_name + " " + donations), served = script("serve " + database_name);
    ASSERT_EQ(copied.size(), 1u);
    ASSERT_EQ(served.size(), 3u);
    options.base_url = served[0];
    options.user = served[1];
    options.application_password = served[2];
    database_options.connection = copied[0];
    auto admin_url = script("admin-url").at(0);
    admin_url.resize(admin_url.rfind('/') + 1);
    const auto url = database::parse_url(admin_url + database_name);
    ASSERT_TRUE(url) << url.error().message();
    auto opened = database::Connection::open(*url, {});
    ASSERT_TRUE(opened) << opened.error().message();
    database = std::move(*opened);
    run("SET SESSION sql_mode = ''");
  }
  void TearDown() override {
    script("unserve " + database_name);
    if (database != nullptr) run("DROP DATABASE " + database_name);
  }
  void run(const std::string& sql) {
    const auto done = database->execute(sql);
    ASSERT_TRUE(done) << sql << ": " << done.error().message();
  }
  std::string value(const std::string& sql) {
    const auto rows = database->query(sql);
    EXPECT_TRUE(rows && rows->size() == 1) << sql;
    return rows ? rows->at(0).at(0).value_or("") : "";
  }
  std::unique_ptr<RestSource> source() {
    auto opened = RestSource::open(options, host.host);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  Status failure(RestSource& from, const Cursor& cursor) {
    Taken taken;
    RejectLog log(taken);
    auto page = from.read(cursor, {}, log.rejects);
    EXPECT_FALSE(page);
    return page ? Status() : std::move(page).error();
  }

  std::string database_name;
  support::TestHost host;
  Options options, database_options;
  std::unique_ptr<database::Connection> database;
};

std::map<std::string, Row> by_id(const Taken& taken) {
  std::map<std::string, Row> rows;
  for (const auto& row : taken.rows) EXPECT_TRUE(rows.emplace(row.at("id"), row).second) << "twice: " << row.at("id");
  return rows;
}

// What REST cannot show as it is: a post without a parent, times of posts that were never dated, what is missing.
Row without_known_differences(Row row, const Row& rest) {
  if (row.at("parent") == "0") row["parent"] = "null";
  for (const char* time : {"created_gmt", "modified_gmt"})
    if (row.at(time) == "null") row[time] = rest.at(time);
  for (auto& [field, text] : row)
    if (field.starts_with("meta.") && text == "null") text = field == "meta.amount_kobo" ? "0" : "";
  return row;
}

TEST_F(RestServerTest, GivesTheRecordsOfTheDatabaseAndRejectsWhatItCannotShow) {
  start("");
  // The site has one more key, which it does not show.
  database_options.meta =
      Texts{"amount_kobo", "amount_text", "currency", "donation_ref", "donor_email", "donor_name", "paystack_ref"};
  WordpressSource from_database(database_options, host.host);
  auto rest = source();
  const auto expected = read_pass(from_database);
  const auto taken = read_pass(*rest, {}, {1000, 4 << 20});
  const auto rows = by_id(taken);
  std::set<std::string> rejected;
  for (const auto& reject : taken.rejects) EXPECT_TRUE(rejected.insert(reject.key).second);
  for (const auto& row : expected.rows) {
    const auto& id = row.at("id");
    const auto found = rows.find(id);
    ASSERT_NE(found != rows.end(), rejected.contains(id)) << "post " << id << " must be a row or a reject";
    if (found != rows.end()) {
      ASSERT_EQ(without_known_differences(row, found->second), found->second) << "post " << id;
    }
  }
  EXPECT_EQ(taken.filtered.size(), expected.filtered.size());
  std::set<std::string> reasons;
  for (const auto& [row, reason] : taken.filtered) reasons.insert(reason);
  EXPECT_EQ(reasons, (std::set<std::string>{"status is auto-draft", "status is draft", "status is trash"}));
  // Text, fractions, 20 digits and NULL in an amount that is registered as an integer.
  EXPECT_EQ(rejected.size(), 9u);
  // Of two different amounts REST shows the first and does not say so.
  EXPECT_EQ(rows.size() + rejected.size(), expected.rows.size() + expected.rejects.size());
}

// Public routes answer 200 to any of the three.
TEST_F(RestServerTest, AUserWhoIsNotAcceptedOrMayNotReadAllIsRefused) {
  start("150");
  auto rest = source();
  const auto first = read_page(*rest, {});
  ASSERT_FALSE(first.done);
  const auto right = options.application_password;
  options.application_password = "wrong wrong wrong";
  const auto wrong = source()->check();
  EXPECT_EQ(wrong.code(), Code::kRefused);
  EXPECT_EQ(wrong.option_path(), "application_password");
  EXPECT_NE(wrong.message().find("answered 401 (rest_not_logged_in"), std::string::npos) << wrong.message();

  options.application_password = right;
  run("UPDATE wp_usermeta SET meta_value = 'a:1:{s:6:\"author\";b:1;}' WHERE meta_key = 'wp_capabilities'");
  auto author = source();
  EXPECT_EQ(author->check().code(), Code::kUnavailable);
  EXPECT_EQ(author->check().code(), Code::kUnavailable);
  const auto refused = author->check();
  EXPECT_EQ(refused.code(), Code::kRefused);
  EXPECT_NE(refused.message().find("may not edit all"), std::string::npos) << refused.message();

  run("DELETE FROM wp_usermeta WHERE meta_key = '_application_passwords'");
  const auto revoked = failure(*rest, first.next);
  EXPECT_EQ(revoked.code(), Code::kRefused) << revoked.message();
  EXPECT_EQ(revoked.option_path(), "application_password");
}

TEST_F(RestServerTest, PostsThatWereChangedInOneSecondAreEachReadOnce) {
  start("200");
  options.incremental = Incremental::kModified;
  run("UPDATE wp_posts SET post_modified = '2024-02-01 11:00:00', post_modified_gmt = '2024-02-01 10:00:00'");
  const auto first = read_pass(*source());
  ASSERT_EQ(first.rows.size(), 200u);
  run("UPDATE wp_posts SET post_modified_gmt = UTC_TIMESTAMP(), post_modified = UTC_TIMESTAMP() + INTERVAL 1 HOUR "
      "WHERE post_type = 'donation' ORDER BY ID LIMIT 160");
  auto changed = first.all("id");
  changed.resize(160);
  for (const std::int64_t size : {7, 100}) {
    auto rest = source();
    const auto second = read_pass(*rest, first.next, {size, 4 << 20});
    EXPECT_EQ(second.all("id"), changed) << "pages of " << size;
  }
}

TEST_F(RestServerTest, PostsDeletedBetweenPagesHideNoOther) {
  start("90");
  std::set<std::string> seen, gone;
  Taken page;
  do {  // each page by a new source, as after kill -9
    auto rest = source();
    page = read_page(*rest, page.next, {15, 4 << 20});
    for (const auto& id : page.all("id")) EXPECT_TRUE(seen.insert(id).second) << "twice: " << id;
    if (page.rows.empty() || page.done) continue;
    const auto last = page.rows.back().at("id");
    const auto doomed = database->query(
        fmt::format("(SELECT ID FROM wp_posts WHERE post_type = 'donation' AND ID <= {0} ORDER BY ID LIMIT 4) UNION "
                    "(SELECT ID FROM wp_posts WHERE post_type = 'donation' AND ID > {0} ORDER BY ID LIMIT 1, 2)",
                    last));
    ASSERT_TRUE(doomed);
    for (const auto& row : *doomed) {
      gone.insert(row.at(0).value());
      run("DELETE FROM wp_posts WHERE ID = " + row.at(0).value());
    }
  } while (!page.done && !HasFailure());
  const auto left = database->query("SELECT ID FROM wp_posts WHERE post_type = 'donation'");
  ASSERT_TRUE(left);
  ASSERT_GT(gone.size(), 15u);
  for (const auto& row : *left) EXPECT_TRUE(seen.contains(row.at(0).value())) << "lost: " << row.at(0).value();
}

TEST_F(RestServerTest, FetchesCountsAndListsKeysOfEveryStatusBehindPrettyPermalinks) {
  start("120");
  run("UPDATE wp_options SET option_value = '/%postname%/' WHERE option_name = 'permalink_structure'");
  run("DELETE FROM wp_options WHERE option_name = 'rewrite_rules'");
  const auto first = value("SELECT MIN(ID) FROM wp_posts WHERE post_type = 'donation'");
  run("UPDATE wp_posts SET post_status = 'trash' WHERE ID = " + first);
  options.include_content = true;
  auto rest = source();
  EXPECT_EQ(rest->count().value_or(0), 120);
  const auto fetched = fetch_keys(*rest, {first, "99999999", "-" + first, "no number"});
  ASSERT_EQ(fetched.rows.size(), 1u);
  EXPECT_EQ(fetched.rows[0].at("status"), "trash");
  EXPECT_EQ(fetched.rows[0].at("content"), "<p>Thank you &amp; God bless &#8211; [give_receipt id=\"1\"]</p>");
  std::set<std::string> keys;
  Cursor at;
  for (bool done = false; !done;) {
    const auto page = rest->keys(at, {50, 4 << 20}, [&](std::string_view key) { keys.emplace(key); });
    ASSERT_TRUE(page) << page.error().message();
    at = page->next;
    done = page->done;
  }
  EXPECT_EQ(keys.size(), 120u);
  EXPECT_TRUE(keys.contains(first));
}

}  // namespace
}  // namespace sentinel::wordpress_source
