// Drives a source as the engine does, and shows as text what came out: for the tests of sources.
#pragma once

#include "support/tests/test_host.hpp"

#include <sentinel/civil_time.hpp>
#include <sentinel/plugin.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::support {

struct Rejected {
  std::string key, position, raw, message;
  Code code = Code::kOk;
};

// One page, or several consecutive pages.
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

}  // namespace sentinel::support
