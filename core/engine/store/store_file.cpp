// Checks the file read-only first, and opens it for writing only if it is intact.
#include "engine/store/store_file.hpp"

#include "engine/ledger/content_hash.hpp"
#include "engine/store/migrations.hpp"
#include "engine/store/sql.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <thread>

namespace sentinel::store {
namespace {

constexpr int kSqliteReadOnly = 8, kSqliteCorrupt = 11, kSqliteNotADatabase = 26;

std::filesystem::path with_suffix(std::filesystem::path path, std::string_view suffix) { return path += suffix; }

// -1: there is none.
std::int64_t size_of(const std::filesystem::path& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? static_cast<std::int64_t>(found.st_size) : -1;
}

Status vanished(const std::filesystem::path& folder, std::string_view what) {
  const auto path = store_path(folder).string();
  return {Code::kStorage,
          "the store \"" + path + "\" " + std::string(what) + " although there was one (\"" +
              marker_path(folder).string() +
              "\" says so): its dead letters are missing; put it back from a copy, or, to go on without them, "
              "remove that file and what is left of the store"};
}

Status damaged(const std::filesystem::path& path, std::string_view detail) {
  const auto name = path.string();
  return {Code::kStorage, "the store \"" + name + "\" is damaged (" + std::string(detail) +
                              "); nothing was changed. Copy \"" + name + "\" and \"" + name +
                              "-wal\" to a safe place, rebuild it with: sqlite3 \"" + name +
                              "\" .recover | sqlite3 recovered.db, and put recovered.db in its place"};
}

// SQLite's primary result code; 0 if the fault is not SQLite's.
int primary_code(const Status& fault) {
  if (fault.domain() != "sqlite") return 0;
  return static_cast<int>(std::strtol(fault.native_code().c_str(), nullptr, 10) & 0xFF);
}

Result<std::unique_ptr<database::Connection>> connect(const std::filesystem::path& path, bool read_only, bool create) {
  database::Url url;
  url.database = path.string();
  database::ConnectOptions options;
  options.lock_timeout = kBusyTimeout;
  options.read_only = read_only;
  options.create_file = create;
  options.durable_store = !read_only;
  return database::Connection::open(url, options);
}

Status check_pages(database::Connection& connection, const std::filesystem::path& path) {
  SENTINEL_ASSIGN(auto result, select(connection, "PRAGMA quick_check(1)"));
  SENTINEL_ASSIGN(const bool found, result.step());
  const auto verdict = found ? text_of(result, 0) : "no answer";
  return verdict == "ok" ? Status() : damaged(path, verdict);
}

// Checks through a read-only connection; through a writable one if a process died while it made the store, since only
// that one can roll back what the journal holds.
Status check_whole(const std::filesystem::path& folder, bool was_made) {
  const auto path = store_path(folder);
  const auto look = [&](bool read_only) -> Status {
    SENTINEL_ASSIGN(auto connection, connect(path, read_only, false));
    SENTINEL_ASSIGN(const auto version, version_of(*connection));
    if (version == 0 && was_made) return vanished(folder, "is empty");
    if (version > newest_version()) return migrate(*connection);  // refuses before it writes
    return check_pages(*connection, path);
  };
  auto status = look(true);
  if (primary_code(status) == kSqliteReadOnly) status = look(false);
  const auto code = primary_code(status);
  return code == kSqliteCorrupt || code == kSqliteNotADatabase ? damaged(path, status.message()) : status;
}

Status check_files(const std::filesystem::path& folder) {
  const auto path = store_path(folder);
  for (const auto* suffix : {"", "-wal", "-shm", "-journal", ".made"})
    SENTINEL_TRY(check_private(with_suffix(path, suffix)));
  const bool was_made = size_of(marker_path(folder)) >= 0;
  const auto size = size_of(path);
  if (size < 0 && (was_made || size_of(with_suffix(path, "-wal")) > 0)) return vanished(folder, "is missing");
  if (size == 0 && was_made) return vanished(folder, "is empty");
  return size > 0 ? check_whole(folder, was_made) : Status();
}

Result<std::string> random_id() {
  std::array<char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return Status{Code::kStorage, "the system gives no random numbers"};
  return ledger::content_hash({bytes.data(), bytes.size()}).substr(0, 16);
}

// The id that ties marker, emergency files and store together.
Result<std::string> keep_store_id(database::Connection& connection) {
  SENTINEL_ASSIGN(const auto fresh, random_id());
  SENTINEL_TRY(
      execute(connection, "INSERT INTO state VALUES ('', 'store_id', ?) ON CONFLICT DO NOTHING", Bytes{fresh}));
  SENTINEL_ASSIGN(auto kept, select(connection, "SELECT value FROM state WHERE pipeline = '' AND name = 'store_id'"));
  SENTINEL_ASSIGN(const bool found, kept.step());
  return found ? text_of(kept, 0) : fresh;
}

// From here on a missing store is a loss.
Status keep_marker(const std::filesystem::path& folder, const std::string& store_id) {
  const auto path = marker_path(folder);
  if (size_of(path) < 0) return replace_file(path, store_id + "\n");
  SENTINEL_ASSIGN(const auto file, open_private(path, O_RDONLY));
  SENTINEL_ASSIGN(const auto text, read_all(file.get(), path));
  if (text == store_id + "\n") return {};
  return {Code::kStorage, "the store \"" + store_path(folder).string() + "\" is another one than \"" + path.string() +
                              "\" names; put the right one back, or, if this is the right one, remove that file"};
}

}  // namespace

std::filesystem::path store_path(const std::filesystem::path& folder) { return folder / "sentinel.db"; }
std::filesystem::path marker_path(const std::filesystem::path& folder) { return folder / "sentinel.db.made"; }

Status store_fault(const std::filesystem::path& path, Status fault) {
  if (fault.ok() || fault.message().find(path.string()) != std::string::npos) {
    if (fault.ok() || fault.code() == Code::kTransient || fault.code() == Code::kStorage) return fault;
    return std::move(fault).with_code(Code::kStorage);
  }
  const auto code = fault.code() == Code::kTransient ? Code::kTransient : Code::kStorage;
  return std::move(fault).with_code(code).prefixed("the store \"" + path.string() + "\": ");
}

Result<Descriptor> lock_opening(const std::filesystem::path& folder) {
  const auto path = with_suffix(store_path(folder), ".lock");
  SENTINEL_ASSIGN(auto file, open_private(path, O_CREAT | O_RDWR));
  const auto deadline = std::chrono::steady_clock::now() + kBusyTimeout;
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return file_fault("lock", path);
    if (std::chrono::steady_clock::now() > deadline)
      return Status{Code::kTransient,
                    "another process keeps opening the store in \"" + folder.string() + "\"; try again"};
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return file;
}

Result<std::unique_ptr<database::Connection>> open_existing(const std::filesystem::path& folder) {
  const auto path = store_path(folder);
  if (auto status = check_files(folder); !status.ok()) return store_fault(path, std::move(status));
  auto connection = connect(path, false, false);
  if (!connection) return store_fault(path, std::move(connection).error());
  return connection;
}

Result<OpenedStore> open_or_make(const std::filesystem::path& folder) {
  const auto path = store_path(folder);
  const auto open = [&]() -> Result<OpenedStore> {
    SENTINEL_TRY(check_files(folder));
    OpenedStore store;
    SENTINEL_ASSIGN(store.connection, connect(path, false, true));
    SENTINEL_TRY(migrate(*store.connection));
    SENTINEL_ASSIGN(store.store_id, keep_store_id(*store.connection));
    SENTINEL_TRY(keep_marker(folder, store.store_id));
    return store;
  };
  auto store = open();
  if (!store) return store_fault(path, std::move(store).error());
  return store;
}

}  // namespace sentinel::store
