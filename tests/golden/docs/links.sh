#!/usr/bin/env bash
# Every relative link of every page leads to a file that exists and, where it names one, to a heading of it.
# Every decision is in the index of the decisions.
# usage: links.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../../..}"

headings() { # FILE   as the anchors of its headings
  sed -n '/^```/,/^```$/d; s/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

links=0 dead=0
while IFS= read -r page; do
  while IFS= read -r link; do
    links=$((links + 1))
    target=$(dirname "$page")/${link%%#*}
    [ -n "${link%%#*}" ] || target=$page
    if [ ! -e "$target" ]; then
      echo "$page: no such file: $link" && dead=$((dead + 1))
    elif [[ $link == *'#'* ]] && ! headings "$target" | grep -qxF -- "${link#*#}"; then
      echo "$page: no such heading: $link" && dead=$((dead + 1))
    fi
  done < <(sed '/^```/,/^```$/d' "$page" | grep -oP '\]\(\K[^)\s]+' | grep -vE '^[a-z]+:' || true)
done < <(find README.md core docs pipelines plugins sql tests -name '*.md' | sort)
for decision in docs/internals/decisions/[0-9]*.md; do
  grep -qF "](${decision##*/})" docs/internals/decisions/README.md || { echo "docs/internals/decisions/README.md: ${decision##*/} is not in the index"; dead=$((dead + 1)); }
done
[ "$links" -ge 40 ] || { echo "only $links links found"; exit 1; }
[ "$dead" = 0 ] || { echo "$dead dead links"; exit 1; }
echo "$links links"
