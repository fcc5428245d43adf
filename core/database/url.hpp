// Database addresses as people write them: mysql://user:pass@host:port/db, postgresql://…, sqlite:path.
#pragma once

#include "database/dialects.hpp"

#include <sentinel/status.hpp>

#include <string>
#include <string_view>

namespace sentinel::database {

std::string_view to_string(Dialect dialect);  // "mysql", "postgresql", "sqlite"

enum class Tls {
  kAuto,    // verified, unless the host is loopback or a socket
  kVerify,  // ?tls=verify: encrypted, certificate and host name checked
  kOff,     // ?tls=off
};

struct Url {
  Dialect dialect = kEmbeddedDialect;
  std::string user, password;
  std::string host;      // empty: a socket, or a file
  int port = 0;          // 0: the server's default
  std::string database;  // or the path of the file
  std::string socket;    // ?socket=
  std::string ca;        // ?ca=: certificates to trust; empty: the system's
  Tls tls = Tls::kAuto;

  // True for a server, false for a file.
  bool is_server() const;
  // True if the bytes must be encrypted, by `tls` and the kind of host.
  bool needs_tls() const;
  // "mysql://wp@db.example.org:3306/shop": never the password.
  std::string display() const;
};

// Also accepts mariadb:// and postgres://. User, password, host and database are percent-decoded. Errors:
// kInvalidConfig, naming what is wrong and never the password.
Result<Url> parse_url(std::string_view text);

}  // namespace sentinel::database
