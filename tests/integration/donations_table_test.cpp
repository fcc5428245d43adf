// 500,000 rows of wp_donations into synced_donations: exactly, in little memory, and beside rows of an older
// installation.
#include "workspace.hpp"

namespace sentinel::integration {
namespace {

constexpr long long kRows = 500000, kKobo = 1254313394669;
constexpr long kMostKib = 100 * 1024;

class DonationsTable : public testing::Test {
 protected:
  DonationsTable()
      : workspace_(source_.url(), target_.url()), pipeline_(shipped_pipeline("donations_table_to_mariadb.yaml")) {
    source_.run_file(source_folder() / "sql/source/donations_table_mysql.sql");
    source_.run_file(source_folder() / "sql/source/donations_table_rows_mysql.sql");
    EXPECT_EQ(source_.number("SELECT COUNT(*) FROM wp_donations"), kRows);
  }

  // Rows that are in one table and not, or otherwise, in the other; compared inside the server in integers.
  long long differing_rows() const {
    const auto from = source_.name() + ".wp_donations", to = target_.name() + ".synced_donations";
    return target_.number(
        "SELECT COUNT(*) FROM " + from + " s LEFT JOIN " + to +
        " t ON t.remote_id = s.id WHERE t.remote_id IS NULL OR NOT (BINARY t.email <=> BINARY s.donor_email) "
        "OR t.amount_naira * 100 <> s.amount_kobo OR t.sync_status <> 'synced'");
  }
  void expect_mirrored() const {
    EXPECT_EQ(target_.number("SELECT COUNT(*) FROM synced_donations"), kRows);
    EXPECT_EQ(target_.value("SELECT CAST(SUM(amount_naira) * 100 AS DECIMAL(30,0)) FROM synced_donations"),
              std::to_string(kKobo));
    EXPECT_EQ(differing_rows(), 0);
    const auto ledger = read_ledger(target_);
    EXPECT_EQ(ledger.breaks, 0);
    EXPECT_EQ(ledger.open_letters, 0);
  }
  Finished run_json() const { return workspace_.sentinel({"run", pipeline_, "--json"}); }

  Database source_{Kind::kMariadb}, target_{Kind::kMariadb};
  Workspace workspace_;
  std::string pipeline_;
};

TEST_F(DonationsTable, HalfAMillionRowsLandExactlyInLessThan100MiB) {
  const auto first = run_json();
  ASSERT_EQ(first.exit_code, 0) << first;
  const auto balance = Json::parse(first.out);
  expect_balanced(balance);
  EXPECT_EQ(records(balance, "inserted"), kRows);
  EXPECT_EQ(naira_kobo(balance, "inserted"), kKobo);
  expect_mirrored();
  std::cout << "first run " << balance.at("elapsed_ms") << " ms, peak " << first.peak_kib << " KiB\n";
  EXPECT_LT(first.peak_kib, kMostKib);

  const auto second = run_json();
  ASSERT_EQ(second.exit_code, 0) << second;
  const auto again = Json::parse(second.out);
  EXPECT_EQ(records(again, "unchanged"), kRows) << again.dump();
  EXPECT_EQ(records(again, "read"), kRows) << again.dump();
  std::cout << "second run " << again.at("elapsed_ms") << " ms, peak " << second.peak_kib << " KiB\n";
  EXPECT_LT(second.peak_kib, kMostKib);
  expect_mirrored();
}

TEST_F(DonationsTable, RowsOfAnOlderInstallationAreAdoptedAsUnchanged) {
  target_.run_file(source_folder() / "sql/target/synced_donations_mysql.sql");
  target_.rows(
      "INSERT INTO synced_donations (remote_id, email, amount_naira, sync_status, processed_at) "
      "SELECT id, donor_email, amount_kobo / 100, 'synced', '2021-03-04 05:06:07' FROM " +
      source_.name() + ".wp_donations WHERE id <= 300000");
  const auto run = run_json();
  ASSERT_EQ(run.exit_code, 0) << run;
  const auto balance = Json::parse(run.out);
  expect_balanced(balance);
  EXPECT_EQ(records(balance, "unchanged"), 300000) << balance.dump();
  EXPECT_EQ(records(balance, "inserted"), kRows - 300000) << balance.dump();
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM synced_donations WHERE processed_at = '2021-03-04 05:06:07'"), 300000);
  EXPECT_EQ(
      target_.number("SELECT COUNT(*) FROM synced_donations WHERE remote_id > 300000 AND processed_at > '2022-01-01'"),
      kRows - 300000);
  expect_mirrored();
}

}  // namespace
}  // namespace sentinel::integration
