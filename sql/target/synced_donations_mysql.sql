-- The target table of older installations on MariaDB and MySQL: rows of wp_donations, known by their remote id.

CREATE TABLE IF NOT EXISTS synced_donations (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  remote_id BIGINT UNSIGNED NOT NULL,
  email VARCHAR(255) NULL,
  amount_naira DECIMAL(10,2) NOT NULL,
  sync_status VARCHAR(20) NOT NULL DEFAULT 'synced',
  processed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY synced_donations_remote_id (remote_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
