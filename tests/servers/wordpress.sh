#!/usr/bin/env bash
# A real WordPress for tests: Debian's package, unpacked but not installed, over the private MariaDB.
# usage: wordpress.sh up | seed [N] | copy DATABASE [N] | serve DATABASE | unserve DATABASE | url | admin-url | dir | down
#   copy gives a test its own copy of the seeded database, or of its first N donations, to be edited freely; DATABASE
#   must start with wordpress_
#   serve puts PHP's own web server before it and prints, a line each, its address, a user and an application password
. "$(dirname "${BASH_SOURCE[0]}")/process.sh"

command=${1:-up}
open_home wordpress "$command"
servers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scripts=$(cd "$servers/../wordpress" && pwd)
www=$home/www downloads=${SENTINEL_DOWNLOAD_DIR:-$home/downloads}
read_only=etl_ro read_only_password=etl-local-only
admin=wp admin_password=wp-local-only

port() { cat "$SENTINEL_TEST_DIR/mariadb/port"; }
read_only_url() { echo "mysql://$read_only:$read_only_password@127.0.0.1:$(port)/$1"; }
admin_url() { echo "mysql://$admin:$admin_password@127.0.0.1:$(port)/$1"; }
sql() {
  mariadb --no-defaults -S "$SENTINEL_TEST_DIR/mariadb/mariadb.sock" -uroot --default-character-set=utf8mb4 -BN "$@"
}

download() {
  compgen -G "$downloads/wordpress_*.deb" >/dev/null && return
  mkdir -p "$downloads"
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  local get=(apt-get download -qq -o APT::Sandbox::User="$(id -un)" wordpress)
  (cd "$downloads" && { "${get[@]}" || { "${as_root[@]}" apt-get update -qq && "${get[@]}"; }; }) \
    >"$home/download.log" 2>&1 || { cat "$home/download.log" >&2; fail "cannot download the package wordpress"; }
}

# The folder appears under its name only when it is whole.
unpack() {
  [ -d "$www" ] && return
  download
  local package=$home/package
  rm -rf "$package"
  dpkg-deb -x "$(compgen -G "$downloads/wordpress_*.deb" | sort -V | tail -n 1)" "$package"
  local root=$package/usr/share/wordpress
  rm -rf "$root/wp-config.php" "$root/wp-content"  # Debian's own wp-config.php wants /etc/wordpress
  mkdir -p "$root"/wp-content/{themes,plugins,mu-plugins,uploads}
  mv "$root" "$www"
}

configure() {
  cp "$scripts/donation_type.php" "$www/wp-content/mu-plugins/"
  cat >"$www/wp-config.php" <<PHP
<?php // The database is chosen by the environment, so that a test can edit its own copy.
define('DB_NAME', getenv('SENTINEL_TEST_WORDPRESS_DATABASE') ?: 'wordpress');
define('DB_USER', '$admin');
define('DB_PASSWORD', '$admin_password');
define('DB_HOST', '127.0.0.1:$(port)');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
\$table_prefix = 'wp_';
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY',
          'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as \$name) {
    define(\$name, 'throwaway-' . \$name);
}
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);
define('WP_HOME', 'http://127.0.0.1');
define('WP_SITEURL', 'http://127.0.0.1');
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
PHP
}

# The per cent sign is a pattern: the two accounts may use every database whose name starts with wordpress.
create_database() {
  sql <<SQL
CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE USER IF NOT EXISTS '$admin'@'127.0.0.1' IDENTIFIED BY '$admin_password';
CREATE USER IF NOT EXISTS '$read_only'@'127.0.0.1' IDENTIFIED BY '$read_only_password';
GRANT ALL ON \`wordpress%\`.* TO '$admin'@'127.0.0.1';
GRANT SELECT ON \`wordpress%\`.* TO '$read_only'@'127.0.0.1';
SQL
}

run_php() { SENTINEL_TEST_WORDPRESS_DIR=$www php -d memory_limit=512M -d display_errors=stderr "$@"; }

up() {
  "$servers/mariadb.sh" up >/dev/null
  chmod 700 "$home"
  create_database
  unpack
  configure
  run_php "$scripts/install.php" >"$home/install.log" 2>&1 ||
    { tail "$home/install.log" >&2; fail "WordPress did not install"; }
}

copy() { # DATABASE [N]
  [[ $1 =~ ^wordpress_[a-z0-9_]+$ ]] || fail "a copy's name must start with wordpress_, not \"$1\""
  sql -e "DROP DATABASE IF EXISTS $1; CREATE DATABASE $1 CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"
  local table part last
  [ -z "${2:-}" ] || last=$(sql wordpress -e "SELECT ID FROM wp_posts WHERE post_type = 'donation' ORDER BY ID LIMIT $(($2 - 1)), 1")
  for table in $(sql wordpress -e "SHOW TABLES"); do
    case $table in
      wp_posts) part=${last:+WHERE ID <= $last} ;;
      wp_postmeta) part=${last:+WHERE post_id <= $last} ;;
      *) part= ;;
    esac
    echo "CREATE TABLE $1.$table LIKE wordpress.$table; INSERT INTO $1.$table SELECT * FROM wordpress.$table $part;"
  done | sql --init-command="SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # PORT

serve() { # DATABASE
  local folder=$home/served/$1 port
  mkdir -p "$folder"
  if ! alive "$folder/pid"; then
    port=$(choose_port "$folder/port")
    SENTINEL_TEST_WORDPRESS_DATABASE=$1 WP_ENVIRONMENT_TYPE=local \
      php -d memory_limit=512M -S "127.0.0.1:$port" -t "$www" >"$folder/log" 2>&1 </dev/null &
    echo $! >"$folder/pid"
    wait_for_answer $! "$folder/log" answers "$port"
  fi
  echo "http://127.0.0.1:$(cat "$folder/port")"
  SENTINEL_TEST_WORDPRESS_DATABASE=$1 WP_ENVIRONMENT_TYPE=local run_php "$scripts/application_password.php"
}

down() {
  local pid
  for pid in "$home"/served/*/pid; do stop_process TERM "$pid"; done
  "$servers/mariadb.sh" down
}

case $command in
  up) up && read_only_url wordpress ;;
  seed) up && run_php "$scripts/seed.php" "${2:-4000}" "$SENTINEL_TEST_DIR/wordpress_expected.json" ;;
  copy) copy "${2:-}" "${3:-}" && read_only_url "$2" ;;
  serve) serve "${2:?names the database}" ;;
  unserve) stop_process TERM "$home/served/${2:?names the database}/pid" ;;
  url) read_only_url wordpress ;;
  admin-url) admin_url wordpress ;;
  dir) echo "$www" ;;
  down) down ;;
  *) fail "usage: up | seed [N] | copy DATABASE [N] | serve DATABASE | unserve DATABASE | url | admin-url | dir | down" ;;
esac
