#!/usr/bin/env bash
# Compiles every block of C++ in docs/plugin_authors, and sees that the source shown there is the one that is tested here.
# usage: doc_blocks.sh COMPILER
set -euo pipefail

compiler=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
folder=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-docs.XXXXXX")
trap 'rm -rf "$folder"' EXIT

cd "$root/docs/plugin_authors"
awk -v folder="$folder" '
  /^```cpp$/ { inside = 1; number++; file = folder "/block_" number ".cpp"; next }
  /^```$/ { inside = 0 }
  inside { print > file }' ./*.md
count=0
for block in "$folder"/block_*.cpp; do
  "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Wconversion -Werror -I"$root/core/sdk/include" "$block" ||
    { cat "$block"; echo "FAILED: a block of docs/plugin_authors does not compile"; exit 1; }
  count=$((count + 1))
done
[ "$count" -gt 0 ] || { echo "FAILED: docs/plugin_authors has no block of C++"; exit 1; }

awk "/^CPP\$/ { inside = 0 } inside { print } /<<'CPP'\$/ { inside = 1 }" README.md >"$folder/counter_source.cpp"
diff "$folder/counter_source.cpp" "$here/project/counter_source.cpp" ||
  { echo "FAILED: the source in README.md is not tests/consumer/project/counter_source.cpp"; exit 1; }
echo "$count blocks compile, and the counter is the tested one"
