#!/usr/bin/env bash
# Runs the conformance suite on one plugin that Sentinel ships, as an author does on a finished library.
# usage: shipped.sh PROGRAM PLUGIN OPTIONS   PLUGIN: <use>_<kind>; OPTIONS: a YAML file; a file of that name ending in .sh, if there is one,
#   is sourced first: it prepares in $CONFORMANCE_DIR what the options name, and defines clean_up_case if something must be stopped.
set -euo pipefail

program=$1 plugin=$2 options=$3
SENTINEL_SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CONFORMANCE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-conformance.XXXXXX")
export SENTINEL_SOURCE_DIR CONFORMANCE_DIR
clean_up_case() { :; }
trap 'clean_up_case || true; rm -rf "$CONFORMANCE_DIR"' EXIT

# shellcheck source=/dev/null
[ ! -e "${options%.yaml}.sh" ] || . "${options%.yaml}.sh"
"$program" plugins test "${plugin%_*}" --kind "${plugin##*_}" --options "$options"
