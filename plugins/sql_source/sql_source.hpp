// Reads a table, a view or a query of MySQL, MariaDB, PostgreSQL or SQLite in key order, page by page.
#pragma once

#include "sql_source/intake.hpp"
#include "sql_source/options.hpp"
#include "sql_source/page_query.hpp"
#include "sql_source/shape.hpp"
#include "support/source_link.hpp"
#include "support/walk_cursor.hpp"

#include <sentinel/plugin.hpp>

#include <memory>
#include <optional>

namespace sentinel::sql_source {

class SqlSource final : public Source {
 public:
  static constexpr auto options = kOptions;

  static Result<std::unique_ptr<SqlSource>> open(Options options, Host& host);
  // REQUIRES: options that open() accepts. `clock` says what time the source server has.
  SqlSource(Options options, Host& host, support::ServerClock clock = support::server_time);

  Result<Schema> schema() override;
  Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) override;
  Status check() override;
  Status discover(const std::function<void(const FoundField&)>& found) override;
  Result<std::int64_t> count() override;
  Result<Page> fetch(std::span<const std::string> keys, Rejects& rejects) override;
  Result<Page> keys(const Cursor& from, const Limits& limits,
                    const std::function<void(std::string_view)>& found) override;
  void cancel() override { link_.cancel(); }

 private:
  // The connection, and the shape if this is the first time.
  Result<database::Connection*> ready();
  Result<Page> read_page(const Cursor& from, const Limits& limits, Rejects& rejects);
  Result<Page> fetch_all(std::span<const std::string> keys, Rejects& rejects);
  Result<Page> list_keys(const Cursor& from, const Limits& limits, const std::function<void(std::string_view)>& found);
  Status reject_null_keys(Intake& intake);
  Result<database::Statement*> run(const BoundQuery& query);
  Status discover_table(database::Connection& connection, const std::string& name,
                        const std::function<void(const FoundField&)>& found);

  const Options options_;
  Host& host_;
  const support::ServerClock clock_;
  support::SourceLink link_;
  std::optional<Shape> shape_;
};

}  // namespace sentinel::sql_source
