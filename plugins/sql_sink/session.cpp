// Opens and drops the sink's connection.
#include "sql_sink/session.hpp"

#include <filesystem>
#include <system_error>

namespace sentinel::sql_sink {

bool Session::has_database() const {
  if (url_.is_server()) return true;
  std::error_code error;
  const std::filesystem::path path(url_.database);
  if (std::filesystem::exists(path, error)) return true;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  return !std::filesystem::is_directory(folder, error);  // then opening says what is wrong
}

Result<database::Connection*> Session::open(bool create_file) {
  if (connection_ != nullptr) return connection_.get();
  database::ConnectOptions options;
  options.application = "sentinel";
  options.create_file = create_file;
  auto opened = database::Connection::open(url_, options);
  if (!opened) return std::move(opened).error().at_option("connection");
  const std::lock_guard lock(changing_);
  connection_ = std::move(*opened);
  return connection_.get();
}

Result<database::Connection*> Session::connection() { return open(false); }
Result<database::Connection*> Session::connection_making_file() { return open(true); }

Result<std::unique_ptr<database::Connection>> Session::second(std::chrono::milliseconds lock_timeout) const {
  database::ConnectOptions options;
  options.application = "sentinel lanes";
  options.lock_timeout = lock_timeout;
  return database::Connection::open(url_, options);
}

void Session::drop() {
  std::unique_ptr<database::Connection> dead;
  {
    const std::lock_guard lock(changing_);
    dead = std::move(connection_);
  }
}

void Session::cancel() {
  const std::lock_guard lock(changing_);
  if (connection_ != nullptr) connection_->cancel();
}

}  // namespace sentinel::sql_sink
