// A database for one test, and a way to lose the connection to it: for the tests of the SQL sources.
#pragma once

#include "database/connection.hpp"
#include "support/tests/source_probe.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sentinel::support {

// A database of this test's own: an SQLite file, or a database on a server that lives as long as this object.
class TestDatabase {
 public:
  TestDatabase() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sentinel-source.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    folder_ = pattern;
    url_ = "sqlite:" + pattern + "/source.db";
    open(url_);
    run("PRAGMA synchronous = OFF");
  }
  // On the server whose address the environment variable names.
  explicit TestDatabase(const char* variable, const std::string& name) {
    const char* server = std::getenv(variable);
    if (server == nullptr) {
      ADD_FAILURE() << variable << " is not set: it names a server on which databases may be created";
      return;
    }
    server_url_ = server;
    const auto slash = server_url_.rfind('/');
    const auto question = server_url_.find('?', slash);
    name_ = "sentinel_" + name + "_" + std::to_string(::getpid());
    url_ =
        server_url_.substr(0, slash + 1) + name_ + (question == std::string::npos ? "" : server_url_.substr(question));
    run_on_server("CREATE DATABASE " + name_);
    open(url_);
  }
  ~TestDatabase() {
    connection_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
    if (!name_.empty()) run_on_server("DROP DATABASE " + name_);
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& url() const { return url_; }
  database::Connection& connection() { return *connection_; }
  bool is_open() const { return connection_ != nullptr; }
  void run(std::string_view sql, std::initializer_list<database::Value> parameters = {}) {
    const auto done = connection_->execute(sql, parameters);
    EXPECT_TRUE(done) << sql << ": " << done.error().message();
  }

 private:
  void open(const std::string& text) {
    const auto url = database::parse_url(text);
    ASSERT_TRUE(url) << url.error().message();
    database::ConnectOptions options;
    options.create_file = true;
    auto opened = database::Connection::open(*url, options);
    ASSERT_TRUE(opened) << opened.error().message();
    connection_ = std::move(*opened);
  }
  void run_on_server(const std::string& sql) {
    const auto url = database::parse_url(server_url_);
    ASSERT_TRUE(url) << url.error().message();
    auto opened = database::Connection::open(*url, {});
    ASSERT_TRUE(opened) << opened.error().message();
    const auto done = (*opened)->execute(sql);
    EXPECT_TRUE(done) << done.error().message();
  }

  std::string folder_, url_, server_url_, name_;
  std::unique_ptr<database::Connection> connection_;
};

// Ends the one session that `source` has on its MySQL server after the page that returned `next`: the read after it
// must fail as unavailable.
inline void lose_connection(TestDatabase& database, Source& source, const Cursor& next) {
  const auto list = database.connection().query(
      "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = DATABASE()");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  database.run("KILL CONNECTION " + list->at(0).at(0).value());
  Taken taken;
  RejectLog log(taken);
  const auto failed = source.read(next, {}, log.rejects);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::kUnavailable) << failed.error().message();
}

}  // namespace sentinel::support
