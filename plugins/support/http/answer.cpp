// Maps status codes to faults: the table of RFC 9110 section 15, for a client that only uses GET.
#include "support/http/answer.hpp"

#include <sentinel/text.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sentinel::support::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestWait{3600000};
constexpr std::size_t kShownBytes = 200;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> http_date_ms(std::string_view text) {
  const auto seconds = text.empty() ? -1 : curl_getdate(std::string(text).c_str(), nullptr);
  return seconds < 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(seconds) * 1000);
}

milliseconds bounded(std::int64_t ms) { return std::clamp(milliseconds(ms), milliseconds(0), kLongestWait); }

// The text of a JSON member, shortened for messages.
std::string said(std::string_view body, std::string_view member) {
  const auto at = body.find(fmt::format("\"{}\"", member));
  if (at == std::string_view::npos) return {};
  const auto from = body.find('"', body.find(':', at));
  if (from == std::string_view::npos) return {};
  auto text = body.substr(from + 1, kShownBytes);
  return std::string(text.substr(0, text.find('"')));
}

std::string explanation(const Answer& answer) {
  if (!answer.looks_like_json()) return answer.body.empty() ? "" : " with a body that is not JSON";
  const auto code = said(answer.body, "code");
  const auto message = said(answer.body, "message");
  if (code.empty() && message.empty()) return "";
  return fmt::format(" ({}{}{})", printable(code), code.empty() || message.empty() ? "" : ": ", printable(message));
}

Code code_of(const Answer& answer) {
  const int status = answer.status;
  if (status == 429) return Code::kThrottled;
  if (status == 503) return asked_wait(answer) ? Code::kThrottled : Code::kUnavailable;
  if (status == 408 || status == 425) return Code::kUnavailable;
  if (status == 501 || status == 505 || status == 511) return Code::kInvalidConfig;
  if (status >= 500) return Code::kUnavailable;
  if (status == 401 || status == 403 || status < 400) return Code::kRefused;
  return Code::kInvalidConfig;
}

}  // namespace

std::string_view Answer::header(const std::string& small_letters) const {
  const auto found = headers.find(small_letters);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::int64_t> Answer::number(const std::string& small_letters) const {
  return whole_number(header(small_letters));
}

std::optional<std::int64_t> Answer::date_unix_ms() const { return http_date_ms(header("date")); }

bool Answer::looks_like_json() const {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string::npos && (body[first] == '{' || body[first] == '[');
}

std::optional<milliseconds> asked_wait(const Answer& answer) {
  const auto asked = answer.header("retry-after");
  if (const auto seconds = whole_number(asked)) return bounded(std::clamp<std::int64_t>(*seconds, 0, 86400) * 1000);
  const auto date = answer.date_unix_ms();
  if (const auto until = http_date_ms(asked); until && date) return bounded(*until - *date);
  // Some services send seconds to wait, others a Unix time.
  if (const auto reset = answer.number("x-ratelimit-reset")) {
    constexpr std::int64_t kSurelyUnixTime = 1'000'000'000;
    if (*reset < kSurelyUnixTime) return bounded(*reset * 1000);
    if (date) return bounded(*reset * 1000 - *date);
  }
  return std::nullopt;
}

Status check_status(const Answer& answer) {
  if (answer.status >= 200 && answer.status < 300) return {};
  auto words = fmt::format("{} answered {}{}", answer.what, answer.status, explanation(answer));
  if (answer.status >= 300 && answer.status < 400)
    words += ": it redirects to another address, which is not followed; name that address in the pipeline file";
  auto fault = Status(code_of(answer), std::move(words)).native("http", std::to_string(answer.status));
  const auto wait = asked_wait(answer);
  return wait && fault.code() == Code::kThrottled ? std::move(fault).retry_after(*wait) : std::move(fault);
}

}  // namespace sentinel::support::http
