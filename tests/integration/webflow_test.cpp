// Webflow through the whole program: the swap from WordPress and back, items that move while they are read, SIGKILL in
// the middle of paging. The service is the stand-in of tests/webflow.
#include "workspace.hpp"

#include <csignal>
#include <fstream>
#include <sstream>

namespace sentinel::integration {
namespace {

namespace fs = std::filesystem;

// The stand-in with the items of a file, on the machine's own clock.
class Standin {
 public:
  Standin(const fs::path& folder, const Json& content) : folder_(folder) {
    write_file(folder / "site.json", content.dump());
    const auto command = "exec " + (source_folder() / "tests/webflow/standin.py").string() + " --seed " +
                         (folder / "site.json").string() + " > " + (folder / "address").string();
    process_ = std::make_unique<Process>(std::vector<std::string>{"sh", "-c", command});
    EXPECT_TRUE(
        wait_until([&] { return fs::exists(folder / "address") && contains(read_file(folder / "address"), "\n"); }));
    url_ = read_file(folder / "address");
    url_.erase(url_.find('\n'));
  }
  const std::string& url() const { return url_; }
  void settings(const Json& settings) { ask("settings", settings.dump()); }
  void fields(const Json& fields) { ask("fields", Json{{"collection", "c1"}, {"fields", fields}}.dump()); }
  void put(const Json& item) { ask("put", Json{{"collection", "c1"}, {"items", {item}}}.dump()); }
  void faults(const Json& faults) { ask("faults", faults.dump()); }
  long long stat(const std::string& name) { return Json::parse(ask("stats", "")).at(name).get<long long>(); }

 private:
  std::string ask(const std::string& call, const std::string& body) {
    return must_run({"python3", "-c",
                     "import sys, urllib.request\n"
                     "body = sys.argv[2].encode() or None\n"
                     "print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], data=body)).read().decode())",
                     url_ + "/_admin/" + call, body},
                    {{"no_proxy", "127.0.0.1"}});
  }
  fs::path folder_;
  std::unique_ptr<Process> process_;
  std::string url_;
};

Json collection(const Json& items) {
  Json fields = Json::array();
  for (const char* slug : {"name", "slug", "donation-ref", "donor-email", "donor-name", "currency", "status"})
    fields.push_back({{"id", slug}, {"slug", slug}, {"type", "PlainText"}, {"isRequired", false}});
  fields.push_back({{"id", "amount-kobo"}, {"slug", "amount-kobo"}, {"type", "Number"}, {"isRequired", false}});
  fields.push_back({{"id", "donated-at"}, {"slug", "donated-at"}, {"type", "DateTime"}, {"isRequired", false}});
  return {{"sites", {{{"id", "s1"}, {"shortName", "clinic"}, {"displayName", "Clinic"}}}},
          {"collections",
           {{{"id", "c1"}, {"siteId", "s1"}, {"slug", "donations"}, {"displayName", "Donations"}, {"fields", fields}}}},
          {"items", {{"c1", items}}}};
}

Lines parts_of(const std::string& line) {
  Lines parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, '\t');) parts.push_back(part);
  return parts;
}

// A donation of the WordPress site, its values joined by tabs, as an item.
Json item_of(const std::string& line, std::size_t number) {
  const auto parts = parts_of(line);
  auto kobo = parts.at(3);
  kobo.erase(kobo.find('.'), 1);
  auto time = parts.at(6);
  time[10] = 'T';
  char created[40];
  std::snprintf(created, sizeof created, "2026-01-01T%02zu:%02zu:%02zu.000Z", number / 3600, number / 60 % 60,
                number % 60);
  return {{"id", "item" + std::to_string(number)},
          {"createdOn", created},
          {"fieldData",
           {{"name", parts.at(0)},
            {"slug", parts.at(0)},
            {"donation-ref", parts.at(0)},
            {"donor-email", parts.at(1)},
            {"donor-name", parts.at(2)},
            {"amount-kobo", std::stoll(kobo)},
            {"currency", parts.at(4)},
            {"status", parts.at(5)},
            {"donated-at", time + ".000Z"}}}};
}

Json items_of(const Lines& donations) {
  Json items = Json::array();
  for (const auto& line : donations) items.push_back(item_of(line, items.size()));
  return items;
}

Lines made_up(int count) {
  Lines donations;
  for (int i = 0; i < count; ++i)
    donations.push_back("W-" + std::to_string(i) + "\td@example.ng\tAda\t" + std::to_string(i + 1) +
                        ".05\tNGN\tpublish\t2026-01-02 03:04:05");
  return donations;
}

TEST(Swap, FromWordpressToWebflowAndBackChangesNoRow) {
  const Site site;
  const Database target(Kind::kMariadb);
  Workspace workspace(site.url(), target.url());
  const auto wordpress = shipped_pipeline("wordpress_to_mariadb.yaml");
  const auto webflow = shipped_pipeline("webflow_to_mariadb.yaml");
  const auto landed = records(workspace.json({"run", wordpress}), "inserted");
  ASSERT_GT(landed, 3000);
  const auto before = target.rows("SELECT * FROM donations ORDER BY id");

  Standin service(workspace.folder(), collection(items_of(site.good_donations())));
  service.settings({{"limit_per_minute", 100000}});
  workspace.variables()["WEBFLOW_TOKEN"] = "canary";
  workspace.variables()["WEBFLOW_URL"] = service.url();
  const auto swapped = workspace.json({"run", webflow});
  expect_balanced(swapped);
  EXPECT_EQ(records(swapped, "unchanged"), landed) << swapped.dump();
  EXPECT_EQ(records(swapped, "inserted") + records(swapped, "updated"), 0) << swapped.dump();
  expect_same_lines(before, target.rows("SELECT * FROM donations ORDER BY id"));
  EXPECT_TRUE(workspace.json({"verify", webflow}).at("items").at(0).at("equal").get<bool>());

  const auto back = workspace.json({"run", wordpress});
  EXPECT_EQ(records(back, "unchanged"), landed) << back.dump();
  expect_same_lines(before, target.rows("SELECT * FROM donations ORDER BY id"));
}

TEST(Swap, TheTwoPipelinesDifferInSourceAndFieldMapOnly) {
  const auto tail = [](const std::string& name) {
    const auto text = read_file(shipped_pipeline(name));
    return text.substr(text.find("  - use: validate"));
  };
  EXPECT_EQ(tail("wordpress_to_mariadb.yaml"), tail("webflow_to_mariadb.yaml"));
}

TEST(Webflow, FiveThousandMovingItemsSurviveAKillInTheMiddleOfPaging) {
  const Database target(Kind::kSqlite);
  Workspace workspace("", target.url());
  Standin service(workspace.folder(), collection(items_of(made_up(5000))));
  service.settings({{"limit_per_minute", 100000}, {"touch", 50}});
  const auto pipeline = workspace.write(
      "moving.yaml", replaced(read_file(shipped_pipeline("webflow_to_mariadb.yaml")), "  content: donations",
                              "  content: donations\n  requests_per_minute: 100000"));
  const Variables variables{{"WEBFLOW_TOKEN", "canary"}, {"WEBFLOW_URL", service.url()}};
  {
    const auto running = workspace.start({"run", pipeline}, variables);
    ASSERT_TRUE(wait_until([&] { return service.stat("item_pages") >= 12; }));
    running->signal(SIGKILL);
    running->wait();
  }
  const auto run = workspace.sentinel({"run", pipeline, "--json"}, variables);
  ASSERT_EQ(run.exit_code, 0) << run;
  const auto verified = workspace.sentinel({"verify", pipeline, "--json"}, variables);
  EXPECT_EQ(verified.exit_code, 0) << verified;
  EXPECT_EQ(target.number("SELECT COUNT(*) FROM donations"), 5000);
  EXPECT_EQ(target.number("SELECT SUM(CAST(replace(amount_naira, '.', '') AS INTEGER)) FROM donations"),
            5000LL * 5001 / 2 * 100 + 5000 * 5);
  EXPECT_EQ(service.stat("refused"), 0);
}

// Runs the shipped pipeline, and changes the collection's fields while the service holds a page back.
class FieldsInMidRun : public ::testing::Test {
 protected:
  Finished run_while(const std::function<void(Standin&)>& change) {
    Standin service(workspace_.folder(), content_);
    service.settings({{"limit_per_minute", 100000}});
    service.faults({{{"kind", "hold"}, {"path", "/items"}, {"after", 3}}});
    const auto running = workspace_.start({"run", shipped_pipeline("webflow_to_mariadb.yaml")},
                                          {{"WEBFLOW_TOKEN", "canary"}, {"WEBFLOW_URL", service.url()}});
    EXPECT_TRUE(wait_until([&] { return service.stat("item_pages") >= 4; }));
    change(service);
    service.faults(Json::array());
    return running->wait();
  }
  const Json content_ = collection(items_of(made_up(800)));
  Json fields_ = content_.at("collections").at(0).at("fields");
  const Database target_{Kind::kSqlite};
  Workspace workspace_{"", target_.url()};
};

TEST_F(FieldsInMidRun, ANewOneIsBoundAndTheRunGoesOn) {
  fields_.push_back({{"id", "fund"}, {"slug", "fund"}, {"type", "PlainText"}});
  const auto finished = run_while([&](Standin& service) {
    service.fields(fields_);
    service.put({{"id", "item799"}, {"fieldData", {{"fund", "well"}}}});
  });
  EXPECT_EQ(finished.exit_code, 0) << finished;
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations"), 800);
}

TEST_F(FieldsInMidRun, ARemovedOneStopsTheRunAndLandsNoNulls) {
  ASSERT_EQ(fields_.at(4).at("slug"), "donor-name");
  fields_.erase(4);
  const auto stopped = run_while([&](Standin& service) { service.fields(fields_); });
  EXPECT_EQ(stopped.exit_code, 2) << stopped;
  EXPECT_TRUE(contains(stopped.err, "the input has no field \"fieldData.donor-name\"")) << stopped;
  EXPECT_GT(target_.number("SELECT COUNT(*) FROM donations"), 0);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations WHERE donor_name IS NULL"), 0);
}

TEST(Webflow, SpoiltAnswersPassARevokedTokenStopsAndSpoiltItemsAreDeadLetters) {
  auto items = items_of(made_up(350));
  items[10]["fieldData"]["amount-kobo"] = "₦5,000";
  items[20]["fieldData"]["surprise"] = 1;
  const Database target(Kind::kSqlite);
  Workspace workspace("", target.url());
  Standin service(workspace.folder(), collection(items));
  service.settings({{"limit_per_minute", 100000}});
  const auto pipeline = shipped_pipeline("webflow_to_mariadb.yaml");
  const Variables variables{{"WEBFLOW_TOKEN", "canary"}, {"WEBFLOW_URL", service.url()}};

  Json faults = Json::array({{{"kind", "html"}, {"times", 2}, {"after", 1}, {"path", "/items"}}});
  for (const char* kind : {"truncate", "empty_page", "no_list"}) faults.push_back({{"kind", kind}, {"path", "/items"}});
  faults.push_back({{"kind", "revoked"}, {"times", 1000}, {"after", 1}, {"path", "/items"}});
  service.faults(faults);
  const auto stopped = workspace.sentinel({"run", pipeline}, variables);
  EXPECT_EQ(stopped.exit_code, 3) << stopped;
  EXPECT_NE(stopped.err.find("the token is not accepted for this"), std::string::npos) << stopped;
  EXPECT_LT(target.number("SELECT COUNT(*) FROM donations"), 348);

  service.faults(Json::array());
  const auto run = workspace.sentinel({"run", pipeline, "--json"}, variables);
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(target.number("SELECT COUNT(*) FROM donations"), 348);
  EXPECT_EQ(target.number("SELECT COUNT(*) FROM sentinel_dead_letter WHERE state = 'open'"), 2);
}

}  // namespace
}  // namespace sentinel::integration
