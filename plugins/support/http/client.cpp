// The one file that speaks to libcurl.
#include "support/http/client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>

namespace sentinel::support::http {
namespace {

constexpr int kRedirects = 3;
constexpr int kPollMs = 500;  // how late a stop of the program is noticed; cancel() wakes immediately

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// Once a process, before the first handle: libcurl sets up its TLS library.
void prepare_library() {
  static const auto code = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(code);
}

}  // namespace

struct Client::Handles {
  Handles() {
    prepare_library();
    multi = curl_multi_init();
    easy = curl_easy_init();
  }
  ~Handles() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
  }
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
};

// One answer while it arrives.
struct Client::Transfer {
  Answer answer;
  std::size_t max_bytes = 0;
  bool is_too_long = false;

  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.is_too_long = transfer.answer.body.size() + size > transfer.max_bytes;
    if (transfer.is_too_long) return 0;  // ends the transfer
    transfer.answer.body.append(data, size);
    return size;
  }
  static std::size_t take_header(char* data, std::size_t, std::size_t size, void* self) {
    auto& headers = static_cast<Transfer*>(self)->answer.headers;
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) headers.clear();  // an interim answer came before
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    headers[name] = trimmed(line.substr(colon + 1));
    return size;
  }
};

Client::Client(Settings settings, Host& host)
    : settings_(std::move(settings)), host_(host), handles_(std::make_unique<Handles>()) {
  for (const auto& header : settings_.headers) handles_->headers = curl_slist_append(handles_->headers, header.c_str());
  handles_->headers = curl_slist_append(handles_->headers, "Accept: application/json");
}

Client::~Client() = default;

void Client::cancel() {
  cancelled_ = true;
  curl_multi_wakeup(handles_->multi);
}

Result<Answer> Client::get(std::string_view path, const Query& query) {
  const auto what = fmt::format("GET {}{}", settings_.address.text(), path);
  auto url = settings_.address.text() + std::string(path) + query_text(query);
  const auto origin =
      settings_.address.text().substr(0, settings_.address.text().size() - settings_.address.path.size());
  for (int hop = 0;; ++hop) {
    std::string redirect;
    SENTINEL_ASSIGN(auto answer, get_once(url, what, redirect));
    if (!redirect.starts_with(origin + "/") || hop == kRedirects) return answer;
    url = redirect;
  }
}

Result<Answer> Client::get_once(const std::string& url, const std::string& what, std::string& redirect) {
  if (cancelled_.exchange(false)) return Status(Code::kCancelled, "cancelled");
  Transfer transfer;
  transfer.max_bytes = settings_.max_body_bytes;
  transfer.answer.what = what;
  prepare(transfer, url);
  curl_multi_add_handle(handles_->multi, handles_->easy);
  auto status = perform();
  int left = 0;
  auto code = CURLE_OK;
  while (const auto* message = curl_multi_info_read(handles_->multi, &left))
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  curl_multi_remove_handle(handles_->multi, handles_->easy);
  if (!status.ok()) return status;
  if (transfer.is_too_long)
    return invalid_data(fmt::format("{} answered more than {} bytes", what, transfer.max_bytes));
  if (code != CURLE_OK) return fault_of(code, what);
  long http_status = 0;
  curl_easy_getinfo(handles_->easy, CURLINFO_RESPONSE_CODE, &http_status);
  transfer.answer.status = static_cast<int>(http_status);
  char* location = nullptr;
  curl_easy_getinfo(handles_->easy, CURLINFO_REDIRECT_URL, &location);
  if (location != nullptr) redirect = location;
  return std::move(transfer.answer);
}

void Client::prepare(Transfer& transfer, const std::string& url) {
  auto* easy = handles_->easy;
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, settings_.address.scheme.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, handles_->headers);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "sentinel-etl");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.total_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.stalled_after.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, Transfer::take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, Transfer::take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  if (settings_.address.is_loopback()) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  if (!settings_.basic_user.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(easy, CURLOPT_USERNAME, settings_.basic_user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, settings_.basic_password.c_str());
  }
}

// Uses the multi interface, whose wait another thread can end.
Status Client::perform() {
  while (true) {
    int running = 0;
    if (const auto code = curl_multi_perform(handles_->multi, &running); code != CURLM_OK)
      return internal_error(fmt::format("libcurl: {}", curl_multi_strerror(code)));
    if (running == 0) return {};
    if (cancelled_.exchange(false) || host_.stop_requested()) return {Code::kCancelled, "cancelled"};
    if (const auto code = curl_multi_poll(handles_->multi, nullptr, 0, kPollMs, nullptr); code != CURLM_OK)
      return internal_error(fmt::format("libcurl: {}", curl_multi_strerror(code)));
  }
}

Status Client::fault_of(int code, const std::string& what) const {
  const auto words = curl_easy_strerror(static_cast<CURLcode>(code));
  const auto native = std::to_string(code);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Status(Code::kRefused, fmt::format("{}: the server's certificate does not verify ({})", what, words))
          .native("curl", native);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return invalid_config(fmt::format("{}: {}", what, words)).native("curl", native);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return Status(Code::kUnavailable, fmt::format("{}: no answer ({}); is the address right, is the server running, "
                                                    "and does a firewall allow the connection?",
                                                    what, words))
          .native("curl", native);
    default:
      return Status(Code::kUnavailable, fmt::format("{}: incomplete answer ({})", what, words)).native("curl", native);
  }
}

}  // namespace sentinel::support::http
