#include "support/http/client.hpp"

#include "support/http/tests/loopback_server.hpp"
#include "support/tests/test_host.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace sentinel::support::http {
namespace {

Settings settings_for(const Server& server) {
  Settings settings;
  settings.address = *parse_address(server.url());
  return settings;
}

TEST(HttpClient, SendsWhatItIsGivenAndReadsHeadersAndBody) {
  Server server([](const std::string&) { return response("200 OK\r\nX-WP-Total:  57 ", R"({"a":1})"); });
  TestHost host;
  auto settings = settings_for(server);
  settings.headers = {"Authorization: Bearer canary"};
  Client client(settings, host.host);
  const auto answer = client.get("/v2/items", {{"limit", "100"}, {"a[b]", "c d"}});
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, R"({"a":1})");
  EXPECT_EQ(answer->number("x-wp-total"), 57);
  EXPECT_EQ(answer->what, "GET " + server.url() + "/v2/items");
  ASSERT_EQ(server.requests.size(), 1u);
  EXPECT_TRUE(server.requests[0].starts_with("GET /v2/items?limit=100&a%5Bb%5D=c%20d HTTP/1.1\r\n"))
      << server.requests[0];
  EXPECT_NE(server.requests[0].find("Authorization: Bearer canary\r\n"), std::string::npos);
}

TEST(HttpClient, ABodyCutShortIsNoAnswer) {
  Server server([](const std::string&) {
    return std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{\"items\":[");
  });
  TestHost host;
  Client client(settings_for(server), host.host);
  const auto answer = client.get("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
  EXPECT_EQ(answer.error().native_code(), "18");
}

TEST(HttpClient, NobodyThereIsUnavailable) {
  std::string url;
  {
    Server server([](const std::string&) { return response("200 OK", "{}"); });
    url = server.url();
  }
  TestHost host;
  Settings settings;
  settings.address = *parse_address(url);
  Client client(settings, host.host);
  const auto answer = client.get("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
  EXPECT_NE(answer.error().message().find("is the server running"), std::string::npos) << answer.error().message();
}

TEST(HttpClient, FollowsRedirectsInsideTheOriginOnly) {
  std::string elsewhere;
  Server other([](const std::string&) { return response("200 OK", "{}"); });
  Server server([&](const std::string& request) {
    if (request.starts_with("GET /inside")) return response("301 Moved\r\nLocation: /there", "");
    if (request.starts_with("GET /outside")) return response("302 Found\r\nLocation: " + other.url() + "/x", "");
    return response("200 OK", R"({"there":true})");
  });
  TestHost host;
  Client client(settings_for(server), host.host);
  const auto inside = client.get("/inside");
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->body, R"({"there":true})");
  const auto outside = client.get("/outside");
  ASSERT_TRUE(outside);
  EXPECT_EQ(outside->status, 302);
  EXPECT_EQ(check_status(*outside).code(), Code::kRefused);
  EXPECT_TRUE(other.requests.empty());
}

TEST(HttpClient, ABodyOverTheLimitIsRefused) {
  Server server([](const std::string&) { return response("200 OK", std::string(5000, ' ')); });
  TestHost host;
  auto settings = settings_for(server);
  settings.max_body_bytes = 1000;
  Client client(settings, host.host);
  const auto answer = client.get("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kInvalidData);
}

TEST(HttpClient, CancelEndsAGetThatWaits) {
  Server server([](const std::string&) { return std::string(); });
  TestHost host;
  Client client(settings_for(server), host.host);
  auto answer = std::async(std::launch::async, [&] { return client.get("/").error().code(); });
  server.is_asked.get_future().wait();
  client.cancel();
  EXPECT_EQ(answer.get(), Code::kCancelled);
}

}  // namespace
}  // namespace sentinel::support::http
