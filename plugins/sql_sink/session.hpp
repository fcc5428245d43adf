// The sink's connection: opened when it is needed, dropped when it is dead.
#pragma once

#include "database/connection.hpp"

#include <memory>
#include <mutex>

namespace sentinel::sql_sink {

class Session {
 public:
  explicit Session(database::Url url) : url_(std::move(url)) {}

  const database::Url& url() const { return url_; }
  // False for an SQLite file that is not there yet, in a folder that is.
  bool has_database() const;

  // The connection at hand, or a new one. Errors: as Connection::open.
  Result<database::Connection*> connection();
  // Null if there is none.
  database::Connection* current() const { return connection_.get(); }
  // Makes a missing SQLite file; else as connection().
  Result<database::Connection*> connection_making_file();
  // A second connection of short patience, for the lanes.
  Result<std::unique_ptr<database::Connection>> second(std::chrono::milliseconds lock_timeout) const;
  // REQUIRES: no statement of the connection lives.
  void drop();
  void cancel();  // any thread

 private:
  Result<database::Connection*> open(bool create_file);

  database::Url url_;
  std::unique_ptr<database::Connection> connection_;
  std::mutex changing_;  // cancel() may come while another thread drops the connection
};

}  // namespace sentinel::sql_sink
