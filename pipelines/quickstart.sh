#!/usr/bin/env bash
# The main job from nothing, without a server: installs what the build needs, builds, mirrors 10,000 donations of a
# WordPress-shaped SQLite sample into an SQLite accounting database, and shows what happened to the invalid ones.
# Safe to run again: each run starts with a fresh sample, in build/quickstart.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${SENTINEL_BUILD_DIR:-$root/build}
here=$build/quickstart
packages=(
  build-essential cmake ninja-build pkg-config libboost-dev libboost-filesystem-dev libboost-program-options-dev
  libsoci-dev libyaml-cpp-dev libfmt-dev libsqlite3-dev libmariadb-dev libpq-dev
  libre2-dev libcurl4-openssl-dev nlohmann-json3-dev libcctz-dev libutf8proc-dev tzdata libxxhash-dev libssl-dev sqlite3
)

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { # COMMAND…   prints a command and runs it
  printf '\n$ %s\n' "${*/#$build\/bin\//}"
  "$@"
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  local package missing=()
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

build_program() {
  say "Building Sentinel (Release; about five minutes on two cores; the next time, seconds)"
  mkdir -p "$build"
  if [ ! -f "$build/CMakeCache.txt" ]; then
    cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSENTINEL_BUILD_TESTS=OFF \
      -DSENTINEL_UNITY=ON >"$build/configure.log" ||
      { tail -n 40 "$build/configure.log"; exit 1; }
  fi
  cmake --build "$build" --target sentinel sentinel_plugins
}

make_sample() {
  say "A WordPress-shaped source with 10,000 donations, some of them invalid"
  rm -rf "$here"
  mkdir -p "$here"
  sqlite3 "$here/wordpress.db" <"$root/sql/source/wordpress_sqlite.sql"
  sqlite3 "$here/wordpress.db" <"$root/sql/source/sample_donations.sql"
  sqlite3 "$here/wordpress.db" "SELECT count(*) || ' donations in ' || (SELECT count(*) FROM wp_postmeta) || ' rows of meta' FROM wp_posts WHERE post_type = 'donation'"
}

letters() { # FLAG VALUE   short ids of the open letters that match
  "$sentinel" dlq list donations_sample "$@" --json | grep -o '"letter_id":"[0-9a-f]*"' | cut -d'"' -f4 | cut -c1-8
}

accounting() { sqlite3 -batch "$here/accounting.db" "$1"; }

install_packages
build_program
make_sample

sentinel=$build/bin/sentinel
pipeline=$root/pipelines/wordpress_sample_to_sqlite.yaml
export SENTINEL_STATE_DIR=$here/state
export WORDPRESS_DB=sqlite:$here/wordpress.db
export ACCOUNTING_DB=sqlite:$here/accounting.db

say "1. The main job: read, transform, land, and balance"
show "$sentinel" run "$pipeline"

say "2. The dead letters, with the reason for each"
show "$sentinel" dlq list donations_sample

say "3. Correct the source: the e-mail address of donation 700 had a space in it, the amount of donation 2300 was 0; the next run reads both again"
sqlite3 "$here/wordpress.db" \
  "UPDATE wp_postmeta SET meta_value = 'corrected@example.ng' WHERE post_id = 700 AND meta_key = 'donor_email';
   UPDATE wp_postmeta SET meta_value = '250000' WHERE post_id = 2300 AND meta_key = 'amount_kobo';"
show "$sentinel" run "$pipeline"

say "4. Correct the rule: an invalid e-mail address need not hold back the money; replay those letters with a rule that accepts them"
sed '/^ *email: email$/d' "$pipeline" >"$here/corrected.yaml"
mapfile -t bad_emails < <(letters --code bad_email)
show "$sentinel" dlq retry "$here/corrected.yaml" "${bad_emails[@]}"

say "5. Discard one, with a reason that is kept"
mapfile -t negative < <(letters --code out_of_range --stage validate)
show "$sentinel" dlq show "${negative[0]}"
show "$sentinel" dlq discard "$here/corrected.yaml" "${negative[0]}" --reason "a test donation"

say "6. Run once more: no donation arrives twice"
show "$sentinel" run "$here/corrected.yaml"
rows=$(accounting 'SELECT count(*) FROM donations')
references=$(accounting 'SELECT count(DISTINCT donation_ref) FROM donations')
printf '\n%s rows, %s distinct donation references in the accounting database\n' "$rows" "$references"
[ "$rows" = "$references" ] || { echo "quickstart: a donation arrived twice"; exit 1; }

say "7. The auditor's view, in plain SQL"
printf "\n$ sqlite3 accounting.db 'SELECT currency, sum(read_minor), … FROM sentinel_batch_money'\n"
accounting "SELECT currency || ': read ' || sum(read_minor) || ' = landed ' || sum(inserted_minor + updated_minor) || ' + unchanged ' || sum(unchanged_minor)
  || ' + dead-lettered ' || sum(dead_lettered_minor) || ' + settled ' || sum(settled_minor) || ' kobo, over all batches' FROM sentinel_batch_money WHERE lane = 0 GROUP BY currency"
show "$sentinel" status

say "What to try next"
cat <<TEXT
  export SENTINEL_STATE_DIR=$SENTINEL_STATE_DIR WORDPRESS_DB=$WORDPRESS_DB ACCOUNTING_DB=$ACCOUNTING_DB
  $sentinel dlq show ${negative[1]:-ID}        one dead letter with its record
  $sentinel check $pipeline
  $sentinel plugins describe wordpress
  sqlite3 $here/accounting.db 'SELECT * FROM donations LIMIT 5'
  docs/getting_started.md                   a pipeline of your own
TEXT
