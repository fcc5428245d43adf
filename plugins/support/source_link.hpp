// The connection of an SQL source: opened when first needed, thrown away after a fault, cancelled from any thread.
#pragma once

#include "database/connection.hpp"
#include "database/statement.hpp"

#include <sentinel/status.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sentinel::support {

class SourceLink {
 public:
  SourceLink(std::string connection, std::string_view application);
  ~SourceLink();
  SourceLink(const SourceLink&) = delete;
  SourceLink& operator=(const SourceLink&) = delete;

  // Opens it if there is none, read-only. Errors: kInvalidConfig at option "connection", those of Connection::open, and
  // kCancelled once after cancel().
  Result<database::Connection*> get();
  // The statement prepared for `sql` on this connection. REQUIRES: get() answered since the last drop().
  Result<database::Statement*> statement(const std::string& sql);
  // Calls `body`; whatever fails in it costs the connection, so that the next call starts clean. A failure that
  // cancel() caused becomes kCancelled.
  template <class T, class Body>
  Result<T> guarded(Body&& body) {
    Result<T> result = body();
    if (!result.has_value()) return after_fault(std::move(result).error());
    return result;
  }
  // Any thread: what runs now, or else the next get(), answers kCancelled.
  void cancel();
  std::string display() const;

 private:
  void drop();
  Status after_fault(Status fault);

  const std::string text_;
  const std::string application_;
  std::mutex mutex_;  // guards the pointer against cancel(), which runs on other threads
  std::unique_ptr<database::Connection> connection_;
  std::map<std::string, database::Statement> statements_;  // dies before the connection
  std::atomic<bool> cancelled_ = false;
};

}  // namespace sentinel::support
