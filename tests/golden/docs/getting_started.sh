#!/usr/bin/env bash
# Runs every block of the guide that a reader runs, in order, in one shell and a fresh folder. Blocks marked `sh server` meet the private
# servers of the tests: `sudo`, `apt-get` and `service` stand in for a machine of one's own, and addresses get the private ports.
# usage: getting_started.sh BUILD_FOLDER   reads SENTINEL_TEST_MYSQL, SENTINEL_TEST_POSTGRESQL
set -euo pipefail

build=$(cd "$1" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
page=$root/docs/getting_started.md
folder=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-guide.XXXXXX")
trap 'rm -rf "$folder"' EXIT

[[ ${SENTINEL_TEST_MYSQL:?} =~ ^mysql://([^:]+):([^@]+)@127.0.0.1:([0-9]+)/ ]]
mysql_port=${BASH_REMATCH[3]}
as_administrator="--no-defaults -h127.0.0.1 -P$mysql_port -u${BASH_REMATCH[1]} -p${BASH_REMATCH[2]}"
[[ ${SENTINEL_TEST_POSTGRESQL:?} =~ @127.0.0.1:([0-9]+)/ ]]
postgresql_port=${BASH_REMATCH[1]}

# What the reader has: Sentinel's folder, built.
make_workplace() {
  cp -r "$root/pipelines" "$root/sql" "$folder"
  mkdir "$folder/build" "$folder/stand_in"
  ln -s "$build/bin" "$build/lib" "$folder/build"
  cat >"$folder/stand_in/sudo" <<SH
#!/usr/bin/env bash
case "\$*" in
  "apt-get install -y "* | "service "*" start") ;;
  mariadb) exec mariadb $as_administrator ;;
  "-u postgres psql "*) exec psql -v ON_ERROR_STOP=1 "$SENTINEL_TEST_POSTGRESQL" "\${@:4}" ;;
  *) echo "no stand-in for: sudo \$*" >&2; exit 1 ;;
esac
SH
  chmod +x "$folder/stand_in/sudo"
}

# A former run of this test on the same servers.
forget() {
  echo 'DROP DATABASE IF EXISTS accounting' | "$folder/stand_in/sudo" mariadb
  PGOPTIONS=--client-min-messages=warning psql -qX "$SENTINEL_TEST_POSTGRESQL" \
    -c 'DROP DATABASE IF EXISTS accounting' -c 'DROP ROLE IF EXISTS accounts'
}

# All blocks as one script; the quickstart's build folder is the one that stands.
guide() {
  echo "set -euo pipefail; export SENTINEL_BUILD_DIR='$build'"
  awk '/^```sh( server)?$/ { on = 1; server = /server/; print "echo \"=== line " NR "\""; next }
       /^```$/ { on = 0 }
       on && server { gsub(/mysql:\/\/[^@]*@127\.0\.0\.1/, "&:'"$mysql_port"'"); gsub(/postgresql:\/\/[^@]*@127\.0\.0\.1/, "&:'"$postgresql_port"'") }
       on' "$page"
}

expect_rows() { # DATABASE ROWS
  [ "$2" = 5 ] || { echo "FAILED: $1 holds $2 gifts, not 5"; exit 1; }
}

make_workplace
forget
unknown=$(awk '/^```/ { on = !on; if (on && !/^```(sh|sh server|text)$/) print FILENAME ":" NR ": " $0 }' "$page")
[ -z "$unknown" ] || { echo "FAILED: a block that is neither run nor text: $unknown"; exit 1; }
[ "$(guide | grep -c '^echo "=== line')" -ge 10 ] || { echo "FAILED: too few blocks"; exit 1; }
guide >"$folder/guide.sh"
(cd "$folder" && env -u SENTINEL_STATE_DIR -u SENTINEL_PLUGIN_PATH PATH="$folder/stand_in:$PATH" bash guide.sh) >"$folder/log" 2>&1 ||
  { cat "$folder/log"; echo "FAILED: the guide does not run"; exit 1; }

expect_rows SQLite "$(sqlite3 "$folder/build/first/accounting.db" 'SELECT count(*) FROM gifts')"
expect_rows MariaDB "$(echo 'SELECT count(*) FROM accounting.gifts' | "$folder/stand_in/sudo" mariadb | tail -n 1)"
expect_rows PostgreSQL "$(psql -Atq "${SENTINEL_TEST_POSTGRESQL%/*}/accounting" -c 'SELECT count(*) FROM gifts')"
echo "$(grep -c '^=== line' "$folder/log") blocks"
