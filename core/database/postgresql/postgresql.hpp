// The parts of the rules of PostgreSQL, one file each. Private to this folder.
#pragma once

#include "database/catalogue_impl.hpp"
#include "database/connection_impl.hpp"

struct pg_conn;

namespace sentinel::database {

Result<std::unique_ptr<Connection::Impl>> open_postgresql(const Url& url, const ConnectOptions& options);
Result<std::unique_ptr<Statement::Impl>> prepare_postgresql(Connection::Impl& connection, pg_conn* handle,
                                                            std::string_view sql);
Result<std::optional<Table>> describe_postgresql(Connection& connection, const TableName& name);
Result<WriteHooks> hooks_postgresql(Connection& connection, const TableName& name);
Result<std::vector<Column>> describe_postgresql_query(pg_conn* handle, const std::string& sql);

}  // namespace sentinel::database
