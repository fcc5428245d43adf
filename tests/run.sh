#!/usr/bin/env bash
# Installs the packages that the tests need, builds, starts private servers and runs everything through ctest; safe to run again.
# usage: tests/run.sh [label…]   labels: unit sdk conformance golden integration crash consumer bench external,
#   and the stages asan (unit and sdk under ASan and UBSan), tsan (the unit tests of parts with threads under TSan), clang (core and
#   plugins compile), tidy (clang-tidy over what changed).
#   Without a label: all but bench and external. external downloads an Arrow reader, Webflow's SDK and Prism by npm.
# usage: tests/run.sh tidy FILE…   clang-tidy over these sources
# SENTINEL_BUILD_DIR (default build/) · SENTINEL_UNITY=OFF compiles each source by itself: slower from nothing, quicker after an edit ·
# SENTINEL_LONG=1 for soak tests, long crash runs and each source by itself through clang · SENTINEL_ASAN_COMPILER=clang ·
# SENTINEL_TEST_DIR keeps the servers' files in that folder (default: a temporary one, removed at the end)
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export SENTINEL_BUILD_DIR=${SENTINEL_BUILD_DIR:-$root/build}
build=$SENTINEL_BUILD_DIR
labels=("$@")
tidy_files=()
if [ "${1:-}" = tidy ]; then
  labels=(tidy)
  tidy_files=("${@:2}")
fi
jobs=2
failed=()

packages=(
  build-essential cmake ninja-build pkg-config clang libclang-rt-14-dev clang-format clang-tidy git
  libboost-dev libboost-filesystem-dev libboost-program-options-dev libsoci-dev libyaml-cpp-dev libfmt-dev libgtest-dev libgmock-dev
  libsqlite3-dev libmariadb-dev libpq-dev libre2-dev libcurl4-openssl-dev nlohmann-json3-dev libxxhash-dev libssl-dev openssl
  libcctz-dev libutf8proc-dev tzdata
  mariadb-server postgresql php-cli php-mysql sqlite3 debootstrap systemd python3 python3-jsonschema python3-yaml
)

stage() { # NAME COMMAND...   runs a stage, prints its seconds, remembers a failure
  local name=$1 begin=$SECONDS status=0
  local log=$build/logs/$name
  shift
  echo "=== $name"
  "$@" || { status=$?; failed+=("$name"); }
  echo "=== $name: $((SECONDS - begin)) s$([ "$status" = 0 ] || echo ', FAILED')"
  return "$status"
}

# Keeps what the stage prints in its log. Not for a stage that sets variables or starts servers, which would hold the pipe open.
logged() { # COMMAND...
  "$@" 2>&1 | tee "$log"
  return "${PIPESTATUS[0]}"
}

wanted() { # LABEL   true for a full run, or if the label was asked for
  [ ${#labels[@]} = 0 ] || [[ " ${labels[*]} " == *" $1 "* ]]
}

# The labels that ctest itself knows, as a regular expression; empty for a full run.
label_pattern() {
  local label pattern=
  for label in "${labels[@]}"; do
    [[ $label =~ ^(asan|tsan|clang|tidy)$ ]] || pattern+="${pattern:+|}$label"
  done
  [ -z "$pattern" ] || echo "^($pattern)\$"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

allow_services() {
  [ -z "${made_policy:-}" ] || as_root rm -f "$made_policy"
  made_policy=
}

# Debian starts a database server that it installs; a policy-rc.d that answers 101 forbids it, for these minutes only.
install_packages() {
  local missing policy=/usr/sbin/policy-rc.d
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  if [ ! -e "$policy" ]; then
    made_policy=$policy
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy"
  fi
  local status=0
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null; } || status=1
  allow_services
  return "$status"
}

configure() { # FOLDER CMAKE_OPTION...
  local folder=$1 options=("${@:2}")
  [ -f "$folder/CMakeCache.txt" ] || options+=(-G Ninja)
  mkdir -p "$folder"
  cmake -S "$root" -B "$folder" -DSENTINEL_BUILD_TESTS=ON "${options[@]}" >"$folder/configure.log" 2>&1 ||
    { tail -n 40 "$folder/configure.log"; return 1; }
}

compile() { # FOLDER CMAKE_OPTION...   builds all, or what the array `targets` names
  local folder=$1 options=("${@:2}")
  # A folder that was configured by hand stays as it is, unless SENTINEL_UNITY says otherwise.
  [ -f "$folder/CMakeCache.txt" ] && [ -z "${SENTINEL_UNITY:-}" ] || options+=(-DSENTINEL_UNITY="${SENTINEL_UNITY:-ON}")
  ! command -v ccache >/dev/null || options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  configure "$folder" "${options[@]}" && cmake --build "$folder" ${targets:+--target "${targets[@]}"}
}

# The labels unit and sdk need their test programs only; all others run the program.
build_release() {
  local label targets=()
  for label in "${labels[@]}"; do
    case $label in
      unit | sdk) targets+=("sentinel_${label}_tests") ;;
      asan | tsan | clang | tidy) ;;
      *) targets=() && break ;;
    esac
  done
  compile "$build" -DCMAKE_BUILD_TYPE=Release
}

run_ctest() { # FOLDER CTEST_OPTION...
  ctest --test-dir "$1" --output-on-failure --no-tests=error -j "$jobs" "${@:2}"
}

# Builds the tests of both labels and what they load, nothing else.
sanitize_addresses() {
  local targets=(sentinel_unit_tests sentinel_sdk_tests) folder=$build/asan compiler=()
  if [ "${SENTINEL_ASAN_COMPILER:-}" = clang ]; then
    folder=$build/asan_clang compiler=(-DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++)
  fi
  compile "$folder" "${compiler[@]}" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-g1 -DSENTINEL_SANITIZE=address,undefined &&
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 run_ctest "$folder" -L '^(unit|sdk)$'
}

# The parts that have threads: reading ahead, the store, the services of plugins, whole runs in one process.
# g++ 12's ThreadSanitizer cannot place its shadow where the kernel randomises addresses widely.
sanitize_threads() {
  local fixed_addresses=(setarch "$(uname -m)" -R)
  "${fixed_addresses[@]}" true 2>/dev/null || fixed_addresses=()
  local targets=(flow_test delivery_test stages_test engine_run_test telemetry_test store_test plugins_test pipeline_sql_test)
  compile "$build/tsan" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-g1 -DSENTINEL_SANITIZE=thread &&
    TSAN_OPTIONS=halt_on_error=1 "${fixed_addresses[@]}" \
      ctest --test-dir "$build/tsan" --output-on-failure --no-tests=error -j "$jobs" -R "^unit\.($(IFS='|'; echo "${targets[*]}"))\$"
}

# Every source of core and plugins through clang's front end, with the flags that g++ gets: in the units of the build, or each by itself
# if the stage is asked for by name or SENTINEL_LONG=1.
check_with_clang() {
  local -x folder=$build
  local commands=$build/clang_commands
  if [ ${#labels[@]} != 0 ] || [ "${SENTINEL_LONG:-}" = 1 ]; then
    folder=$build/single
    configure "$folder" -DCMAKE_BUILD_TYPE=Release -DSENTINEL_UNITY=OFF || return 1
  fi
  perl -MJSON::PP -0777 -ne '
    for my $unit (@{decode_json($_)}) {
      next unless $unit->{file} =~ m{^(\Q$ENV{root}\E|\Q$ENV{folder}\E)/(core|plugins)/};
      my $flags = $unit->{command};
      $flags =~ s{^(\S*ccache\s+)?\S+\s+}{};
      $flags =~ s{\s-o\s+\S+}{ };
      $flags =~ s{\s-c\s}{ };
      my $clang = $unit->{file} =~ /\.c$/ ? "clang" : "clang++";
      my $complaint = "{ echo \Qclang refuses $unit->{file}\E; exit 1; }";
      print "cd \Q$unit->{directory}\E && $clang -fsyntax-only -Wno-unknown-warning-option $flags || $complaint\0";
    }' <"$folder/compile_commands.json" >"$commands" || return 1
  [ -s "$commands" ] || { echo "no source of core or plugins in $folder/compile_commands.json"; return 1; }
  xargs -0 -P "$jobs" -n 1 sh -c <"$commands" || return 1
  echo "$(tr -cd '\0' <"$commands" | wc -c) sources or units compile with clang"
}

# A full run checks the 10 sources that changed most; tests/run.sh tidy checks all that changed.
check_with_tidy() {
  configure "$build/single" -DCMAKE_BUILD_TYPE=Release -DSENTINEL_UNITY=OFF || return 1
  [ ${#labels[@]} != 0 ] || local -x SENTINEL_TIDY_LIMIT=${SENTINEL_TIDY_LIMIT:-10}
  "$root/tests/unit/tidy.sh" "$build/single" "${tidy_files[@]}"
}

clean_up() {
  allow_services
  [ -n "${started:-}" ] || return 0
  "$root/tests/servers/mariadb.sh" down
  "$root/tests/servers/postgresql.sh" down
  [ -z "${temporary:-}" ] || rm -rf "$SENTINEL_TEST_DIR"
}

start_servers() {
  local servers=$root/tests/servers
  if [ -z "${SENTINEL_TEST_DIR:-}" ]; then
    temporary=1
    SENTINEL_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-test.XXXXXX") || return 1
  fi
  started=1
  export SENTINEL_TEST_DIR SENTINEL_DOWNLOAD_DIR=${SENTINEL_DOWNLOAD_DIR:-$build/downloads}
  SENTINEL_TEST_MYSQL=$("$servers/mariadb.sh" up) &&
    SENTINEL_TEST_POSTGRESQL=$("$servers/postgresql.sh" up) &&
    SENTINEL_TEST_WORDPRESS=$("$servers/wordpress.sh" up) &&
    SENTINEL_TEST_WORDPRESS_ADMIN=$("$servers/wordpress.sh" admin-url) &&
    SENTINEL_TEST_WORDPRESS_DIR=$("$servers/wordpress.sh" dir) &&
    "$servers/wordpress.sh" seed >/dev/null || return 1
  export SENTINEL_TEST_MYSQL SENTINEL_TEST_POSTGRESQL
  export SENTINEL_TEST_WORDPRESS SENTINEL_TEST_WORDPRESS_ADMIN SENTINEL_TEST_WORDPRESS_DIR
}

# A reader of Arrow that is not ours; SENTINEL_TEST_DUCKDB may name one that is there already.
fetch_arrow_reader() {
  [ -z "${SENTINEL_TEST_DUCKDB:-}" ] || return 0
  npm install --prefix "$build/external" --no-save --ignore-scripts --silent @duckdb/node-bindings-linux-x64@1.5.6-r.1 &&
    export SENTINEL_TEST_DUCKDB=$build/external/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so
}

# Webflow's own SDK, and Prism, which validates answers against Webflow's description; NODE_PATH may name a folder that holds both already.
# Later versions of Prism need Node 24.
fetch_webflow_checkers() {
  [ -z "${NODE_PATH:-}" ] || return 0
  npm install --prefix "$build/webflow_checkers" --no-save --ignore-scripts --silent \
    webflow-api@3.3.4 @stoplight/prism-cli@5.14.2 &&
    export NODE_PATH=$build/webflow_checkers/node_modules
}

# The end of what each failed stage printed, since the tests print thousands of lines after it.
give_up() {
  local name
  for name in "${failed[@]}"; do
    [ ! -f "$build/logs/$name" ] || { echo "=== the end of $name:"; tail -n 30 "$build/logs/$name"; }
  done
  echo "FAILED: ${failed[*]}"
  exit 1
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export root

mkdir -p "$build/logs" && rm -f "$build/logs"/*
stage packages install_packages || give_up
pattern=$(label_pattern)
if [ ${#labels[@]} = 0 ] || [ -n "$pattern" ]; then stage build logged build_release || give_up; fi
! wanted clang || stage clang logged check_with_clang
! wanted tidy || stage tidy logged check_with_tidy
! wanted asan || stage asan logged sanitize_addresses
! wanted tsan || stage tsan logged sanitize_threads

if [ ${#labels[@]} = 0 ] || [ -n "$pattern" ]; then
  if wanted conformance || wanted golden || wanted integration || wanted crash || wanted bench; then
    stage servers start_servers || give_up
  fi
  [[ " ${labels[*]} " != *" external "* ]] || stage "arrow reader" fetch_arrow_reader || give_up
  [[ " ${labels[*]} " != *" external "* ]] || stage "webflow checkers" fetch_webflow_checkers || give_up
  [ ${#failed[@]} = 0 ] || echo "FAILED so far: ${failed[*]}"
  excluded='bench|soak|external'
  [ "${SENTINEL_LONG:-}" != 1 ] || excluded='bench|external'
  selection=(-LE "^($excluded)\$")
  [ -z "$pattern" ] || selection=(-L "$pattern")
  run_ctest "$build" "${selection[@]}" || failed+=(ctest)
fi
[ ${#failed[@]} = 0 ] || give_up
