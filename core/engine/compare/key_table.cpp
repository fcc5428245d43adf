// Appends first and sorts once: SQLite's sorter spills to disk, while a B-tree filled in random order would not fit its
// cache.
#include "engine/compare/key_table.hpp"

#include "engine/compare/scratch_database.hpp"
#include "engine/ledger/content_hash.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace sentinel::engine {
namespace {

using database::Statement;

constexpr int kSource = 0, kHeld = 1, kTarget = 2;

template <class T>
void append_bytes(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Zero has one form, and so has NaN.
double canonical(double value) {
  if (std::isnan(value)) return std::numeric_limits<double>::quiet_NaN();
  return value == 0 ? 0.0 : value;
}

void append_value(std::string& out, const ColumnView& column, std::int64_t row) {
  switch (column.type()) {
    case Type::kBool: out += column.boolean(row) ? '\1' : '\0'; break;
    case Type::kInt64: append_bytes(out, column.int64(row)); break;
    case Type::kFloat64: append_bytes(out, canonical(column.float64(row))); break;
    case Type::kDate: append_bytes(out, column.date(row)); break;
    case Type::kTimestamp: append_bytes(out, column.timestamp(row)); break;
    case Type::kDecimal: append_bytes(out, column.decimal(row).unscaled); break;
    case Type::kUtf8:
    case Type::kBinary: append_bytes(out, static_cast<std::uint64_t>(column.text(row).size())); out += column.text(row);
  }
}

std::int64_t number(const Statement& row, std::size_t i) {
  std::int64_t value = 0;
  const auto text = row.text(i).value_or("0");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string text(const Statement& row, std::size_t i) { return std::string(row.text(i).value_or("")); }

}  // namespace

std::string row_hash(const BatchView& rows, std::int64_t row) {
  thread_local std::string bytes;
  bytes.clear();
  for (std::size_t i = 0; i < rows.schema().size(); ++i) {
    const auto column = rows.column(i);
    const bool is_null = column.is_null(row);
    bytes += is_null ? '\0' : '\1';
    if (!is_null) append_value(bytes, column, row);
  }
  return ledger::content_hash(bytes);
}

Result<std::unique_ptr<KeyTable>> KeyTable::open(const std::filesystem::path& folder) {
  static constexpr const char* kTables[] = {
      "CREATE TABLE entry (key BLOB NOT NULL, side INTEGER NOT NULL, hash TEXT NOT NULL, source_key BLOB NOT NULL, "
      "minor INTEGER NOT NULL, currency INTEGER NOT NULL)",
      "CREATE TABLE difference (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key BLOB NOT NULL, source_key BLOB "
      "NOT NULL)"};
  std::unique_ptr<KeyTable> both(new KeyTable);
  SENTINEL_ASSIGN(both->connection_, open_scratch_database(folder, kTables));
  SENTINEL_ASSIGN(both->add_, Statement::prepare(*both->connection_, "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)"));
  SENTINEL_ASSIGN(both->note_, Statement::prepare(*both->connection_,
                                                  "INSERT INTO difference (kind, key, source_key) VALUES (?, ?, ?)"));
  return both;
}

Status KeyTable::add(int side, std::string_view key, std::string_view hash, std::string_view source_key,
                     const Amount& amount) {
  add_->bind_bytes(0, key);
  add_->bind_int64(1, side);
  add_->bind_text(2, hash);
  add_->bind_bytes(3, source_key);
  add_->bind_int64(4, amount.minor);
  add_->bind_int64(5, amount.currency);
  const auto done = add_->execute();
  return done ? Status() : done.error();
}

Status KeyTable::add_source(std::string_view key, std::string_view source_key, std::string_view hash,
                            const Amount& amount) {
  return add(kSource, key, hash, source_key, amount);
}
Status KeyTable::add_held(std::string_view key) { return add(kHeld, key, "", "", {}); }
Status KeyTable::add_target(std::string_view key, std::string_view hash) { return add(kTarget, key, hash, "", {}); }

Status KeyTable::compare(const std::function<Status(const KeyFacts&)>& each) {
  SENTINEL_ASSIGN(auto rows, Statement::prepare(*connection_,
                                                "SELECT key, side, hash, source_key, minor, currency FROM entry "
                                                "ORDER BY key, side, rowid"));
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, rows.execute());
  std::optional<KeyFacts> facts;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, rows.step());
    const auto key = has_row ? rows.text(0).value_or("") : std::string_view();
    if (facts && (!has_row || key != facts->key)) {
      SENTINEL_TRY(each(*facts));
      facts.reset();
    }
    if (!has_row) return {};
    if (!facts) {
      facts.emplace();
      facts->key = key;
    }
    const auto side = number(rows, 1);
    if (side == kHeld) {
      facts->is_held = true;
    } else if (side == kTarget) {
      facts->target_hash = text(rows, 2);
    } else {
      ++facts->records;
      facts->source_hash = text(rows, 2);
      facts->source_key = text(rows, 3);
      facts->amount = {number(rows, 4), static_cast<std::int32_t>(number(rows, 5))};
    }
  }
}

Status KeyTable::note(Difference kind, std::string_view key, std::string_view source_key) {
  note_->bind_int64(0, static_cast<std::int64_t>(kind));
  note_->bind_bytes(1, key);
  note_->bind_bytes(2, source_key);
  const auto done = note_->execute();
  return done ? Status() : done.error();
}

Result<std::vector<KeyTable::Noted>> KeyTable::noted(std::int64_t after, std::int64_t most) {
  SENTINEL_ASSIGN(auto rows, Statement::prepare(*connection_,
                                                "SELECT number, kind, key, source_key FROM difference WHERE number > ? "
                                                "ORDER BY number LIMIT ?"));
  rows.bind_int64(0, after);
  rows.bind_int64(1, most);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, rows.execute());
  std::vector<Noted> found;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, rows.step());
    if (!has_row) return found;
    found.push_back({number(rows, 0), static_cast<Difference>(number(rows, 1)), text(rows, 2), text(rows, 3)});
  }
}

Status KeyTable::forget(std::int64_t number) {
  const auto done = connection_->execute("DELETE FROM difference WHERE number = :1", {number});
  return done ? Status() : done.error();
}

}  // namespace sentinel::engine
