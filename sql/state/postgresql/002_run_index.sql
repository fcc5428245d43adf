-- Every run of a pipeline looks for its own unfinished runs; without an index it reads those of all pipelines. Safe to run
-- twice.

CREATE INDEX IF NOT EXISTS sentinel_run_state ON sentinel_run (pipeline, state);

INSERT INTO sentinel_schema (version) VALUES (2) ON CONFLICT DO NOTHING;
