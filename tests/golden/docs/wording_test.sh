#!/usr/bin/env bash
# wording.sh can fail: each planted sentence is found, on the page where it was planted, each pattern finds one of them, and clean pages pass.
# usage: wording_test.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-wording.XXXXXX")
trap 'rm -rf "$folder"' EXIT

mkdir -p "$folder"/{core,plugins/x,sql,tests,docs/concepts,docs/internals/decisions,docs/reference,pipelines}
clean='A record departed, so its row is marked at the batch boundary. See [the decision](0002-policies-are-option-tables.md).'
for page in README.md core/README.md plugins/x/README.md docs/concepts/a.md docs/reference/commands.md pipelines/a.yaml; do
  echo "$clean" >"$folder/$page"
done
echo 'not: NEEDS YOU, policy' >"$folder/docs/glossary.md"   # the glossary may quote them
echo 'The policies of that time mended nothing.' >"$folder/docs/internals/decisions/0002.md"   # where wording.txt allows it
"$here/wording.sh" "$folder" || { echo "FAILED: clean pages do not pass"; exit 1; }

planted=0
found=''
while IFS=$'\t' read -r page sentence; do
  printf '%s\n%s\n' "$clean" "$sentence" >"$folder/$page"
  answer=$("$here/wording.sh" "$folder") && { echo "FAILED: not found in $page: $sentence"; exit 1; }
  grep -qF "$page:2:$sentence" <<<"$answer" || { echo "FAILED: not named: $page:2: $sentence"; echo "$answer"; exit 1; }
  echo "$clean" >"$folder/$page"
  planted=$((planted + 1))
  found+="$answer"$'\n'
done <<'TEXT'
docs/concepts/a.md	A line NEEDS YOU stands where nothing will mend itself.
docs/reference/commands.md	mirror lets rows go whose records are gone
core/README.md	What a stage lets go still passes the stages behind it.
docs/concepts/a.md	A record that left counts as departed.
docs/reference/commands.md	take the pipeline without waiting for it to grow old
docs/concepts/a.md	Batches have up to 5,000 records, and their borders vary.
plugins/x/README.md	An expression can reckon and nothing else.
README.md	a transform: a batch in, a batch out, and a word on every row that does not come out
docs/concepts/a.md	The databases cut spaces without a word.
docs/concepts/a.md	An amount is at no stage an integer field.
docs/concepts/a.md	A replay would put a part in the place of everything.
docs/concepts/a.md	Batch sizes are nobody's promise.
docs/concepts/a.md	The four policies stand at their defaults.
plugins/x/README.md	Which of the two: see the header.
pipelines/a.yaml	# One may be given up, with a reason.
docs/concepts/a.md	retry tries the letter again
docs/concepts/a.md	The sweep lets rows stay if nothing proves the deletion.
docs/concepts/a.md	A row whose record has left is marked.
docs/concepts/a.md	It removes rows where records are gone.
docs/concepts/a.md	One may give it up, with a reason.
plugins/x/README.md	The pause before trying again grows.
docs/concepts/a.md	A connection to the destination is opened.
docs/reference/commands.md	mend the rule and run again
docs/concepts/a.md	Too many new records were refused.
core/README.md	A refused record becomes a dead letter.
TEXT
patterns=0
while IFS=$'\t' read -r pattern instead _; do
  [[ $pattern == '#'* ]] && continue
  grep -F -- "<- write: $instead" <<<"$found" | sed 's/   <- write: .*//' | grep -qiE -- "$pattern" ||
    { echo "FAILED: no planted sentence is found by: $pattern"; exit 1; }
  patterns=$((patterns + 1))
done <"$here/wording.txt"
"$here/wording.sh" "$folder" >/dev/null || { echo "FAILED: the pages are not clean again"; exit 1; }
echo "$planted sentences found, by each of $patterns patterns"
