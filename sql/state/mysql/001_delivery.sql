-- The tables that Sentinel keeps in a MySQL and MariaDB target: what is committed together with the rows. Safe to run twice.

-- The version of these tables: the highest number here.
CREATE TABLE IF NOT EXISTS sentinel_schema (
  version INT NOT NULL,
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Who writes and how far they came: one row a lane. Lane -1 is the replay of dead letters.
CREATE TABLE IF NOT EXISTS sentinel_lane (
  pipeline VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source_id VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  lane INT NOT NULL,
  epoch BIGINT NOT NULL DEFAULT 0,
  seq BIGINT NOT NULL DEFAULT 0,
  `cursor` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  holder VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  holder_place VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  connection_id BIGINT NOT NULL DEFAULT 0,
  heartbeat DATETIME(6) NULL,
  PRIMARY KEY (pipeline, source_id, lane)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The ledger: every committed batch, with the lines of its balance.
CREATE TABLE IF NOT EXISTS sentinel_batch (
  pipeline VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source_id VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  lane INT NOT NULL,
  seq BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  delivery_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cursor_from TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  cursor_to TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  read_records BIGINT NOT NULL DEFAULT 0,
  inserted_records BIGINT NOT NULL DEFAULT 0,
  updated_records BIGINT NOT NULL DEFAULT 0,
  unchanged_records BIGINT NOT NULL DEFAULT 0,
  dead_lettered_records BIGINT NOT NULL DEFAULT 0,
  filtered_records BIGINT NOT NULL DEFAULT 0,
  left_records BIGINT NOT NULL DEFAULT 0,
  superseded_records BIGINT NOT NULL DEFAULT 0,
  settled_records BIGINT NOT NULL DEFAULT 0,
  amount_unknown BIGINT NOT NULL DEFAULT 0,
  committed_at DATETIME(6) NULL,
  PRIMARY KEY (pipeline, source_id, lane, seq)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The same balance in minor units (kobo, cents), one row a currency.
CREATE TABLE IF NOT EXISTS sentinel_batch_money (
  pipeline VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source_id VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  lane INT NOT NULL,
  seq BIGINT NOT NULL,
  currency VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  read_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  inserted_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  updated_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  unchanged_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  dead_lettered_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  filtered_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  left_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  superseded_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  settled_minor DECIMAL(38,0) NOT NULL DEFAULT 0,
  PRIMARY KEY (pipeline, source_id, lane, seq, currency)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The records that are owed. Their content stays in Sentinel's store; minor is empty where no amount was known.
CREATE TABLE IF NOT EXISTS sentinel_dead_letter (
  letter_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pipeline VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source_id VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source_key TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  record_hash VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lane INT NOT NULL,
  seq BIGINT NOT NULL,
  minor DECIMAL(38,0),
  currency VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  state VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  opened_at DATETIME(6) NOT NULL,
  closed_at DATETIME(6) NULL,
  PRIMARY KEY (letter_id),
  KEY sentinel_dead_letter_state (pipeline, state)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Every run (purpose: run or replay) and how it ended; lost: ended without reporting, or was taken over.
CREATE TABLE IF NOT EXISTS sentinel_run (
  run_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pipeline VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source_id VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  purpose VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  exit_code INT NULL,
  reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  started_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  read_records BIGINT NOT NULL DEFAULT 0,
  inserted_records BIGINT NOT NULL DEFAULT 0,
  updated_records BIGINT NOT NULL DEFAULT 0,
  unchanged_records BIGINT NOT NULL DEFAULT 0,
  dead_lettered_records BIGINT NOT NULL DEFAULT 0,
  filtered_records BIGINT NOT NULL DEFAULT 0,
  left_records BIGINT NOT NULL DEFAULT 0,
  superseded_records BIGINT NOT NULL DEFAULT 0,
  settled_records BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

INSERT IGNORE INTO sentinel_schema (version) VALUES (1);
