#include "support/http/address.hpp"

#include <gtest/gtest.h>

namespace sentinel::support::http {
namespace {

TEST(HttpAddress, IsSchemeHostPortAndPath) {
  const auto address = parse_address("HTTPS://Example.NG:8443/blog//");
  ASSERT_TRUE(address) << address.error().message();
  EXPECT_EQ(address->scheme, "https");
  EXPECT_EQ(address->host, "example.ng");
  EXPECT_EQ(address->port, "8443");
  EXPECT_EQ(address->path, "/blog");
  EXPECT_EQ(address->text(), "https://example.ng:8443/blog");
}

TEST(HttpAddress, ClearTextReachesThisMachineOnly) {
  for (const char* text : {"http://127.0.0.1:8080", "http://localhost", "http://[::1]:81/x"})
    EXPECT_TRUE(parse_address(text)) << text;
  for (const char* text : {"http://example.ng", "http://127.evil.ng", "http://localhost.evil.ng"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().message(), "http would send credentials unencrypted; use https");
  }
}

TEST(HttpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "example.ng", "ftp://example.ng", "https://", "https://user:secret@example.ng",
                           "https://:secret@example.ng", "https://example.ng\\@secret", "https://example.ng/?x=1",
                           "https://example.ng#top", "https://a b", "https://x:99999999", "https:///example.ng",
                           "https://[fe80::1%25eth0]/", "https://example.ng/a b", "https://a%2fb"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code(), Code::kInvalidConfig);
    EXPECT_EQ(address.error().message().find("secret"), std::string::npos);
  }
}

TEST(HttpAddress, SaysWhatIsWrong) {
  EXPECT_EQ(parse_address("https://x:99999999/a").error().message(),
            "\"x:99999999\" is not a valid address (Port number was not a decimal number between 0 and 65535)");
  EXPECT_FALSE(parse_address(std::string_view("https://example.ng\0/a", 21)));
}

// The host that is checked is the one that libcurl would contact.
TEST(HttpAddress, AnIpAddressIsReadAsTheClientReadsIt) {
  for (const char* text : {"http://2130706433", "http://0x7f.1", "http://127.1"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->host, "127.0.0.1") << text;
  }
  EXPECT_FALSE(parse_address("http://134744072"));  // 8.8.8.8
}

TEST(HttpAddress, QueriesAreEncoded) {
  EXPECT_EQ(query_text({}), "");
  EXPECT_EQ(query_text({{"offset", "100"}, {"lastUpdated[gte]", "2026-01-01T00:00:00+01:00 é"}}),
            "?offset=100&lastUpdated%5Bgte%5D=2026-01-01T00%3A00%3A00%2B01%3A00%20%C3%A9");
  EXPECT_EQ(query_text({{"search", ""}}), "?search=");
}

}  // namespace
}  // namespace sentinel::support::http
