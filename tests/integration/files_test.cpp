// Files as source and as target: the shipped pipelines over the sample with its dirt, mended files, and SIGKILL in the
// middle.
#include "workspace.hpp"

#include <algorithm>
#include <csignal>

namespace sentinel::integration {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSumKobo = "SELECT SUM(CAST(replace(amount_naira, '.', '') AS INTEGER)) FROM donations";

class Files : public testing::Test {
 protected:
  Files() {
    workspace_.variables()["DONATIONS_CSV"] = csv_.string();
    workspace_.variables()["DONATIONS_EXPORT"] = export_.string();
    fs::copy_file(source_folder() / "sql/source/donations.csv", csv_);
  }

  Json letters(const std::string& pipeline) const { return workspace_.json({"dlq", "list", pipeline}).at("items"); }
  // "key: where it stands" of every open letter, by key.
  Lines places() const {
    Lines lines;
    for (const auto& letter : letters("donations_csv")) {
      const auto shown = workspace_.sentinel({"dlq", "show", letter.at("letter_id").get<std::string>()}).out;
      const auto at = shown.find("line ", shown.find("\nposition "));
      const bool has_place = contains(shown, "\nposition ");
      lines.push_back(letter.at("source_key").get<std::string>() + ": " +
                      (has_place ? shown.substr(at, shown.find('\n', at) - at) : "a row"));
    }
    std::ranges::sort(lines);
    return lines;
  }

  Database target_{Kind::kSqlite};
  Workspace workspace_{"", target_.url()};
  const fs::path csv_ = workspace_.folder() / "donations.csv", export_ = workspace_.folder() / "export.csv";
  const std::string import_ = shipped_pipeline("csv_to_sqlite.yaml"), out_ = shipped_pipeline("sqlite_to_csv.yaml");
};

TEST_F(Files, TheGoodRecordsOfTheSampleLandAndTheBadOnesAreOwedByTheirPlace) {
  const auto run = workspace_.json({"run", import_});
  expect_balanced(run);
  EXPECT_EQ(records(run, "read"), 14);
  EXPECT_EQ(records(run, "inserted"), 8);
  EXPECT_EQ(records(run, "dead-lettered"), 6);
  EXPECT_EQ(naira_kobo(run, "inserted"), 10002310084);
  EXPECT_EQ(target_.number(kSumKobo), 10002310084);
  EXPECT_EQ(target_.value("SELECT hex(donor_name) FROM donations WHERE donation_ref = 'GIFT-0007'"),
            "47726163650A457A65");
  const auto text = read_file(csv_);
  const auto byte = [&](const std::string& ref) { return std::to_string(text.find(ref)); };
  EXPECT_EQ(places(),
            (Lines{"GIFT-0005: a row", "GIFT-0008: line 10, byte " + byte("GIFT-0008"),
                   "GIFT-0009: line 11, byte " + byte("GIFT-0009"), "GIFT-0010: line 12, byte " + byte("GIFT-0010"),
                   "GIFT-0011: a row", "GIFT-0013: line 15, byte " + byte("GIFT-0013")}));
  EXPECT_EQ(records(workspace_.json({"run", import_}), "read"), 0) << "an untouched file";
}

TEST_F(Files, TheLettersOfAMendedFileAreClosedByTheNextRun) {
  workspace_.json({"run", import_});
  auto text = read_file(csv_);
  text = replaced(text, "not-an-email", "efe@example.ng");
  text = replaced(text, "Hauwa Bello,100,NGN\n", "Hauwa Bello,100,NGN,2026-01-11T12:00:00Z\n");
  text = replaced(text, "\"Ife Ojo", "Ife Ojo");
  text = replaced(text, "Jide \"JJ\" Cole", "\"Jide \"\"JJ\"\" Cole\"");
  text = replaced(text, "Kemi Alabi,,", "Kemi Alabi,5.05,");
  text = replaced(text, "\xFF", "y");
  write_file(csv_, text);
  const auto run = workspace_.sentinel({"run", import_, "--json"});
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_TRUE(contains(run.err, "it is read from the beginning")) << run;
  const auto balance = Json::parse(run.out);
  expect_balanced(balance);
  EXPECT_EQ(records(balance, "inserted"), 6);
  EXPECT_EQ(records(balance, "unchanged"), 8);
  EXPECT_EQ(target_.number(kSumKobo), 10002310084 + 100000 + 10000 + 90000 + 20000 + 505 + 40000);
  EXPECT_TRUE(letters("donations_csv").empty());
}

constexpr int kLines = 30000;

// Record i is worth i kobo and 1 naira; one of 500 lacks a field, one of 500 is no e-mail address.
std::string many_donations() {
  std::string text = "donation_ref,email,donor_name,amount,currency,donated_at\n";
  for (int i = 1; i <= kLines; ++i) {
    const auto number = std::to_string(i);
    text += "G" + number + (i % 500 == 7 ? ",nobody," : ",a" + number + "@example.ng,") + "\"O\nB\"," +
            std::to_string(1 + i / 100) + "." + std::to_string(i % 100 / 10) + std::to_string(i % 10) +
            (i % 500 == 13 ? "\n" : ",NGN,2026-01-05T09:30:00Z\n");
  }
  return text;
}

TEST_F(Files, ARunThatIsKilledGoesOnWhereItWasExactly) {
  write_file(csv_, many_donations());
  int killed = 0;
  for (const char* point : {"deliver.written:kill@2", "deliver.stored:kill@1", "deliver.committed:kill@2",
                            "deliver.confirmed:kill@1", "deliver.written:kill@1"}) {
    const auto finished = workspace_.start({"run", import_, "--quiet"}, {{"SENTINEL_FAIL", point}})->wait();
    killed += finished.signal == SIGKILL ? 1 : 0;
  }
  EXPECT_EQ(killed, 5);
  const auto last = workspace_.sentinel({"run", import_, "--quiet"});
  ASSERT_EQ(last.exit_code, 0) << last;
  // A line that lacks fields, and the rest of its record: two letters.
  constexpr int kBad = 2 * kLines / 500;
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM donations"), kLines - kBad);
  EXPECT_EQ(target_.number("SELECT COUNT(DISTINCT donation_ref) FROM donations"), kLines - kBad);
  long long kobo = 0;
  for (int i = 1; i <= kLines; ++i)
    if (i % 500 != 7 && i % 500 != 13) kobo += 100 + i;
  EXPECT_EQ(target_.number(kSumKobo), kobo);
  EXPECT_EQ(target_.number("SELECT SUM(inserted_records) FROM sentinel_batch"), kLines - kBad);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM sentinel_dead_letter WHERE state = 'open'"), kBad + kLines / 500);
  EXPECT_EQ(workspace_.pending_letters(), 0);
}

TEST_F(Files, AnExportIsTheWholeTableOrTheFormerFile) {
  workspace_.json({"run", import_});
  const auto check = workspace_.sentinel({"check", out_});
  EXPECT_TRUE(contains(check.out, "guarantee  whole runs")) << check;
  expect_balanced(workspace_.json({"run", out_}));
  const auto whole = read_file(export_);
  EXPECT_EQ(whole,
            "donation_ref,email,donor_name,amount_naira,currency,donated_at\n"
            "GIFT-0001,ada@example.ng,Ada Obi,5000.50,NGN,2026-01-05 08:30:00\n"
            "GIFT-0002,bola@example.ng,Bola Ade,1500.00,NGN,2026-01-06 10:00:00\n"
            "GIFT-0003,chidi@example.ng,\"Chidi \"\"CJ\"\" Okafor\",250.00,NGN,2026-01-07 12:00:00\n"
            "GIFT-0004,dayo@example.ng,\"Dayo, Lagos\",12000.00,NGN,2026-01-08 23:59:59\n"
            "GIFT-0006,femi@example.ng,,750.25,NGN,2026-01-10 12:00:00\n"
            "GIFT-0007,grace@example.ng,\"Grace\nEze\",3000.00,NGN,2026-01-11 12:00:00\n"
            "GIFT-0012,lola@example.ng,Lola Musa,99999999.99,NGN,2026-01-15 12:00:00\n"
            "GIFT-0014,ngozi@example.ng,Ngozi Uche,600.10,NGN,2026-01-17 12:00:00\n");

  target_.rows("UPDATE donations SET donor_name = 'Ada O.' WHERE donation_ref = 'GIFT-0001'");
  const auto killed = workspace_.start({"run", out_}, {{"SENTINEL_FAIL", "deliver.written:kill@1"}})->wait();
  EXPECT_EQ(killed.signal, SIGKILL) << killed;
  EXPECT_EQ(read_file(export_), whole);
  workspace_.json({"run", out_});
  EXPECT_EQ(read_file(export_), replaced(whole, "Ada Obi", "Ada O."));
  EXPECT_FALSE(fs::exists(export_.string() + ".partial"));
}

TEST_F(Files, JsonLinesComeBackAsTheyWereWritten) {
  workspace_.json({"run", import_});
  const auto lines = workspace_.folder() / "donations.jsonl";
  auto to_lines = replaced(read_file(out_), "path: ${env:DONATIONS_EXPORT:-donations.csv}", "path: " + lines.string());
  to_lines = replaced(to_lines, "use: file", "use: file\n  format: json_lines");
  expect_balanced(workspace_.json({"run", workspace_.write("to_lines.yaml", to_lines)}));
  EXPECT_EQ(count_of(read_file(lines), "\"amount_naira\":\"99999999.99\""), 1U);

  const Database copy(Kind::kSqlite);
  auto back = replaced(read_file(import_), "use: csv", "use: json_lines");
  back = replaced(back, "${env:DONATIONS_CSV:-sql/source/donations.csv}", lines.string());
  back = replaced(back, "from: amount,", "from: amount_naira,");
  back = replaced(back, "${env:ACCOUNTING_DB}", copy.url());
  const auto run = workspace_.json({"run", workspace_.write("back.yaml", back)});
  expect_balanced(run);
  EXPECT_EQ(records(run, "inserted"), 8);
  const std::string all = "SELECT donation_ref, email, donor_name, amount_naira, currency, donated_at FROM donations";
  EXPECT_EQ(copy.rows(all), target_.rows(all));
}

TEST_F(Files, ALetterOfAnExportIsClosedByTheNextRunNotByAReplay) {
  workspace_.json({"run", import_});
  target_.rows(
      "PRAGMA ignore_check_constraints = ON; UPDATE donations SET amount_naira = 'oops' WHERE donation_ref = "
      "'GIFT-0001'");
  const auto run = workspace_.json({"run", out_});
  EXPECT_EQ(records(run, "dead-lettered"), 1);
  EXPECT_FALSE(contains(read_file(export_), "GIFT-0001"));
  const auto retried = workspace_.sentinel({"dlq", "retry", out_});
  EXPECT_EQ(retried.exit_code, 2) << retried;
  EXPECT_TRUE(contains(retried.err, "reads every record again")) << retried;
  target_.rows("UPDATE donations SET amount_naira = '1.00' WHERE donation_ref = 'GIFT-0001'");
  workspace_.json({"run", out_});
  EXPECT_TRUE(contains(read_file(export_), "GIFT-0001"));
  EXPECT_TRUE(letters("donations_export").empty());
}

}  // namespace
}  // namespace sentinel::integration
