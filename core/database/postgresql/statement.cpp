// Prepared statements of PostgreSQL: text both ways, except bytes, which go in binary and come back decoded.
#include "database/fault_text.hpp"
#include "database/postgresql/faults.hpp"
#include "database/postgresql/postgresql.hpp"

#include <libpq-fe.h>

#include <atomic>
#include <charconv>

namespace sentinel::database {
namespace {

constexpr Oid kByteaOid = 17;

using PgResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// "\x6f6b" as bytea_output=hex prints it.
std::string decode_bytea(std::string_view printed) {
  if (!printed.starts_with("\\x")) return std::string(printed);
  std::string bytes;
  bytes.reserve(printed.size() / 2);
  for (std::size_t i = 2; i + 1 < printed.size(); i += 2) {
    bytes += static_cast<char>(hex_digit(printed[i]) * 16 + hex_digit(printed[i + 1]));
  }
  return bytes;
}

class PostgresqlStatement final : public Statement::Impl {
 public:
  PostgresqlStatement(Connection::Impl& connection, PGconn* handle) : Impl(connection), handle_(handle) {}
  ~PostgresqlStatement() override {
    if (is_prepared_ && PQtransactionStatus(handle_) <= PQTRANS_INTRANS && !connection.is_dead) {
      PQclear(PQexec(handle_, ("DEALLOCATE " + name_).c_str()));
    }
  }

  Status prepare(std::string_view sql);
  Result<std::int64_t> run() override;
  Result<bool> step() override;
  std::size_t column_count() const override { return columns_.size(); }
  std::string_view column_name(std::size_t i) const override { return columns_[i].name; }
  std::optional<std::string_view> text(std::size_t i) const override;

 private:
  struct Column {
    std::string name;
    bool is_bytea = false;
    std::string decoded;
  };

  Status fault_of(const PGresult* result) const;
  void fill_parameters();
  void decode_row();

  PGconn* handle_;
  std::string name_;
  bool is_prepared_ = false;
  std::vector<std::string> texts_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  PgResult result_{nullptr, &PQclear};
  int row_ = -1;
  std::vector<Column> columns_;
};

Status PostgresqlStatement::fault_of(const PGresult* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state != nullptr && text != nullptr) return postgresql_fault(state, text);
  return postgresql_fault("08006", PQerrorMessage(handle_));
}

Status PostgresqlStatement::prepare(std::string_view sql) {
  static std::atomic<std::uint64_t> count{0};
  name_ = "sentinel_" + std::to_string(++count);
  const PgResult prepared(PQprepare(handle_, name_.c_str(), std::string(sql).c_str(), 0, nullptr), &PQclear);
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return fault_of(prepared.get());
  is_prepared_ = true;
  const PgResult described(PQdescribePrepared(handle_, name_.c_str()), &PQclear);
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return fault_of(described.get());
  const auto count_in = static_cast<std::size_t>(PQnparams(described.get()));
  parameters.resize(count_in);
  texts_.resize(count_in);
  values_.resize(count_in);
  lengths_.resize(count_in);
  formats_.resize(count_in);
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    columns_.push_back({PQfname(described.get(), i), PQftype(described.get(), i) == kByteaOid, {}});
  }
  return {};
}

void PostgresqlStatement::fill_parameters() {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& parameter = parameters[i];
    formats_[i] = parameter.kind == Parameter::Kind::kBytes ? 1 : 0;
    if (parameter.kind == Parameter::Kind::kNull) {
      values_[i] = nullptr;
      continue;
    }
    // libpq reads texts up to their zero byte, which a borrowed view need not have.
    if (parameter.kind == Parameter::Kind::kInt64) {
      texts_[i] = std::to_string(parameter.number);
    } else if (parameter.kind == Parameter::Kind::kText) {
      texts_[i].assign(parameter.text);
    }
    values_[i] = parameter.kind == Parameter::Kind::kBytes ? parameter.text.data() : texts_[i].c_str();
    if (values_[i] == nullptr) values_[i] = "";
    lengths_[i] = static_cast<int>(parameter.text.size());
  }
}

Result<std::int64_t> PostgresqlStatement::run() {
  fill_parameters();
  row_ = -1;
  result_.reset(PQexecPrepared(handle_, name_.c_str(), static_cast<int>(parameters.size()), values_.data(),
                               lengths_.data(), formats_.data(), 0));
  const auto status = PQresultStatus(result_.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return fault_of(result_.get());
  const std::string_view command = PQcmdStatus(result_.get());
  const std::string_view hit = PQcmdTuples(result_.get());
  std::int64_t rows = 0;
  if (!command.starts_with("SELECT")) std::from_chars(hit.data(), hit.data() + hit.size(), rows);
  return rows;
}

Result<bool> PostgresqlStatement::step() {
  if (result_ == nullptr || row_ + 1 >= PQntuples(result_.get())) return false;
  ++row_;
  decode_row();
  return true;
}

void PostgresqlStatement::decode_row() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].is_bytea) continue;
    const int column = static_cast<int>(i);
    columns_[i].decoded = decode_bytea(
        {PQgetvalue(result_.get(), row_, column), static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))});
  }
}

std::optional<std::string_view> PostgresqlStatement::text(std::size_t i) const {
  const int column = static_cast<int>(i);
  if (row_ < 0 || PQgetisnull(result_.get(), row_, column) != 0) return std::nullopt;
  if (columns_[i].is_bytea) return columns_[i].decoded;
  return std::string_view(PQgetvalue(result_.get(), row_, column),
                          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column)));
}

}  // namespace

Result<std::unique_ptr<Statement::Impl>> prepare_postgresql(Connection::Impl& connection, pg_conn* handle,
                                                            std::string_view sql) {
  auto statement = std::make_unique<PostgresqlStatement>(connection, handle);
  SENTINEL_TRY(statement->prepare(sql));
  return std::unique_ptr<Statement::Impl>(std::move(statement));
}

}  // namespace sentinel::database
