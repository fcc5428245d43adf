#!/usr/bin/env bash
# Checks that every C and C++ file of the tree is formatted as .clang-format says.
# usage: format.sh ROOT   prints each place that is not; exit 1 if there is one. To mend a file: clang-format -i FILE
set -uo pipefail
cd "${1:?the root of the source tree}" || exit 2

# All that git knows or could add; without git, all but build folders.
sources() {
  if [ -e .git ]; then
    git -c safe.directory="$PWD" ls-files -z --cached --others --exclude-standard -- '*.c' '*.h' '*.cpp' '*.hpp' || return
  else
    find . -mindepth 1 \( -name 'build*' -o -name '.*' \) -prune -o -type f -regex '.*\.\(c\|h\|cpp\|hpp\)' -print0
  fi
}

mapfile -d '' -t files < <(sources)
existing=()
for file in "${files[@]}"; do [ ! -f "$file" ] || existing+=("$file"); done
[ ${#existing[@]} -gt 0 ] || { echo "no C or C++ file under $PWD"; exit 1; }
printf '%s\0' "${existing[@]}" | xargs -0 -P 2 -n 40 clang-format --dry-run -Werror
