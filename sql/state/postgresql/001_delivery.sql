-- The tables that Sentinel keeps in a PostgreSQL target: what is committed together with the rows. Safe to run twice.

-- The version of these tables: the highest number here.
CREATE TABLE IF NOT EXISTS sentinel_schema (
  version INTEGER NOT NULL,
  PRIMARY KEY (version)
);

-- Who writes and how far they came: one row a lane. Lane -1 is the replay of dead letters.
CREATE TABLE IF NOT EXISTS sentinel_lane (
  pipeline VARCHAR(128) COLLATE "C" NOT NULL,
  source_id VARCHAR(128) COLLATE "C" NOT NULL,
  lane INTEGER NOT NULL,
  epoch BIGINT NOT NULL DEFAULT 0,
  seq BIGINT NOT NULL DEFAULT 0,
  cursor TEXT COLLATE "C" NOT NULL DEFAULT '',
  holder VARCHAR(512) COLLATE "C" NOT NULL DEFAULT '',
  holder_place VARCHAR(512) COLLATE "C" NOT NULL DEFAULT '',
  connection_id BIGINT NOT NULL DEFAULT 0,
  heartbeat TIMESTAMPTZ,
  PRIMARY KEY (pipeline, source_id, lane)
);

-- The ledger: every committed batch, with the lines of its balance.
CREATE TABLE IF NOT EXISTS sentinel_batch (
  pipeline VARCHAR(128) COLLATE "C" NOT NULL,
  source_id VARCHAR(128) COLLATE "C" NOT NULL,
  lane INTEGER NOT NULL,
  seq BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  delivery_id VARCHAR(64) COLLATE "C" NOT NULL,
  run_id VARCHAR(64) COLLATE "C" NOT NULL,
  cursor_from TEXT COLLATE "C" NOT NULL DEFAULT '',
  cursor_to TEXT COLLATE "C" NOT NULL DEFAULT '',
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
  committed_at TIMESTAMPTZ,
  PRIMARY KEY (pipeline, source_id, lane, seq)
);

-- The same balance in minor units (kobo, cents), one row a currency.
CREATE TABLE IF NOT EXISTS sentinel_batch_money (
  pipeline VARCHAR(128) COLLATE "C" NOT NULL,
  source_id VARCHAR(128) COLLATE "C" NOT NULL,
  lane INTEGER NOT NULL,
  seq BIGINT NOT NULL,
  currency VARCHAR(64) COLLATE "C" NOT NULL,
  read_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  inserted_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  updated_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  unchanged_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  dead_lettered_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  filtered_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  left_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  superseded_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  settled_minor NUMERIC(38,0) NOT NULL DEFAULT 0,
  PRIMARY KEY (pipeline, source_id, lane, seq, currency)
);

-- The records that are owed. Their content stays in Sentinel's store; minor is empty where no amount was known.
CREATE TABLE IF NOT EXISTS sentinel_dead_letter (
  letter_id VARCHAR(64) COLLATE "C" NOT NULL,
  pipeline VARCHAR(128) COLLATE "C" NOT NULL,
  source_id VARCHAR(128) COLLATE "C" NOT NULL,
  source_key TEXT COLLATE "C" NOT NULL,
  record_hash VARCHAR(64) COLLATE "C" NOT NULL,
  lane INTEGER NOT NULL,
  seq BIGINT NOT NULL,
  minor NUMERIC(38,0),
  currency VARCHAR(64) COLLATE "C" NOT NULL DEFAULT '',
  state VARCHAR(64) COLLATE "C" NOT NULL,
  opened_at TIMESTAMPTZ NOT NULL,
  closed_at TIMESTAMPTZ,
  PRIMARY KEY (letter_id)
);
CREATE INDEX IF NOT EXISTS sentinel_dead_letter_state ON sentinel_dead_letter (pipeline, state);

-- Every run (purpose: run or replay) and how it ended; lost: ended without reporting, or was taken over.
CREATE TABLE IF NOT EXISTS sentinel_run (
  run_id VARCHAR(64) COLLATE "C" NOT NULL,
  pipeline VARCHAR(128) COLLATE "C" NOT NULL,
  source_id VARCHAR(128) COLLATE "C" NOT NULL,
  purpose VARCHAR(16) COLLATE "C" NOT NULL,
  state VARCHAR(64) COLLATE "C" NOT NULL,
  exit_code INTEGER,
  reason TEXT COLLATE "C" NOT NULL DEFAULT '',
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
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
);

INSERT INTO sentinel_schema (version) VALUES (1) ON CONFLICT DO NOTHING;
