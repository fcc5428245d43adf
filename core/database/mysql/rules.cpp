// MySQL and MariaDB, as every part that speaks SQL must know it.
#include "database/dialect.hpp"
#include "database/mysql/mysql.hpp"

namespace sentinel::database {
namespace {

constexpr std::array<std::string_view, 2> kSchemes{"mysql:", "mariadb:"};

class MysqlRules final : public DialectRules {
 public:
  std::string_view name() const override { return "mysql"; }
  std::string_view product() const override { return "MySQL or MariaDB"; }
  std::span<const std::string_view> schemes() const override { return kSchemes; }
  bool is_server() const override { return true; }
  bool takes_socket_as_host() const override { return false; }
  char identifier_quote() const override { return '`'; }
  std::string placeholder(std::size_t) const override { return "?"; }
  std::string_view now() const override { return "UTC_TIMESTAMP(6)"; }
  std::string_view clock_query() const override { return "SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)"; }
  std::string_view table_names_query() const override {
    return "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1";
  }
  FaultGuide fault_guide() const override { return mysql_fault_guide(); }

 private:
  Result<std::unique_ptr<Connection::Impl>> open(const Url& url, const ConnectOptions& options) const override {
    return open_mysql(url, options);
  }
  Result<std::optional<Table>> describe_table(Connection& connection, const TableName& name) const override {
    return describe_mysql(connection, name);
  }
  Result<WriteHooks> write_hooks(Connection& connection, const TableName& name) const override {
    return hooks_mysql(connection, name);
  }
  Result<std::vector<Column>> describe_query(Connection& connection, const std::string& sql) const override {
    return describe_mysql_query(static_cast<st_mysql*>(native_handle(connection)), sql);
  }
};

}  // namespace

const DialectRules& mysql_rules();
const DialectRules& mysql_rules() {
  static const MysqlRules kRules;
  return kRules;
}

}  // namespace sentinel::database
