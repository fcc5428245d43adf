// Sends requests to the Data API v2 at the permitted rate, and checks every answer.
#include "webflow_source/api.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

namespace sentinel::webflow_source {
namespace {

using support::JsonKind;

constexpr int kStrangeAnswers = 3;

support::http::Settings settings_for(support::http::Address address, const std::string& token) {
  support::http::Settings settings;
  settings.address = std::move(address);
  settings.headers = {"Authorization: Bearer " + token};
  return settings;
}

}  // namespace

Api::Api(support::http::Address address, const std::string& token, std::int64_t requests_per_minute, Host& host)
    : host_(host), client_(settings_for(std::move(address), token), host), limit_(requests_per_minute, host) {}

Result<Reply> Api::get(const std::string& path, std::string_view expected, const support::http::Query& query) {
  SENTINEL_TRY(limit_.wait());
  SENTINEL_ASSIGN(auto answer, client_.get("/v2" + path, query));
  limit_.learn(answer);
  host_.count("http_requests");
  if (auto fault = support::http::check_status(answer); !fault.ok()) {
    if (answer.status != 401 && answer.status != 403) return fault;
    return Status(
               Code::kRefused,
               fmt::format("{}; the token is not accepted for this: create one for the site with the scopes sites:read "
                           "and CMS:read",
                           fault.message()))
        .native(fault.domain(), fault.native_code())
        .at_option("token");
  }
  const auto object = Object::parse(answer.body);
  if (!object || object->find(expected) == nullptr) return strange(answer, expected);
  strange_in_a_row_ = 0;
  return Reply{std::move(answer.body), answer.date_unix_ms()};
}

// Truncated bodies and HTML pages are temporary; a proxy that always answers with its own page is not.
Status Api::strange(const support::http::Answer& answer, std::string_view expected) {
  auto words = fmt::format("{} answered {} with {} bytes of \"{}\" that are not a JSON object with \"{}\"", answer.what,
                           answer.status, answer.body.size(), printable(answer.header("content-type")), expected);
  const bool may_pass = ++strange_in_a_row_ < kStrangeAnswers;
  if (!may_pass)
    words += fmt::format(", {} times in a row; is a proxy or a login page in front of the service?", strange_in_a_row_);
  return Status(may_pass ? Code::kUnavailable : Code::kRefused, std::move(words)).native("http", "strange_answer");
}

Result<std::vector<Object>> objects_of(const Object& answer, std::string_view name) {
  const auto strange = [&] {
    return Status(Code::kUnavailable, fmt::format("\"{}\" of the answer is not a list of objects", name))
        .native("http", "strange_answer");
  };
  const auto* member = answer.find(name);
  if (member == nullptr || member->kind != JsonKind::kArray) return strange();
  const auto items = support::parse_json_array(member->raw);
  if (!items) return strange();
  std::vector<Object> objects;
  for (const auto& item : *items) {
    auto object = Object::parse(item.raw);
    if (!object) return strange();
    objects.push_back(std::move(*object));
  }
  return objects;
}

}  // namespace sentinel::webflow_source
