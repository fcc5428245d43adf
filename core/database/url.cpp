// Parses database addresses, and decides which of them must be encrypted.
#include "database/url.hpp"

#include "database/dialect.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace sentinel::database {
namespace {

constexpr std::string_view kEncodeCure =
    "; write @ : / ? # % and spaces in user and password as %40 %3A %2F %3F %23 %25 %20";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// `part` is named in the error, its text never: it may be a password.
Result<std::string> percent_decode(std::string_view text, std::string_view part) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
      if (low < 0) {
        return invalid_config("the " + std::string(part) +
                              " of the database url holds a % that two hexadecimal digits do not follow" +
                              std::string(kEncodeCure));
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return invalid_config("the " + std::string(part) + " of the database url holds a zero byte");
    decoded += c;
  }
  return decoded;
}

struct Scheme {
  std::string_view prefix;
  Dialect dialect;
};

std::optional<Scheme> find_scheme(std::string_view text) {
  for (const auto dialect : kDialects) {
    for (const auto prefix : rules_of(dialect).schemes()) {
      if (text.starts_with(prefix)) return Scheme{prefix, dialect};
    }
  }
  return std::nullopt;
}

// "mysql://, postgresql:// or sqlite:"
std::string known_schemes() {
  std::string list;
  for (const auto dialect : kDialects) {
    const auto& rules = rules_of(dialect);
    if (!list.empty()) list += dialect == kDialects.back() ? " or " : ", ";
    list += std::string(rules.name()) + (rules.is_server() ? "://" : ":");
  }
  return list;
}

Status set_option(Url& url, std::string_view key, std::string value) {
  if (key == "tls") {
    if (value != "verify" && value != "off") {
      return invalid_config(
          "tls in the database url is neither \"verify\" nor \"off\"; leave it out to verify every "
          "server but the local one");
    }
    url.tls = value == "verify" ? Tls::kVerify : Tls::kOff;
  } else if (key == "socket") {
    url.socket = std::move(value);
  } else if (key == "ca") {
    url.ca = std::move(value);
  } else {
    return invalid_config("unknown option \"" + std::string(key) +
                          "\" in the database url; there are socket, tls and ca");
  }
  return {};
}

Status parse_options(Url& url, std::string_view query) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    const auto key = pair.substr(0, equals);
    if (equals == std::string_view::npos || equals + 1 == pair.size()) {
      return invalid_config("option \"" + std::string(key) + "\" in the database url has no value");
    }
    SENTINEL_ASSIGN(auto value, percent_decode(pair.substr(equals + 1), "option " + std::string(key)));
    SENTINEL_TRY(set_option(url, key, std::move(value)));
  }
  return {};
}

Status parse_user(Url& url, std::string_view user_info) {
  const auto colon = user_info.find(':');
  SENTINEL_ASSIGN(url.user, percent_decode(user_info.substr(0, colon), "user"));
  if (colon == std::string_view::npos) return {};
  SENTINEL_ASSIGN(url.password, percent_decode(user_info.substr(colon + 1), "password"));
  return {};
}

Status parse_host(Url& url, std::string_view host_port) {
  std::string_view host = host_port, port;
  if (host_port.starts_with('[')) {
    const auto bracket = host_port.find(']');
    if (bracket == std::string_view::npos)
      return invalid_config("the database url opens a [ in its host and never closes it");
    host = host_port.substr(1, bracket - 1);
    port = host_port.substr(bracket + 1);
    if (!port.empty() && port.front() != ':')
      return invalid_config("the database url has text behind the ] of its host");
  } else if (const auto colon = host_port.find(':'); colon != std::string_view::npos) {
    host = host_port.substr(0, colon);
    port = host_port.substr(colon);
  }
  SENTINEL_ASSIGN(url.host, percent_decode(host, "host"));
  if (port.empty()) return {};
  port.remove_prefix(1);
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), url.port);
  // The text is not shown: in "mysql://user:password" without a host it is the password.
  if (parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size() || url.port < 1 || url.port > 65535) {
    return invalid_config("the port of the database url is not a number from 1 to 65535" + std::string(kEncodeCure));
  }
  return {};
}

Status check_server(Url& url) {
  if (rules_of(url.dialect).takes_socket_as_host() && url.host.starts_with('/'))
    url.socket = std::exchange(url.host, "");
  if (!url.socket.empty() && !url.host.empty()) {
    return invalid_config("the database url names a host and a socket; leave one out, as in " +
                          std::string(to_string(url.dialect)) + "://user:password@/database?socket=/path");
  }
  if (url.tls == Tls::kVerify && url.host.empty()) {
    return invalid_config("tls=verify in the database url needs a host; a socket never leaves the machine");
  }
  // The ! ends the prefix in which the policy travels to the TLS hook.
  if (url.host.find_first_of("! '\"\\") != std::string::npos) {
    return invalid_config("the host of the database url holds a character that no host name has");
  }
  if (url.database.empty()) {
    return invalid_config("the database url names no database; end it with /database");
  }
  return {};
}

Result<Url> parse_server(Url url, std::string_view rest) {
  const std::string name(to_string(url.dialect));
  if (!rest.starts_with("//")) return invalid_config("a database url starts with " + name + "://");
  rest.remove_prefix(2);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto authority = rest.substr(0, end);
  rest.remove_prefix(end);
  // An @ behind the authority means that a raw / ? or # of the password ended it too early.
  if (rest.find('@') != std::string_view::npos || rest.find('#') != std::string_view::npos) {
    return invalid_config("user or password of the database url holds a character that ends them too early" +
                          std::string(kEncodeCure));
  }
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos) SENTINEL_TRY(parse_user(url, authority.substr(0, at)));
  SENTINEL_TRY(parse_host(url, at == std::string_view::npos ? authority : authority.substr(at + 1)));

  const auto question = rest.find('?');
  auto path = rest.substr(0, question);
  if (!path.empty()) path.remove_prefix(1);
  if (path.find('/') != std::string_view::npos) {
    return invalid_config("the database url has more than one part behind its host; a / in a database's name is %2F");
  }
  SENTINEL_ASSIGN(url.database, percent_decode(path, "database"));
  if (question != std::string_view::npos) SENTINEL_TRY(parse_options(url, rest.substr(question + 1)));
  SENTINEL_TRY(check_server(url));
  return url;
}

Result<Url> parse_file(Url url, std::string_view rest) {
  if (rest.starts_with("//")) rest.remove_prefix(2);
  if (rest.find('?') != std::string_view::npos) {
    return invalid_config("an " + std::string(to_string(url.dialect)) +
                          " url takes no options; a ? in the file's name is %3F");
  }
  SENTINEL_ASSIGN(url.database, percent_decode(rest, "path"));
  if (url.database.empty()) {
    const std::string name(to_string(url.dialect));
    return invalid_config("the " + name + " url names no file; write " + name + ":path/to/file.db");
  }
  return url;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  in_addr ipv4{};
  if (inet_pton(AF_INET, host.c_str(), &ipv4) == 1) return (ntohl(ipv4.s_addr) >> 24) == 127;
  in6_addr ipv6{};
  return inet_pton(AF_INET6, host.c_str(), &ipv6) == 1 && IN6_IS_ADDR_LOOPBACK(&ipv6);
}

}  // namespace

bool Url::is_server() const { return rules_of(dialect).is_server(); }

bool Url::needs_tls() const {
  if (!is_server() || host.empty() || tls == Tls::kOff) return false;
  return tls == Tls::kVerify || !is_loopback(host);
}

std::string Url::display() const {
  std::string text(to_string(dialect));
  if (!is_server()) {
    text += ":" + database;
  } else {
    text += "://" + user + (user.empty() ? "" : "@");
    text += host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != 0) text += ":" + std::to_string(port);
    text += "/" + database;
    if (!socket.empty()) text += "?socket=" + socket;
  }
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

Result<Url> parse_url(std::string_view text) {
  const auto scheme = find_scheme(text);
  if (!scheme) {
    return invalid_config("a database url starts with " + known_schemes() +
                          ", as in mysql://user:password@host:3306/database");
  }
  Url url;
  url.dialect = scheme->dialect;
  const auto rest = text.substr(scheme->prefix.size());
  return url.is_server() ? parse_server(std::move(url), rest) : parse_file(std::move(url), rest);
}

}  // namespace sentinel::database
