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
    EXPECT_EQ(address.error().message(), "http would send credentials in clear; write https");
  }
}

TEST(HttpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "example.ng", "ftp://example.ng", "https://", "https://user:secret@example.ng",
                           "https://example.ng/?x=1", "https://example.ng#top", "https://a b", "https://x:99999999"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code(), Code::kInvalidConfig);
    EXPECT_EQ(address.error().message().find("secret"), std::string::npos);
  }
}

TEST(HttpAddress, QueriesAreEncoded) {
  EXPECT_EQ(query_text({}), "");
  EXPECT_EQ(query_text({{"offset", "100"}, {"lastUpdated[gte]", "2026-01-01T00:00:00+01:00 é"}}),
            "?offset=100&lastUpdated%5Bgte%5D=2026-01-01T00%3A00%3A00%2B01%3A00%20%C3%A9");
}

}  // namespace
}  // namespace sentinel::support::http
