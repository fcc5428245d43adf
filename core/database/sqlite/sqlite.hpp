// The parts of the rules of SQLite, one file each. Private to this folder.
#pragma once

#include "database/catalogue_impl.hpp"
#include "database/connection_impl.hpp"

struct sqlite3;

namespace sentinel::database {

Result<std::unique_ptr<Connection::Impl>> open_sqlite(const Url& url, const ConnectOptions& options);
Result<std::unique_ptr<Statement::Impl>> prepare_sqlite(Connection::Impl& connection, sqlite3* handle,
                                                        std::string_view sql);
Result<std::optional<Table>> describe_sqlite(Connection& connection, const TableName& name);
Result<WriteHooks> hooks_sqlite(Connection& connection, const TableName& name);
Result<std::vector<Column>> describe_sqlite_query(sqlite3* handle, const std::string& sql);

}  // namespace sentinel::database
