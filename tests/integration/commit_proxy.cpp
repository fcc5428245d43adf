// One thread a link.
#include "commit_proxy.hpp"

#include <array>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sentinel::integration {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// What arrived, or nothing at the end of the link.
std::string receive(int from) {
  std::array<char, 65536> buffer{};
  const auto size = recv(from, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

bool send_all(int to, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto size = send(to, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return false;
    sent += static_cast<std::size_t>(size);
  }
  return true;
}

}  // namespace

CommitProxy::CommitProxy(const Address& server, Plan plan) : address_(server), plan_(std::move(plan)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the proxy cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

CommitProxy::~CommitProxy() {
  release();
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int link : links_) shutdown(link, SHUT_RDWR);
  }
  for (auto& relay : relays_) relay.join();
  for (const int link : links_) close(link);
}

void CommitProxy::release() {
  const std::lock_guard lock(mutex_);
  is_released_ = true;
  released_.notify_all();
}

int CommitProxy::connect_server() const {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(std::stoi(address_.port));
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return server;
  close(server);
  return -1;
}

void CommitProxy::serve() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const std::lock_guard lock(mutex_);
    links_.push_back(client);
    relays_.emplace_back([this, client] { relay(client); });
  }
}

// Descriptors are closed at the very end only, so that none of them can become another link's.
void CommitProxy::relay(int client) {
  const int server = connect_server();
  if (server < 0) {
    shutdown(client, SHUT_RDWR);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    links_.push_back(server);
  }
  std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  while (poll(ends.data(), ends.size(), -1) > 0) {
    if (ends[1].revents != 0) {
      const auto bytes = receive(server);
      if (bytes.empty() || !send_all(client, bytes)) break;
    }
    if (ends[0].revents == 0) continue;
    const auto bytes = receive(client);
    if (bytes.empty()) break;
    if (contains(bytes, "COMMIT") ? !pass_commit(server, bytes) : !send_all(server, bytes)) break;
  }
  shutdown(client, SHUT_RDWR);
  shutdown(server, SHUT_RDWR);
}

// False where the link is to be cut.
bool CommitProxy::pass_commit(int server, const std::string& bytes) {
  auto act = Act::kPass;
  {
    std::unique_lock lock(mutex_);
    act = plan_(++commits_);
    if (act == Act::kHold && !is_released_) {
      is_holding_ = true;
      released_.wait(lock, [this] { return is_released_; });
      is_holding_ = false;
    }
  }
  if (act == Act::kCutBefore) {
    ++cuts_before_;
    return false;
  }
  if (!send_all(server, bytes)) return false;
  if (act != Act::kCutAfter) return true;
  const auto reply = receive(server);  // it arrived here: the server has committed
  if (reply.empty()) return false;
  ++cuts_after_;
  return false;
}

}  // namespace sentinel::integration
