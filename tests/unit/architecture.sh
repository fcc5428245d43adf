#!/usr/bin/env bash
# Checks who may include whom, where each library may be used, that no connector is named in the core, and the top level.
# usage: architecture.sh ROOT   prints each breach as FILE:LINE: what is wrong; exit 1 if there is one
set -uo pipefail
cd "${1:?the root of the source tree}" || exit 2
breaches=0

breach() { echo "$1"; breaches=$((breaches + 1)); }

# PATTERN RULE FOLDER...   no line of code in these folders includes what matches
forbid_include() {
  local pattern=$1 rule=$2 line
  shift 2
  while IFS= read -r line; do breach "$line   <- $rule"; done < <(
    grep -rnE --include='*.h' --include='*.hpp' --include='*.c' --include='*.cpp' --include='*.in' "^[[:space:]]*#[[:space:]]*include[[:space:]]*[\"<]($pattern)" "$@")
}

# The folders of core and plugins but one.
all_but() { find core core/engine plugins -mindepth 1 -maxdepth 1 -type d ! -path core/engine ! -path "$1"; }

forbid_include '(core/)?(engine|app)/' 'a plugin sees the SDK only (and core/database, if it speaks SQL)' plugins
forbid_include '(core/)?(database|app)/|(core/)?engine/' 'the SDK sees itself and the standard library only' core/sdk
forbid_include '(core/)?(engine|app)/' 'core/database knows nothing above it' core/database
forbid_include '(core/)?app/' 'the engine knows nothing above it' core/engine
# The rooms of the engine, lowest first: each includes itself and what stands before it, so there is no cycle. Tests may use any.
rooms=(telemetry ledger store stages config plugins flow delivery letters compare run cases)
for i in "${!rooms[@]}"; do
  room=core/engine/${rooms[i]}
  later=$(IFS='|'; echo "${rooms[*]:i+1}")
  [ -d "$room" ] && [ -n "$later" ] || continue
  while IFS= read -r line; do breach "$line   <- ${rooms[i]} knows nothing of the rooms above it"; done < <(
    grep -rnE --include='*.hpp' --include='*.cpp' --exclude='*_test*' "^[[:space:]]*#[[:space:]]*include[[:space:]]*\"engine/($later)/" "$room")
done
while IFS= read -r folder; do
  [[ " ${rooms[*]} testing " == *" ${folder##*/} "* ]] || breach "$folder   <- add this room of the engine to the order in architecture.sh"
  count=$(find "$folder" -maxdepth 1 \( -name '*.cpp' -o -name '*.hpp' \) ! -name '*_test.cpp' ! -name '*_test_*' | wc -l)
  [ "$count" -le 26 ] || breach "$folder   <- a room of the engine holds at most 26 source files; it has $count"
done < <(find core/engine -mindepth 1 -maxdepth 1 -type d)
forbid_include 'engine/config/[a-z_]+\.' 'the text of a pipeline file knows nothing of its meaning' --exclude='*_test.cpp' core/engine/config/yaml

mapfile -t others < <(find plugins -mindepth 1 -maxdepth 1 -type d ! -name 'sql_*' ! -name '*_source' ! -name support)
[ ${#others[@]} = 0 ] || forbid_include '(core/)?database/' 'only plugins that speak SQL see core/database' "${others[@]}"

mapfile -t folders < <(all_but core/engine/plugins)
forbid_include 'boost/dll' 'Boost.DLL belongs to core/engine/plugins' "${folders[@]}"
mapfile -t folders < <(all_but core/engine/config)
forbid_include 'yaml-cpp/' 'yaml-cpp belongs to core/engine/config/yaml' "${folders[@]}" $(find core/engine/config -maxdepth 1 -name '*.?pp')
mapfile -t folders < <(all_but core/app)
forbid_include 'boost/program_options' 'Program_options belongs to core/app' "${folders[@]}"
forbid_include 'boost/process' 'Boost.Process belongs to core/app' "${folders[@]}"

# Who needs a dialect's part calls it; only the files of a dialect name it: its folder, a file of its name, the lists of them.
dialects=$(sed -nE 's/^ *DIALECT\(k[A-Za-z]+, ([a-z]+)\).*/\1/p' core/database/dialects.hpp | paste -sd '|')
while IFS= read -r line; do
  breach "$line   <- ask the files of the dialects (decision 0080) instead of which dialect it is"
done < <(grep -rnE --include='*.hpp' --include='*.cpp' --include='*.in' 'Dialect::k[A-Z]|switch \(.*dialect' core plugins |
  grep -vE '^[^:]*(/tests/|_test\.|dialect[a-z]*[./]|/('"$dialects"')/)')

# A header of the SDK is <sentinel/…> or of the standard library: no folder in its name, no .h but those of C11 that abi.h needs.
while IFS= read -r line; do
  breach "$line   <- the SDK includes <sentinel/…> and the standard library only"
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' core/sdk --include='*.h' --include='*.hpp' --include='*.cpp' |
  grep -vE '#[[:space:]]*include[[:space:]]*<(sentinel/[a-z_/]+\.(h|hpp)|[a-z_]+|std(def|int)\.h)>')

# A connector is a source or sink named after a service, not after a format.
names=$(find plugins -mindepth 1 -maxdepth 1 -type d \( -name '*_source' -o -name '*_sink' \) -printf '%f\n' | sed 's/_[a-z]*$//' |
  grep -vxE 'sql|file|csv|json|json_lines|http' | sort -u)
pattern=$(printf '%s\n' wordpress webflow $names | sort -u | paste -sd '|')
while IFS= read -r line; do breach "$line   <- the core names no connector"; done < <(grep -rniE "$pattern" core)
while IFS= read -r line; do breach "$line   <- the core names no connector"; done < <(find core | grep -iE "$pattern")

allowed='CMakeLists.txt LICENSE README.md core docs pipelines plugins sql tests'
found=$(find . -mindepth 1 -maxdepth 1 ! -name '.*' ! -name 'build*' -printf '%f\n' | LC_ALL=C sort | paste -sd ' ')
[ "$found" = "$allowed" ] || breach "top level   <- must hold exactly: $allowed (build folders and dotfiles aside); it holds: $found"

[ "$breaches" = 0 ] || { echo "$breaches breaches"; exit 1; }
