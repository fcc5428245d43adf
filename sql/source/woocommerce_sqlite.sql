-- The tables of woocommerce_mysql.sql in SQLite's types. Amounts are text: a column of numbers would turn them into
-- doubles, and the source refuses such a copy.

CREATE TABLE IF NOT EXISTS wp_wc_orders (
  id INTEGER PRIMARY KEY,
  status VARCHAR(20),
  currency VARCHAR(10),
  type VARCHAR(20),
  tax_amount TEXT,
  total_amount TEXT,
  customer_id INTEGER,
  billing_email VARCHAR(320),
  date_created_gmt TEXT,
  date_updated_gmt TEXT,
  parent_order_id INTEGER,
  payment_method VARCHAR(100),
  payment_method_title TEXT,
  transaction_id VARCHAR(100),
  customer_note TEXT
);
CREATE INDEX IF NOT EXISTS wp_wc_orders_date_updated ON wp_wc_orders (date_updated_gmt);

CREATE TABLE IF NOT EXISTS wp_wc_order_addresses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  order_id INTEGER NOT NULL,
  address_type VARCHAR(20),
  first_name TEXT,
  last_name TEXT,
  company TEXT,
  city TEXT,
  country TEXT,
  email VARCHAR(320),
  phone VARCHAR(100),
  UNIQUE (order_id, address_type)
);

CREATE TABLE IF NOT EXISTS wp_wc_order_operational_data (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  order_id INTEGER UNIQUE,
  created_via VARCHAR(100),
  order_key VARCHAR(100),
  date_paid_gmt TEXT,
  date_completed_gmt TEXT
);

CREATE TABLE IF NOT EXISTS wp_wc_orders_meta (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  order_id INTEGER,
  meta_key VARCHAR(255),
  meta_value TEXT
);
CREATE INDEX IF NOT EXISTS wp_wc_orders_meta_order_id ON wp_wc_orders_meta (order_id);
