// The diff of a batch with its target, and the isolation of bad rows.
#include "sql_sink/landing.hpp"

#include <algorithm>

namespace sentinel::sql_sink {
namespace {

constexpr std::size_t kRowByRow = 8;  // halving so few rows saves nothing

Outcome outcome_of(WriteKind kind) { return kind == WriteKind::kInsert ? Outcome::kInserted : Outcome::kUpdated; }

}  // namespace

Landing::Landing(database::Connection& connection, const Target& target)
    : connection_(connection),
      target_(target),
      dialect_(sink_dialect(target.dialect)),
      cell_rules_(dialect_.cell_rules()),
      statements_(dialect_.row_statements(connection, target)) {}

Status Landing::land(const BatchView& batch, bool is_replay, RowOutcomes& outcomes) {
  is_replay_ = is_replay;
  outcomes_ = &outcomes;
  columns_.clear();
  for (const auto& column : target_.columns) columns_.push_back(batch.column(column.field));
  check_rows(batch.rows());

  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < batch.rows(); ++row)
    if (fates_[static_cast<std::size_t>(row)] == Fate::kNew) rows.push_back(row);
  if (!rows.empty() && target_.mode != Mode::kAppend)
    SENTINEL_TRY(statements_->read(columns_, rows, [this](const auto& stored) { compare_stored(stored); }));

  std::vector<std::int64_t> fresh, changed;
  for (std::int64_t row = 0; row < batch.rows(); ++row) {
    switch (fates_[static_cast<std::size_t>(row)]) {
      case Fate::kOut: break;
      case Fate::kNew: fresh.push_back(row); break;
      case Fate::kChanged: changed.push_back(row); break;
      case Fate::kUnchanged: outcomes.set(row, Outcome::kUnchanged); break;
      case Fate::kSuperseded: outcomes.set(row, Outcome::kSuperseded); break;
    }
  }
  SENTINEL_TRY(write_all(WriteKind::kInsert, fresh));
  return write_all(WriteKind::kUpsert, changed);
}

void Landing::check_rows(std::int64_t rows) {
  index_.reset(static_cast<std::size_t>(rows));
  fates_.assign(static_cast<std::size_t>(rows), Fate::kOut);
  for (std::int64_t row = 0; row < rows; ++row)
    if (outcomes_->get(row) == Outcome::kNone) check_row(row);
}

// Of rows with one key the last one lands, or the one with the newest version.
void Landing::check_row(std::int64_t row) {
  key_.clear();
  for (std::size_t i = 0; i < target_.columns.size(); ++i) {
    const auto& column = target_.columns[i];
    if (columns_[i].is_null(row)) {
      if (column.is_key)
        return outcomes_->reject(
            row, invalid_data("the key \"" + column.shape.name + "\" is null").native("sql", "null_key"));
      continue;
    }
    if (const auto fault = check_cell(column, cell_rules_, columns_[i], row); !fault.ok())
      return outcomes_->reject(row, fault);
  }
  fates_[static_cast<std::size_t>(row)] = Fate::kNew;
  if (target_.mode == Mode::kAppend) return;
  for (const auto key : target_.keys) append_key(key_, target_.columns[key], columns_[key], row);
  const auto before = index_.put(key_, row);
  if (before == KeyIndex::kNone) return;
  auto loser = before;
  if (const auto version = target_.version; version != Schema::npos) {
    const auto& values = columns_[version];
    if (!values.is_null(before) && (values.is_null(row) || compare_version(values, row, before) < 0)) {
      loser = row;
      index_.put(key_, before);
    }
  }
  fates_[static_cast<std::size_t>(loser)] = Fate::kSuperseded;
}

void Landing::compare_stored(const database::Statement& stored) {
  key_.clear();
  for (const auto key : target_.keys) {
    const auto text = stored.text(key);
    if (!text || !append_stored_key(key_, target_.columns[key], *text)) return;
  }
  const auto row = index_.find(key_);
  if (row != KeyIndex::kNone) fates_[static_cast<std::size_t>(row)] = fate_beside(stored, row);
}

Landing::Fate Landing::fate_beside(const database::Statement& stored, std::int64_t row) const {
  if (target_.mode == Mode::kInsert) return Fate::kUnchanged;
  if (const auto version = target_.version; version != Schema::npos) {
    if (const auto there = stored.text(version)) {
      // What has no version is older than what has one.
      const int order = columns_[version].is_null(row)
                            ? -1
                            : compare_version(target_.columns[version], columns_[version], row, *there);
      // A replay is older than whatever stands there under the same version.
      if (order < 0 || (order == 0 && is_replay_)) return same(stored, row) ? Fate::kUnchanged : Fate::kSuperseded;
    }
  }
  return same(stored, row) ? Fate::kUnchanged : Fate::kChanged;
}

bool Landing::same(const database::Statement& stored, std::int64_t row) const {
  if (is_marked(stored)) return false;  // it is back
  for (std::size_t i = 0; i < target_.columns.size(); ++i) {
    if (target_.columns[i].is_key) continue;
    const auto text = stored.text(i);
    if (columns_[i].is_null(row) != !text.has_value()) return false;
    if (text && !equals(target_.columns[i], columns_[i], row, *text)) return false;
  }
  return true;
}

bool Landing::is_marked(const database::Statement& stored) const {
  return !target_.left.empty() && stored.text(target_.columns.size()).has_value();
}

Status Landing::depart(const BatchView& rows, std::span<const Departure> actions, std::vector<bool>& left) {
  columns_.clear();
  for (const auto& column : target_.columns) columns_.push_back(rows.column(column.field));
  index_.reset(actions.size());
  std::vector<std::int64_t> wanted;
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    key_.clear();
    const bool has_key =
        std::ranges::none_of(target_.keys, [&](std::size_t key) { return columns_[key].is_null(row); });
    if (!has_key) continue;
    for (const auto key : target_.keys) append_key(key_, target_.columns[key], columns_[key], row);
    if (index_.put(key_, row) == KeyIndex::kNone) wanted.push_back(row);
  }
  std::vector<std::int64_t> there;
  const auto look = [&](const database::Statement& stored) {
    key_.clear();
    for (const auto key : target_.keys) {
      const auto text = stored.text(key);
      if (!text || !append_stored_key(key_, target_.columns[key], *text)) return;
    }
    const auto row = index_.find(key_);
    if (row == KeyIndex::kNone || is_newer(stored, row)) return;
    const bool is_done = actions[static_cast<std::size_t>(row)] == Departure::kMark && is_marked(stored);
    if (!is_done) there.push_back(row);
  };
  if (!wanted.empty()) SENTINEL_TRY(statements_->read(columns_, wanted, look));
  for (const auto row : there) {
    SENTINEL_TRY(depart_row(actions[static_cast<std::size_t>(row)], row));
    left[static_cast<std::size_t>(row)] = true;
  }
  return {};
}

bool Landing::is_newer(const database::Statement& stored, std::int64_t row) const {
  const auto version = target_.version;
  if (version == Schema::npos || columns_[version].is_null(row)) return false;
  const auto there = stored.text(version);
  return there && compare_version(target_.columns[version], columns_[version], row, *there) < 0;
}

Status Landing::depart_row(Departure action, std::int64_t row) {
  auto& statement = action == Departure::kMark ? mark_ : delete_;
  if (!statement) {
    SENTINEL_ASSIGN(statement, database::Statement::prepare(connection_, depart_sql(action)));
  }
  scratch_.clear();
  for (std::size_t i = 0; i < target_.keys.size(); ++i) {
    const auto& column = target_.columns[target_.keys[i]];
    bind_key(*statement, i, column, cell_text(column, columns_[target_.keys[i]], row, scratch_));
  }
  const auto hit = statement->execute();
  return hit ? Status() : hit.error();
}

std::string Landing::depart_sql(Departure action) const {
  std::string key;
  for (std::size_t i = 0; i < target_.keys.size(); ++i)
    key += (i == 0 ? "" : " AND ") + target_.columns[target_.keys[i]].quoted + " = " +
           dialect_.key_place(target_.columns[target_.keys[i]], i + 1);
  if (action == Departure::kDelete) return "DELETE FROM " + target_.quoted + " WHERE " + key;
  const auto touched = target_.touched.empty() ? "" : ", " + target_.touched + " = " + target_.touched_value;
  return "UPDATE " + target_.quoted + " SET " + target_.left + " = " + target_.now + touched + " WHERE " + key;
}

Status Landing::write_all(WriteKind kind, std::span<const std::int64_t> rows) {
  while (!rows.empty()) {
    const auto count = std::min(rows.size(), statements_->rows_per_write());
    SENTINEL_TRY(write_slice(kind, rows.first(count)));
    rows = rows.subspan(count);
  }
  return {};
}

Status Landing::write_slice(WriteKind kind, std::span<const std::int64_t> rows) {
  const auto status = attempt(kind, rows);
  if (status.ok()) {
    for (const auto row : rows) outcomes_->set(row, outcome_of(kind));
    return {};
  }
  if (!is_row_fault(status.code())) return status;
  if (rows.size() == 1) return settle_refused(kind, rows[0], status);
  if (rows.size() <= kRowByRow) {
    for (std::size_t i = 0; i < rows.size(); ++i) SENTINEL_TRY(write_slice(kind, rows.subspan(i, 1)));
    return {};
  }
  SENTINEL_TRY(write_slice(kind, rows.first(rows.size() / 2)));
  return write_slice(kind, rows.subspan(rows.size() / 2));
}

// Where a failed statement would abort the transaction, a savepoint keeps what came before.
Status Landing::attempt(WriteKind kind, std::span<const std::int64_t> rows) {
  if (dialect_.undoes_failed_statement()) return statements_->write(kind, columns_, rows);
  const auto run = [this](std::string_view sql) {
    const auto hit = connection_.execute(sql);
    return hit ? Status() : hit.error();
  };
  SENTINEL_TRY(run("SAVEPOINT sentinel_rows"));
  auto status = statements_->write(kind, columns_, rows);
  if (status.ok()) return run("RELEASE SAVEPOINT sentinel_rows");
  if (!is_row_fault(status.code())) return status;
  SENTINEL_TRY(run("ROLLBACK TO SAVEPOINT sentinel_rows"));
  SENTINEL_TRY(run("RELEASE SAVEPOINT sentinel_rows"));
  return status;
}

// A row that was new a moment ago and is there now was written by another writer: it is compared like any other.
Status Landing::settle_refused(WriteKind kind, std::int64_t row, const Status& why) {
  if (kind == WriteKind::kInsert && why.code() == Code::kConflict && target_.mode != Mode::kAppend) {
    fates_[static_cast<std::size_t>(row)] = Fate::kNew;
    SENTINEL_TRY(
        statements_->read(columns_, std::span(&row, 1), [this](const auto& stored) { compare_stored(stored); }));
    switch (fates_[static_cast<std::size_t>(row)]) {
      case Fate::kChanged: return write_slice(WriteKind::kUpsert, std::span(&row, 1));
      case Fate::kUnchanged: outcomes_->set(row, Outcome::kUnchanged); return {};
      case Fate::kSuperseded: outcomes_->set(row, Outcome::kSuperseded); return {};
      default: break;
    }
  }
  outcomes_->reject(row, why);
  return {};
}

}  // namespace sentinel::sql_sink
