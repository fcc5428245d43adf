// The real servers that the database tests talk to, and a proxy that cuts a link at a chosen moment.
#pragma once

#include "database/connection.hpp"

#include <gtest/gtest.h>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace sentinel::database {

// The server of a dialect, from the environment. A missing one is a failure, never a silent pass.
inline Url given_server(Dialect dialect) {
  const char* name = dialect == Dialect::kMysql ? "SENTINEL_TEST_MYSQL" : "SENTINEL_TEST_POSTGRESQL";
  const char* text = std::getenv(name);
  if (text == nullptr) {
    ADD_FAILURE() << name << " is not set: give it a URL, as in " << to_string(dialect)
                  << "://user:password@127.0.0.1/sentinel_test, whose user may create databases";
    return Url{};
  }
  auto url = parse_url(text);
  if (!url.has_value() || url->dialect != dialect || url->host.empty()) {
    ADD_FAILURE() << name << " is not the URL of a " << to_string(dialect) << " server with a host";
    return Url{};
  }
  return *url;
}

// A database of this process's own, gone when the process ends.
class OwnDatabase {
 public:
  explicit OwnDatabase(Dialect dialect) : server_(given_server(dialect)) {
    if (server_.database.empty() || server_.host.empty()) return;
    name_ = "sentinel_database_" + std::to_string(getpid());
    if (run("CREATE DATABASE " + name_)) is_made_ = true;
  }
  ~OwnDatabase() {
    if (is_made_) run("DROP DATABASE " + name_ + (server_.dialect == Dialect::kPostgresql ? " WITH (FORCE)" : ""));
  }
  OwnDatabase(const OwnDatabase&) = delete;
  OwnDatabase& operator=(const OwnDatabase&) = delete;
  Url url() const {
    Url url = server_;
    url.database = name_;
    return url;
  }
  bool is_made() const { return is_made_; }

 private:
  bool run(const std::string& sql) {
    auto connection = Connection::open(server_, {});
    if (connection.has_value() && (*connection)->execute(sql).has_value()) return true;
    ADD_FAILURE() << "cannot run " << sql << (connection.has_value() ? "" : ": " + connection.error().message());
    return false;
  }

  Url server_;
  std::string name_;
  bool is_made_ = false;
};

inline Url server_url(Dialect dialect) {
  static const std::array<OwnDatabase, 2> databases{OwnDatabase(Dialect::kMysql), OwnDatabase(Dialect::kPostgresql)};
  const auto& database = databases[dialect == Dialect::kMysql ? 0 : 1];
  EXPECT_TRUE(database.is_made()) << "no server for this test";
  return database.url();
}

inline std::unique_ptr<Connection> must_open(const Url& url, ConnectOptions options = {}) {
  auto connection = Connection::open(url, options);
  if (connection.has_value()) return std::move(connection).value();
  ADD_FAILURE() << connection.error().message();
  return nullptr;
}

inline std::string only_cell(const Result<std::vector<Row>>& rows) {
  if (!rows.has_value()) return rows.error().message();
  return rows->size() == 1 && (*rows)[0].size() == 1 ? (*rows)[0][0].value_or("NULL") : "not one cell";
}

// Passes one connection at a time on to a server, and can lose the reply to COMMIT, or COMMIT itself.
class Proxy {
 public:
  enum class Cut { kNever, kBeforeCommit, kAfterCommit };

  explicit Proxy(const Url& server) : server_(server) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 4), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Proxy() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  void cut(Cut cut) { cut_ = cut; }
  Url url() const {
    Url url = server_;
    url.host = "127.0.0.1";
    url.port = port_;
    url.tls = Tls::kOff;
    return url;
  }

 private:
  int connect_server() const {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    const int standard = server_.dialect == Dialect::kMysql ? 3306 : 5432;
    const auto port = std::to_string(server_.port == 0 ? standard : server_.port);
    if (getaddrinfo(server_.host.c_str(), port.c_str(), &hints, &found) != 0) return -1;
    const int server = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_connected = connect(server, found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
    if (is_connected) return server;
    close(server);
    return -1;
  }

  void serve() {
    for (;;) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      const int server = connect_server();
      if (server >= 0) relay(client, server);
      close(client);
      close(server);
    }
  }

  static bool pass(int from, int to, std::string& bytes) {
    std::array<char, 65536> buffer{};
    const auto size = recv(from, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    bytes.assign(buffer.data(), static_cast<std::size_t>(size));
    return to < 0 || send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
  }

  void relay(int client, int server) const {
    std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    std::string bytes;
    while (poll(ends.data(), ends.size(), -1) > 0) {
      if (ends[1].revents != 0 && !pass(server, client, bytes)) return;
      if (ends[0].revents == 0) continue;
      if (!pass(client, -1, bytes)) return;
      const Cut cut = bytes.find("COMMIT") == std::string::npos ? Cut::kNever : cut_.load();
      if (cut == Cut::kBeforeCommit) return;
      if (send(server, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) return;
      if (cut == Cut::kAfterCommit) {
        pass(server, -1, bytes);  // the reply arrived here: the server has committed
        return;
      }
    }
  }

  Url server_;
  int listener_ = -1, port_ = 0;
  std::atomic<Cut> cut_{Cut::kNever};
  std::thread thread_;
};

}  // namespace sentinel::database
