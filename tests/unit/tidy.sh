#!/usr/bin/env bash
# Runs clang-tidy, with the checks of .clang-tidy, over the C++ sources that changed: what the working tree and its commits have
# beyond the merge base with origin/main, or beyond the last commit if there is nothing else. A changed header is checked through
# the source of its name.
# usage: tidy.sh BUILD_FOLDER [FILE…]   checks these files instead. BUILD_FOLDER must have been configured without SENTINEL_UNITY.
#   SENTINEL_TIDY_LIMIT=N checks at most N files, those with the most changed lines, and names the others; 0 means all
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
build=${1:?a build folder with compile_commands.json}
shift
limit=${SENTINEL_TIDY_LIMIT:-0}

changed() { # prints the changed files, the most changed first
  local base head
  git rev-parse -q --verify HEAD~1 >/dev/null 2>&1 || return 0
  head=$(git rev-parse HEAD)
  base=$(git merge-base HEAD origin/main 2>/dev/null) || base=$head
  [ "$base" != "$head" ] || git diff --quiet HEAD -- '*.cpp' '*.hpp' || base=$head
  [ "$base" != "$head" ] || ! git diff --quiet HEAD -- '*.cpp' '*.hpp' || base=HEAD~1
  git diff --numstat --no-renames --diff-filter=d "$base" -- '*.cpp' '*.hpp' | sort -rn | cut -f3
}

# FILE…   the sources among these that the build compiles, each once, in this order
compiled_sources() {
  python3 - "$build/compile_commands.json" "$@" <<'PYTHON'
import json, os, sys
compiled = {os.path.relpath(unit["file"]) for unit in json.load(open(sys.argv[1]))}
seen = []
for path in sys.argv[2:]:
    source = os.path.relpath(os.path.splitext(path)[0] + ".cpp")
    if source in compiled and source not in seen:
        seen.append(source)
print("\n".join(seen), end="\n" if seen else "")
PYTHON
}

files=("$@")
if [ ${#files[@]} = 0 ]; then
  mapfile -t files < <(git() { command git -c safe.directory="$PWD" "$@"; }; changed)
else
  limit=0
fi
[ ${#files[@]} -gt 0 ] || { echo "nothing changed: no C++ source to check"; exit 0; }
mapfile -t sources < <(compiled_sources "${files[@]}")
[ ${#sources[@]} -gt 0 ] || { echo "no source that is compiled among ${files[*]}"; exit 0; }
if [ "$limit" -gt 0 ] && [ ${#sources[@]} -gt "$limit" ]; then
  echo "not checked, beyond SENTINEL_TIDY_LIMIT=$limit: ${sources[*]:limit}"
  sources=("${sources[@]:0:limit}")
fi
# Flags that only g++ knows are no finding.
printf '%s\0' "${sources[@]}" |
  xargs -0 -P 2 -n 1 clang-tidy -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option 2> >(grep -vE 'warnings? generated|^Suppressed|^Use -header' >&2) || exit 1
echo "${#sources[@]} sources pass clang-tidy"
