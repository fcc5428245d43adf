// The dialect-free part of a prepared statement: checks before, hidden values behind.
#include "database/statement.hpp"

#include "database/connection_impl.hpp"
#include "database/fault_text.hpp"

#include <utility>

namespace sentinel::database {
namespace {

Status check_parameters(const Statement::Impl& impl) {
  if (impl.bound_beyond) {
    return internal_error("parameter " + std::to_string(*impl.bound_beyond + 1) +
                          " was bound, but the statement has only " + std::to_string(impl.parameters.size()));
  }
  for (std::size_t i = 0; i < impl.parameters.size(); ++i) {
    if (impl.parameters[i].kind == Parameter::Kind::kText) SENTINEL_TRY(refuse_zero_byte(impl.parameters[i].text, i));
  }
  return {};
}

Status without_values(Status fault, const std::vector<Parameter>& parameters) {
  std::string message = fault.message();
  for (const auto& parameter : parameters) hide_value(message, parameter.text);
  if (message == fault.message()) return fault;
  return Status(fault.code(), std::move(message)).native(fault.domain(), fault.native_code());
}

}  // namespace

void Statement::Impl::bind(std::size_t i, Parameter parameter) {
  if (i < parameters.size()) {
    parameters[i] = parameter;
  } else {
    bound_beyond = i;
  }
}

Result<Statement> Statement::prepare(Connection& connection, std::string_view sql) {
  auto impl = connection.impl_->prepare(sql);
  if (!impl) return connection.impl_->note(std::move(impl).error());
  return Statement(std::move(impl).value());
}

Statement::Statement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

std::size_t Statement::parameter_count() const { return impl_->parameters.size(); }
void Statement::bind_null(std::size_t i) { impl_->bind(i, {}); }
void Statement::bind_int64(std::size_t i, std::int64_t value) { impl_->bind(i, {Parameter::Kind::kInt64, value, {}}); }
void Statement::bind_text(std::size_t i, std::string_view text) { impl_->bind(i, {Parameter::Kind::kText, 0, text}); }
void Statement::bind_bytes(std::size_t i, std::string_view bytes) {
  impl_->bind(i, {Parameter::Kind::kBytes, 0, bytes});
}

Result<std::int64_t> Statement::execute() {
  SENTINEL_TRY(check_parameters(*impl_));
  auto hit = impl_->run();
  if (!hit) return impl_->connection.note(without_values(std::move(hit).error(), impl_->parameters));
  return hit;
}

std::size_t Statement::column_count() const { return impl_->column_count(); }
std::string_view Statement::column_name(std::size_t i) const { return impl_->column_name(i); }

Result<bool> Statement::step() {
  auto moved = impl_->step();
  if (!moved) return impl_->connection.note(std::move(moved).error());
  return moved;
}

std::optional<std::string_view> Statement::text(std::size_t i) const { return impl_->text(i); }
char Statement::storage_class(std::size_t i) const { return impl_->storage_class(i); }

}  // namespace sentinel::database
