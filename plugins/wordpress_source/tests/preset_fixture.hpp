// Donations and orders as GiveWP and WooCommerce keep them, in tables of sql/source.
#pragma once

#include "site_fixture.hpp"

#include <fstream>
#include <sstream>

namespace sentinel::wordpress_source {

// Runs one of the files of sql/source: "givewp" for givewp_mysql.sql or givewp_sqlite.sql.
inline void create_tables(support::TestDatabase& database, const std::string& plugin) {
  const bool is_mysql = database.connection().dialect() == database::Dialect::kMysql;
  std::ifstream file(SENTINEL_SOURCE_DIR "/sql/source/" + plugin + (is_mysql ? "_mysql.sql" : "_sqlite.sql"));
  ASSERT_TRUE(file.good());
  std::string statement;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("--")) continue;
    statement += line + '\n';
    if (!line.ends_with(';')) continue;
    statement.resize(statement.size() - 2);
    database.run(statement);
    statement.clear();
  }
}

inline void add_donation_meta(support::TestDatabase& database, std::int64_t donation, const std::string& key,
                              database::Value value) {
  database.run("INSERT INTO wp_give_donationmeta (donation_id, meta_key, meta_value) VALUES (:1, :2, :3)",
               {donation, key, std::move(value)});
}

// A complete donation in live mode; without an amount none is stored.
inline void add_donation(support::TestDatabase& database, std::int64_t id, const std::string& amount,
                         const std::string& mode = "live", const std::string& status = "publish") {
  add_post(database, id, status, "give_payment");
  if (!amount.empty()) add_donation_meta(database, id, "_give_payment_total", amount);
  add_donation_meta(database, id, "_give_payment_currency", std::string("NGN"));
  add_donation_meta(database, id, "_give_payment_mode", mode);
  add_donation_meta(database, id, "_give_payment_donor_email", "donor" + std::to_string(id) + "@example.ng");
}

struct Order {
  std::int64_t id;
  std::string amount;
  std::string status = "wc-completed";
  std::string type = "shop_order";
  std::int64_t parent = 0;
  std::string updated = "2026-01-01 12:00:00";
};

inline void add_order(support::TestDatabase& database, const Order& order) {
  database.run(
      "INSERT INTO wp_wc_orders (id, status, currency, type, total_amount, billing_email, date_created_gmt, "
      "date_updated_gmt, parent_order_id) VALUES (:1, :2, 'NGN', :3, :4, 'a@example.ng', :5, :6, :7)",
      {order.id, order.status, order.type, order.amount, order.updated, order.updated, order.parent});
  database.run("INSERT INTO wp_wc_order_addresses (order_id, address_type, first_name) VALUES (:1, 'billing', 'Ada')",
               {order.id});
  database.run("INSERT INTO wp_wc_order_addresses (order_id, address_type, first_name) VALUES (:1, 'shipping', 'Obi')",
               {order.id});
  database.run("INSERT INTO wp_wc_order_operational_data (order_id, date_paid_gmt) VALUES (:1, '2026-01-02 03:04:05')",
               {order.id});
}

inline void add_legacy_order(support::TestDatabase& database, const Order& order) {
  add_post(database, order.id, order.status, order.type, order.updated);
  database.run("UPDATE wp_posts SET post_parent = :1 WHERE ID = :2", {order.parent, order.id});
  add_meta(database, order.id, std::string("_order_total"), order.amount);
  add_meta(database, order.id, std::string("_order_currency"), std::string("NGN"));
  add_meta(database, order.id, std::string("_billing_email"), std::string("a@example.ng"));
  add_meta(database, order.id, std::string("_billing_first_name"), std::string("Ada"));
  add_meta(database, order.id, std::string("_date_paid"), std::string("1767323045"));
}

}  // namespace sentinel::wordpress_source
