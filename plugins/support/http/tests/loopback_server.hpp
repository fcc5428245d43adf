// A real HTTP server for one test, which answers what the test says.
#pragma once

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sentinel::support::http {

// A server on loopback that answers each request with the bytes it is given; without any it says nothing until the
// client goes away.
class Server {
 public:
  using Responder = std::function<std::string(const std::string& request)>;
  explicit Server(Responder responder) : responder_(std::move(responder)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    close(listener_);
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> requests;
  std::promise<void> is_asked;  // set by the first request

 private:
  void serve() {
    for (int connection; (connection = accept(listener_, nullptr, nullptr)) >= 0; close(connection)) {
      std::string request;
      char buffer[4096];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const auto size = recv(connection, buffer, sizeof buffer, 0);
        if (size <= 0) break;
        request.append(buffer, static_cast<std::size_t>(size));
      }
      requests.push_back(request);
      if (requests.size() == 1) is_asked.set_value();
      const auto response = responder_(request);
      if (response.empty()) {
        static_cast<void>(recv(connection, buffer, sizeof buffer, 0));
        continue;
      }
      static_cast<void>(send(connection, response.data(), response.size(), MSG_NOSIGNAL));
    }
  }
  Responder responder_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

inline std::string response(const std::string& head, const std::string& body) {
  return "HTTP/1.1 " + head + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace sentinel::support::http
