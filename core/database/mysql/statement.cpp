// Prepared statements of MySQL and MariaDB: the binary protocol, with every result asked for as text.
#include "database/fault_text.hpp"
#include "database/mysql/faults.hpp"
#include "database/mysql/mysql.hpp"

#include <mysql.h>

#include <algorithm>

namespace sentinel::database {
namespace {

constexpr std::size_t kFirstCellBytes = 128;

class MysqlStatement final : public Statement::Impl {
 public:
  MysqlStatement(Connection::Impl& connection, MYSQL* handle, Flavour flavour)
      : Impl(connection), flavour_(flavour), statement_(mysql_stmt_init(handle), &mysql_stmt_close) {}

  Status prepare(std::string_view sql);
  Result<std::int64_t> run() override;
  Result<bool> step() override;
  std::size_t column_count() const override { return cells_.size(); }
  std::string_view column_name(std::size_t i) const override { return cells_[i].name; }
  std::optional<std::string_view> text(std::size_t i) const override {
    const auto& cell = cells_[i];
    if (cell.is_null != 0) return std::nullopt;
    return std::string_view(cell.bytes.data(), cell.length);
  }

 private:
  struct Cell {
    std::string name;
    std::vector<char> bytes = std::vector<char>(kFirstCellBytes);
    unsigned long length = 0;
    my_bool is_null = 0, is_cut = 0;
  };

  Status fault() const {
    return mysql_fault(mysql_stmt_errno(statement_.get()), flavour_, mysql_stmt_error(statement_.get()), false);
  }
  void name_cells();
  void fill_parameters();
  Status bind_cells();
  Status fetch_cut_cells();

  const Flavour flavour_;
  std::unique_ptr<MYSQL_STMT, decltype(&mysql_stmt_close)> statement_;
  std::vector<MYSQL_BIND> parameter_binds_, cell_binds_;
  std::vector<unsigned long> parameter_lengths_;
  std::vector<Cell> cells_;
};

Status MysqlStatement::prepare(std::string_view sql) {
  if (statement_ == nullptr) return internal_error("no memory for a statement");
  if (mysql_stmt_prepare(statement_.get(), sql.data(), sql.size()) != 0) return fault();
  parameters.resize(mysql_stmt_param_count(statement_.get()));
  parameter_binds_.resize(parameters.size());
  parameter_lengths_.resize(parameters.size());
  name_cells();
  return {};
}

void MysqlStatement::name_cells() {
  cells_.resize(mysql_stmt_field_count(statement_.get()));
  cell_binds_.resize(cells_.size());
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> metadata(mysql_stmt_result_metadata(statement_.get()),
                                                                          &mysql_free_result);
  if (metadata == nullptr) return;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cells_[i].name = mysql_fetch_field_direct(metadata.get(), static_cast<unsigned>(i))->name;
  }
}

void MysqlStatement::fill_parameters() {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    auto& parameter = parameters[i];
    auto& bind = parameter_binds_[i];
    bind = {};
    switch (parameter.kind) {
      case Parameter::Kind::kNull: bind.buffer_type = MYSQL_TYPE_NULL; break;
      case Parameter::Kind::kInt64:
        bind.buffer_type = MYSQL_TYPE_LONGLONG;
        bind.buffer = &parameter.number;
        break;
      case Parameter::Kind::kText:
      case Parameter::Kind::kBytes:
        bind.buffer_type = parameter.kind == Parameter::Kind::kText ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
        bind.buffer = const_cast<char*>(parameter.text.data());
        bind.buffer_length = parameter_lengths_[i] = parameter.text.size();
        bind.length = &parameter_lengths_[i];
        break;
    }
  }
}

Status MysqlStatement::bind_cells() {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    auto& cell = cells_[i];
    auto& bind = cell_binds_[i];
    bind = {};
    bind.buffer_type = MYSQL_TYPE_STRING;
    bind.buffer = cell.bytes.data();
    bind.buffer_length = cell.bytes.size();
    bind.length = &cell.length;
    bind.is_null = &cell.is_null;
    bind.error = &cell.is_cut;
  }
  return mysql_stmt_bind_result(statement_.get(), cell_binds_.data()) == 0 ? Status() : fault();
}

Result<std::int64_t> MysqlStatement::run() {
  mysql_stmt_free_result(statement_.get());
  fill_parameters();
  if (!parameters.empty() && mysql_stmt_bind_param(statement_.get(), parameter_binds_.data()) != 0) return fault();
  if (mysql_stmt_execute(statement_.get()) != 0) return fault();
  if (cells_.empty()) return static_cast<std::int64_t>(mysql_stmt_affected_rows(statement_.get()));
  SENTINEL_TRY(bind_cells());
  // The whole result comes over now, so that other statements may run between two rows.
  if (mysql_stmt_store_result(statement_.get()) != 0) return fault();
  return std::int64_t{0};
}

// Cells longer than their buffer: their length is known now.
Status MysqlStatement::fetch_cut_cells() {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    auto& cell = cells_[i];
    if (cell.is_null != 0 || cell.length <= cell.bytes.size()) continue;
    cell.bytes.resize(std::max<std::size_t>(cell.length, cell.bytes.size() * 2));
    cell_binds_[i].buffer = cell.bytes.data();
    cell_binds_[i].buffer_length = cell.bytes.size();
    if (mysql_stmt_fetch_column(statement_.get(), &cell_binds_[i], static_cast<unsigned>(i), 0) != 0) return fault();
  }
  // The library copied the old buffers' addresses.
  return mysql_stmt_bind_result(statement_.get(), cell_binds_.data()) == 0 ? Status() : fault();
}

Result<bool> MysqlStatement::step() {
  if (cells_.empty()) return false;
  const int outcome = mysql_stmt_fetch(statement_.get());
  if (outcome == MYSQL_NO_DATA) return false;
  if (outcome != 0 && outcome != MYSQL_DATA_TRUNCATED) return fault();
  if (outcome == MYSQL_DATA_TRUNCATED) SENTINEL_TRY(fetch_cut_cells());
  return true;
}

}  // namespace

Result<std::unique_ptr<Statement::Impl>> prepare_mysql(Connection::Impl& connection, st_mysql* handle, Flavour flavour,
                                                       std::string_view sql) {
  auto statement = std::make_unique<MysqlStatement>(connection, handle, flavour);
  SENTINEL_TRY(statement->prepare(sql));
  return std::unique_ptr<Statement::Impl>(std::move(statement));
}

}  // namespace sentinel::database
