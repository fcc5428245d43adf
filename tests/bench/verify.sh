#!/usr/bin/env bash
# Verifies two million rows on SQLite, and sweeps them after a thousandth of the records was deleted; says how long each
# took beside the load, and the most memory it held.
# usage: tests/bench/verify.sh [ROWS]   default 2,000,000; SENTINEL_BUILD_DIR: a Release build (default build/)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${SENTINEL_BUILD_DIR:-$root/build}/bin/sentinel
rows=${1:-2000000}
folder=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-verify.XXXXXX")
trap 'rm -rf "$folder"' EXIT

python3 - "$folder/source.db" "$rows" <<'PYTHON'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE gifts (id INTEGER PRIMARY KEY, ref TEXT NOT NULL, email TEXT, amount INTEGER, given_at TEXT)")
database.executemany("INSERT INTO gifts VALUES (?, ?, ?, ?, '2026-01-05 09:00:00')",
                     ((i, f"G-{i}", f"d{i}@example.ng", i * 100) for i in range(1, int(sys.argv[2]) + 1)))
database.commit()
PYTHON

cat >"$folder/gifts.yaml" <<YAML
version: 1
pipeline: gifts
source: { use: sql, connection: "sqlite:$folder/source.db", table: gifts, key: [id] }
transforms:
  - use: map
    fields:
      gift_ref: ref
      email: email
      amount_kobo: { from: amount, type: integer }
      given_at: { from: given_at, type: timestamp }
  - use: kobo_to_decimal
    field: amount_kobo
    to: amount_naira
    precision: 18
sink: { use: sql, connection: "sqlite:$folder/target.db", table: gifts, key: [gift_ref] }
money: { field: amount_kobo, currency: NGN }
YAML

export SENTINEL_STATE_DIR=$folder/state
measure() { # NAME WORDS…   runs the program, prints seconds and the most memory
  python3 - "$@" <<'PYTHON'
import resource, subprocess, sys, time
begin = time.monotonic()
code = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"{sys.argv[1]:<8} {time.monotonic() - begin:6.1f} s   {peak:5.0f} MiB   exit {code}")
sys.exit(code)
PYTHON
}
measure load "$program" run --quiet "$folder/gifts.yaml"
measure verify "$program" verify "$folder/gifts.yaml"
python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("DELETE FROM gifts WHERE id % 1000 = 0"); d.commit()' \
  "$folder/source.db"
echo 'mirror: { deletes: delete, every: 0s }' >>"$folder/gifts.yaml"
measure sweep "$program" run --quiet "$folder/gifts.yaml"
measure verify "$program" verify "$folder/gifts.yaml"
