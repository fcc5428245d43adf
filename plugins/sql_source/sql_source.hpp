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
  static constexpr auto options = sentinel::options<Options>(
      option("connection", &Options::connection, "Address of the database: mysql://, postgresql:// or sqlite:.")
          .required()
          .secret()
          .identity(),
      option("table", &Options::table, "Table or view to read; or else `query`.").identity(),
      option("query", &Options::query, "One SELECT statement whose rows are read; or else `table`.").identity(),
      option("key", &Options::key, "Columns that together identify a row; rows are read in their order.")
          .required()
          .identity(),
      option("columns", &Options::columns, "Columns to read beside the key; all if left out.").identity(),
      option("modified", &Options::modified,
             "Column with the time of the last change, taken as UTC: later runs read only rows changed since. Without "
             "it every run "
             "reads all rows."),
      option("overlap", &Options::overlap,
             "How far a window reaches back into the one before, for rows that were committed late.")
          .min(1000)
          .advanced());

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
