// Drives a source as the engine does, and shows as text what came out: for the tests of the SQL sources.
#pragma once

#include "database/connection.hpp"

#include <sentinel/civil_time.hpp>
#include <sentinel/plugin.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::support {

// The host's services for one test: keeps what is logged.
class TestHost {
 public:
  TestHost() {
    c_.struct_size = sizeof c_;
    c_.abi_version = SENTINEL_ABI_VERSION;
    c_.context = this;
    c_.log = [](void* context, std::int32_t, sentinel_text text, const sentinel_log_field* fields,
                std::uint64_t count) noexcept {
      auto line = std::string(from_text(text));
      for (std::uint64_t i = 0; i < count; ++i)
        line += " " + std::string(from_text(fields[i].name)) + "=" + std::string(from_text(fields[i].value));
      static_cast<TestHost*>(context)->lines.push_back(std::move(line));
    };
    c_.stop_requested = [](void*) noexcept { return 0; };
    c_.now_unix_ms = [](void* context) noexcept { return static_cast<TestHost*>(context)->now_ms; };
  }
  std::int64_t now_ms = 0;
  std::vector<std::string> lines;
  Host host{&c_};

 private:
  sentinel_host c_{};
};

struct Rejected {
  std::string key, position, raw, message;
  Code code = Code::kOk;
};

// One page, or several pages one behind the other.
struct Taken {
  std::vector<std::map<std::string, std::string>> rows;  // field -> value, "null" for null
  std::map<std::int64_t, std::string> filtered;          // row -> reason
  std::vector<Rejected> rejects;
  Cursor next;
  bool done = false;
  int pages = 0;

  // The values of one field, in order.
  std::vector<std::string> all(const std::string& field) const {
    std::vector<std::string> values;
    for (const auto& row : rows) values.push_back(row.at(field));
    return values;
  }
};

inline std::string cell_text(const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) return "null";
  switch (column.type()) {
    case Type::kBool: return column.boolean(row) ? "true" : "false";
    case Type::kInt64: return std::to_string(column.int64(row));
    case Type::kFloat64: return std::to_string(column.float64(row));
    case Type::kUtf8:
    case Type::kBinary: return std::string(column.text(row));
    case Type::kDate: return date_text(column.date(row));
    case Type::kTimestamp: return timestamp_text(column.timestamp(row));
    case Type::kDecimal: return column.decimal(row).to_string();
  }
  return "?";
}

class RejectLog {
 public:
  explicit RejectLog(Taken& taken) : taken_(taken) {
    request_.struct_size = sizeof request_;
    request_.context = this;
    request_.reject = [](void* context, const sentinel_source_reject* reject) noexcept {
      const auto why = from_error(reject->error->code, *reject->error);
      static_cast<RejectLog*>(context)->taken_.rejects.push_back(
          {std::string(from_text(reject->key)), std::string(from_text(reject->position)),
           std::string(from_text(reject->raw)), why.message(), why.code()});
    };
    request_.filter = [](void* context, std::int64_t row, sentinel_text reason) noexcept {
      auto& log = *static_cast<RejectLog*>(context);
      log.taken_.filtered[log.base_ + row] = std::string(from_text(reason));
    };
  }
  Rejects rejects{&request_};

 private:
  Taken& taken_;
  std::int64_t base_ = std::ssize(taken_.rows);
  sentinel_read_request request_{};
};

inline void add_page(Taken& taken, const Schema& schema, const Page& page) {
  const auto view = page.batch.view(schema);
  for (std::int64_t row = 0; row < view.rows(); ++row) {
    auto& texts = taken.rows.emplace_back();
    for (std::size_t i = 0; i < schema.size(); ++i) texts[schema[i].name] = cell_text(view.column(i), row);
  }
  taken.next = page.next;
  taken.done = page.done;
  ++taken.pages;
}

// One page; a failed read fails the test.
inline Taken read_page(Source& source, const Cursor& from, const Limits& limits = {}) {
  Taken taken;
  const auto schema = source.schema();
  if (!schema) {
    ADD_FAILURE() << schema.error().message();
    return taken;
  }
  RejectLog log(taken);
  const auto page = source.read(from, limits, log.rejects);
  if (page)
    add_page(taken, *schema, *page);
  else
    ADD_FAILURE() << page.error().message();
  return taken;
}

// Pages from `from` to the end of the pass.
inline Taken read_pass(Source& source, const Cursor& from = {}, const Limits& limits = {}) {
  Taken taken;
  taken.next = from;
  const auto schema = source.schema();
  if (!schema) {
    ADD_FAILURE() << schema.error().message();
    return taken;
  }
  while (!taken.done) {
    RejectLog log(taken);
    const auto page = source.read(taken.next, limits, log.rejects);
    if (!page) {
      ADD_FAILURE() << page.error().message();
      return taken;
    }
    EXPECT_LE(page->batch.rows(), limits.max_rows);
    add_page(taken, *schema, *page);
  }
  return taken;
}

inline Taken fetch_keys(Source& source, const std::vector<std::string>& keys) {
  Taken taken;
  const auto schema = source.schema();
  RejectLog log(taken);
  const auto page = source.fetch(keys, log.rejects);
  if (schema && page)
    add_page(taken, *schema, *page);
  else
    ADD_FAILURE() << (schema ? page.error() : schema.error()).message();
  return taken;
}

// All existing keys, asked for `size` at a time.
inline std::vector<std::string> list_keys(Source& source, std::int64_t size) {
  std::vector<std::string> keys;
  Cursor at;
  for (bool done = false; !done;) {
    const auto before = std::ssize(keys);
    const auto page = source.keys(at, {size, 4 << 20}, [&](std::string_view key) { keys.emplace_back(key); });
    if (!page) {
      ADD_FAILURE() << page.error().message();
      return keys;
    }
    EXPECT_LE(std::ssize(keys) - before, size);
    at = page->next;
    done = page->done;
  }
  return keys;
}

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

// Ends the one session that `source` has on its MySQL server behind the page that answered `next`: the read after it
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
