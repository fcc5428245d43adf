// Tests of database addresses: what is accepted, what must be encrypted, and that no password is ever shown.
#include "database/url.hpp"

#include <gtest/gtest.h>

namespace sentinel::database {
namespace {

Url parsed(std::string_view text) {
  auto url = parse_url(text);
  EXPECT_TRUE(url.has_value()) << (url.has_value() ? "" : url.error().message());
  return url.has_value() ? *url : Url{};
}

TEST(Url, TakesAServerAddressApart) {
  const Url url = parsed("mysql://wp:s%3Aecr%40t%2F@db.example.org:3307/word%20press?tls=verify&ca=/etc/ca.pem");
  EXPECT_EQ(url.dialect, Dialect::kMysql);
  EXPECT_EQ(url.user, "wp");
  EXPECT_EQ(url.password, "s:ecr@t/");
  EXPECT_EQ(url.host, "db.example.org");
  EXPECT_EQ(url.port, 3307);
  EXPECT_EQ(url.database, "word press");
  EXPECT_EQ(url.tls, Tls::kVerify);
  EXPECT_EQ(url.ca, "/etc/ca.pem");
  EXPECT_EQ(url.display(), "mysql://wp@db.example.org:3307/word press");
}

TEST(Url, KnowsOtherNamesOfTheSchemes) {
  EXPECT_EQ(parsed("mariadb://h/d").dialect, Dialect::kMysql);
  EXPECT_EQ(parsed("postgres://h/d").dialect, Dialect::kPostgresql);
  EXPECT_EQ(parsed("postgresql://h/d").dialect, Dialect::kPostgresql);
}

TEST(Url, TakesAnSqlitePath) {
  EXPECT_EQ(parsed("sqlite:data/a%20b.db").database, "data/a b.db");
  EXPECT_EQ(parsed("sqlite:///var/lib/x.db").database, "/var/lib/x.db");
  EXPECT_EQ(parsed("sqlite:x.db").display(), "sqlite:x.db");
  EXPECT_FALSE(parsed("sqlite:x.db").needs_tls());
}

TEST(Url, TakesSockets) {
  const Url url = parsed("mysql://wp@/shop?socket=/run/mysqld/mysqld.sock");
  EXPECT_EQ(url.socket, "/run/mysqld/mysqld.sock");
  EXPECT_FALSE(url.needs_tls());
  EXPECT_EQ(parsed("postgresql://%2Frun%2Fpostgresql/d").socket, "/run/postgresql");
}

TEST(Url, NeedsTlsUnlessTheServerIsThisMachine) {
  EXPECT_TRUE(parsed("mysql://db.example.org/d").needs_tls());
  EXPECT_TRUE(parsed("mysql://192.168.1.4/d").needs_tls());
  EXPECT_TRUE(parsed("mysql://localhost.example.org/d").needs_tls());
  EXPECT_TRUE(parsed("mysql://127.evil.example/d").needs_tls());
  EXPECT_TRUE(parsed("mysql://[2001:db8::1]:3306/d").needs_tls());
  EXPECT_TRUE(parsed("mysql://127.0.0.1/d?tls=verify").needs_tls());
  EXPECT_FALSE(parsed("mysql://localhost/d").needs_tls());
  EXPECT_FALSE(parsed("mysql://127.0.0.5/d").needs_tls());
  EXPECT_FALSE(parsed("postgresql://[::1]:5432/d").needs_tls());
  EXPECT_FALSE(parsed("mysql://db.example.org/d?tls=off").needs_tls());
}

TEST(Url, ShowsIpv6HostsInBrackets) { EXPECT_EQ(parsed("mysql://u@[::1]:3306/d").display(), "mysql://u@[::1]:3306/d"); }

struct Refusal {
  std::string_view text, says;
};
class RefusedUrl : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedUrl, SaysWhyAndHidesThePassword) {
  const auto url = parse_url(GetParam().text);
  ASSERT_FALSE(url.has_value());
  EXPECT_EQ(url.error().code(), Code::kInvalidConfig);
  EXPECT_NE(url.error().message().find(GetParam().says), std::string::npos) << url.error().message();
  EXPECT_EQ(url.error().message().find("hunter"), std::string::npos) << url.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Each, RefusedUrl,
    testing::Values(Refusal{"http://u:hunter2@h/d", "starts with"}, Refusal{"mysql:u:hunter2@h/d", "mysql://"},
                    Refusal{"mysql://u:hunter/2@h/d", "too early"}, Refusal{"mysql://u:hunter?2@h/d", "too early"},
                    Refusal{"mysql://u:hunter#2@h/d", "too early"}, Refusal{"mysql://u:hunter2/d", "port"},
                    Refusal{"mysql://u:hunter%2@h/d", "hexadecimal"}, Refusal{"mysql://u:hunter%00@h/d", "zero byte"},
                    Refusal{"mysql://u:hunter2@h:0/d", "port"}, Refusal{"mysql://u:hunter2@h:65536/d", "port"},
                    Refusal{"mysql://u:hunter2@h:33x/d", "port"}, Refusal{"mysql://u:hunter2@[::1/d", "never closes"},
                    Refusal{"mysql://u:hunter2@h", "names no database"}, Refusal{"mysql://u:hunter2@h/", "no database"},
                    Refusal{"mysql://u:hunter2@h/a/b", "more than one part"},
                    Refusal{"mysql://u:hunter2@h/d?sslmode=require", "sslmode"},
                    Refusal{"mysql://u:hunter2@h/d?tls=maybe", "neither"},
                    Refusal{"mysql://u:hunter2@h/d?tls=", "no value"},
                    Refusal{"mysql://u:hunter2@h/d?socket=/s", "host and a socket"},
                    Refusal{"mysql://u:hunter2@/d?socket=/s&tls=verify", "needs a host"},
                    Refusal{"mysql://u:hunter2@sentinel-plain!h/d", "host"}, Refusal{"sqlite:", "no file"},
                    Refusal{"sqlite:x.db?mode=ro", "no options"}));

}  // namespace
}  // namespace sentinel::database
