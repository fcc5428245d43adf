// The dlq commands as a person gives them: over the sample file with its dirt, into SQLite.
#include "workspace.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace sentinel::integration {
namespace {

namespace fs = std::filesystem;

class LetterCommands : public testing::Test {
 protected:
  LetterCommands() {
    workspace_.variables()["DONATIONS_CSV"] = csv_.string();
    fs::copy_file(source_folder() / "sql/source/donations.csv", csv_);
    workspace_.json({"run", file_});
  }

  Json open_letters(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"dlq", "list", "donations_csv"};
    words.insert(words.end(), more.begin(), more.end());
    return workspace_.json(words).at("items");
  }
  // The id of the one open letter of this key.
  std::string id_of(const std::string& key) const {
    const auto letters = open_letters({"--key", key});
    return letters.size() == 1 ? letters.at(0).at("letter_id").get<std::string>() : "";
  }
  std::string refusal(const std::vector<std::string>& words) const {
    const auto finished = workspace_.sentinel(words);
    EXPECT_EQ(finished.exit_code, 2) << finished;
    return finished.err;
  }
  bool state_folder_holds(const std::string& text) const {
    return std::ranges::any_of(fs::recursive_directory_iterator(workspace_.state_folder()), [&](const auto& entry) {
      return entry.is_regular_file() && contains(read_file(entry.path()), text);
    });
  }

  Database target_{Kind::kSqlite};
  Workspace workspace_{"", target_.url()};
  const fs::path csv_ = workspace_.folder() / "donations.csv";
  const std::string file_ = shipped_pipeline("csv_to_sqlite.yaml");
};

TEST_F(LetterCommands, AnEditLandsByRetryAndStaysWhenTheFileIsReadAgain) {
  const auto id = id_of("GIFT-0005");
  EXPECT_TRUE(contains(refusal({"dlq", "edit", "donations_csv", id, "--set", "emial=x"}), "did you mean \"email\"?"));
  const auto refused = workspace_.sentinel({"dlq", "edit", "donations_csv", id, "--set", "email=still-none"});
  EXPECT_TRUE(contains(refused.out, "would still be rejected: validate:")) << refused;
  const auto edited = workspace_.sentinel({"dlq", "edit", "donations_csv", id, "--set", "email=efe@example.ng"});
  ASSERT_EQ(edited.exit_code, 0) << edited;
  EXPECT_TRUE(contains(edited.out, "edited (email); it would land;")) << edited;
  const auto shown = workspace_.json({"dlq", "show", id});
  EXPECT_EQ(shown.at("record").at("email"), "not-an-email");
  EXPECT_EQ(shown.at("edited").at("email"), "efe@example.ng");
  EXPECT_EQ(workspace_.json({"dlq", "retry", "donations_csv", id}).at("recovered"), 1);
  const auto again = workspace_.json({"run", file_, "--full"});
  expect_balanced(again);
  EXPECT_EQ(records(again, "settled"), 1);
  EXPECT_EQ(target_.value("SELECT email FROM donations WHERE donation_ref = 'GIFT-0005'"), "efe@example.ng");
}

TEST_F(LetterCommands, RetryFetchesRecordsAnewAndSaysHowMany) {
  const Database shop(Kind::kSqlite);
  shop.rows("CREATE TABLE gifts (ref TEXT PRIMARY KEY, email TEXT, amount INTEGER)");
  shop.rows("INSERT INTO gifts VALUES ('G1', 'nobody', 500), ('G2', 'none', 700), ('G3', 'never', 900)");
  workspace_.variables()["SHOP_DB"] = shop.url();
  const auto file = workspace_.write(
      "gifts.yaml",
      "version: 1\npipeline: gifts\nsource: { use: sql, connection: \"${env:SHOP_DB}\", table: gifts, key: [ref] }\n"
      "transforms:\n  - use: validate\n    rules: { email: email }\nsink: { use: sql, connection: "
      "\"${env:ACCOUNTING_DB}\", table: gifts, key: [ref] }\nmoney: { field: amount, currency: NGN }\n");
  EXPECT_EQ(records(workspace_.json({"run", file}), "dead-lettered"), 3);

  shop.rows("UPDATE gifts SET email = 'ada@example.ng' WHERE ref = 'G1'");
  shop.rows("DELETE FROM gifts WHERE ref = 'G3'");
  const auto replayed = workspace_.sentinel({"dlq", "retry", "gifts"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed;
  for (const auto* line : {"  recovered                1\n", "  fetched anew             2\n",
                           "  failed again             2\n", "  landed NGN 5.00\n"})
    EXPECT_TRUE(contains(replayed.out, line)) << line << replayed;
  EXPECT_EQ(target_.rows("SELECT ref, email, amount FROM gifts"), Lines{"G1\tada@example.ng\t500"});

  shop.rows("UPDATE gifts SET email = 'bola@example.ng', amount = 750 WHERE ref = 'G2'");
  const auto again = workspace_.json({"dlq", "retry", "gifts"});
  EXPECT_EQ(again.at("fetched"), 1) << again.dump();
  EXPECT_EQ(again.at("recovered"), 1) << again.dump();
  EXPECT_EQ(again.at("failed_again"), 1) << again.dump();
  EXPECT_EQ(naira_kobo(again, "landed"), 750) << again.dump();
}

TEST_F(LetterCommands, AnEditorGetsAPrivateFileThatIsGoneAfterwards) {
  const auto id = id_of("GIFT-0005");
  const Variables editor{{"VISUAL", "stat -c %a \"$1\" > " + (workspace_.folder() / "mode").string() +
                                        "; sed -i s/not-an-email/efe@example.ng/"}};
  const auto edited = workspace_.sentinel({"dlq", "edit", "donations_csv", id}, editor);
  ASSERT_EQ(edited.exit_code, 0) << edited;
  EXPECT_EQ(read_file(workspace_.folder() / "mode"), "600\n");
  for (const auto& entry : fs::directory_iterator(workspace_.state_folder()))
    EXPECT_FALSE(entry.path().filename().string().starts_with("edit-")) << entry.path();
  EXPECT_EQ(workspace_.json({"dlq", "show", id}).at("edited").at("email"), "efe@example.ng");
}

TEST_F(LetterCommands, SumsOverPipelinesWithOtherUnitsAreExact) {
  const auto kobo = workspace_.json({"dlq", "stats"}).at("all").at("minor").at("NGN").get<std::string>();
  const auto gifts = workspace_.write("gifts.csv", "ref,amount,email\nB1,1234567,nobody\n");
  const auto file =
      workspace_.write("mills.yaml", "version: 1\npipeline: mills\nsource: { use: csv, path: " + gifts +
                                         ", key: [ref] }\ntransforms:\n  - use: map\n    fields: { ref: ref, email: "
                                         "email, amount: { type: integer } }\n"
                                         "  - use: validate\n    rules: { email: email }\nsink: { use: sql, "
                                         "connection: \"${env:ACCOUNTING_DB}\", table: "
                                         "mills, key: [ref] }\nmoney: { field: amount, currency: NGN, exponent: 3 }\n");
  workspace_.json({"run", file});
  const auto stats = workspace_.json({"dlq", "stats"});
  EXPECT_EQ(stats.at("exponent"), 3);
  EXPECT_EQ(stats.at("all").at("minor").at("NGN"), std::to_string(std::stoll(kobo) * 10 + 1234567)) << stats.dump();
  const auto text = workspace_.sentinel({"dlq", "stats"});
  EXPECT_TRUE(contains(text.out, "NGN 1,234.567")) << text;
}

TEST_F(LetterCommands, ManyAreChosenByFlagsAndPreviewedWithTheirMoney) {
  const auto all = workspace_.json({"dlq", "stats", "donations_csv"});
  EXPECT_EQ(all.at("all").at("letters"), 6);
  const auto stage = workspace_.json({"dlq", "stats", "donations_csv", "--stage", "validate"}).at("all");
  const auto preview =
      workspace_.json({"dlq", "discard", "donations_csv", "--stage", "validate", "--dry-run", "--reason", "test"});
  EXPECT_EQ(preview.at("would_discard"), stage);
  EXPECT_EQ(open_letters().size(), 6u);
  const auto discarded =
      workspace_.json({"dlq", "discard", "donations_csv", "--stage", "validate", "--reason", "test"});
  EXPECT_EQ(discarded.at("discarded"), stage.at("letters"));
  EXPECT_EQ(open_letters().size(), 6u - stage.at("letters").get<std::size_t>());
  EXPECT_EQ(open_letters({"--status", "discarded"}).size(), stage.at("letters").get<std::size_t>());
  EXPECT_TRUE(open_letters({"--older-than", "2d"}).empty());
  EXPECT_TRUE(contains(refusal({"dlq", "list", "--class", "rwo"}), "did you mean row?"));
  EXPECT_TRUE(contains(refusal({"dlq", "list", "--older-than", "2"}), "--older-than needs a unit"));
  EXPECT_TRUE(contains(refusal({"dlq", "discard", "donations_csv", "--reason", "x"}), "name the letters"));
}

TEST_F(LetterCommands, AnExportIsPrivateAndNeverOverAFileThatIsThere) {
  const auto path = (workspace_.folder() / "letters.csv").string();
  const auto exported = workspace_.sentinel({"dlq", "export", "donations_csv", "--format", "csv", "--output", path});
  ASSERT_EQ(exported.exit_code, 0) << exported;
  struct stat found {};
  ASSERT_EQ(stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
  EXPECT_TRUE(contains(read_file(path), "GIFT-0005"));
  EXPECT_TRUE(contains(refusal({"dlq", "export", "--output", path}), "does not exist yet"));
  const auto lines = workspace_.sentinel({"dlq", "export", "donations_csv"}).out;
  EXPECT_EQ(std::ranges::count(lines, '\n'), 6);
  EXPECT_TRUE(Json::accept(lines.substr(0, lines.find('\n'))));
}

TEST_F(LetterCommands, ErasureLeavesTheAmountAndNoByteOfTheRecord) {
  const auto id = id_of("GIFT-0005");
  ASSERT_TRUE(state_folder_holds("not-an-email"));
  EXPECT_EQ(workspace_.json({"dlq", "erase", "donations_csv", "--key", "GIFT-0005"}).at("erased"), 1);
  EXPECT_FALSE(state_folder_holds("not-an-email"));
  const auto shown = workspace_.json({"dlq", "show", id});
  EXPECT_EQ(shown.at("status"), "discarded");
  EXPECT_FALSE(shown.contains("record"));
  EXPECT_EQ(target_.value("SELECT state FROM sentinel_dead_letter WHERE letter_id = '" + id + "'"), "discarded");
  EXPECT_TRUE(contains(refusal({"dlq", "erase", "donations_csv", "--key", "nobody"}), "no dead letter of key"));
}

}  // namespace
}  // namespace sentinel::integration
