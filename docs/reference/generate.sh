#!/usr/bin/env bash
# Writes the pages of this folder anew from the program: after a change of an option, a command or a fault table.
# usage: docs/reference/generate.sh [BUILD_FOLDER] [FOLDER]   default: build/, this folder
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${1:-${SENTINEL_BUILD_DIR:-$here/../../build}}
folder=${2:-$here}
rm -rf "$folder/plugins"
env -u SENTINEL_PLUGIN_PATH "$build/bin/sentinel" reference "$folder"
chmod -R u=rwX,go=rX "$folder"
