// Stands in front of libmariadb's mysql_real_connect: verified TLS where the URL needs it, LOCAL INFILE never.
//
// SOCI's own options cannot do it: sslca neither enforces TLS nor checks the host's name, and local_infile=0 is
// ignored. The dynamic linker resolves SOCI's call to the first definition it finds: in the program, or in the plugin
// whose loading brought SOCI in. Several plugins of one process may each have a copy, and one plugin's SOCI calls may
// arrive at another one's copy; so nothing is kept here: the policy travels inside the host argument.
#include "database/mysql/tls_hook.hpp"

#include <dlfcn.h>
#include <mysql.h>

namespace sentinel::database {
namespace {

constexpr std::string_view kVerify = "sentinel-verify!";
constexpr std::string_view kPlain = "sentinel-plain!";

using RealConnect = decltype(&mysql_real_connect);

// By handle first: "next" in the look-up order may be another plugin's copy of this hook.
RealConnect find_real_connect() {
  void* found = nullptr;
  if (void* library = dlopen("libmariadb.so.3", RTLD_NOW | RTLD_NOLOAD)) {
    found = dlsym(library, "mysql_real_connect");
    dlclose(library);  // gives back this reference only; who linked the library keeps it mapped
  }
  if (found == nullptr) found = dlsym(RTLD_NEXT, "mysql_real_connect");
  return reinterpret_cast<RealConnect>(found);
}

void set_policy(MYSQL* connection, bool verify, unsigned port) {
  unsigned int no_files = 0;
  mysql_options(connection, MYSQL_OPT_LOCAL_INFILE, &no_files);
  my_bool must = verify ? 1 : 0;
  mysql_options(connection, MYSQL_OPT_SSL_ENFORCE, &must);
  mysql_options(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &must);
  my_bool reconnect = 0;
  mysql_options(connection, MYSQL_OPT_RECONNECT, &reconnect);
  if (port != 0) {
    // libmariadb uses the local socket for "localhost", even with a port.
    unsigned int protocol = MYSQL_PROTOCOL_TCP;
    mysql_options(connection, MYSQL_OPT_PROTOCOL, &protocol);
  }
}

}  // namespace

std::string host_with_policy(const Url& url) { return std::string(url.needs_tls() ? kVerify : kPlain) + url.host; }

}  // namespace sentinel::database

extern "C" __attribute__((visibility("default"))) MYSQL* STDCALL
mysql_real_connect(MYSQL* connection, const char* host, const char* user, const char* password, const char* database,
                   unsigned int port, const char* socket, unsigned long flags) {
  using namespace sentinel::database;
  static const RealConnect real_connect = find_real_connect();
  if (real_connect == nullptr) return nullptr;
  const std::string_view given = host == nullptr ? "" : host;
  const bool verify = given.starts_with(kVerify);
  // A connection of other code in this process: left as it is.
  if (!verify && !given.starts_with(kPlain)) {
    return real_connect(connection, host, user, password, database, port, socket, flags);
  }
  set_policy(connection, verify, port);
  const char* name = host + (verify ? kVerify : kPlain).size();
  return real_connect(connection, *name == '\0' ? nullptr : name, user, password, database, port, socket, flags);
}
