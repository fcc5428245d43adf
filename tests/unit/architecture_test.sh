#!/usr/bin/env bash
# Shows that architecture.sh can fail: plants one breach after the other into a small tree of its own.
set -uo pipefail
check=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/architecture.sh
tree=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-architecture.XXXXXX")
trap 'rm -rf "$tree"' EXIT
failed=0

mkdir -p "$tree"/{core/{sdk/include/sentinel,database,app,engine/{plugins,config/yaml,delivery}},plugins/{sql_sink,map_transform,shopware_source},pipelines,sql,docs,tests,build-debug,.ci}
touch "$tree"/{CMakeLists.txt,LICENSE,README.md}
{ echo '#include <sentinel/status.hpp>'; echo '#include <string>'; echo '#include <stdint.h>'; } >"$tree/core/sdk/include/sentinel/batch.hpp"
echo '#include <boost/dll/shared_library.hpp>' >"$tree/core/engine/plugins/load.cpp"
echo '#include <yaml-cpp/yaml.h>' >"$tree/core/engine/config/yaml/read.cpp"
echo '#include <boost/program_options.hpp>' >"$tree/core/app/main.cpp"
echo '#include "database/statement.hpp"' >"$tree/plugins/sql_sink/sink.cpp"
echo "  DIALECT(kMysql, mysql)" >"$tree/core/database/dialects.hpp"
mkdir "$tree"/{core/database/mysql,plugins/sql_sink/{dialect,tests}}
for file in core/database/mysql/rules.cpp plugins/sql_sink/dialect/mysql.cpp plugins/sql_sink/tests/rows_test.cpp; do
  echo '  return Dialect::kMysql;' >"$tree/$file"
done

plant() { # FILE LINE WORDS   with this line in this file, the check fails and says these words of it
  local output
  mkdir -p "$(dirname "$tree/$1")"
  echo "$2" >"$tree/$1"
  if output=$("$check" "$tree"); then
    echo "not seen: $2 in $1" && failed=1
  elif ! grep -F -- "$1" <<<"$output" | grep -qF -- "$3" || [ "$(tail -n 1 <<<"$output")" != "1 breaches" ]; then
    echo "seen, but said otherwise: $2 in $1: $output" && failed=1
  fi
  rm "$tree/$1"
}

"$check" "$tree" || { echo "the clean tree is refused"; failed=1; }
plant plugins/sql_sink/a.cpp '#include "engine/store/store.hpp"' 'a plugin sees the SDK only'
plant plugins/map_transform/b.hpp '  #  include <core/app/command.hpp>' 'a plugin sees the SDK only'
plant plugins/map_transform/c.cpp '#include "database/url.hpp"' 'only plugins that speak SQL'
plant core/sdk/include/sentinel/d.hpp '#include <fmt/format.h>' 'the SDK includes'
plant core/sdk/include/sentinel/e.hpp '#include <unistd.h>' 'the SDK includes'
plant core/database/f.cpp '#include "engine/config/option_tree.hpp"' 'core/database knows nothing above it'
plant core/engine/delivery/g.cpp '#include "app/report.hpp"' 'the engine knows nothing above it'
plant core/engine/delivery/h.cpp '#include <boost/dll/library_info.hpp>' 'Boost.DLL belongs'
plant core/engine/delivery/n.cpp '#include "engine/run/run.hpp"' 'delivery knows nothing of the rooms above it'
plant core/engine/config/o.hpp '#include "engine/flow/chain.hpp"' 'config knows nothing of the rooms above it'
plant core/engine/plugins/i.cpp '#include <yaml-cpp/yaml.h>' 'yaml-cpp belongs'
plant core/engine/config/p.cpp '#include <yaml-cpp/yaml.h>' 'yaml-cpp belongs'
plant core/engine/config/yaml/q.cpp '#include "engine/config/pipeline_file.hpp"' 'the text of a pipeline file knows nothing'
plant core/engine/config/j.cpp '#include <boost/program_options.hpp>' 'Program_options belongs'
plant core/database/r.cpp '#include <boost/process/child.hpp>' 'Boost.Process belongs'
plant core/app/k.cpp '// as WordPress does' 'the core names no connector'
plant core/app/l.md 'see Webflow' 'the core names no connector'
plant core/app/m.cpp '"shopware"' 'the core names no connector'
plant plugins/sql_sink/p.cpp '  if (target.dialect == database::Dialect::kMysql) return;' 'ask the files of the dialects'
plant core/database/q.cpp '  switch (url.dialect) {' 'ask the files of the dialects'
mkdir "$tree/core/engine/attic"
if "$check" "$tree" >/dev/null; then echo "not seen: a room of the engine that has no place in the order" && failed=1; fi
rmdir "$tree/core/engine/attic"
touch "$tree"/core/engine/config/{{a..z}.hpp,z.cpp}
if "$check" "$tree" >/dev/null; then echo "not seen: 27 files in a room of the engine" && failed=1; fi
rm "$tree"/core/engine/config/?.?pp
mkdir "$tree/scripts"
if "$check" "$tree" >/dev/null; then echo "not seen: a folder at the top level" && failed=1; fi
rmdir "$tree/scripts" && rm "$tree/LICENSE"
if "$check" "$tree" >/dev/null; then echo "not seen: no LICENSE" && failed=1; fi
exit "$failed"
