#!/usr/bin/env bash
# No page, pipeline or help text uses a word that the glossary replaces; wording.txt lists them with what to write instead. Help texts are
# read as docs/reference, which the program writes. The glossary may quote them, and a link may hold one in its address.
# usage: wording.sh [ROOT]   prints each breach as FILE:LINE: its line; exit 1 if there is one
set -euo pipefail
list=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/wording.txt
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../../..}"
copy=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-wording.XXXXXX")
trap 'rm -rf "$copy"' EXIT

mapfile -t pages < <(
  { ls README.md; find core plugins sql tests -name README.md; find docs pipelines -name '*.md' -o -name '*.yaml' -o -name '*.sh'; } |
    grep -v '^docs/glossary.md$' | sort)
[ ${#pages[@]} -ge 5 ] || { echo "only ${#pages[@]} pages found"; exit 1; }
cp --parents "${pages[@]}" "$copy"
cd "$copy"
sed -i 's/]([^)]*)/]/g' "${pages[@]}"

breaches=0
while IFS=$'\t' read -r pattern instead except; do
  [[ $pattern == '#'* ]] && continue
  [ -n "$instead" ] || { echo "wording.txt: no replacement for $pattern"; exit 1; }
  while IFS= read -r line; do
    echo "$line   <- write: $instead"
    breaches=$((breaches + 1))
  done < <(grep -HniE -- "$pattern" "${pages[@]}" | grep -vE -- "^${except:-$}" || true)
done <"$list"
[ "$breaches" = 0 ] || { echo "$breaches breaches"; exit 1; }
echo "${#pages[@]} pages"
