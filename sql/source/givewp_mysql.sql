-- The table in which GiveWP 4 keeps what it knows of a donation, beside wp_posts, in MySQL's types (prefix wp_).
-- Written after the published schema: a donation is a post of type give_payment, its amount text with six decimals under
-- the key _give_payment_total. As there, no key is unique and all values are text.

CREATE TABLE IF NOT EXISTS wp_give_donationmeta (
  meta_id bigint(20) NOT NULL AUTO_INCREMENT,
  donation_id bigint(20) NOT NULL,
  meta_key varchar(255) DEFAULT NULL,
  meta_value longtext,
  PRIMARY KEY (meta_id),
  KEY donation_id (donation_id),
  KEY meta_key (meta_key(191))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
