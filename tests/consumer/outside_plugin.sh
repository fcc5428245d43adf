#!/usr/bin/env bash
# Proves that an installed Sentinel is enough: installs the build tree, moves it (it must be relocatable), builds the project beside
# this file against it, and lets the installed program describe the plugin.
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

cp -r "$here/project" "$folder/project"
cmake -S "$folder/project" -B "$folder/project/build" -DCMAKE_PREFIX_PATH="$folder/sentinel" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wconversion -Werror ${CONSUMER_FLAGS:-}" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; fail configure; }
cmake --build "$folder/project/build" >"$folder/build.log" 2>&1 || { cat "$folder/build.log"; fail build; }
plugin=$folder/project/build/sentinel_counter_source.so
[ -f "$plugin" ] || fail "no $plugin"
exported=$(nm -D --defined-only "$plugin" | awk '$2 == "T" { print $3 }' | grep -v '^_Z')
[ "$exported" = sentinel_plugin_v1 ] || fail "it exports: $exported"

program=$folder/sentinel/bin/sentinel
[ -x "$program" ] || fail "no installed program"
SENTINEL_PLUGIN_PATH=$folder/project/build "$program" plugins describe counter >"$folder/describe.txt" 2>&1 || { cat "$folder/describe.txt"; fail describe; }
expect "$folder/describe.txt" "Emits ascending invoices." count "How many invoices to emit." prefix INV-
# The plugins that were installed with it are found beside the program, wherever the tree stands now.
(cd / && env -u SENTINEL_PLUGIN_PATH "$program" plugins list) >"$folder/list.txt" 2>&1 || { cat "$folder/list.txt"; fail list; }
for installed in "$folder"/sentinel/lib/sentinel/plugins/sentinel_*.so; do
  name=$(basename "$installed" .so)
  name=${name#sentinel_}
  expect "$folder/list.txt" "${name%_*}"
done
echo "built with $compiler, described by the installed program"
