-- The accounting table of donations on MariaDB and MySQL: one row a donation, known by its own reference.
-- utf8mb4_bin keeps references apart that differ by case or accent only, as PostgreSQL and SQLite do anyway.

CREATE TABLE IF NOT EXISTS donations (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  donation_ref VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  email VARCHAR(255) NULL,
  donor_name VARCHAR(255) NULL,
  amount_naira DECIMAL(10,2) NOT NULL,
  currency CHAR(3) NOT NULL DEFAULT 'NGN',
  status VARCHAR(20) NULL,
  donated_at DATETIME NULL,
  processed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY donations_donation_ref (donation_ref)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
