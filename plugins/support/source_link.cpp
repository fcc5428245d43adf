// Opens the connection of an SQL source on first use, drops it after a fault, and cancels it from any thread.
#include "support/source_link.hpp"

#include <utility>

namespace sentinel::support {

SourceLink::SourceLink(std::string connection, std::string_view application)
    : text_(std::move(connection)), application_(application) {}
SourceLink::~SourceLink() { drop(); }

void SourceLink::drop() {
  statements_.clear();
  std::unique_ptr<database::Connection> last;
  const std::lock_guard lock(mutex_);
  last = std::move(connection_);
}

Result<database::Connection*> SourceLink::get() {
  if (cancelled_.exchange(false)) return Status(Code::kCancelled, "reading was cancelled");
  if (connection_ != nullptr) return connection_.get();
  auto url = database::parse_url(text_);
  if (!url) return std::move(url).error().at_option("connection");
  database::ConnectOptions options;
  options.application = application_;
  options.read_only = true;
  auto opened = database::Connection::open(*url, options);
  if (!opened) return std::move(opened).error().at_option("connection");
  const std::lock_guard lock(mutex_);
  connection_ = std::move(*opened);
  return connection_.get();
}

Result<database::Statement*> SourceLink::statement(const std::string& sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return &found->second;
  SENTINEL_ASSIGN(auto prepared, database::Statement::prepare(*connection_, sql));
  return &statements_.emplace(sql, std::move(prepared)).first->second;
}

Status SourceLink::after_fault(Status fault) {
  drop();
  if (cancelled_.exchange(false)) return {Code::kCancelled, "reading was cancelled"};
  return fault;
}

void SourceLink::cancel() {
  cancelled_ = true;
  const std::lock_guard lock(mutex_);
  if (connection_ != nullptr) connection_->cancel();
}

std::string SourceLink::display() const {
  const auto url = database::parse_url(text_);
  return url ? url->display() : "the source database";
}

}  // namespace sentinel::support
