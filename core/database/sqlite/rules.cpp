// SQLite, as every part that speaks SQL must know it.
#include "database/dialect.hpp"
#include "database/sqlite/faults.hpp"
#include "database/sqlite/sqlite.hpp"

namespace sentinel::database {
namespace {

constexpr std::array<std::string_view, 1> kSchemes{"sqlite:"};

class SqliteRules final : public DialectRules {
 public:
  std::string_view name() const override { return "sqlite"; }
  std::string_view product() const override { return "SQLite"; }
  std::span<const std::string_view> schemes() const override { return kSchemes; }
  bool is_server() const override { return false; }
  bool takes_socket_as_host() const override { return false; }
  char identifier_quote() const override { return '"'; }
  std::string placeholder(std::size_t) const override { return "?"; }
  std::string_view now() const override { return "strftime('%Y-%m-%d %H:%M:%f', 'now')"; }
  std::string_view clock_query() const override { return "SELECT datetime('now')"; }
  std::string_view table_names_query() const override {
    return "SELECT CASE schema WHEN 'main' THEN name ELSE schema || '.' || name END FROM pragma_table_list "
           "WHERE name NOT LIKE 'sqlite|_%' ESCAPE '|' AND type IN ('table', 'view', 'virtual') ORDER BY 1";
  }
  FaultGuide fault_guide() const override { return sqlite_fault_guide(); }

 private:
  Result<std::unique_ptr<Connection::Impl>> open(const Url& url, const ConnectOptions& options) const override {
    return open_sqlite(url, options);
  }
  Result<std::optional<Table>> describe_table(Connection& connection, const TableName& name) const override {
    return describe_sqlite(connection, name);
  }
  Result<WriteHooks> write_hooks(Connection& connection, const TableName& name) const override {
    return hooks_sqlite(connection, name);
  }
  Result<std::vector<Column>> describe_query(Connection& connection, const std::string& sql) const override {
    return describe_sqlite_query(static_cast<sqlite3*>(native_handle(connection)), sql);
  }
};

}  // namespace

const DialectRules& sqlite_rules();
const DialectRules& sqlite_rules() {
  static const SqliteRules kRules;
  return kRules;
}

}  // namespace sentinel::database
