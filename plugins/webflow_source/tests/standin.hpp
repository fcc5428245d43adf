// Starts and controls the stand-in of tests/webflow, which uses a clock that only the test moves.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace sentinel::webflow_source {

class Standin {
 public:
  Standin() {
    int out[2];
    EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::string program = SENTINEL_SOURCE_DIR "/tests/webflow/standin.py";
    char* words[] = {program.data(), nullptr};
    EXPECT_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, words, environ), 0) << program;
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    auto* answer = fdopen(out[0], "r");
    char line[200] = {};
    EXPECT_NE(std::fgets(line, sizeof line, answer), nullptr) << "the stand-in did not start";
    std::fclose(answer);
    url_ = std::string(line).substr(0, std::string(line).find('\n'));
    settings(R"({"manual_clock": true})");
  }
  ~Standin() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Standin(const Standin&) = delete;
  Standin& operator=(const Standin&) = delete;

  const std::string& url() const { return url_; }
  void load(const std::string& json) { post("load", json); }
  void put(const std::string& items) { post("put", R"({"collection": "c1", "items": )" + items + "}"); }
  void remove(const std::string& ids) { post("remove", R"({"collection": "c1", "ids": )" + ids + "}"); }
  void settings(const std::string& json) { post("settings", json); }
  void faults(const std::string& json) { post("faults", json); }
  void advance(std::int64_t ms) { post("advance", R"({"ms": )" + std::to_string(ms) + "}"); }
  // One number of its statistics.
  std::int64_t stat(const std::string& name) {
    const auto text = ask("GET /_admin/stats HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto at = text.find("\"" + name + "\": ");
    return at == std::string::npos ? -1 : std::atoll(text.c_str() + at + name.size() + 4);
  }

 private:
  void post(const std::string& call, const std::string& json) {
    const auto answer = ask("POST /_admin/" + call + " HTTP/1.1\r\nConnection: close\r\nContent-Length: " +
                            std::to_string(json.size()) + "\r\n\r\n" + json);
    EXPECT_NE(answer.find(" 200 "), std::string::npos) << call << ": " << answer;
  }
  std::string ask(std::string request) {
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(url_.substr(url_.rfind(':') + 1).c_str())));
    EXPECT_EQ(connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    while (!request.empty()) {
      const auto sent = send(connection, request.data(), request.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      request.erase(0, static_cast<std::size_t>(sent));
    }
    std::string answer;
    char buffer[65536];
    for (ssize_t size; (size = recv(connection, buffer, sizeof buffer, 0)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(size));
    close(connection);
    return answer;
  }

  pid_t pid_ = -1;
  std::string url_;
};

}  // namespace sentinel::webflow_source
