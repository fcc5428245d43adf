// What people use who write pipeline files: preview, test, init, the JSON Schema and completion, on SQLite.
#include "workspace.hpp"

#include <algorithm>

namespace sentinel::integration {
namespace {

namespace fs = std::filesystem;

class PipelineWriting : public testing::Test {
 protected:
  PipelineWriting() : workspace_("sqlite:" + path("source.db"), "sqlite:" + path("target.db")) {}

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  void sql(const std::string& statements) const { must_run({"sqlite3", path("source.db")}, {}, statements); }
  void make_shop() const {
    sql("CREATE TABLE customers (name TEXT);"
        "CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_email TEXT, total TEXT, placed_at TEXT);"
        "INSERT INTO orders VALUES (1, 'Ada@Example.ng', '₦1,500.50', '2026-01-02 10:00:00'),"
        " (2, 'bayo@example.ng', '₦20.00', '2026-01-02 11:00:00'), (3, 'nobody', 'much', '2026-01-03 10:00:00'),"
        " (4, 'chi@example.ng', '₦7.25', '2026-01-04 10:00:00'), (5, 'dan@example.ng', '₦9.00', '2026-01-04 10:00:00'),"
        " (6, 'eke@example.ng', '₦1.00', '2026-01-05 10:00:00');");
  }
  Finished init(std::vector<std::string> words) const {
    words.insert(words.begin(), "init");
    return workspace_.sentinel(words);
  }
  std::string draft_of_orders() const {
    make_shop();
    const auto drafted = init({"--source", "sql", "--option", "connection=sqlite:" + path("source.db"), "--option",
                               "table=orders", "--currency", "NGN", "--output", path("orders.yaml")});
    EXPECT_EQ(drafted.exit_code, 0) << drafted;
    return path("orders.yaml");
  }
  Variables source() const { return {{"SOURCE_DB", "sqlite:" + path("source.db")}}; }

  TempFolder folder_;
  Workspace workspace_;
};

TEST_F(PipelineWriting, ADraftOfAShopIsAcceptedAndItsRunBalances) {
  const auto file = draft_of_orders();
  workspace_.variables().insert({"SOURCE_DB", "sqlite:" + path("source.db")});
  EXPECT_EQ(workspace_.sentinel({"check", file}).exit_code, 0) << workspace_.sentinel({"check", file});
  const auto run = workspace_.json({"run", file});
  expect_balanced(run);
  EXPECT_EQ(records(run, "read"), 6);
  EXPECT_EQ(records(run, "landed"), 5);
  EXPECT_EQ(naira_kobo(run, "landed"), 150050 + 2000 + 725 + 900 + 100);
  EXPECT_EQ(must_run({"sqlite3", path("target.db"), "SELECT customer_email, total FROM orders WHERE order_id = 1"}),
            "ada@example.ng|1500.50\n");
}

TEST_F(PipelineWriting, StatusNamesTheActionThatIsRequired) {
  const auto file = draft_of_orders();
  EXPECT_EQ(workspace_.sentinel({"status"}).out, "no pipeline has run with this state folder\n");
  workspace_.variables().insert({"SOURCE_DB", "sqlite:" + path("source.db")});
  ASSERT_EQ(workspace_.sentinel({"run", file}).exit_code, 0);
  EXPECT_TRUE(workspace_.json({"status"}).at("items").at(0).at("action_required").empty());
  sql("DROP TABLE orders");
  ASSERT_NE(workspace_.sentinel({"run", file}).exit_code, 0);
  const auto shown = workspace_.sentinel({"status"});
  EXPECT_TRUE(contains(shown.out, "  action required the last run failed; sentinel check ")) << shown;
  const auto item = workspace_.json({"status"}).at("items").at(0);
  EXPECT_EQ(item.at("action_required").size(), 1U) << item.dump();
  EXPECT_EQ(item.at("needs_a_person"), item.at("action_required")) << "the former name";
}

TEST_F(PipelineWriting, ADraftHoldsNoSecretAndOverwritesNothing) {
  const auto file = draft_of_orders();
  const auto text = read_file(file);
  EXPECT_FALSE(contains(text, path("source.db"))) << text;
  EXPECT_TRUE(contains(text, "connection: ${env:SOURCE_DB}")) << text;
  const auto again = init({"--source", "sql", "--option", "connection=sqlite:" + path("source.db"), "--option",
                           "table=customers", "--output", file});
  EXPECT_EQ(again.exit_code, 2) << again;
  EXPECT_TRUE(contains(again.err, "overwrites no file")) << again;
  EXPECT_EQ(read_file(file), text);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 2);
}

TEST_F(PipelineWriting, InitSaysWhatItMustBeTold) {
  make_shop();
  const auto connection = "connection=sqlite:" + path("source.db");
  const auto expect = [&](std::vector<std::string> words, const std::string& message) {
    const auto answer = init(std::move(words));
    EXPECT_EQ(answer.exit_code, 2) << answer;
    EXPECT_TRUE(contains(answer.err, message)) << message << "\n" << answer;
  };
  expect({}, "name the source with --source; there are: ");
  expect({"--source", "sqll"}, "did you mean \"sql\"?");
  expect({"--source", "sql", "--option", connection}, "with --option table=…; there are: customers, orders");
  expect({"--source", "sql", "--option", connection, "--option", "tabel=orders"}, "did you mean \"table\"?");
  expect({"--source", "sql", "--option", connection, "--option", "table=order"}, "has no table \"order\"");
  expect({"--source", "csv"}, "source csv needs --option path=…");
}

TEST_F(PipelineWriting, InitNamesThePresetsOfASiteAndDraftsOneThatLands) {
  for (const auto* file : {"wordpress_sqlite.sql", "givewp_sqlite.sql", "woocommerce_sqlite.sql"})
    sql(read_file(source_folder() / "sql/source" / file));
  sql("INSERT INTO wp_posts (ID, post_type, post_date_gmt) VALUES (7, 'give_payment', '2026-01-02 03:04:05');"
      "INSERT INTO wp_give_donationmeta (donation_id, meta_key, meta_value) VALUES (7, '_give_payment_total', "
      "'1500.250000'), (7, '_give_payment_currency', 'NGN'), (7, '_give_payment_donor_email', 'a@example.ng');");
  const auto connection = "connection=sqlite:" + path("source.db");
  sql("INSERT INTO wp_posts (ID, post_type) VALUES (8, 'page')");
  const auto untold = init({"--source", "wordpress", "--option", connection});
  EXPECT_EQ(untold.exit_code, 2) << untold;
  EXPECT_TRUE(contains(untold.err, "give_payment (preset: givewp), shop_order (preset: woocommerce)")) << untold;
  const auto drafted = init({"--source", "wordpress", "--option", connection, "--option", "preset=givewp", "--table",
                             "gifts", "--output", path("gifts.yaml")});
  ASSERT_EQ(drafted.exit_code, 0) << drafted;
  const auto run = workspace_.json({"run", path("gifts.yaml")});
  expect_balanced(run);
  EXPECT_EQ(naira_kobo(run, "landed"), 150025) << read_file(path("gifts.yaml"));
}

TEST_F(PipelineWriting, InitAsksOnATerminalWhatNoFlagSays) {
  make_shop();
  // `script` gives the program a terminal.
  const auto output = path("asked.yaml");
  const auto talk = run_program({"script", "-qec", program().string() + " init --output " + output, "/dev/null"},
                                source(), "sql\n\norders\nshop_orders\nUSD\n");
  EXPECT_EQ(talk.exit_code, 0) << talk;
  const auto text = read_file(output);
  EXPECT_TRUE(contains(text, "\n  table: shop_orders\n")) << text;
  EXPECT_TRUE(contains(text, "currency: USD")) << text;
}

TEST_F(PipelineWriting, APreviewShowsEveryStageAndWritesNothing) {
  const auto file = draft_of_orders();
  const auto shown = workspace_.sentinel({"preview", file, "--rows", "3"}, source());
  EXPECT_EQ(shown.exit_code, 0) << shown;
  for (const auto* part : {"\nsource sql: 3 rows\n", "Ada@Example.ng", "\ntransform map: 2 rows\n", "ada@example.ng",
                           "  rejected #3: ", "total_minor", "1500.50", "would get 2 of 3 records", "is missing"})
    EXPECT_TRUE(contains(shown.out, part)) << part << "\n" << shown;
  EXPECT_FALSE(fs::exists(path("target.db")));
  EXPECT_FALSE(fs::exists(workspace_.state_folder()));
}

TEST_F(PipelineWriting, APreviewAsJsonHoldsRowsAndReasons) {
  const auto file = draft_of_orders();
  workspace_.variables().insert({"SOURCE_DB", "sqlite:" + path("source.db")});
  const auto preview = workspace_.json({"preview", file});
  const auto& map = preview.at("stages").at(1);
  EXPECT_EQ(map.at("use"), "map");
  EXPECT_EQ(map.at("rows").at(0).at("values").at("total_minor"), "150050");
  EXPECT_EQ(map.at("rejected").at(0).at("record"), 3);
  EXPECT_EQ(map.at("rejected").at(0).at("code"), "invalid_data");
  EXPECT_EQ(preview.at("sink").at("rows"), 5);
  EXPECT_EQ(preview.at("sink").at("target"), "missing");
}

TEST_F(PipelineWriting, APreviewNamesATargetThatDoesNotFit) {
  const auto file = draft_of_orders();
  must_run({"sqlite3", path("target.db"), "CREATE TABLE orders (order_id INTEGER PRIMARY KEY)"});
  const auto shown = workspace_.sentinel({"preview", file}, source());
  EXPECT_EQ(shown.exit_code, 2) << shown;
  EXPECT_TRUE(contains(shown.out, "would get")) << shown;
  EXPECT_TRUE(contains(shown.err, "customer_email")) << shown;
}

TEST_F(PipelineWriting, CaseFilesAnswerAsExpected) {
  const auto folder = source_folder() / "tests/golden/cases";
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    const auto answer = workspace_.sentinel({"test", entry.path().string()});
    auto said = "exit " + std::to_string(answer.exit_code) + "\n" + answer.out + answer.err;
    for (const auto prefix = folder.string() + "/"; contains(said, prefix);) said = replaced(said, prefix, "");
    EXPECT_EQ(said, read_file(fs::path(entry.path()).replace_extension(".expected"))) << entry.path();
  }
  EXPECT_EQ(files, 5);
}

TEST_F(PipelineWriting, CasesOfAFolderAreFoundAndToldAsJson) {
  const auto cases = (source_folder() / "tests/golden/pipelines").string();
  const auto answer = workspace_.json({"test", cases});
  EXPECT_EQ(answer.at("failed"), 0) << answer.dump(2);
  EXPECT_EQ(answer.at("passed"), answer.at("items").size());
  EXPECT_GE(answer.at("items").size(), 6u);
  EXPECT_FALSE(fs::exists(workspace_.state_folder()));
  const auto empty = workspace_.sentinel({"test", folder_.path().string()});
  EXPECT_EQ(empty.exit_code, 2) << empty;
}

TEST_F(PipelineWriting, TheSchemaAcceptsTheShippedPipelinesAndADraft) {
  const auto schema = workspace_.sentinel({"plugins", "schema"});
  ASSERT_EQ(schema.exit_code, 0) << schema;
  write_file(path("schema.json"), schema.out);
  std::vector<std::string> judge = {"python3", (source_folder() / "tests/golden/schema/judge.py").string(),
                                    path("schema.json"), draft_of_orders()};
  for (const auto& entry : fs::directory_iterator(source_folder() / "pipelines"))
    if (entry.path().extension() == ".yaml") judge.push_back(entry.path().string());
  const auto judged = run_program(judge);
  EXPECT_EQ(judged.exit_code, 0) << judged;
  EXPECT_EQ(count_of(judged.out, ": valid\n"), judge.size() - 3) << judged;

  write_file(path("wrong.yaml"), replaced(read_file(path("orders.yaml")), "  table: orders\n", "  tabel: orders\n"));
  EXPECT_EQ(run_program({"python3", judge[1], judge[2], path("wrong.yaml")}).exit_code, 1);
}

// What bash offers for this command line, sorted, in the temporary folder.
std::vector<std::string> completed(const fs::path& folder, std::vector<std::string> words, const Variables& variables) {
  std::string array;
  for (const auto& word : words) array += " '" + word + "'";
  const auto script =
      "cd '" + folder.string() + "' && PATH=\"" + program().parent_path().string() +
      ":$PATH\" && source <(sentinel completion bash) && complete -p sentinel >/dev/null && COMP_WORDS=(sentinel" +
      array + ") COMP_CWORD=" + std::to_string(words.size()) + " && _sentinel && printf '%s\\n' \"${COMPREPLY[@]}\"";
  const auto out = must_run({"bash", "-uec", script}, variables);
  std::vector<std::string> offered;
  for (std::size_t begin = 0; begin < out.size(); begin = out.find('\n', begin) + 1)
    offered.push_back(out.substr(begin, out.find('\n', begin) - begin));
  std::sort(offered.begin(), offered.end());
  return offered;
}

TEST_F(PipelineWriting, BashCompletesCommandsFlagsFilesAndNames) {
  using Words = std::vector<std::string>;
  const auto file = draft_of_orders();
  workspace_.variables().insert({"SOURCE_DB", "sqlite:" + path("source.db")});
  workspace_.json({"run", file});
  const Variables state = {{"SENTINEL_STATE_DIR", workspace_.state_folder().string()}};
  const auto offered = [&](Words words) { return completed(folder_.path(), std::move(words), state); };
  EXPECT_EQ(offered({"prev"}), Words{"preview"});
  EXPECT_EQ(offered({"plugins", "s"}), Words{"schema"});
  EXPECT_EQ(offered({"run", "--f"}), (Words{"--fail-on-dead-letters", "--full"}));
  EXPECT_EQ(offered({"preview", "o"}), Words{"orders.yaml"});
  EXPECT_EQ(offered({"dlq", "list", "ord"}), (Words{"orders", "orders.yaml"}));
  EXPECT_EQ(offered({"plugins", "describe", "kobo"}), Words{"kobo_to_decimal"});
  EXPECT_EQ(offered({"completion", ""}), (Words{"bash", "fish", "zsh"}));
  EXPECT_EQ(offered({"dlq", "export", "--format", ""}), (Words{"csv", "json_lines"}));
}

}  // namespace
}  // namespace sentinel::integration
