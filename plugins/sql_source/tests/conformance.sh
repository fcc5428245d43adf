# A table of 24 gifts. Sourced by tests/conformance/shipped.sh.
for i in $(seq 24); do echo "INSERT INTO gifts VALUES ($i, 'donor$i@example.org', $((1250 * i)), NULL);"; done |
  sqlite3 -cmd 'CREATE TABLE gifts (id INTEGER PRIMARY KEY, email TEXT NOT NULL, amount_kobo INTEGER NOT NULL, note TEXT)' \
    "$CONFORMANCE_DIR/sample.db"
