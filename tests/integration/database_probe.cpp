// A shared library with the database library inside, as a plugin has it: opens one connection and says how it went.
#include "database/connection.hpp"

#include <cstdio>

// Answers the code of opening `url`; `text` gets the message or the cipher in use.
extern "C" __attribute__((visibility("default"))) int sentinel_probe(const char* url_text, char* text,
                                                                     unsigned long size) {
  using namespace sentinel;
  const auto url = database::parse_url(url_text);
  if (!url.has_value()) return static_cast<int>(url.error().code());
  const auto connection = database::Connection::open(*url, {.connect_timeout = std::chrono::seconds(5)});
  if (!connection.has_value()) {
    std::snprintf(text, size, "%s", connection.error().message().c_str());
    return static_cast<int>(connection.error().code());
  }
  const auto rows = (*connection)->query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  if (!rows.has_value() || rows->size() != 1) return static_cast<int>(Code::kInternal);
  std::snprintf(text, size, "%s", rows->at(0)[1].value_or("").c_str());
  return 0;
}
