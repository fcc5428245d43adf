// Opens the file without journal and syncing, since nobody opens it again.
#include "engine/compare/scratch_database.hpp"

#include <stdlib.h>
#include <unistd.h>

namespace sentinel::engine {
namespace {

Result<std::unique_ptr<database::Connection>> prepare(const std::filesystem::path& path,
                                                      std::span<const char* const> tables) {
  database::Url url;
  url.database = path.string();
  SENTINEL_ASSIGN(auto connection, database::Connection::open(url, {}));
  const auto run = [&](const char* sql) {
    const auto done = connection->execute(sql);
    return done ? Status() : done.error();
  };
  for (const auto* sql : {"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE",
                          "PRAGMA cache_size = -16384"})
    SENTINEL_TRY(run(sql));
  for (const auto* sql : tables) SENTINEL_TRY(run(sql));
  SENTINEL_TRY(connection->begin());
  return connection;
}

}  // namespace

Result<std::unique_ptr<database::Connection>> open_scratch_database(const std::filesystem::path& folder,
                                                                    std::span<const char* const> tables) {
  auto path = (folder / "compare.XXXXXX").string();
  const int file = mkstemp(path.data());
  if (file < 0) return Status(Code::kStorage, "cannot make a temporary file in " + folder.string());
  close(file);
  auto connection = prepare(path, tables);
  unlink(path.c_str());
  return connection;
}

}  // namespace sentinel::engine
