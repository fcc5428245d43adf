#!/usr/bin/env bash
# A private MariaDB for tests, on a free loopback port, with all its files under $SENTINEL_TEST_DIR/mariadb.
# usage: mariadb.sh up | down | url
. "$(dirname "${BASH_SOURCE[0]}")/process.sh"

command=${1:-up}
open_home mariadb "$command"
user=sentinel password=sentinel-local-only
pid_file=$home/mariadb.pid port_file=$home/port log=$home/server.log socket=$home/mariadb.sock

url() { echo "mysql://$user:$password@127.0.0.1:$(cat "$port_file")/sentinel_test"; }

answers() {
  mariadb-admin --no-defaults --protocol=tcp -h127.0.0.1 -P"$(cat "$port_file")" -u"$user" -p"$password" ping
}

create_files() {
  [ -s "$home/accounts.sql" ] && return
  chmod 700 "$home"
  rm -rf "$home/data"
  TMPDIR=$home mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$home/data" --skip-test-db \
    --auth-root-authentication-method=normal >"$home/install.log" 2>&1 ||
    { tail "$home/install.log" >&2; fail "mariadb-install-db failed"; }
  # The server runs this file at each start; the socket's root account stays the way in if a test breaks the others.
  cat >"$home/accounts.sql" <<SQL
CREATE DATABASE IF NOT EXISTS sentinel_test CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '$user'@'127.0.0.1' IDENTIFIED BY '$password';
CREATE USER IF NOT EXISTS '$user'@'localhost' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO '$user'@'127.0.0.1' WITH GRANT OPTION;
GRANT ALL ON *.* TO '$user'@'localhost' WITH GRANT OPTION;
SQL
}

up() {
  alive "$pid_file" && return
  [ ${#socket} -le 107 ] || fail "the path $socket is too long for a socket; choose a shorter SENTINEL_TEST_DIR"
  create_files
  local port
  port=$(choose_port "$port_file")
  setsid mariadbd --no-defaults --user="$(id -un)" --datadir="$home/data" --tmpdir="$home/data" \
    --socket="$socket" --port="$port" \
    --bind-address=127.0.0.1 --pid-file="$pid_file" --skip-name-resolve --init-file="$home/accounts.sql" \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci --innodb-buffer-pool-size=256M \
    --innodb-flush-log-at-trx-commit=1 --max-connections=300 </dev/null >"$log" 2>&1 &
  wait_for_answer $! "$log" answers
}

case $command in
  up) up && url ;;
  down) stop_process TERM "$pid_file" ;;
  url) alive "$pid_file" || fail "MariaDB is down"; url ;;
  *) fail "usage: up | down | url" ;;
esac
