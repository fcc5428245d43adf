// MySQL and MariaDB: opens a session that is strict, UTC, utf8mb4 and as encrypted as the URL demands.
#include "database/connect_string.hpp"
#include "database/fault_text.hpp"
#include "database/mysql/faults.hpp"
#include "database/mysql/mysql.hpp"
#include "database/mysql/tls_hook.hpp"
#include "database/soci_text.hpp"

#include <soci/mysql/soci-mysql.h>

#include <sys/socket.h>

namespace sentinel::database {
namespace {

// Strict, so that a value that does not fit is an error instead of a smaller value. No NO_ZERO_DATE: sources hold zero
// dates and must be readable. Never NO_BACKSLASH_ESCAPES: SOCI's quoting relies on backslashes.
constexpr std::string_view kSqlMode = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

std::string connect_string(const Url& url, const ConnectOptions& options) {
  std::string text = "charset=utf8mb4";
  append_option(text, "host", host_with_policy(url));
  if (!url.user.empty()) append_option(text, "user", url.user);
  if (!url.password.empty()) append_option(text, "password", url.password);
  append_option(text, "db", url.database);
  if (url.port != 0) append_option(text, "port", std::to_string(url.port));
  if (!url.socket.empty()) append_option(text, "unix_socket", url.socket);
  if (url.needs_tls()) append_option(text, "sslca", url.ca.empty() ? kSystemCertificates : std::string_view(url.ca));
  append_option(text, "connect_timeout", whole_seconds(options.connect_timeout));
  if (options.read_timeout.count() > 0) {
    const auto seconds = whole_seconds(options.read_timeout);
    append_option(text, "read_timeout", seconds);
    append_option(text, "write_timeout", seconds);
  }
  return text;
}

class MysqlConnection final : public SociConnection {
 public:
  using SociConnection::SociConnection;

  Status open();
  Result<std::unique_ptr<Statement::Impl>> prepare(std::string_view sql) override {
    return prepare_mysql(*this, handle_, flavour_, sql);
  }
  Status send_begin() override { return send("START TRANSACTION"); }
  Status send_commit() override;
  Status send_rollback() override { return send("ROLLBACK"); }
  void cancel() override { drop_link(); }
  void drop_link() override { shutdown(static_cast<int>(mysql_get_socket(handle_)), SHUT_RDWR); }
  void* native() const override { return handle_; }

 protected:
  Status fault_of(const soci::soci_error& error, bool has_values) const override {
    const auto* native = dynamic_cast<const soci::mysql_soci_error*>(&error);
    const std::string text = error.get_error_message();
    if (native == nullptr) return internal_error(clean_text(text));
    return mysql_fault(native->err_num_, flavour_, text, has_values);
  }

 private:
  Status send(std::string_view sql) {
    if (mysql_real_query(handle_, sql.data(), sql.size()) == 0) return {};
    return mysql_fault(mysql_errno(handle_), flavour_, mysql_error(handle_), false);
  }
  Status connect();
  Status connect_fault(const soci::soci_error& error) const;
  Status check_encryption() const;
  Status set_session();
  Status check_session();

  MYSQL* handle_ = nullptr;
  Flavour flavour_ = Flavour::kMysql;
};

// After a fault of the disk or the binary log in the middle of COMMIT the engine may or may not have kept the
// transaction.
Status MysqlConnection::send_commit() {
  Status outcome = send("COMMIT");
  if (outcome.code() != Code::kInternal && outcome.code() != Code::kStorage) return outcome;
  return std::move(outcome).with_code(Code::kUnknownOutcome);
}

Status MysqlConnection::connect() {
  try {
    open_session(soci::mysql, connect_string(url, options));
  } catch (const soci::soci_error& error) {
    return connect_fault(error);
  } catch (const std::exception& error) {
    return internal_error("cannot connect to " + url.display() + ": " + clean_text(error.what()));
  }
  handle_ = static_cast<soci::mysql_session_backend&>(backend()).conn_;
  return {};
}

Status MysqlConnection::connect_fault(const soci::soci_error& error) const {
  Status fault = fault_of(error, false);
  if (fault.message().find(kPolicyMark) != std::string::npos) {
    return internal_error("cannot connect to " + url.display() +
                          ": the TLS hook is not in effect; load the sql plugin before others that use libmariadb");
  }
  const std::string code = fault.native_code();
  if (code == "2026") {
    fault = std::move(fault).prefixed(
        "no trusted encryption (name the server's certificates by ?ca=file, or for a link that "
        "cannot be intercepted ?tls=off): ");
  } else if (code == "1045" || code == "1698") {
    fault = std::move(fault).prefixed("user or password is wrong: ");
  } else if (code == "2002" || code == "2003" || code == "2005") {
    fault = std::move(fault).prefixed(cure_of_silence(url));
  }
  return std::move(fault).prefixed("cannot connect to " + url.display() + ": ");
}

// Asks the library and not the server, which an attacker in between could impersonate.
Status MysqlConnection::check_encryption() const {
  if (!url.needs_tls()) return {};
  const char* cipher = mysql_get_ssl_cipher(handle_);
  if (cipher != nullptr && *cipher != '\0') return {};
  return {Code::kRefused, "the link to " + url.display() + " is not encrypted although the url needs it"};
}

Status MysqlConnection::set_session() {
  const auto lock_seconds = whole_seconds(options.lock_timeout);
  SENTINEL_TRY(send("SET SESSION sql_mode='" + std::string(kSqlMode) + "', time_zone='+00:00', autocommit=1, " +
                    "innodb_lock_wait_timeout=" + lock_seconds + ", lock_wait_timeout=" + lock_seconds));
  SENTINEL_TRY(send("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"));
  return options.read_only ? send("SET SESSION TRANSACTION READ ONLY") : Status();
}

Status MysqlConnection::check_session() {
  SENTINEL_ASSIGN(const auto rows, query("SELECT @@sql_mode, @@time_zone, @@character_set_connection", {}));
  if (rows.size() != 1 || rows[0].size() != 3)
    return internal_error(url.display() + " does not report its session settings");
  const std::string mode = rows[0][0].value_or("");
  if (mode.find("STRICT_TRANS_TABLES") == std::string::npos || mode.find("NO_BACKSLASH_ESCAPES") != std::string::npos ||
      mode.find("ANSI_QUOTES") != std::string::npos) {
    return internal_error(url.display() + " did not accept the session's sql_mode; it is \"" + clean_text(mode) + "\"");
  }
  if (rows[0][1] != "+00:00" || rows[0][2] != "utf8mb4") {
    return internal_error(url.display() + " did not accept the session's time zone or character set");
  }
  return {};
}

Status MysqlConnection::open() {
  SENTINEL_TRY(connect());
  SENTINEL_TRY(check_encryption());
  server_version = clean_text(mysql_get_server_info(handle_));
  flavour_ = server_version.find("MariaDB") != std::string::npos ? Flavour::kMariadb : Flavour::kMysql;
  connection_id = static_cast<std::int64_t>(mysql_thread_id(handle_));
  Status session = set_session();
  if (session.ok()) session = check_session();
  return session.ok() ? Status() : std::move(session).prefixed("cannot set up the session on " + url.display() + ": ");
}

}  // namespace

Result<std::unique_ptr<Connection::Impl>> open_mysql(const Url& url, const ConnectOptions& options) {
  auto connection = std::make_unique<MysqlConnection>(url, options);
  SENTINEL_TRY(connection->open());
  return std::unique_ptr<Connection::Impl>(std::move(connection));
}

}  // namespace sentinel::database
