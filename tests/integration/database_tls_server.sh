#!/usr/bin/env bash
# A MariaDB whose certificate, made here, is good for "localhost" only.
# usage: database_tls_server.sh up FOLDER PORT | down FOLDER
set -eu
folder=$2

make_certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=Test CA" \
    -addext basicConstraints=critical,CA:TRUE
  openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 \
    -extfile <(echo subjectAltName=DNS:localhost)
}

up() {
  cd "$folder"
  make_certificates >openssl.log 2>&1
  TMPDIR=$folder mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$folder/data" --skip-test-db >install.log 2>&1
  cat >accounts.sql <<SQL
CREATE DATABASE tls_test;
CREATE USER tls@'%' IDENTIFIED BY 'tls';
GRANT ALL ON tls_test.* TO tls@'%';
SQL
  TMPDIR=$folder setsid mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/data" --socket="$folder/s" --port="$1" \
    --bind-address=127.0.0.1 --pid-file="$folder/pid" --init-file="$folder/accounts.sql" \
    --innodb-buffer-pool-size=16M \
    --ssl-ca="$folder/ca.pem" --ssl-cert="$folder/server.pem" --ssl-key="$folder/server.key" \
    </dev/null >server.log 2>&1 &
  for _ in $(seq 300); do
    mariadb --no-defaults --protocol=tcp -h127.0.0.1 -P"$1" -utls -ptls tls_test -e "SELECT 1" >client.log 2>&1 && return
    kill -0 $! || { cat server.log >&2; exit 1; }
    sleep 0.1
  done
  cat server.log client.log >&2
  exit 1
}

down() {
  pid=$(cat "$folder/pid")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

case $1 in
  up) up "$3" ;;
  down) down ;;
esac
