// A real WordPress over its REST API through the whole program: the same rows as from its database, and SIGKILL in the
// middle of paging.
#include "workspace.hpp"

#include <csignal>
#include <sstream>

namespace sentinel::integration {
namespace {

// PHP's own web server before a test's copy of the site.
class ServedSite {
 public:
  explicit ServedSite(const Site& site) : database_(site.url().substr(site.url().rfind('/') + 1)) {
    std::istringstream lines(must_run({script(), "serve", database_}));
    for (const char* name : {"WORDPRESS_URL", "WORDPRESS_USER", "WORDPRESS_APPLICATION_PASSWORD"})
      std::getline(lines, variables_[name]);
  }
  ~ServedSite() {
    try {
      must_run({script(), "unserve", database_});
    } catch (const std::exception& thrown) {
      ADD_FAILURE() << "cleaning up: " << thrown.what();
    }
  }
  ServedSite(const ServedSite&) = delete;
  ServedSite& operator=(const ServedSite&) = delete;
  const Variables& variables() const { return variables_; }

 private:
  static std::string script() { return (source_folder() / "tests/servers/wordpress.sh").string(); }
  std::string database_;
  Variables variables_;
};

TEST(WordpressRest, GivesTheRowsThatTheDatabaseGaveAfterAKillInTheMiddleOfPaging) {
  const Site site;
  const Database target(Kind::kMariadb);
  Workspace workspace(site.url(), target.url());
  const ServedSite served(site);
  for (const auto& [name, value] : served.variables()) workspace.variables()[name] = value;
  const auto over_rest = shipped_pipeline("wordpress_rest_to_mariadb.yaml");
  {
    const auto running = workspace.start({"run", over_rest});
    ASSERT_TRUE(wait_until([&] {
      return target.number(
                 "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                 "table_name = 'donations'") == 1 &&
             target.number("SELECT COUNT(*) FROM donations") > 0;
    }));
    running->signal(SIGKILL);
    running->wait();
  }
  const auto before = target.number("SELECT COUNT(*) FROM donations");
  const auto resumed = workspace.json({"run", over_rest});
  expect_balanced(resumed);
  // Of two amounts for one donation REST shows the first without a word: the only dirt that lands.
  const auto clean = site.expected().at("clean").at("count").get<long long>();
  const auto repeated = site.expected().at("dirty").at("kinds").at("repeated_amount").get<long long>();
  EXPECT_EQ(before + records(resumed, "inserted"), clean + repeated) << resumed.dump();
  EXPECT_LT(records(resumed, "read"), site.expected().at("donations").get<long long>()) << "the cursor was kept";
  EXPECT_TRUE(workspace.json({"verify", over_rest}).at("items").at(0).at("equal").get<bool>());

  const auto from_database = workspace.json({"run", shipped_pipeline("wordpress_to_mariadb.yaml")});
  EXPECT_EQ(records(from_database, "unchanged"), clean) << from_database.dump();
  EXPECT_EQ(records(from_database, "landed"), 0) << from_database.dump();
}

TEST(WordpressRest, TheTwoPipelinesDifferInTheSourceOnly) {
  const auto tail = [](const std::string& name) {
    const auto text = read_file(shipped_pipeline(name));
    return text.substr(text.find("transforms:"));
  };
  EXPECT_EQ(tail("wordpress_rest_to_mariadb.yaml"), tail("wordpress_to_mariadb.yaml"));
}

}  // namespace
}  // namespace sentinel::integration
