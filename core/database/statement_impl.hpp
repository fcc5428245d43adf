// The three kinds of native prepared statement, each made from its connection's handle. Private to this library.
#pragma once

#include "database/connection_impl.hpp"

namespace sentinel::database {

Result<std::unique_ptr<Statement::Impl>> prepare_mysql(Connection::Impl& connection, st_mysql* handle,
                                                       std::string_view sql);
Result<std::unique_ptr<Statement::Impl>> prepare_postgresql(Connection::Impl& connection, pg_conn* handle,
                                                            std::string_view sql);
Result<std::unique_ptr<Statement::Impl>> prepare_sqlite(Connection::Impl& connection, sqlite3* handle,
                                                        std::string_view sql);

}  // namespace sentinel::database
