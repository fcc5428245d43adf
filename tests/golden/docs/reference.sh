#!/usr/bin/env bash
# Writes the reference anew and compares it with what is committed.
# usage: reference.sh BUILD_FOLDER
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-reference.XXXXXX")
trap 'rm -rf "$folder"' EXIT

"$root/docs/reference/generate.sh" "$1" "$folder"
[ "$(find "$folder" -name '*.md' | wc -l)" -ge 10 ] || { echo "the program wrote too few pages"; exit 1; }
cp "$root/docs/reference/README.md" "$root/docs/reference/generate.sh" "$folder"  # written by hand
diff -ru "$root/docs/reference" "$folder" ||
  { echo "docs/reference is not what the program says; run docs/reference/generate.sh and commit"; exit 1; }
