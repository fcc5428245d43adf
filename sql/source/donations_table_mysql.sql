-- The plain donations table of installations that keep no posts: one row a donation, the amount in kobo.

CREATE TABLE IF NOT EXISTS wp_donations (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  donor_email VARCHAR(255) NOT NULL,
  amount_kobo INT UNSIGNED NOT NULL,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
