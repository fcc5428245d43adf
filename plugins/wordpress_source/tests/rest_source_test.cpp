// What a real site cannot be made to do: faults in the middle of a list, plugins that page in their own way, and many
// deletions in all orders. The site is a small server on loopback that knows the few routes that are asked.
#include "wordpress_source/rest_source.hpp"

#include "support/http/tests/loopback_server.hpp"
#include "support/tests/source_probe.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace sentinel::wordpress_source {
namespace {

using support::fetch_keys;
using support::read_page;
using support::read_pass;
using support::RejectLog;
using support::Taken;
using support::http::response;
using Texts = std::vector<std::string>;

constexpr const char* kDescription =
    R"({"endpoints":[{"args":{"status":{"items":{"enum":["publish","draft","trash","any"]}}}}],
        "schema":{"properties":{"id":{"type":"integer"},"meta":{"properties":
        {"amount":{"type":"integer"},"_hidden":{"type":"string"}}}}}})";

class SmallSite {
 public:
  std::string answer(const std::string& request) {
    const auto list = request.find("/wp/v2/donations?context") != std::string::npos;
    if (list && spoil) return spoil(request, list_answer(request));
    if (list) return list_answer(request);
    if (request.find("/users/me?") != std::string::npos) return json(R"({"id":1})");
    if (request.find("/types?") != std::string::npos)
      return json(R"({"post":{"rest_base":"posts"},"donation":{"rest_base":"donations","rest_namespace":"wp/v2"}})");
    if (request.find("/wp/v2/posts?context") != std::string::npos) return json("[]", "X-WP-Total: 0\r\n");
    if (request.find("_method=OPTIONS") != std::string::npos) return json(kDescription);
    if (!index.empty()) return index;
    return json(R"({"namespaces":["wp/v2"],"timezone_string":")" + zone + R"(","gmt_offset":1})");
  }

  std::string list_answer(const std::string& request) const {
    const auto offset = number_behind(request, "&offset="), limit = number_behind(request, "&per_page=");
    std::string items;
    std::size_t at = 0;
    for (const auto& [id, status] : posts) {
      if (at >= offset && at < offset + limit) items += (items.empty() ? "" : ",") + item(id, status);
      ++at;
    }
    return json("[" + items + "]", fmt::format("X-WP-Total: {}\r\n", items.empty() ? 0 : posts.size()));
  }

  static std::string item(int id, const std::string& status) {
    return fmt::format(R"({{"id":{},"status":"{}","type":"donation","title":{{"raw":"Gift {}"}},"slug":"s",)"
                       R"("date_gmt":"2026-01-01T10:00:00","modified_gmt":"2026-01-01T10:00:00",)"
                       R"("meta":{{"amount":{},"_hidden":""}}}})",
                       id, status, id, id * 100);
  }
  std::string json(const std::string& body, const std::string& headers = "") const {
    return response("200 OK\r\nDate: " + date + "\r\n" + headers + "Content-Type: application/json", body);
  }
  static std::size_t number_behind(const std::string& request, const std::string& name) {
    const auto at = request.find(name);
    return at == std::string::npos ? 0 : static_cast<std::size_t>(std::atoll(request.c_str() + at + name.size()));
  }

  std::map<int, std::string> posts;  // id -> status
  std::string index;                 // the answer in place of the site's own account of itself
  std::string zone = "Africa/Lagos", date = "Thu, 01 Jan 2026 12:00:00 GMT";
  std::function<std::string(const std::string& request, const std::string& answer)> spoil;
};

class RestSourceTest : public testing::Test {
 protected:
  RestSourceTest() {
    options.base_url = server.url();
    options.user = "ada";
    options.application_password = "abcd efgh";
  }
  void add_posts(int count) {
    for (int i = 1; i <= count; ++i) site.posts[3 * i] = "publish";
  }
  std::unique_ptr<RestSource> source() {
    auto opened = RestSource::open(options, host.host);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  // Reads after the cursor, which must fail.
  Status failure(RestSource& from, const Cursor& cursor) {
    Taken taken;
    RejectLog log(taken);
    auto page = from.read(cursor, {}, log.rejects);
    EXPECT_FALSE(page);
    EXPECT_TRUE(taken.rejects.empty());
    return page ? Status() : std::move(page).error();
  }
  // What the window of the last list began with; empty: there was none.
  std::string window() const {
    const auto& last = server.requests.back();
    const auto at = last.find("modified_after=");
    return at == std::string::npos ? "" : last.substr(at + 15, 24);
  }

  SmallSite site;
  support::http::Server server{[this](const std::string& request) { return site.answer(request); }};
  support::TestHost host;
  Options options;
};

TEST_F(RestSourceTest, GivesTheFieldsOfDatabaseModeAndTheMetaThatIsShown) {
  add_posts(2);
  site.posts[6] = "trash";
  auto rest = source();
  const auto taken = read_pass(*rest);
  ASSERT_EQ(taken.rows.size(), 2u);
  EXPECT_EQ(taken.rows[0].at("meta.amount"), "300");
  EXPECT_EQ(taken.rows[0].at("created_gmt"), "2026-01-01 10:00:00");
  EXPECT_EQ(taken.rows[0].count("meta._hidden"), 0u);
  EXPECT_EQ(taken.filtered.at(1), "status is trash");
  Texts found;
  RestSource& asked = *rest;
  EXPECT_TRUE(asked.discover([&](const FoundField& field) { found.push_back(field.entity + "." + field.field); }).ok());
  EXPECT_NE(std::ranges::find(found, "donation.meta._hidden"), found.end());
}

TEST_F(RestSourceTest, AFaultInTheMiddleOfAListIsNeverItsEnd) {
  add_posts(150);
  auto rest = source();
  const auto first = read_page(*rest, {});
  ASSERT_FALSE(first.done);
  const std::vector<std::tuple<std::string, Code, std::string>> faults = {
      {response("429 Too Many Requests\r\nRetry-After: 7", ""), Code::kThrottled, "429"},
      {response("503 Service Unavailable", "<html>"), Code::kUnavailable, "503"},
      {response("200 OK", "<html>checking your browser</html>"), Code::kUnavailable, "not a JSON array"},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n[{\"id\":", Code::kUnavailable,
       "incomplete answer"},
      {response("200 OK\r\nX-WP-Total: 150", "[{\"id\":303}"), Code::kUnavailable, "not a JSON array"},
      {response("200 OK", "[]"), Code::kUnavailable, "X-WP-Total"},
      {response("401 Unauthorized", R"({"code":"rest_forbidden_context"})"), Code::kRefused, "application password"},
      {response("403 Forbidden", "<html>"), Code::kRefused, "application password"},
      {response("404 Not Found", R"({"code":"rest_no_route"})"), Code::kInvalidConfig, "rest_no_route"},
      {response("400 Bad Request", R"({"code":"rest_post_invalid_page_number"})"), Code::kInvalidConfig,
       "page_number"}};
  for (const auto& [answer, code, words] : faults) {
    site.spoil = [answer = answer](const std::string&, const std::string&) { return answer; };
    const auto fault = failure(*rest, first.next);
    EXPECT_EQ(fault.code(), code) << fault.message();
    EXPECT_NE(fault.message().find(words), std::string::npos) << fault.message();
    EXPECT_EQ(fault.message().find("abcd"), std::string::npos);
    site.spoil = nullptr;
    EXPECT_EQ(read_page(*rest, first.next).rows.size(), 50u) << "the same cursor goes on behind the fault";
  }
}

TEST_F(RestSourceTest, ASiteThatPagesInItsOwnWayIsRefusedAfterTwoTrials) {
  add_posts(199);  // so that a first page in the place of the second one would look like the end
  const std::vector<std::pair<std::string, std::function<std::string(const std::string&)>>> ways = {
      {"first posts",
       [&](const std::string& request) {
         return site.list_answer(fmt::format("&offset=0&per_page={}", SmallSite::number_behind(request, "&per_page=")));
       }},
      {"some plugin reorders",
       [&](const std::string&) {
         return site.json("[" + SmallSite::item(400, "publish") + "," + SmallSite::item(390, "publish") + "]",
                          "X-WP-Total: 199\r\n");
       }},
      {"may not edit all", [&](const std::string&) {
         return site.json("[" + SmallSite::item(300, "publish") + "]", "X-WP-Total: 199\r\n");
       }}};
  for (const auto& [words, way] : ways) {
    auto rest = source();
    const auto first = read_page(*rest, {});
    site.spoil = [way = way](const std::string& request, const std::string&) { return way(request); };
    EXPECT_EQ(failure(*rest, first.next).code(), Code::kUnavailable);
    EXPECT_EQ(failure(*rest, first.next).code(), Code::kUnavailable);
    const auto last = failure(*rest, first.next);
    EXPECT_EQ(last.code(), Code::kRefused);
    EXPECT_NE(last.message().find(words), std::string::npos) << last.message();
    site.spoil = nullptr;
  }
}

// Posts are deleted and created between any two answers; the source is opened again for each page.
TEST_F(RestSourceTest, EveryPostThatIsThereThroughoutIsReadOnce) {
  std::mt19937 random(7);
  const auto below = [&](int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); };
  for (int pass = 0; pass < 12; ++pass) {
    site.posts.clear();
    std::set<int> throughout;
    for (int i = 0; i < 40; ++i) throughout.insert(1 + below(1000));
    for (const int id : throughout) site.posts[id] = "publish";
    for (int i = 0; i < 40; ++i) site.posts.emplace(1 + below(1000), "draft");
    site.spoil = [&](const std::string& request, const std::string&) {
      const auto answer = site.list_answer(request);
      for (int i = below(12); i > 0; --i) {
        const auto at = std::next(site.posts.begin(), below(static_cast<int>(site.posts.size())));
        if (!throughout.contains(at->first)) site.posts.erase(at);
      }
      for (int i = below(6); i > 0; --i) site.posts.emplace(1 + below(1000), "draft");
      return answer;
    };
    std::map<std::string, int> seen;
    Taken page;
    const std::int64_t size = 1 + below(20);
    do {
      const auto from = page.next;
      page = Taken();
      RejectLog log(page);
      auto rest = source();
      const auto answer = rest->read(from, {size, 4 << 20}, log.rejects);
      if (!answer) {  // the site moved so oddly that the source wants another look
        ASSERT_EQ(answer.error().code(), Code::kUnavailable) << answer.error().message();
        page.next = from;
        continue;
      }
      support::add_page(page, *rest->schema(), *answer);
      for (const auto& id : page.all("id")) ++seen[id];
    } while (!page.done && !HasFailure());
    for (const int id : throughout) EXPECT_EQ(seen[std::to_string(id)], 1) << "post " << id << " in pass " << pass;
    for (const auto& [id, times] : seen) EXPECT_EQ(times, 1) << "post " << id << " in pass " << pass;
  }
}

TEST_F(RestSourceTest, WindowsReachBackOverTheHourThatLocalTimeRepeats) {
  options.incremental = Incremental::kModified;
  add_posts(1);
  const auto first = read_pass(*source());
  EXPECT_EQ(window(), "");
  site.date = "Thu, 01 Jan 2026 13:00:00 GMT";
  const auto second = read_pass(*source(), first.next);
  EXPECT_EQ(window(), "2026-01-01T10%3A49%3A59Z") << "12:00 less ten minutes, an hour and a second";
  site.zone = "Europe/London";
  const auto third = read_pass(*source(), second.next);
  EXPECT_EQ(window(), "") << "times written before are local to another zone";
  site.date = "Thu, 01 Jan 2026 12:59:00 GMT";
  read_pass(*source(), third.next);
  EXPECT_EQ(window(), "") << "the site's clock was set back";
  options.incremental = Incremental::kFull;
  read_pass(*source(), second.next);
  EXPECT_EQ(window(), "");
}

TEST_F(RestSourceTest, AnEmptyTypeIsReadToItsEnd) {
  auto rest = source();
  const auto taken = read_pass(*rest);
  EXPECT_TRUE(taken.rows.empty());
  EXPECT_EQ(taken.pages, 1);
  ASSERT_FALSE(host.lines.empty());
  EXPECT_EQ(host.lines[0], "the site has no post of this type content=donation");
}

TEST_F(RestSourceTest, AnAnswerThatIsTooLargeIsAskedForInHalves) {
  add_posts(60);
  site.spoil = [&](const std::string& request, const std::string& answer) {
    return SmallSite::number_behind(request, "&per_page=") > 50 ? response("200 OK", std::string((64u << 20) + 1, ' '))
                                                                : answer;
  };
  auto rest = source();
  EXPECT_EQ(read_pass(*rest).rows.size(), 60u);
}

TEST_F(RestSourceTest, SaysWhereItLookedForTheApi) {
  const std::vector<std::tuple<std::string, Code, std::string>> answers = {
      {response("404 Not Found", "<html>"), Code::kInvalidConfig,
       "neither at /wp-json/ (404) nor at /?rest_route=/ (404)"},
      {response("301 Moved Permanently\r\nLocation: https://www.example.org/", ""), Code::kRefused,
       "redirects to https://www.example.org/"},
      {response("403 Forbidden", R"({"code":"rest_disabled"})"), Code::kRefused, "the REST API is blocked"},
      {response("503 Service Unavailable", "<html>"), Code::kUnavailable, "503"},
      {response("200 OK", "<html>maintenance</html>"), Code::kUnavailable, "not the index of a REST API"}};
  for (const auto& [answer, code, words] : answers) {
    site.index = answer;
    const auto fault = source()->check();
    EXPECT_EQ(fault.code(), code) << fault.message();
    EXPECT_NE(fault.message().find(words), std::string::npos) << fault.message();
  }
}

TEST_F(RestSourceTest, SaysWhatTheSiteShowsInPlaceOfWhatIsMissing) {
  options.content = "donations";
  auto fault = source()->schema().error().message();
  EXPECT_TRUE(
      fault.starts_with("the site shows no post type \"donations\" over REST; did you mean \"donation\"? it "
                        "shows: post, donation; "))
      << fault;
  options.content = "donation";
  options.meta = Texts{"amount", "amount_kobo"};
  const auto refused = source()->schema();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().option_path(), "meta.1");
  EXPECT_NE(refused.error().message().find("register_post_meta('donation', 'amount_kobo'"), std::string::npos);
}

}  // namespace
}  // namespace sentinel::wordpress_source
