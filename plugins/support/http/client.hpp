// A client for one HTTP service, over libcurl.
#pragma once

#include "support/http/address.hpp"
#include "support/http/answer.hpp"

#include <sentinel/host.hpp>
#include <sentinel/status.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sentinel::support::http {

struct Settings {
  Address address;
  std::vector<std::string> headers;  // "Authorization: Bearer …"; sent only to this origin, never shown
  std::string basic_user, basic_password;
  std::chrono::milliseconds connect_timeout{10000};
  std::chrono::milliseconds total_timeout{120000};
  std::chrono::seconds stalled_after{30};  // less than one byte per second for this long
  std::size_t max_body_bytes = 64u << 20;
};

// Certificates are verified, except that loopback may use http. Redirects are followed within the same origin only. One
// thread at a time, cancel() excepted.
class Client {
 public:
  Client(Settings settings, Host& host);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // GET <address><path>?<query>. Every status is an answer; see check_status(). Errors: kUnavailable where there was
  // none, or only a part of one (a name that does not resolve, a connection refused or lost, a timeout, a body cut
  // short); kRefused where the certificate does not verify; kCancelled; kInvalidData for a body over max_body_bytes.
  Result<Answer> get(std::string_view path, const Query& query = {});
  // Any thread: a running get() soon returns kCancelled.
  void cancel();
  const Address& address() const { return settings_.address; }

 private:
  struct Transfer;
  Result<Answer> get_once(const std::string& url, const std::string& what, std::string& redirect);
  void prepare(Transfer& transfer, const std::string& url);
  Status perform();
  Status fault_of(int code, const std::string& what) const;

  const Settings settings_;
  Host& host_;
  std::atomic<bool> cancelled_ = false;
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace sentinel::support::http
