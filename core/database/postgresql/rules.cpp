// PostgreSQL, as every part that speaks SQL must know it.
#include "database/dialect.hpp"
#include "database/postgresql/faults.hpp"
#include "database/postgresql/postgresql.hpp"

namespace sentinel::database {
namespace {

constexpr std::array<std::string_view, 2> kSchemes{"postgresql:", "postgres:"};

class PostgresqlRules final : public DialectRules {
 public:
  std::string_view name() const override { return "postgresql"; }
  std::string_view product() const override { return "PostgreSQL"; }
  std::span<const std::string_view> schemes() const override { return kSchemes; }
  bool is_server() const override { return true; }
  bool takes_socket_as_host() const override { return true; }
  char identifier_quote() const override { return '"'; }
  std::string placeholder(std::size_t number) const override { return "$" + std::to_string(number); }
  std::string_view now() const override { return "clock_timestamp()"; }
  std::string_view clock_query() const override { return "SELECT CAST(clock_timestamp() AT TIME ZONE 'UTC' AS text)"; }
  std::string_view table_names_query() const override {
    return "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END "
           "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') "
           "AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg|_%' ESCAPE '|' ORDER BY 1";
  }
  FaultGuide fault_guide() const override { return postgresql_fault_guide(); }

 private:
  Result<std::unique_ptr<Connection::Impl>> open(const Url& url, const ConnectOptions& options) const override {
    return open_postgresql(url, options);
  }
  Result<std::optional<Table>> describe_table(Connection& connection, const TableName& name) const override {
    return describe_postgresql(connection, name);
  }
  Result<WriteHooks> write_hooks(Connection& connection, const TableName& name) const override {
    return hooks_postgresql(connection, name);
  }
  Result<std::vector<Column>> describe_query(Connection& connection, const std::string& sql) const override {
    return describe_postgresql_query(static_cast<pg_conn*>(native_handle(connection)), sql);
  }
};

}  // namespace

const DialectRules& postgresql_rules();
const DialectRules& postgresql_rules() {
  static const PostgresqlRules kRules;
  return kRules;
}

}  // namespace sentinel::database
