#!/usr/bin/env bash
# A private PostgreSQL for tests, on a free loopback port, with all its files under $SENTINEL_TEST_DIR/postgresql.
# usage: postgresql.sh up | down | url
. "$(dirname "${BASH_SOURCE[0]}")/process.sh"

command=${1:-up}
open_home postgresql "$command"
user=sentinel password=sentinel-local-only
data=$home/data pid_file=$home/data/postmaster.pid port_file=$home/port log=$home/server.log
programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || fail "PostgreSQL is not installed; apt-get install postgresql"

# PostgreSQL refuses to run as root. Unlike runuser, setpriv leaves no process between us and the server.
unprivileged=()
[ "$(id -u)" != 0 ] || unprivileged=(setpriv --reuid=postgres --regid=postgres --init-groups)

url() { echo "postgresql://$user:$password@127.0.0.1:$(cat "$port_file")/sentinel_test"; }

query() { # DATABASE SQL
  PGPASSWORD=$password psql -X -qAt -h 127.0.0.1 -p "$(cat "$port_file")" -U "$user" -d "$1" -c "$2"
}

create_files() {
  [ -s "$data/PG_VERSION" ] && return
  rm -rf "$data"
  if [ "$(id -u)" = 0 ]; then
    chmod a+x "$SENTINEL_TEST_DIR"
    chown postgres "$home"
    "${unprivileged[@]}" test -w "$home" || fail "user postgres cannot enter $home; choose another SENTINEL_TEST_DIR"
  fi
  (umask 077 && echo "$password" >"$home/password") && chown --reference="$home" "$home/password"
  "${unprivileged[@]}" "$programs/initdb" -D "$data" -U "$user" --pwfile="$home/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 >"$home/install.log" 2>&1 ||
    { tail "$home/install.log" >&2; fail "initdb failed"; }
}

up() {
  cd /  # user postgres may not be allowed in the caller's folder
  if ! alive "$pid_file"; then
    create_files
    local port
    port=$(choose_port "$port_file")
    "${unprivileged[@]}" setsid "$programs/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories= -c max_connections=200 -c shared_buffers=256MB </dev/null >>"$log" 2>&1 &
    wait_for_answer $! "$log" query postgres "SELECT 1"
  fi
  [ "$(query postgres "SELECT count(*) FROM pg_database WHERE datname = 'sentinel_test'")" = 1 ] ||
    query postgres "CREATE DATABASE sentinel_test"
}

case $command in
  up) up && url ;;
  down) stop_process INT "$pid_file" ;;  # SIGTERM would wait for the clients to leave
  url) alive "$pid_file" || fail "PostgreSQL is down"; url ;;
  *) fail "usage: up | down | url" ;;
esac
