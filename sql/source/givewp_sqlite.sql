-- The table of givewp_mysql.sql in SQLite's types.

CREATE TABLE IF NOT EXISTS wp_give_donationmeta (
  meta_id INTEGER PRIMARY KEY AUTOINCREMENT,
  donation_id INTEGER NOT NULL,
  meta_key VARCHAR(255),
  meta_value TEXT
);
CREATE INDEX IF NOT EXISTS wp_give_donationmeta_donation_id ON wp_give_donationmeta (donation_id);
CREATE INDEX IF NOT EXISTS wp_give_donationmeta_meta_key ON wp_give_donationmeta (meta_key);
