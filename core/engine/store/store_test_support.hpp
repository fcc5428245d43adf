// A private folder for each test, letters to put in, and a child process that ends as the test wants.
#pragma once

#include "database/connection.hpp"
#include "engine/ledger/content_hash.hpp"
#include "engine/store/store.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace sentinel::store {

constexpr std::int64_t kNow = 1'790'000'000'000;

inline StoredLetter make_letter(const std::string& key, std::string pipeline = "donations") {
  StoredLetter letter;
  letter.pipeline = std::move(pipeline);
  letter.source_id = "cms:1";
  letter.source_key = key;
  letter.record_hash = ledger::content_hash("record " + key);
  letter.letter_id = ledger::content_hash(letter.pipeline + "/" + key);
  letter.record = "{\"id\":" + key + ",\"email\":\"canary@example.org\"}";
  letter.schema = "[{\"name\":\"id\"}]";
  letter.raw = std::string("raw\0\xff", 5);
  letter.position = std::string("\x01\0\x02", 3);
  letter.stage = "validate";
  letter.plugin = "validate";
  letter.plugin_version = "1.0.0";
  letter.reason = Status(Code::kInvalidData, "no e-mail address").native("sqlite", "275");
  letter.minor = "500000";
  letter.currency = "NGN";
  return letter;
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline mode_t mode_of(const std::filesystem::path& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_mode & 0777u : 0;
}

// Runs `body` in a child, whose exit status is its answer. -signal if it was killed.
template <class Body>
int in_child(Body&& body) {
  const auto pid = fork();
  if (pid == 0) _exit(body());
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

class StoreFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sentinel-store-test-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    top_ = name;
    folder_ = top_ / "state";
    unsetenv("SENTINEL_EMERGENCY_DIR");
  }
  void TearDown() override { std::filesystem::remove_all(top_); }

  std::unique_ptr<Store> open() {
    auto store = Store::open(folder_, [this] { return now_ms_; });
    EXPECT_TRUE(store) << (store ? "" : store.error().message());
    return store ? std::move(store).value() : nullptr;
  }
  Status open_error() {
    auto store = Store::open(folder_, [this] { return now_ms_; });
    return store ? Status() : store.error();
  }
  std::filesystem::path database() const { return folder_ / "sentinel.db"; }

  // What another process would see.
  std::vector<database::Row> look(std::string_view sql, std::initializer_list<database::Value> values = {}) {
    database::Url url;
    url.database = database().string();
    database::ConnectOptions options;
    options.read_only = true;
    auto connection = database::Connection::open(url, options);
    EXPECT_TRUE(connection) << connection.error().message();
    auto rows = (*connection)->query(sql, values);
    EXPECT_TRUE(rows) << rows.error().message();
    return *rows;
  }

  std::filesystem::path top_, folder_;
  std::int64_t now_ms_ = kNow;
};

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const ::sentinel::Status status_of_assert = (expression);         \
    ASSERT_TRUE(status_of_assert.ok()) << status_of_assert.message(); \
  } while (false)

}  // namespace sentinel::store
