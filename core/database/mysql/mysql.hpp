// The parts of the rules of MySQL and MariaDB, one file each. Private to this folder.
#pragma once

#include "database/catalogue_impl.hpp"
#include "database/connection_impl.hpp"
#include "database/mysql/faults.hpp"

struct st_mysql;

namespace sentinel::database {

Result<std::unique_ptr<Connection::Impl>> open_mysql(const Url& url, const ConnectOptions& options);
Result<std::unique_ptr<Statement::Impl>> prepare_mysql(Connection::Impl& connection, st_mysql* handle, Flavour flavour,
                                                       std::string_view sql);
Result<std::optional<Table>> describe_mysql(Connection& connection, const TableName& name);
Result<WriteHooks> hooks_mysql(Connection& connection, const TableName& name);
Result<std::vector<Column>> describe_mysql_query(st_mysql* handle, const std::string& sql);

}  // namespace sentinel::database
