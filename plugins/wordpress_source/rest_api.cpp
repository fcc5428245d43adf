// Sends requests to the REST API: finds its root, authenticates the user, and checks every answer.
#include "wordpress_source/rest_api.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <utility>

namespace sentinel::wordpress_source {
namespace {

using support::JsonKind;
using support::http::Answer;
using support::http::Query;

constexpr int kStrangeAnswers = 3;
constexpr const char* kSiteFields = "namespaces,timezone_string,gmt_offset";

support::http::Settings settings_for(support::http::Address base, const std::string& user,
                                     const std::string& password) {
  support::http::Settings settings;
  settings.address = std::move(base);
  settings.basic_user = user;
  settings.basic_password = password;
  return settings;
}

bool is_json(const Answer& answer, JsonKind kind) {
  return kind == JsonKind::kArray ? support::parse_json_array(answer.body).has_value()
                                  : support::parse_json_object(answer.body).has_value();
}

bool is_wordpress(const Answer& answer) {
  const auto index = support::JsonObject::parse(answer.body);
  return check_status(answer).ok() && index && index->find("namespaces") != nullptr;
}

std::string described(const Answer& answer) {
  return fmt::format("{} answered {} with {} bytes of \"{}\"", answer.what, answer.status, answer.body.size(),
                     printable(answer.header("content-type")));
}

}  // namespace

RestApi::RestApi(support::http::Address base, std::string user, const std::string& application_password, Host& host)
    : host_(host), user_(std::move(user)), client_(settings_for(std::move(base), user_, application_password), host) {}

Result<RestReply> RestApi::get(const std::string& route, JsonKind kind, const Query& query) {
  if (place_ == Place::kUnknown) SENTINEL_TRY(find_place());
  if (!is_user_proven_) SENTINEL_TRY(prove_user());
  auto reply = get_proven(route, kind, query);
  // For a user who is no longer authenticated, a status such as "draft" is invalid.
  if (!reply && reply.error().native_code() == "400") SENTINEL_TRY(prove_user());
  return reply;
}

Result<RestReply> RestApi::site() { return get("/", JsonKind::kObject, {{"_fields", kSiteFields}}); }

Result<Answer> RestApi::ask(Place place, const std::string& route, const Query& query) {
  host_.count("http_requests");
  if (place == Place::kPath) return client_.get("/wp-json" + route, query);
  Query whole{{"rest_route", route}};
  whole.insert(whole.end(), query.begin(), query.end());
  SENTINEL_ASSIGN(auto answer, client_.get("/", whole));
  answer.what += "?rest_route=" + route;
  return answer;
}

Status RestApi::find_place() {
  SENTINEL_ASSIGN(const auto by_path, ask(Place::kPath, "/", {{"_fields", kSiteFields}}));
  if (is_wordpress(by_path)) {
    place_ = Place::kPath;
    return {};
  }
  if (auto fault = check_status(by_path); is_retryable(fault.code())) return fault;
  SENTINEL_ASSIGN(const auto by_query, ask(Place::kQuery, "/", {{"_fields", kSiteFields}}));
  if (is_wordpress(by_query)) {
    place_ = Place::kQuery;
    return {};
  }
  if (const auto elsewhere = by_query.header("location"); !elsewhere.empty())
    return Status(Code::kRefused,
                  fmt::format("{} redirects to {}, which is not followed; if the site is there, name that address",
                              by_query.what, printable(elsewhere)))
        .at_option("base_url");
  auto fault = check_status(by_query);
  if (fault.ok())
    return strange(described(by_query) +
                   " that are not the index of a REST API; base_url is the address of the front page");
  if (is_retryable(fault.code())) return fault;
  if (by_query.status == 401 || by_query.status == 403)
    return std::move(fault).at_option("base_url").prefixed("the REST API is blocked, by a plugin or the host: ");
  return invalid_config(fmt::format("no WordPress at {}, neither at /wp-json/ ({}) nor at /?rest_route=/ ({}); "
                                    "name the address of the site's front page",
                                    client_.address().text(), by_path.status, by_query.status))
      .at_option("base_url");
}

// Public routes answer a wrong password with 200 and public data. This one does not.
Status RestApi::prove_user() {
  SENTINEL_ASSIGN([[maybe_unused]] const auto me,
                  get_proven("/wp/v2/users/me", JsonKind::kObject, {{"context", "edit"}, {"_fields", "id"}}));
  is_user_proven_ = true;
  return {};
}

Result<RestReply> RestApi::get_proven(const std::string& route, JsonKind kind, const Query& query) {
  SENTINEL_ASSIGN(auto answer, ask(place_, route, query));
  if (auto fault = check_status(answer); !fault.ok())
    return answer.status == 401 || answer.status == 403 ? not_accepted(fault) : std::move(fault);
  if (!is_json(answer, kind))
    return strange(described(answer) +
                   (kind == JsonKind::kArray ? " that are not a JSON array" : " that are not a JSON object"));
  return RestReply{std::move(answer.body), answer.number("x-wp-total"), answer.date_unix_ms()};
}

Status RestApi::not_accepted(const Status& fault) const {
  return Status(Code::kRefused,
                fmt::format("{}; the site does not let user \"{}\" read this with the application password: create one "
                            "under Users, Profile, Application Passwords (not the login password) for an editor or "
                            "administrator; some hosts strip the header Authorization",
                            fault.message(), printable(user_)))
      .native(fault.domain(), fault.native_code())
      .at_option("application_password");
}

Status RestApi::strange(std::string words) {
  const bool may_pass = ++strange_in_a_row_ < kStrangeAnswers;
  if (!may_pass)
    words += fmt::format(
        ", {} times in a row; is a proxy, a login page or a plugin in between? the site's database (connection) has "
        "everything",
        strange_in_a_row_);
  return Status(may_pass ? Code::kUnavailable : Code::kRefused, std::move(words)).native("http", "strange_answer");
}

}  // namespace sentinel::wordpress_source
