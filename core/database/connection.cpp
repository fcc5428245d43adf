// The dialect-free part of a connection: which one to open, and what a transaction's state allows.
#include "database/connection_impl.hpp"
#include "database/dialect.hpp"

#include <utility>

namespace sentinel::database {

Status Connection::Impl::note(Status fault) {
  if (fault.code() == Code::kUnavailable) is_dead = true;
  if (in_transaction && transaction_fault.ok() && is_retryable(fault.code())) transaction_fault = fault;
  return fault;
}

std::string_view cure_of_silence(const Url& url) {
  if (url.host.empty()) return "nobody answers (is the server running, and is this its socket?): ";
  return "nobody answers (is the server running, are host and port right, does a firewall stand between?): ";
}

Status refuse_zero_byte(std::string_view text, std::size_t position) {
  if (text.find('\0') == std::string_view::npos) return {};
  return invalid_data("the text of parameter " + std::to_string(position + 1) +
                      " holds a zero byte, which no text column can keep; remove it in a transform");
}

Result<std::unique_ptr<Connection>> Connection::open(const Url& url, const ConnectOptions& options) {
  SENTINEL_ASSIGN(auto impl, rules_of(url.dialect).open(url, options));
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

void* native_handle(Connection& connection) { return connection.impl_->native(); }

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Dialect Connection::dialect() const { return impl_->url.dialect; }
const Url& Connection::url() const { return impl_->url; }
const std::string& Connection::server_version() const { return impl_->server_version; }
std::int64_t Connection::connection_id() const { return impl_->connection_id; }

Result<std::int64_t> Connection::execute(std::string_view sql, std::span<const Value> parameters) {
  return impl_->execute(sql, parameters);
}
Result<std::vector<Row>> Connection::query(std::string_view sql, std::span<const Value> parameters) {
  return impl_->query(sql, parameters);
}
Result<std::int64_t> Connection::execute(std::string_view sql, std::initializer_list<Value> parameters) {
  return impl_->execute(sql, {parameters.begin(), parameters.size()});
}
Result<std::vector<Row>> Connection::query(std::string_view sql, std::initializer_list<Value> parameters) {
  return impl_->query(sql, {parameters.begin(), parameters.size()});
}

Status Connection::begin() {
  if (impl_->in_transaction) return internal_error("begin inside a transaction that is still open");
  SENTINEL_TRY(impl_->note(impl_->send_begin()));
  impl_->in_transaction = true;
  impl_->transaction_fault = {};
  return {};
}

Status Connection::commit() {
  if (!impl_->in_transaction) return internal_error("commit without begin");
  if (!impl_->transaction_fault.ok()) {
    return Status(impl_->transaction_fault)
        .prefixed(
            "cannot commit, because a statement of the transaction failed and may have been undone alone; roll back "
            "and run all of it again: ");
  }
  Status outcome = impl_->send_commit();
  if (outcome.code() == Code::kUnavailable || outcome.code() == Code::kUnknownOutcome) {
    // The server may have applied it before the link died. Even a link that was dead before is treated so: the only
    // proof would be when the client library claims to have noticed.
    impl_->is_dead = true;
    impl_->in_transaction = false;
    impl_->drop_link();
    return std::move(outcome).with_code(Code::kUnknownOutcome).prefixed("no reply to COMMIT: ");
  }
  if (!outcome.ok()) {
    // A refused COMMIT ends the transaction on some servers and leaves it open on others.
    if (!rollback().ok()) impl_->is_dead = true;
    return outcome;
  }
  impl_->in_transaction = false;
  return {};
}

Status Connection::rollback() {
  if (!impl_->in_transaction) return {};
  impl_->in_transaction = false;
  impl_->transaction_fault = {};
  if (impl_->is_dead) return {};
  Status outcome = impl_->note(impl_->send_rollback());
  // The server rolls back what a dead link leaves behind.
  return outcome.code() == Code::kUnavailable ? Status() : outcome;
}

bool Connection::in_transaction() const { return impl_->in_transaction; }
void Connection::cancel() { impl_->cancel(); }

}  // namespace sentinel::database
