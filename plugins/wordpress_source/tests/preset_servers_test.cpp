// Presets on a real MariaDB or MySQL: decimals as it prints them, zero dates, and the index of a window.
#include "preset_fixture.hpp"

#include <gtest/gtest.h>

namespace sentinel::wordpress_source {
namespace {

using support::read_pass;
using Texts = std::vector<std::string>;

class PresetServerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database.is_open());
    create_site(database);
    create_tables(database, "givewp");
    create_tables(database, "woocommerce");
    options.connection = database.url();
  }
  WordpressSource source(Preset preset) {
    options.preset = preset;
    return WordpressSource(options, host.host);
  }

  support::TestDatabase database{"SENTINEL_TEST_MYSQL", "wordpress_preset"};
  support::TestHost host;
  Options options;
};

TEST_F(PresetServerTest, DonationsCarryTheirTextsWhateverTheirDates) {
  add_donation(database, 1, "1500.250000");
  add_donation(database, 3, "99999999999999.999999");
  database.run("UPDATE wp_posts SET post_date_gmt = '0000-00-00 00:00:00' WHERE ID = 3");
  auto site = source(Preset::kGivewp);
  const auto taken = read_pass(site, {}, {1, 4 << 20});
  EXPECT_EQ(taken.all("amount"), (Texts{"1500.250000", "99999999999999.999999"}));
  EXPECT_EQ(taken.rows.at(1).at("created_gmt"), "null");
}

TEST_F(PresetServerTest, OrdersCarryAllDigitsOfTheirTotals) {
  add_order(database, {1, "123456789012345678.12345678"});
  add_order(database, {2, "-0.00000001", "wc-completed", "shop_order_refund", 1});
  auto shop = source(Preset::kWoocommerce);
  const auto taken = read_pass(shop, {}, {1, 4 << 20});
  EXPECT_EQ(taken.all("amount"), (Texts{"123456789012345678.12345678", "-0.00000001"}));
  EXPECT_EQ(taken.all("first_name"), (Texts{"Ada", "Ada"}));
  EXPECT_EQ(taken.all("parent"), (Texts{"null", "1"}));
  EXPECT_EQ(support::list_keys(shop, 1), (Texts{"1", "2"}));
}

TEST_F(PresetServerTest, AWindowOfOrdersIsFoundByItsIndex) {
  database.run(
      "INSERT INTO wp_wc_orders (id, type, status, date_updated_gmt, total_amount) SELECT seq, 'shop_order', "
      "'wc-completed', '2020-01-01 00:00:00', 1 FROM seq_1_to_5000");
  database.run("ANALYZE TABLE wp_wc_orders");
  const auto plan = database.connection().query(
      "EXPLAIN SELECT r.id, a.first_name, d.date_paid_gmt FROM wp_wc_orders r LEFT JOIN wp_wc_order_addresses a ON "
      "a.order_id = r.id AND a.address_type = 'billing' LEFT JOIN wp_wc_order_operational_data d ON d.order_id = r.id "
      "WHERE r.type IN ('shop_order', 'shop_order_refund') AND ((r.date_updated_gmt > '2026-01-01 00:00:00' AND "
      "r.date_updated_gmt <= '2026-01-02 00:00:00') OR r.date_updated_gmt IS NULL OR r.date_updated_gmt < "
      "'1000-01-01') ORDER BY r.id LIMIT 1001");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->at(0).at(5).value_or(""), "date_updated");
  options.incremental = Incremental::kModified;
  auto shop = source(Preset::kWoocommerce);
  const auto first = read_pass(shop, {}, {5000, 4 << 20});
  EXPECT_EQ(first.rows.size(), 5000u);
  database.run("UPDATE wp_wc_orders SET date_updated_gmt = UTC_TIMESTAMP() WHERE id = 4711");
  database.run("UPDATE wp_wc_orders SET date_updated_gmt = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE id = 1");
  EXPECT_EQ(read_pass(shop, first.next).all("id"), Texts{"4711"});
}

}  // namespace
}  // namespace sentinel::wordpress_source
