-- The target table of older installations on SQLite: rows of wp_donations, known by their remote id.
-- Amounts are exact text, as in donations_sqlite.sql.

CREATE TABLE IF NOT EXISTS synced_donations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  remote_id BIGINT NOT NULL UNIQUE CHECK (remote_id >= 0),
  email VARCHAR(255) CHECK (length(email) <= 255),
  amount_naira TEXT NOT NULL CHECK (
    typeof(amount_naira) = 'text'
    AND ltrim(amount_naira, '-') GLOB '[0-9]*.[0-9][0-9]'
    AND ltrim(amount_naira, '-') NOT GLOB '*[^0-9.]*'
    AND ltrim(amount_naira, '-') NOT GLOB '*.*.*'
    AND ltrim(amount_naira, '-') NOT GLOB '0[0-9]*'
    AND length(ltrim(amount_naira, '-')) <= 11
    AND length(amount_naira) - length(ltrim(amount_naira, '-')) <= 1
    AND amount_naira <> '-0.00'),
  sync_status VARCHAR(20) NOT NULL DEFAULT 'synced' CHECK (length(sync_status) <= 20),
  processed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
