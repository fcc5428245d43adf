#!/usr/bin/env bash
# Measures the main load against the line to beat: MariaDB's own INSERT … SELECT … ON DUPLICATE KEY UPDATE, in the same run.
# usage: tests/bench/bench.sh [ROWS] [ROUNDS]   (ctest label bench; never part of a full test run)
# needs SENTINEL_TEST_MYSQL and SENTINEL_BUILD_DIR (tests/run.sh bench sets them) and the client mariadb
set -euo pipefail

rows=${1:-500000} rounds=${2:-3}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sentinel=${SENTINEL_BUILD_DIR:-$root/build}/bin/sentinel
url=${SENTINEL_TEST_MYSQL:?run this through tests/run.sh bench, or set SENTINEL_TEST_MYSQL}
work=$(mktemp -d)
trap 'rm -rf "$work"; sql "DROP DATABASE IF EXISTS bench_source; DROP DATABASE IF EXISTS bench_target"' EXIT

[[ $url =~ ^mysql://([^:]+):([^@]+)@([^:]+):([0-9]+)/ ]]
client=(mariadb "-u${BASH_REMATCH[1]}" "-p${BASH_REMATCH[2]}" "-h${BASH_REMATCH[3]}" "-P${BASH_REMATCH[4]}")
server=${url%/*}
sql() { "${client[@]}" -N -e "$1" "${@:2}"; }

export SENTINEL_STATE_DIR=$work/state WORDPRESS_DB=$server/bench_source ACCOUNTING_DB=$server/bench_target
pipeline=$root/pipelines/donations_table_to_mariadb.yaml

milliseconds() { # COMMAND…   prints how long it took
  local begin
  begin=$(date +%s%N)
  "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
  echo $((($(date +%s%N) - begin) / 1000000))
}
fresh_target() {
  sql "DROP DATABASE IF EXISTS bench_target; CREATE DATABASE bench_target"
  "${client[@]}" bench_target <"$root/sql/target/synced_donations_mysql.sql"
}
inside_the_server() {
  sql "INSERT INTO bench_target.synced_donations (remote_id, email, amount_naira, sync_status, processed_at)
       SELECT id, donor_email, amount_kobo / 100, 'synced', NOW() FROM bench_source.wp_donations
       ON DUPLICATE KEY UPDATE email = VALUES(email), amount_naira = VALUES(amount_naira), sync_status = VALUES(sync_status)"
}
run() { "$sentinel" run "$pipeline"; }
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
peak_kib() { # the highest resident set of a run, as the kernel counts it
  (exec "$sentinel" run "$pipeline") >/dev/null 2>&1 & local pid=$! peak=0 now
  while now=$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do peak=$now; done
  wait "$pid"
  echo "$peak"
}

sql "DROP DATABASE IF EXISTS bench_source; CREATE DATABASE bench_source"
"${client[@]}" bench_source <"$root/sql/source/donations_table_mysql.sql"
{ echo "SET @donations = $rows;"; cat "$root/sql/source/donations_table_rows_mysql.sql"; } | "${client[@]}" bench_source

server_empty=() server_same=() ours_empty=() ours_same=()
for ((round = 1; round <= rounds; ++round)); do
  fresh_target
  server_empty+=("$(milliseconds inside_the_server)")
  server_same+=("$(milliseconds inside_the_server)")
  fresh_target
  ours_empty+=("$(milliseconds run)")
  ours_same+=("$(milliseconds run)")
done
fresh_target
peak=$(peak_kib)

line() { printf '%-22s %8s ms   sentinel %8s ms   ratio %s\n' "$1" "$2" "$3" "$(awk "BEGIN {printf \"%.2f\", $3 / $2}")"; }
echo "$rows rows, medians of $rounds, $(nproc) cores, $("${client[@]}" -N -e 'SELECT VERSION()')"
line "empty target: server" "$(median "${server_empty[@]}")" "$(median "${ours_empty[@]}")"
line "nothing changed: server" "$(median "${server_same[@]}")" "$(median "${ours_same[@]}")"
echo "peak resident memory of a first load: $((peak / 1024)) MiB"
