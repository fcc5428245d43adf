#include "support/http/answer.hpp"

#include <gtest/gtest.h>

namespace sentinel::support::http {
namespace {

using std::chrono::milliseconds;

Answer answer_of(int status, std::map<std::string, std::string> headers = {}, std::string body = {}) {
  Answer answer;
  answer.status = status;
  answer.headers = std::move(headers);
  answer.body = std::move(body);
  answer.what = "GET https://example.ng/items";
  return answer;
}

TEST(HttpAnswer, EachStatusIsSomebodysFault) {
  const std::map<int, Code> expected = {{200, Code::kOk},
                                        {204, Code::kOk},
                                        {301, Code::kRefused},
                                        {400, Code::kInvalidConfig},
                                        {401, Code::kRefused},
                                        {403, Code::kRefused},
                                        {404, Code::kInvalidConfig},
                                        {405, Code::kInvalidConfig},
                                        {408, Code::kUnavailable},
                                        {410, Code::kInvalidConfig},
                                        {422, Code::kInvalidConfig},
                                        {425, Code::kUnavailable},
                                        {429, Code::kThrottled},
                                        {500, Code::kUnavailable},
                                        {501, Code::kInvalidConfig},
                                        {502, Code::kUnavailable},
                                        {503, Code::kUnavailable},
                                        {504, Code::kUnavailable},
                                        {505, Code::kInvalidConfig},
                                        {511, Code::kInvalidConfig},
                                        {520, Code::kUnavailable}};
  for (const auto& [status, code] : expected) EXPECT_EQ(check_status(answer_of(status)).code(), code) << status;
}

TEST(HttpAnswer, ThrottledSaysHowLongToWait) {
  const auto waited = [](int status, std::map<std::string, std::string> headers) {
    return check_status(answer_of(status, std::move(headers))).retry_after();
  };
  EXPECT_EQ(waited(429, {{"retry-after", "60"}}), milliseconds(60000));
  EXPECT_EQ(waited(503, {{"retry-after", "5"}}), milliseconds(5000));
  EXPECT_EQ(waited(429, {{"date", "Wed, 25 Nov 2026 08:00:00 GMT"}, {"retry-after", "Wed, 25 Nov 2026 08:00:30 GMT"}}),
            milliseconds(30000));
  EXPECT_EQ(waited(429, {{"date", "Wed, 25 Nov 2026 08:00:00 GMT"}, {"retry-after", "Wed, 25 Nov 2026 07:00:00 GMT"}}),
            milliseconds(0));
  EXPECT_EQ(waited(429, {{"x-ratelimit-reset", "12"}}), milliseconds(12000));
  EXPECT_EQ(waited(429, {{"retry-after", "999999999"}}), milliseconds(3600000));
  EXPECT_EQ(waited(429, {{"retry-after", "soon"}}), std::nullopt);
}

TEST(HttpAnswer, FaultsNameRequestStatusAndReason) {
  EXPECT_EQ(check_status(answer_of(404, {}, R"({"code": "rest_no_route", "message": "No route was found"})")).message(),
            "GET https://example.ng/items answered 404 (rest_no_route: No route was found)");
  EXPECT_EQ(check_status(answer_of(403, {}, "<html>blocked by the firewall</html>")).message(),
            "GET https://example.ng/items answered 403 with a body that is not JSON");
  const auto long_text = check_status(answer_of(400, {}, R"({"message": ")" + std::string(100000, 'x'))).message();
  EXPECT_LT(long_text.size(), 400u);
}

TEST(HttpAnswer, HtmlIsNoJson) {
  EXPECT_TRUE(answer_of(200, {}, "\n {\"a\":1}").looks_like_json());
  EXPECT_TRUE(answer_of(200, {}, "[]").looks_like_json());
  EXPECT_FALSE(answer_of(200, {}, "<!DOCTYPE html>").looks_like_json());
  EXPECT_FALSE(answer_of(200, {}, "").looks_like_json());
}

}  // namespace
}  // namespace sentinel::support::http
