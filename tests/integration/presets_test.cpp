// Donations of GiveWP and orders of WooCommerce, in their published tables on a real MariaDB, through the shipped
// pipelines: 12,000 of each with known dirt, every amount exact.
#include "workspace.hpp"

namespace sentinel::integration {
namespace {

constexpr const char* kLoose = "SET SESSION sql_mode = '';\n";

class Presets : public testing::Test {
 protected:
  Presets() : workspace_(source_.url(), target_.url()) {
    for (const auto* file : {"wordpress_mysql.sql", "givewp_mysql.sql", "woocommerce_mysql.sql"})
      source_.run_file(source_folder() / "sql/source" / file, kLoose);
  }
  Json run(const std::string& pipeline) const {
    auto answer = workspace_.json({"run", shipped_pipeline(pipeline)});
    expect_balanced(answer);
    return answer;
  }
  void add_donation_meta(const std::string& key, const std::string& value, const std::string& which = "TRUE") const {
    source_.rows("INSERT INTO wp_give_donationmeta (donation_id, meta_key, meta_value) SELECT ID, '" + key + "', " +
                 value + " FROM wp_posts WHERE post_type = 'give_payment' AND " + which);
  }
  // Ids 3, 6, 9 … with pages between them. Of every thousand donations one each: in test mode, without an amount, with
  // a part of a kobo, with two amounts, without a date, refunded, from a donor with an emoji.
  void add_donations() const {
    source_.rows(std::string(kLoose) +
                 "INSERT INTO wp_posts (ID, post_type, post_status, post_date_gmt, post_modified_gmt) SELECT seq * 3, "
                 "'give_payment', IF(seq % 1000 = 6, 'refunded', 'publish'), IF(seq % 1000 = 5, 0, '2026-01-02 "
                 "03:04:05'), '2026-01-02 03:04:05' FROM seq_1_to_12000;\n"
                 "INSERT INTO wp_posts (ID, post_type) SELECT seq * 3 + 1, 'page' FROM seq_1_to_12000");
    const std::string kobo = "((ID DIV 3) * 7919 % 5000000 + 1)";
    add_donation_meta("_give_payment_total",
                      "CONCAT(" + kobo + " DIV 100, '.', LPAD(" + kobo + " % 100, 2, '0'), IF(ID DIV 3 % 1000 = 3, " +
                          "'0001', '0000'))",
                      "ID DIV 3 % 1000 <> 2");
    add_donation_meta("_give_payment_total", "'1.000000'", "ID DIV 3 % 1000 = 4");
    add_donation_meta("_give_payment_currency", "IF(ID DIV 3 % 4 = 0, 'USD', 'NGN')");
    add_donation_meta("_give_payment_mode", "IF(ID DIV 3 % 1000 = 1, 'test', 'live')");
    add_donation_meta("_give_payment_donor_email", "CONCAT('Donor', ID, '@Example.ng')");
    add_donation_meta("_give_donor_billing_first_name", "IF(ID DIV 3 % 1000 = 7, 'Olúwáṣeun 😀', 'Ada')");
  }
  // 12,000 orders; every tenth is refunded in full, every thousandth has no total.
  void add_orders() const {
    source_.rows(
        "INSERT INTO wp_options (option_name, option_value) VALUES ('woocommerce_custom_orders_table_enabled', "
        "'yes');\n"
        "INSERT INTO wp_wc_orders (id, type, status, currency, total_amount, billing_email, date_created_gmt, "
        "date_updated_gmt, parent_order_id) SELECT seq, 'shop_order', IF(seq % 10 = 0, 'wc-refunded', IF(seq % 10 = 1, "
        "'wc-pending', 'wc-completed')), IF(seq % 4 = 0, 'USD', 'NGN'), IF(seq % 1000 = 2, NULL, seq * 7.77), "
        "'a@example.ng', '2026-01-02 03:04:05', '2026-01-02 03:04:05', 0 FROM seq_1_to_12000;\n"
        "INSERT INTO wp_wc_orders (id, type, status, currency, total_amount, date_updated_gmt, parent_order_id) SELECT "
        "id + 12000, 'shop_order_refund', 'wc-completed', currency, -total_amount, date_updated_gmt, id FROM "
        "wp_wc_orders WHERE status = 'wc-refunded'");
  }

  Database source_{Kind::kMariadb}, target_{Kind::kMariadb};
  Workspace workspace_;
};

TEST_F(Presets, DonationsOfGivewpLandExactlyAndTheirDirtIsAccountedFor) {
  add_donations();
  const auto first = run("givewp_to_mariadb.yaml");
  EXPECT_EQ(records(first, "read"), 12000);
  EXPECT_EQ(records(first, "filtered"), 24) << first.dump();
  EXPECT_EQ(records(first, "dead-lettered"), 36) << first.dump();
  EXPECT_EQ(records(first, "landed"), 11940) << first.dump();
  const auto owed = source_.rows(
      "SELECT c.meta_value, SUM(CAST(a.meta_value AS DECIMAL(30,2))) FROM wp_give_donationmeta a JOIN "
      "wp_give_donationmeta c ON c.donation_id = a.donation_id AND c.meta_key = '_give_payment_currency' WHERE "
      "a.meta_key = '_give_payment_total' AND a.donation_id DIV 3 % 1000 NOT IN (1, 3, 4, 6) GROUP BY 1 ORDER BY 1");
  EXPECT_EQ(owed.size(), 2u);
  EXPECT_EQ(target_.rows("SELECT currency, SUM(amount) FROM givewp_donations GROUP BY 1 ORDER BY 1"), owed);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM givewp_donations WHERE donated_at IS NULL"), 12);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM givewp_donations WHERE HEX(first_name) LIKE '%F09F9880'"), 12);

  source_.rows("UPDATE wp_posts SET post_status = 'refunded' WHERE ID = 300");
  const auto second = run("givewp_to_mariadb.yaml");
  EXPECT_EQ(records(second, "unchanged"), 11939) << second.dump();
  EXPECT_EQ(second.at("new_letters"), 0);
  EXPECT_EQ(target_.value("SELECT donation_id FROM givewp_donations WHERE left_at IS NOT NULL"), "300");
}

TEST_F(Presets, OrdersAndRefundsOfWoocommerceAddUpToWhatWasKept) {
  add_orders();
  const auto first = run("woocommerce_to_mariadb.yaml");
  EXPECT_EQ(records(first, "read"), 13200);
  EXPECT_EQ(records(first, "filtered"), 1200) << first.dump();
  EXPECT_EQ(records(first, "dead-lettered"), 12) << first.dump();
  EXPECT_EQ(records(first, "landed"), 11988) << first.dump();
  const auto kept = source_.rows(
      "SELECT currency, CAST(SUM(total_amount) AS DECIMAL(30,2)) FROM wp_wc_orders WHERE status = 'wc-completed' AND "
      "type = 'shop_order' GROUP BY 1 ORDER BY 1");
  EXPECT_EQ(kept.size(), 2u);
  EXPECT_EQ(target_.rows("SELECT currency, SUM(amount) FROM woocommerce_orders GROUP BY 1 ORDER BY 1"), kept);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM woocommerce_orders r JOIN woocommerce_orders o ON o.order_id = "
                           "r.parent_id WHERE r.kind = 'shop_order_refund' AND r.amount = -o.amount"),
            1200);
  EXPECT_EQ(records(run("woocommerce_to_mariadb.yaml"), "unchanged"), 11988);
}

}  // namespace
}  // namespace sentinel::integration
