// Which way a site is read, and the message when the options do not decide.
#include "wordpress_source/wordpress.hpp"

#include "support/tests/source_probe.hpp"

#include <gtest/gtest.h>

namespace sentinel::wordpress_source {
namespace {

std::string refusal(const Options& options) {
  support::TestHost host;
  const auto opened = Wordpress::open(options, host.host);
  return opened ? "" : opened.error().option_path() + ": " + opened.error().message();
}

Options rest_options() {
  Options options;
  options.base_url = "https://example.org";
  options.user = "ada";
  options.application_password = "abcd efgh";
  return options;
}

TEST(Wordpress, IsReadFromItsDatabaseOrOverRestAndNotBoth) {
  EXPECT_EQ(refusal(rest_options()), "");
  auto both = rest_options();
  both.connection = "sqlite:site.db";
  EXPECT_EQ(
      refusal(both),
      "base_url: a site is read from its database (connection) or over its REST API (base_url), not both; remove one");
  EXPECT_EQ(refusal(Options()),
            ": say where the site is: connection, the address of its database, or base_url, its own address, for the "
            "REST API");
  Options stray;
  stray.connection = "sqlite:site.db";
  stray.user = "ada";
  EXPECT_EQ(refusal(stray),
            "user: user and application_password belong to a site's REST API; give its base_url, or remove them");
}

TEST(Wordpress, OverRestNeedsAUserThatTravelsEncrypted) {
  auto options = rest_options();
  options.user = "";
  EXPECT_TRUE(refusal(options).starts_with("user: name the user to read as")) << refusal(options);
  options = rest_options();
  options.application_password = "";
  EXPECT_TRUE(refusal(options).starts_with("application_password: give an application password")) << refusal(options);
  options = rest_options();
  options.base_url = "http://example.org";
  EXPECT_EQ(refusal(options), "base_url: http would send credentials unencrypted; use https");
  options = rest_options();
  options.repeated_meta = RepeatedMeta::kLast;
  EXPECT_TRUE(refusal(options).starts_with("repeated_meta: ")) << refusal(options);
  options = rest_options();
  options.preset = Preset::kGivewp;
  EXPECT_TRUE(refusal(options).starts_with("preset: ")) << refusal(options);
  options = rest_options();
  options.prefix = "blog_";
  EXPECT_TRUE(refusal(options).starts_with("prefix: ")) << refusal(options);
  options = rest_options();
  options.statuses.emplace();
  EXPECT_TRUE(refusal(options).starts_with("statuses: ")) << refusal(options);
}

}  // namespace
}  // namespace sentinel::wordpress_source
