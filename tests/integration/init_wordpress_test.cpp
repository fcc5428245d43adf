// A draft of a real WordPress site: accepted, and every record and kobo of its first run accounted for.
#include "workspace.hpp"

namespace sentinel::integration {
namespace {

TEST(InitWordpress, ADraftOfTheSiteIsAcceptedAndItsRunBalances) {
  const Site site;
  const Database target(Kind::kMariadb);
  Workspace workspace(site.url(), target.url());
  const auto file = (workspace.folder() / "donations.yaml").string();
  const auto drafted = workspace.sentinel({"init", "--source", "wordpress", "--option", "connection=" + site.url(),
                                           "--table", "site_donations", "--output", file});
  ASSERT_EQ(drafted.exit_code, 0) << drafted;
  const auto text = read_file(file);
  EXPECT_FALSE(contains(text + drafted.out, "local-only")) << "the password of the site\n" << text << drafted;
  for (const auto* line : {"connection: ${env:WORDPRESS_DB}", "content: donation",
                           "amount_kobo: { from: meta.amount_kobo, type: integer }", "key: [donation_ref]",
                           "donor_email: email", "currency: NGN"})
    EXPECT_TRUE(contains(text, line)) << line << "\n" << text;

  EXPECT_EQ(workspace.sentinel({"check", file}).exit_code, 0) << workspace.sentinel({"check", file});
  EXPECT_EQ(workspace.sentinel({"preview", file}).exit_code, 0) << workspace.sentinel({"preview", file});
  EXPECT_FALSE(target.has_table("site_donations"));
  const auto run = workspace.json({"run", file});
  expect_balanced(run);
  EXPECT_EQ(records(run, "landed"), target.number("SELECT COUNT(*) FROM site_donations"));
  EXPECT_GE(records(run, "landed"), site.expected().at("clean").at("count").get<long long>());
}

}  // namespace
}  // namespace sentinel::integration
