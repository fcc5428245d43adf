// The options of the sql sink.
#pragma once

#include <sentinel/option.hpp>

#include <string>
#include <vector>

namespace sentinel::sql_sink {

enum class Mode { kUpsert, kInsert, kAppend };

struct Options {
  std::string connection, table;
  Mode mode = Mode::kUpsert;
  std::vector<std::string> key;
  std::string version_by;
};
inline constexpr auto kOptions = options<Options>(
    option("connection", &Options::connection,
           "The database: mysql://user:password@host/database, postgresql://… or sqlite:path.")
        .required()
        .secret(),
    option("table", &Options::table, "The table that takes the records; \"schema.table\" where there are schemas.")
        .required(),
    option("mode", &Options::mode,
           "upsert: new records are inserted, changed ones updated; insert: rows that exist stay as they are; "
           "append: every record is inserted, from sources that never read one twice.")
        .choices("upsert", "insert", "append"),
    option("key", &Options::key,
           "The columns that say which record it is; the table needs a unique index on exactly these. Not in mode "
           "append."),
    option("version_by", &Options::version_by,
           "Mode upsert: the field (int64, date or timestamp) that grows with every change of a record; an older "
           "one never overwrites a newer."));

}  // namespace sentinel::sql_sink
