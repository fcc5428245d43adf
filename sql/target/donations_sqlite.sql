-- The accounting table of donations on SQLite: one row a donation, known by its own reference.
-- SQLite's NUMERIC is a float, so amounts are text, and the CHECK lets in only what DECIMAL(10,2) prints:
-- two decimals, at most eight digits before the point, no leading zeros, no plus sign. Sum them through integers:
--   SELECT SUM(CAST(replace(amount_naira, '.', '') AS INTEGER)) AS kobo FROM donations

CREATE TABLE IF NOT EXISTS donations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  donation_ref VARCHAR(64) NOT NULL UNIQUE CHECK (length(donation_ref) <= 64),
  email VARCHAR(255) CHECK (length(email) <= 255),
  donor_name VARCHAR(255) CHECK (length(donor_name) <= 255),
  amount_naira TEXT NOT NULL CHECK (
    typeof(amount_naira) = 'text'
    AND ltrim(amount_naira, '-') GLOB '[0-9]*.[0-9][0-9]'
    AND ltrim(amount_naira, '-') NOT GLOB '*[^0-9.]*'
    AND ltrim(amount_naira, '-') NOT GLOB '*.*.*'
    AND ltrim(amount_naira, '-') NOT GLOB '0[0-9]*'
    AND length(ltrim(amount_naira, '-')) <= 11
    AND length(amount_naira) - length(ltrim(amount_naira, '-')) <= 1
    AND amount_naira <> '-0.00'),
  currency CHAR(3) NOT NULL DEFAULT 'NGN' CHECK (length(currency) = 3),
  status VARCHAR(20) CHECK (length(status) <= 20),
  donated_at DATETIME,
  processed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
