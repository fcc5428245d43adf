#!/usr/bin/env bash
# Shows that format.sh can fail: in a tree with git and in one without.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-format.XXXXXX")
trap 'rm -rf "$tree"' EXIT
failed=0

passes() { # WHAT
  "$here/format.sh" "$tree" >"$tree/.output" 2>&1 || { echo "refused: $1"; cat "$tree/.output"; failed=1; }
}
fails() { # WHAT FILE
  if "$here/format.sh" "$tree" >"$tree/.output" 2>&1; then
    echo "not seen: $1" && failed=1
  elif ! grep -qF "$2" "$tree/.output"; then
    echo "seen, but without its place: $1" && cat "$tree/.output" && failed=1
  fi
}

cp "$here/../../.clang-format" "$tree"
fails 'a tree without a source' 'no C or C++ file'
mkdir -p "$tree"/{core,build}
printf 'int one() { return 1; }\n' >"$tree/core/one.cpp"
printf 'int  two( ) {return 2;}\n' >"$tree/build/made.cpp"
passes 'a formatted file, beside a build folder'
printf 'int  three( ) {return 3;}\n' >"$tree/core/three.hpp"
fails 'a header in a tree without git' core/three.hpp
rm "$tree/core/three.hpp"

printf 'build*/\n' >"$tree/.gitignore"
git -C "$tree" init -q
passes 'a formatted file in a tree with git'
printf 'int  four( ) {return 4;}\n' >"$tree/core/four.c"
fails 'a file that git does not know yet' core/four.c
git -C "$tree" add core/four.c
fails 'a file that git knows' core/four.c
rm "$tree/core/four.c"
passes 'a file that git knows and that is gone'
[ "$failed" = 0 ]
