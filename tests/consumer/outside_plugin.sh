#!/usr/bin/env bash
# Proves that an installed Sentinel is enough: installs the build tree, moves it (it must be relocatable), builds the project beside
# this file against it, lets the installed program describe and test the plugin; and does what `plugins new` promises, for each kind.
# usage: outside_plugin.sh BUILD_FOLDER COMPILER
set -euo pipefail

build=$1 compiler=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-consumer.XXXXXX")
trap 'rm -rf "$folder"' EXIT

fail() { echo "FAILED: $*"; exit 1; }
expect() { # FILE WORDS...   the file holds each of them
  local file=$1 words
  shift
  for words in "$@"; do grep -qF -- "$words" "$file" || { cat "$file"; fail "$(basename "$file") does not say \"$words\""; }; done
}

command -v "$compiler" >/dev/null || fail "$compiler is missing"
cmake --install "$build" --prefix "$folder/first" >"$folder/install.log" 2>&1 || { cat "$folder/install.log"; fail install; }
mv "$folder/first" "$folder/sentinel"
! grep -rqF -e "$folder/first" -e "$build" "$folder/sentinel/lib/cmake" "$folder/sentinel/include" || fail "the package names the folder it came from"

quietly() { # WHAT COMMAND...   its output is shown only if it fails
  local what=$1
  shift
  "$@" >"$folder/log" 2>&1 || { cat "$folder/log"; fail "$what"; }
}
sums() { find "$1" -maxdepth 1 -type f -exec sha256sum {} +; }
build_project() { # FOLDER   and says how long it took
  local begin=$EPOCHREALTIME
  quietly "configure $1" cmake -S "$1" -B "$1/build" -DCMAKE_PREFIX_PATH="$folder/sentinel" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wconversion -Werror ${CONSUMER_FLAGS:-}"
  quietly "build $1" cmake --build "$1/build" -j 2
  echo "$(basename "$1") built with $compiler in $(((${EPOCHREALTIME/./} - ${begin/./}) / 1000)) ms"
}

cp -r "$here/project" "$folder/project"
build_project "$folder/project"
plugin=$folder/project/build/sentinel_counter_source.so
[ -f "$plugin" ] || fail "no $plugin"
exported=$(nm -D --defined-only "$plugin" | awk '$2 == "T" { print $3 }' | grep -v '^_Z')
[ "$exported" = sentinel_plugin_v1 ] || fail "it exports: $exported"

program=$folder/sentinel/bin/sentinel
[ -x "$program" ] || fail "no installed program"
SENTINEL_PLUGIN_PATH=$folder/project/build "$program" plugins describe counter >"$folder/describe.txt" 2>&1 || { cat "$folder/describe.txt"; fail describe; }
expect "$folder/describe.txt" "Emits ascending invoices." count "How many invoices to emit." prefix INV-
quietly "test counter" env SENTINEL_PLUGIN_PATH="$folder/project/build" "$program" plugins test counter --option count=25
# The plugins that were installed with it are found beside the program, wherever the tree stands now.
(cd / && env -u SENTINEL_PLUGIN_PATH "$program" plugins list) >"$folder/list.txt" 2>&1 || { cat "$folder/list.txt"; fail list; }
for installed in "$folder"/sentinel/lib/sentinel/plugins/sentinel_*.so; do
  name=$(basename "$installed" .so)
  name=${name#sentinel_}
  expect "$folder/list.txt" "${name%_*}"
done

# What `plugins new` makes builds, passes its tests and runs, untouched.
for kind in source transform sink; do
  quietly "new $kind" "$program" plugins new bank_feed --kind "$kind" --directory "$folder"
  project=$folder/bank_feed_$kind
  build_project "$project"
  quietly "test $kind" ctest --test-dir "$project/build" --output-on-failure --no-tests=error
  (cd "$project" && SENTINEL_PLUGIN_PATH=$project/build SENTINEL_STATE_DIR=$project/state BANK_FEED_DB=sqlite:$project/bank_feed.db \
    "$program" run bank_feed.yaml) >"$folder/run.txt" 2>&1 || { cat "$folder/run.txt"; fail "run $kind"; }
  expect "$folder/run.txt" read balance
  before=$(sums "$project")
  ! "$program" plugins new bank_feed --kind "$kind" --directory "$folder" 2>"$folder/again.txt" || fail "an existing project was overwritten"
  expect "$folder/again.txt" "exists already"
  [ "$before" = "$(sums "$project")" ] || fail "an existing project was changed"
done
