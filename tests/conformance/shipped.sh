#!/usr/bin/env bash
# Runs the conformance suite on one plugin that Sentinel ships, as an author does on a finished library.
# usage: shipped.sh PROGRAM OPTIONS USE KIND [TARGET]   OPTIONS: a file under options/; TARGET: sqlite, mysql or postgresql
set -euo pipefail

program=$1 options=$2 use=$3 kind=$4 target=${5:-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export SENTINEL_SOURCE_DIR=$here/../..
CONFORMANCE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-conformance.XXXXXX")
export CONFORMANCE_DIR
trap '[ -z "${webflow_PID:-}" ] || kill "$webflow_PID"; rm -rf "$CONFORMANCE_DIR"' EXIT

# The stand-in with its donations and twenty more, two of them made at each moment.
start_webflow() {
  local folder=$SENTINEL_SOURCE_DIR/tests/webflow
  python3 - "$folder/site.json" >"$CONFORMANCE_DIR/site.json" <<'END'
import json, sys
site = json.load(open(sys.argv[1]))
donations = site["collections"][0]["id"]
site["items"][donations] += [
    {"id": f"62b720ef280c7a7a3be8cb{i}", "createdOn": f"2026-02-01T08:00:{i // 2}.000Z",
     "fieldData": {"name": f"D-{i}", "slug": f"d-{i}", "amount-kobo": 100 * i}} for i in range(20, 40)]
json.dump({**site, "settings": {"limit_per_minute": 100000}}, sys.stdout)
END
  coproc webflow { exec "$folder/standin.py" --seed "$CONFORMANCE_DIR/site.json"; }
  read -r WEBFLOW_URL <&"${webflow[0]}"
  export WEBFLOW_URL WEBFLOW_TOKEN=canary
}

case $options in
  sql_source)
    for i in $(seq 24); do echo "INSERT INTO gifts VALUES ($i, 'donor$i@example.org', $((1250 * i)), NULL);"; done |
      sqlite3 -cmd 'CREATE TABLE gifts (id INTEGER PRIMARY KEY, email TEXT NOT NULL, amount_kobo INTEGER NOT NULL, note TEXT)' \
        "$CONFORMANCE_DIR/sample.db" ;;
  webflow) start_webflow ;;
  wordpress) # some good posts, and every spoilt one
    cat "$SENTINEL_SOURCE_DIR"/sql/source/{wordpress_sqlite,sample_donations}.sql - <<<'
      DELETE FROM wp_posts WHERE ID > 130 AND (ID - 100) % 200 <> 0;' | sqlite3 "$CONFORMANCE_DIR/sample.db" ;;
  wordpress_givewp) # 40 donations: some in test mode, some refunded, some spoilt
    cat "$SENTINEL_SOURCE_DIR"/sql/source/{wordpress_sqlite,givewp_sqlite}.sql - <<<"
      INSERT INTO wp_posts (post_type, post_status) SELECT 'give_payment', iif(value % 7 = 0, 'refunded', 'publish')
        FROM generate_series(1, 40);
      INSERT INTO wp_give_donationmeta (donation_id, meta_key, meta_value)
        SELECT ID, '_give_payment_total', ID || '.250000' FROM wp_posts
        UNION ALL SELECT ID, '_give_payment_mode', iif(ID % 11 = 0, 'test', 'live') FROM wp_posts
        UNION ALL SELECT ID, '_give_payment_form_id', 'none' FROM wp_posts WHERE ID % 9 = 0;" |
      sqlite3 "$CONFORMANCE_DIR/sample.db" ;;
esac
case $target in
  sqlite) export CONFORMANCE_TARGET=sqlite:$CONFORMANCE_DIR/target.db ;;
  mysql) export CONFORMANCE_TARGET=${SENTINEL_TEST_MYSQL:?holds the url of a server for tests} ;;
  postgresql) export CONFORMANCE_TARGET=${SENTINEL_TEST_POSTGRESQL:?holds the url of a server for tests} ;;
esac
"$program" plugins test "$use" --kind "$kind" --options "$here/options/$options.yaml"
