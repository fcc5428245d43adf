// Presets over SQLite: fields, amounts digit by digit, refunds, test mode, dirt, and options that do not fit.
#include "preset_fixture.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sentinel::wordpress_source {
namespace {

using support::fetch_keys;
using support::read_pass;
using Texts = std::vector<std::string>;

class PresetTest : public testing::Test {
 protected:
  void SetUp() override {
    create_site(database);
    create_tables(database, "givewp");
    create_tables(database, "woocommerce");
    options.connection = database.url();
  }
  WordpressSource source(Preset preset) {
    options.preset = preset;
    return WordpressSource(options, host.host,
                           [this](database::Connection&) -> Result<std::string> { return server_time; });
  }
  Status refusal() {
    auto opened = WordpressSource::open(options, host.host);
    return opened ? (*opened)->check() : opened.error();
  }

  support::TestDatabase database;
  support::TestHost host;
  Options options;
  std::string server_time = "2026-01-01 13:00:00";
};

TEST_F(PresetTest, AGivewpAmountIsTheTextThatWasStored) {
  add_donation(database, 1, "1500.250000");
  add_donation(database, 2, "99999999.990000");
  add_donation(database, 3, "");
  add_donation(database, 4, "0.300001");
  add_post(database, 5, "publish", "give_payment");
  add_post(database, 6);
  add_donation_meta(database, 1, "_give_anonymous_donation", std::string("1"));
  add_donation_meta(database, 2, "_give_anonymous_donation", std::string());
  add_donation_meta(database, 1, "_give_payment_donor_id", std::string("77"));
  auto site = source(Preset::kGivewp);
  const auto taken = read_pass(site, {}, {2, 4 << 20});
  EXPECT_EQ(taken.all("id"), (Texts{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(taken.all("amount"), (Texts{"1500.250000", "99999999.990000", "null", "0.300001", "null"}));
  EXPECT_EQ(taken.all("anonymous"), (Texts{"true", "null", "null", "null", "null"}));
  EXPECT_EQ(taken.rows[0].at("donor_id"), "77");
  EXPECT_EQ(taken.rows[0].at("email"), "donor1@example.ng");
}

TEST_F(PresetTest, DonationsInTestModeAreReadAndLeftOut) {
  add_donation(database, 1, "5.000000", "test");
  add_donation(database, 2, "6.000000");
  add_donation(database, 3, "7.000000", "live", "give_subscription");
  add_donation(database, 4, "8.000000", "live", "refunded");
  auto site = source(Preset::kGivewp);
  EXPECT_EQ(read_pass(site).filtered,
            (std::map<std::int64_t, std::string>{{0, "made in test mode"}, {3, "status is refunded"}}));
  options.include_test = true;
  auto wider = source(Preset::kGivewp);
  EXPECT_EQ(read_pass(wider).filtered, (std::map<std::int64_t, std::string>{{3, "status is refunded"}}));
}

TEST_F(PresetTest, DirtInADonationIsADeadLetterBesideGoodNeighbours) {
  for (const std::int64_t id : {1, 2, 3, 4}) add_donation(database, id, "1.000000");
  add_donation_meta(database, 1, "_give_payment_total", std::string("2.000000"));
  add_donation_meta(database, 2, "_give_payment_form_id", std::string("seven"));
  add_donation_meta(database, 3, "_give_donor_billing_first_name", std::string("caf\xE9"));
  add_donation_meta(database, 4, "_give_donor_billing_first_name", std::string("Olúwáṣeun 😀"));
  auto site = source(Preset::kGivewp);
  const auto taken = read_pass(site);
  EXPECT_EQ(taken.all("first_name"), Texts{"Olúwáṣeun 😀"});
  ASSERT_EQ(taken.rejects.size(), 3u);
  EXPECT_EQ(taken.rejects[0].position, "donation 1");
  EXPECT_NE(taken.rejects[0].message.find("\"_give_payment_total\" occurs more than once"), std::string::npos);
  EXPECT_EQ(taken.rejects[1].message, "field \"form_id\" is not a valid int64");
  EXPECT_EQ(taken.rejects[2].message, "field \"first_name\" is not valid UTF-8");
}

TEST_F(PresetTest, MetaBesideThePresetsOwnComesByItsKey) {
  add_donation(database, 1, "1.000000");
  add_donation_meta(database, 1, "_give_fee_amount", std::string("0.25"));
  options.meta = Texts{"_give_fee_amount"};
  auto site = source(Preset::kGivewp);
  EXPECT_EQ(read_pass(site).all("meta._give_fee_amount"), Texts{"0.25"});
}

TEST_F(PresetTest, OrdersAndRefundsReadTheSameFromTablesAndFromPosts) {
  const std::vector<Order> orders{{10, "1500.25000000"},
                                  {11, "12345678901234567.12345678"},
                                  {12, "-1500.25000000", "wc-completed", "shop_order_refund", 10},
                                  {13, "9.00000000", "wc-pending"},
                                  {14, "7.00000000", "wc-refunded"}};
  for (const auto& order : orders) add_order(database, order);
  auto tables = source(Preset::kWoocommerce);
  const auto from_tables = read_pass(tables, {}, {2, 4 << 20});
  EXPECT_EQ(from_tables.all("amount"),
            (Texts{"1500.25000000", "12345678901234567.12345678", "-1500.25000000", "9.00000000", "7.00000000"}));
  EXPECT_EQ(from_tables.rows[2].at("parent"), "10");
  EXPECT_EQ(from_tables.rows[0].at("paid_gmt"), "2026-01-02 03:04:05");
  EXPECT_EQ(from_tables.filtered, (std::map<std::int64_t, std::string>{{3, "status is wc-pending"}}));
  for (const auto& order : orders) add_legacy_order(database, order);
  auto posts = source(Preset::kWoocommerceLegacy);
  const auto from_posts = read_pass(posts, {}, {2, 4 << 20});
  EXPECT_EQ(from_posts.rows.size(), orders.size());
  for (const auto* field : {"id", "status", "type", "parent", "created_gmt", "modified_gmt", "amount", "currency",
                            "email", "first_name", "paid_gmt"})
    EXPECT_EQ(from_posts.all(field), from_tables.all(field)) << field;
}

TEST_F(PresetTest, BothWaysOfWoocommerceHaveOneSchema) {
  auto tables = source(Preset::kWoocommerce), posts = source(Preset::kWoocommerceLegacy);
  const auto from_tables = tables.schema(), from_posts = posts.schema();
  ASSERT_TRUE(from_tables && from_posts);
  ASSERT_EQ(from_tables->size(), from_posts->size());
  for (std::size_t i = 0; i < from_tables->size(); ++i) {
    EXPECT_EQ((*from_tables)[i].name, (*from_posts)[i].name);
    EXPECT_EQ((*from_tables)[i].type_text(), (*from_posts)[i].type_text());
  }
}

TEST_F(PresetTest, AWindowHoldsTheOrdersThatWereUpdatedAndThoseWithoutATime) {
  options.incremental = Incremental::kModified;
  add_order(database, {1, "1"});
  add_order(database, {2, "2"});
  add_order(database, {3, "3"});
  database.run("UPDATE wp_wc_orders SET date_updated_gmt = NULL WHERE id = 3");
  auto shop = source(Preset::kWoocommerce);
  const auto first = read_pass(shop);
  database.run("UPDATE wp_wc_orders SET date_updated_gmt = '2026-01-01 13:30:00' WHERE id = 2");
  server_time = "2026-01-01 14:00:00";
  EXPECT_EQ(read_pass(shop, first.next).all("id"), (Texts{"2", "3"}));
}

TEST_F(PresetTest, CountsFetchesAndListsTheRecordsOfThePresetAlone) {
  add_donation(database, 1, "1.000000");
  add_donation(database, 2, "2.000000", "test");
  add_post(database, 3);
  add_order(database, {4, "4"});
  add_order(database, {5, "-4", "wc-completed", "shop_order_refund", 4});
  for (const auto& [preset, keys] :
       {std::pair(Preset::kGivewp, Texts{"1", "2"}), std::pair(Preset::kWoocommerce, Texts{"4", "5"})}) {
    auto site = source(preset);
    EXPECT_EQ(site.count().value_or(-1), 2);
    EXPECT_EQ(support::list_keys(site, 1), keys);
    EXPECT_EQ(fetch_keys(site, {"5", "2", "3"}).all("id"), Texts{keys[1]});
  }
}

TEST_F(PresetTest, DiscoveryNamesWhatAPresetWouldRead) {
  add_post(database, 1);
  std::set<std::string> entities, fields;
  const auto discover = [&](WordpressSource& site) {
    entities.clear();
    const auto done = site.discover([&](const FoundField& found) {
      entities.insert(found.entity);
      fields.insert(found.entity + "." + found.field);
    });
    EXPECT_TRUE(done.ok()) << done.message();
  };
  WordpressSource plain(options, host.host);
  discover(plain);
  EXPECT_EQ(entities,
            (std::set<std::string>{"donation", "give_payment (preset: givewp)", "shop_order (preset: woocommerce)"}));
  auto chosen = source(Preset::kGivewp);
  discover(chosen);
  EXPECT_EQ(entities, std::set<std::string>{"give_payment"});
  EXPECT_TRUE(fields.contains("give_payment.amount"));
}

TEST_F(PresetTest, TheWayThatWoocommerceDoesNotCountByIsRefused) {
  database.run("CREATE TABLE wp_options (option_name TEXT UNIQUE, option_value TEXT)");
  options.preset = Preset::kWoocommerce;
  EXPECT_NE(refusal().message().find("set preset: woocommerce_legacy"), std::string::npos);
  database.run("INSERT INTO wp_options VALUES ('woocommerce_custom_orders_table_enabled', 'yes')");
  EXPECT_TRUE(refusal().ok()) << refusal().message();
  options.preset = Preset::kWoocommerceLegacy;
  EXPECT_NE(refusal().message().find("set preset: woocommerce"), std::string::npos);
  EXPECT_EQ(refusal().option_path(), "preset");
}

TEST_F(PresetTest, AMissingTableIsNamed) {
  database.run("DROP TABLE wp_wc_order_addresses");
  options.preset = Preset::kWoocommerce;
  EXPECT_NE(refusal().message().find("no table \"wp_wc_order_addresses\""), std::string::npos);
  EXPECT_EQ(refusal().option_path(), "preset");
}

TEST_F(PresetTest, ACopyThatKeepsAmountsAsNumbersIsRefused) {
  database.run("DROP TABLE wp_wc_orders");
  database.run("CREATE TABLE wp_wc_orders (id INTEGER PRIMARY KEY, total_amount DECIMAL(26,8))");
  options.preset = Preset::kWoocommerce;
  EXPECT_NE(refusal().message().find("loses digits"), std::string::npos);
}

TEST_F(PresetTest, OptionsThatDoNotFitAreRefusedAtTheirPlace) {
  const auto path_of = [&](const std::function<void(Options&)>& change) {
    Options changed = options;
    changed.preset = Preset::kWoocommerce;
    change(changed);
    auto opened = WordpressSource::open(changed, host.host);
    return opened ? std::string("accepted") : opened.error().option_path();
  };
  EXPECT_EQ(path_of([](Options& o) { o.content = "page"; }), "content");
  EXPECT_EQ(path_of([](Options& o) { o.content = "shop_order"; }), "accepted");
  EXPECT_EQ(path_of([](Options& o) { o.include_content = true; }), "include_content");
  EXPECT_EQ(path_of([](Options& o) { o.include_test = true; }), "include_test");
  EXPECT_EQ(path_of([](Options& o) {
              o.preset.reset();
              o.include_test = true;
            }),
            "include_test");
  EXPECT_EQ(path_of([](Options& o) {
              o.preset = Preset::kWoocommerceLegacy;
              o.meta = Texts{"_note", "_order_total"};
            }),
            "meta.1");
}

}  // namespace
}  // namespace sentinel::wordpress_source
