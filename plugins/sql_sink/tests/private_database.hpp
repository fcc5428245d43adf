// A database of its own, for tests that change what all tests of one database share: the tables that Sentinel owns, and
// the rights of accounts.
#pragma once

#include "target.hpp"

#include <fmt/format.h>

namespace sentinel::sql_sink::test {

class PrivateDatabaseTest : public TargetTest {
 protected:
  void SetUp() override {
    TargetTest::SetUp();
    if (is(database::Dialect::kSqlite)) return;  // the file is private
    server_ = std::move(connection_);
    on_server("CREATE DATABASE " + name_);
    url_.database = name_;
    connection_ = connect(url_);
  }
  void TearDown() override {
    const auto account = std::exchange(account_, "");
    TargetTest::TearDown();
    if (server_ == nullptr) return;
    on_server("DROP DATABASE " + name_ + (is(database::Dialect::kPostgresql) ? " WITH (FORCE)" : ""));
    if (!account.empty()) on_server("DROP " + account);
  }

  // An account without any right, and the address of this database for it.
  database::Url make_account() {
    auto url = url_;
    url.user = "u" + name_;
    const auto name = is(database::Dialect::kMysql) ? fmt::format("'{}'@'127.0.0.1'", url.user) : url.user;
    account_ = (is(database::Dialect::kMysql) ? "USER " : "ROLE ") + name;
    execute(fmt::format("CREATE {}{} '{}'", account_,
                        is(database::Dialect::kMysql) ? " IDENTIFIED BY" : " LOGIN PASSWORD", url.password));
    return url;
  }
  static std::unique_ptr<database::Connection> connect(const database::Url& url) {
    auto opened = database::Connection::open(url, {});
    EXPECT_TRUE(opened) << opened.error().message();
    return opened ? std::move(*opened) : nullptr;
  }
  std::unique_ptr<SqlSink> sink_of(const database::Url& url, Mode mode = Mode::kUpsert) {
    Options options;
    options.table = name_;
    options.mode = mode;
    options.key = {"ref"};
    return std::make_unique<SqlSink>(std::move(options), url, host_);
  }

 private:
  void on_server(const std::string& sql) {
    const auto hit = server_->execute(sql);
    EXPECT_TRUE(hit) << hit.error().message();
  }
  std::unique_ptr<database::Connection> server_;
  std::string account_;
};

}  // namespace sentinel::sql_sink::test
