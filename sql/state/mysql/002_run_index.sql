-- Every run of a pipeline looks for its own unfinished runs; without an index it reads those of all pipelines. Safe to run
-- twice.

-- MySQL has no CREATE INDEX IF NOT EXISTS.
SET @sentinel_step = IF(
  (SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE()
    AND table_name = 'sentinel_run' AND index_name = 'sentinel_run_state') = 0,
  'CREATE INDEX sentinel_run_state ON sentinel_run (pipeline, state)', 'DO 0');
PREPARE sentinel_step FROM @sentinel_step;
EXECUTE sentinel_step;
DEALLOCATE PREPARE sentinel_step;

INSERT IGNORE INTO sentinel_schema (version) VALUES (2);
