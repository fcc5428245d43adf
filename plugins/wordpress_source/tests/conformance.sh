# Some good posts, and every spoilt one. Sourced by tests/conformance/shipped.sh.
cat "$SENTINEL_SOURCE_DIR"/sql/source/{wordpress_sqlite,sample_donations}.sql - <<<'
  DELETE FROM wp_posts WHERE ID > 130 AND (ID - 100) % 200 <> 0;' | sqlite3 "$CONFORMANCE_DIR/sample.db"
