-- The tables that Sentinel keeps in a SQLite target: what is committed together with the rows. Safe to run twice.

-- The version of these tables: the highest number here.
CREATE TABLE IF NOT EXISTS sentinel_schema (
  version INTEGER NOT NULL,
  PRIMARY KEY (version)
);

-- Who writes and how far they came: one row a lane. Lane -1 is the replay of dead letters.
CREATE TABLE IF NOT EXISTS sentinel_lane (
  pipeline TEXT NOT NULL,
  source_id TEXT NOT NULL,
  lane INTEGER NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0,
  cursor TEXT NOT NULL DEFAULT '',
  holder TEXT NOT NULL DEFAULT '',
  holder_place TEXT NOT NULL DEFAULT '',
  connection_id INTEGER NOT NULL DEFAULT 0,
  heartbeat TEXT,
  PRIMARY KEY (pipeline, source_id, lane)
);

-- The ledger: every committed batch, with the lines of its balance.
CREATE TABLE IF NOT EXISTS sentinel_batch (
  pipeline TEXT NOT NULL,
  source_id TEXT NOT NULL,
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  delivery_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  cursor_from TEXT NOT NULL DEFAULT '',
  cursor_to TEXT NOT NULL DEFAULT '',
  read_records INTEGER NOT NULL DEFAULT 0,
  inserted_records INTEGER NOT NULL DEFAULT 0,
  updated_records INTEGER NOT NULL DEFAULT 0,
  unchanged_records INTEGER NOT NULL DEFAULT 0,
  dead_lettered_records INTEGER NOT NULL DEFAULT 0,
  filtered_records INTEGER NOT NULL DEFAULT 0,
  left_records INTEGER NOT NULL DEFAULT 0,
  superseded_records INTEGER NOT NULL DEFAULT 0,
  settled_records INTEGER NOT NULL DEFAULT 0,
  amount_unknown INTEGER NOT NULL DEFAULT 0,
  committed_at TEXT,
  PRIMARY KEY (pipeline, source_id, lane, seq)
);

-- The same balance in minor units (kobo, cents), one row a currency. Integers; text beyond 64 bits.
CREATE TABLE IF NOT EXISTS sentinel_batch_money (
  pipeline TEXT NOT NULL,
  source_id TEXT NOT NULL,
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  currency TEXT NOT NULL,
  read_minor NOT NULL DEFAULT 0 CHECK (typeof(read_minor) IN ('integer', 'text')),
  inserted_minor NOT NULL DEFAULT 0 CHECK (typeof(inserted_minor) IN ('integer', 'text')),
  updated_minor NOT NULL DEFAULT 0 CHECK (typeof(updated_minor) IN ('integer', 'text')),
  unchanged_minor NOT NULL DEFAULT 0 CHECK (typeof(unchanged_minor) IN ('integer', 'text')),
  dead_lettered_minor NOT NULL DEFAULT 0 CHECK (typeof(dead_lettered_minor) IN ('integer', 'text')),
  filtered_minor NOT NULL DEFAULT 0 CHECK (typeof(filtered_minor) IN ('integer', 'text')),
  left_minor NOT NULL DEFAULT 0 CHECK (typeof(left_minor) IN ('integer', 'text')),
  superseded_minor NOT NULL DEFAULT 0 CHECK (typeof(superseded_minor) IN ('integer', 'text')),
  settled_minor NOT NULL DEFAULT 0 CHECK (typeof(settled_minor) IN ('integer', 'text')),
  PRIMARY KEY (pipeline, source_id, lane, seq, currency)
);

-- The records that are owed. Their content stays in Sentinel's store; minor is empty where no amount was known.
CREATE TABLE IF NOT EXISTS sentinel_dead_letter (
  letter_id TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  source_id TEXT NOT NULL,
  source_key TEXT NOT NULL,
  record_hash TEXT NOT NULL,
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  minor CHECK (typeof(minor) IN ('integer', 'text', 'null')),
  currency TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  closed_at TEXT,
  PRIMARY KEY (letter_id)
);
CREATE INDEX IF NOT EXISTS sentinel_dead_letter_state ON sentinel_dead_letter (pipeline, state);

-- Every run (purpose: run or replay) and how it ended; lost: ended without reporting, or was taken over.
CREATE TABLE IF NOT EXISTS sentinel_run (
  run_id TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  source_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  state TEXT NOT NULL,
  exit_code INTEGER,
  reason TEXT NOT NULL DEFAULT '',
  started_at TEXT NOT NULL,
  ended_at TEXT,
  read_records INTEGER NOT NULL DEFAULT 0,
  inserted_records INTEGER NOT NULL DEFAULT 0,
  updated_records INTEGER NOT NULL DEFAULT 0,
  unchanged_records INTEGER NOT NULL DEFAULT 0,
  dead_lettered_records INTEGER NOT NULL DEFAULT 0,
  filtered_records INTEGER NOT NULL DEFAULT 0,
  left_records INTEGER NOT NULL DEFAULT 0,
  superseded_records INTEGER NOT NULL DEFAULT 0,
  settled_records INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id)
);

INSERT OR IGNORE INTO sentinel_schema (version) VALUES (1);
