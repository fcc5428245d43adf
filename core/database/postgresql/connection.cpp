// PostgreSQL: opens a session that is UTC, UTF-8, plain in its quoting and as encrypted as the URL demands.
#include "database/connect_string.hpp"
#include "database/fault_text.hpp"
#include "database/postgresql/faults.hpp"
#include "database/postgresql/postgresql.hpp"
#include "database/soci_text.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <libpq-fe.h>
#include <sys/socket.h>

#include <array>

namespace sentinel::database {
namespace {

constexpr std::string_view kDefaultSocket = "/var/run/postgresql";

// Where the server is, and no credentials: safe to send in a probe.
std::string address(const Url& url, const ConnectOptions& options) {
  // An empty hostaddr and a host in every case: PGHOST and PGHOSTADDR of the environment must not redirect a plain
  // link.
  std::string text = "gssencmode=disable hostaddr=''";
  const std::string_view host = url.socket.empty() ? url.host : url.socket;
  append_option(text, "host", host.empty() ? kDefaultSocket : host);
  if (url.port != 0) append_option(text, "port", std::to_string(url.port));
  append_option(text, "connect_timeout", whole_seconds(options.connect_timeout));
  return text;
}

std::string connect_string(const Url& url, const ConnectOptions& options) {
  std::string text = address(url, options);
  if (!url.user.empty()) append_option(text, "user", url.user);
  if (!url.password.empty()) append_option(text, "password", url.password);
  append_option(text, "dbname", url.database);
  append_option(text, "application_name", options.application);
  append_option(text, "client_encoding", "UTF8");
  if (url.needs_tls()) {
    append_option(text, "sslmode", "verify-full");
    append_option(text, "sslrootcert", url.ca.empty() ? kSystemCertificates : std::string_view(url.ca));
  } else {
    append_option(text, "sslmode", "disable");
  }
  if (options.read_timeout.count() > 0) {
    append_option(text, "tcp_user_timeout", std::to_string(options.read_timeout.count()));
    append_option(text, "keepalives_idle", whole_seconds(options.read_timeout / 2));
    append_option(text, "keepalives_interval", whole_seconds(options.read_timeout / 8));
    append_option(text, "keepalives_count", "4");
  }
  return text;
}

void ignore_notice(void*, const char*) {}

class PostgresqlConnection final : public SociConnection {
 public:
  using SociConnection::SociConnection;
  ~PostgresqlConnection() override { PQfreeCancel(cancel_); }

  Status open();
  Result<std::unique_ptr<Statement::Impl>> prepare(std::string_view sql) override {
    return prepare_postgresql(*this, handle_, sql);
  }
  Status send_begin() override { return send("BEGIN"); }
  Status send_commit() override;
  Status send_rollback() override { return send("ROLLBACK"); }
  void cancel() override;
  void drop_link() override { shutdown(PQsocket(handle_), SHUT_RDWR); }
  void* native() const override { return handle_; }

 protected:
  Status fault_of(const soci::soci_error& error, bool has_values) const override;

 private:
  Status send(const std::string& sql, std::string_view expected_tag = {});
  Status result_fault(const PGresult* result) const;
  Status connect();
  Status connect_fault(std::string text) const;
  Status set_session();
  Status check_session() const;

  PGconn* handle_ = nullptr;
  PGcancel* cancel_ = nullptr;
};

Status PostgresqlConnection::fault_of(const soci::soci_error& error, bool) const {
  std::string text = error.get_error_message();
  constexpr std::string_view kSociWords = "Cannot execute query. ";
  if (text.starts_with(kSociWords)) text.erase(0, kSociWords.size());
  if (PQstatus(handle_) == CONNECTION_BAD) return postgresql_fault("08006", text);
  const auto* native = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  if (native == nullptr) return internal_error(clean_text(text));
  return postgresql_fault(native->sqlstate(), text);
}

Status PostgresqlConnection::result_fault(const PGresult* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state != nullptr && text != nullptr) return postgresql_fault(state, text);
  return postgresql_fault("08006", PQerrorMessage(handle_));
}

// `expected_tag`: the command tag that the server must answer; empty: any.
Status PostgresqlConnection::send(const std::string& sql, std::string_view expected_tag) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(handle_, sql.c_str()), &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return result_fault(result.get());
  if (expected_tag.empty() || expected_tag == PQcmdStatus(result.get())) return {};
  return internal_error("the server answered " + clean_text(PQcmdStatus(result.get())) +
                        " to COMMIT: nothing was kept");
}

Status PostgresqlConnection::send_commit() {
  // The server would answer COMMIT with ROLLBACK, and success.
  if (PQtransactionStatus(handle_) == PQTRANS_INERROR) {
    return internal_error("an earlier fault aborted the transaction, so it cannot be committed; it is rolled back");
  }
  return send("COMMIT", "COMMIT");
}

void PostgresqlConnection::cancel() {
  // First the waiting thread, which this frees at once; then the server, which may take its time.
  drop_link();
  std::array<char, 256> error{};
  PQcancel(cancel_, error.data(), static_cast<int>(error.size()));
}

Status PostgresqlConnection::connect() {
  try {
    open_session(soci::postgresql, connect_string(url, options));
  } catch (const soci::soci_error& error) {
    return connect_fault(error.get_error_message());
  } catch (const std::exception& error) {
    return internal_error("cannot connect to " + url.display() + ": " + clean_text(error.what()));
  }
  handle_ = static_cast<soci::postgresql_session_backend&>(backend()).conn_;
  cancel_ = PQgetCancel(handle_);
  PQsetNoticeProcessor(handle_, ignore_notice, nullptr);
  PQsetErrorVerbosity(handle_, PQERRORS_TERSE);
  return {};
}

// libpq gives no SQLSTATE for a failed connect, and its message is in the language of the server. So ask whether
// anything answers there at all: who answers, and still did not let us in, refuses us.
Status PostgresqlConnection::connect_fault(std::string text) const {
  constexpr std::string_view kSociWords = "Cannot establish connection to the database.";
  if (text.starts_with(kSociWords)) text.erase(0, kSociWords.size());
  const PGPing ping = PQping(address(url, options).c_str());
  Code code = ping == PQPING_OK ? Code::kRefused : Code::kUnavailable;
  if (ping == PQPING_NO_ATTEMPT) code = Code::kInvalidConfig;
  // Full is not refused; in other languages it looks so, and stops a run instead of letting it wait.
  if (text.find("too many") != std::string::npos || text.find("connection slots are reserved") != std::string::npos) {
    code = Code::kUnavailable;
  }
  std::string_view cure;
  if (code == Code::kRefused && text.find("certificate") != std::string::npos) {
    cure = "no trusted encryption (name the server's certificates by ?ca=file): ";
  } else if (ping == PQPING_NO_RESPONSE) {
    cure = cure_of_silence(url);
  }
  return Status(code, "cannot connect to " + url.display() + ": " + std::string(cure) + clean_text(text));
}

Status PostgresqlConnection::set_session() {
  const std::string lock = std::to_string(options.lock_timeout.count());
  const std::string statement = std::to_string(options.read_timeout.count());
  SENTINEL_TRY(
      send("SET timezone='UTC'; SET datestyle='ISO, YMD'; SET intervalstyle='iso_8601'; SET bytea_output='hex'; "
           "SET standard_conforming_strings=on; SET default_transaction_isolation='read committed'; "
           "SET lock_timeout=" +
           lock + "; SET statement_timeout=" + statement +
           "; "
           "SET tcp_keepalives_idle=30; SET tcp_keepalives_interval=10; SET tcp_keepalives_count=3"));
  // A role may be set to lose its last commits in a crash of the server.
  SENTINEL_TRY(
      send("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"));
  return options.read_only ? send("SET default_transaction_read_only=on") : Status();
}

Status PostgresqlConnection::check_session() const {
  const auto is = [this](const char* name, std::string_view wanted) {
    const char* value = PQparameterStatus(handle_, name);
    return value != nullptr && wanted == value;
  };
  if (!is("standard_conforming_strings", "on") || !is("TimeZone", "UTC") || !is("client_encoding", "UTF8")) {
    return internal_error("the server did not accept the session's quoting, time zone or encoding");
  }
  return {};
}

Status PostgresqlConnection::open() {
  SENTINEL_TRY(connect());
  if (url.needs_tls() && PQsslInUse(handle_) == 0) {
    return {Code::kRefused, "the link to " + url.display() + " is not encrypted although the url needs it"};
  }
  if (const char* version = PQparameterStatus(handle_, "server_version")) server_version = clean_text(version);
  connection_id = PQbackendPID(handle_);
  Status session = set_session();
  if (session.ok()) session = check_session();
  return session.ok() ? Status() : std::move(session).prefixed("cannot set up the session on " + url.display() + ": ");
}

}  // namespace

Result<std::unique_ptr<Connection::Impl>> open_postgresql(const Url& url, const ConnectOptions& options) {
  auto connection = std::make_unique<PostgresqlConnection>(url, options);
  SENTINEL_TRY(connection->open());
  return std::unique_ptr<Connection::Impl>(std::move(connection));
}

}  // namespace sentinel::database
