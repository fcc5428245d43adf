// Collects keys and hashes of both sides in a temporary file, and reads again what differs.
#include "engine/compare/comparison.hpp"

#include "engine/delivery/account.hpp"
#include "engine/delivery/target.hpp"
#include "engine/flow/target_key.hpp"
#include "engine/ledger/content_hash.hpp"
#include "engine/ledger/record_snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::engine {
namespace {

constexpr std::int64_t kRowsAtOnce = 5000;
constexpr std::int64_t kBytesAtOnce = 4 << 20;
constexpr std::int64_t kKeysAtOnce = 200;
constexpr std::int64_t kMostReadAgain = 20000;  // more differences than that are not a matter of timing

std::string_view name_of(Difference kind) {
  switch (kind) {
    case Difference::kMissing: return "missing";
    case Difference::kDifferent: return "different";
    case Difference::kExtra: return "extra";
  }
  return "?";
}

}  // namespace

Status Comparison::open() {
  SENTINEL_ASSIGN(store_, store::Store::open(folder_, [this] { return services_.clock().now_unix_ms(); }));
  known_.emplace(*store_, file_.name, file_.source_id);
  SENTINEL_TRY(known_->load());
  SENTINEL_ASSIGN(chain_, Chain::open(file_, registry_, services_));
  SENTINEL_ASSIGN(sink_, open_sink(file_, registry_, services_));
  SENTINEL_ASSIGN(schema_, patiently<Schema>([this] { return chain_->bind(); }));
  SENTINEL_ASSIGN([[maybe_unused]] const bool bound, patiently<bool>([this]() -> Result<bool> {
                    SENTINEL_TRY(bind_sink(file_, *sink_, schema_, services_.log(), false));
                    return true;
                  }));
  if (!sink_->offers_scan())
    return located(file_, file_.sink,
                   invalid_config(fmt::format("the sink {} cannot be read back, so there is nothing to compare with",
                                              file_.sink.use)));
  SENTINEL_ASSIGN(const auto keys, sink_->key_fields());
  for (const auto& key : keys) key_columns_.push_back(schema_.find(key));
  if (keys.empty())
    return located(file_, file_.sink,
                   invalid_config("rows cannot be matched with records without a key; give the sink one"));
  chain_->note_keys(keys);
  SENTINEL_ASSIGN(probe_, KeyProbe::open(file_, registry_, services_, chain_->source_schema(), keys));
  witness_ = MoneyWitness::find(file_, schema_).column;
  SENTINEL_ASSIGN(table_, KeyTable::open(folder_));
  return {};
}

std::optional<std::string> Comparison::key_of(const BatchView& rows, std::int64_t row) const {
  return target_key(rows, key_columns_, row);
}

Result<plugins::SourcePage> Comparison::scan(const std::string& cursor) {
  return patiently<plugins::SourcePage>([&] { return sink_->scan(cursor, kRowsAtOnce); });
}

Status Comparison::read_target() {
  std::string cursor;
  while (true) {
    SENTINEL_ASSIGN(const auto page, scan(cursor));
    const auto rows = page.batch.view(schema_);
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      SENTINEL_TRY(table_->add_target(key_of(rows, row).value_or(""), row_hash(rows, row)));
      if (const auto amount = amount_in(rows, row)) report_.money[amount->currency].rows += amount->minor;
    }
    report_.rows += static_cast<std::uint64_t>(rows.rows()) + page.rejected.size();
    report_.unreadable += page.rejected.size();
    for (const auto& rejected : page.rejected) SENTINEL_TRY(table_->add_held(rejected.key));
    if (watch_.between_pages) SENTINEL_TRY(watch_.between_pages());
    cursor = page.next;
    if (page.done) return ask_database();
  }
}

std::optional<RowAmount> Comparison::amount_in(const BatchView& rows, std::int64_t row) const {
  if (witness_ == Schema::npos || rows.column(witness_).is_null(row)) return std::nullopt;
  RowAmount amount{file_.money->currency, 0};
  if (!file_.money->currency_field.empty()) {
    const auto at = schema_.find(file_.money->currency_field);
    amount.currency = at == Schema::npos || rows.column(at).is_null(row) ? "?" : rows.column(at).text(row);
  }
  const auto column = rows.column(witness_);
  if (column.type() == Type::kInt64) {
    amount.minor = column.int64(row);
  } else if (const auto exact = column.decimal(row).rescaled(report_.exponent)) {
    amount.minor = exact->unscaled;
  }
  return amount;
}

// The third witness, where the sink can sum.
Status Comparison::ask_database() {
  if (witness_ == Schema::npos) return {};
  const auto& amount = schema_[witness_];
  const auto by = schema_.find(file_.money->currency_field) == Schema::npos ? "" : file_.money->currency_field;
  std::map<std::string, int128> sums;
  const auto status =
      sink_->totals(amount.name, by, [&](std::string_view currency, std::uint64_t, std::string_view sum) {
        const auto exact = Decimal::parse(sum);
        const auto minor = exact ? exact->rescaled(amount.type == Type::kInt64 ? 0 : report_.exponent) : exact;
        const auto code =
            by.empty() ? (file_.money->currency.empty() ? "?" : file_.money->currency) : std::string(currency);
        if (minor) sums[code] += minor->unscaled;
      });
  if (status.code() == Code::kUnsupported) return {};
  SENTINEL_TRY(status);
  for (const auto& [currency, sum] : sums) report_.money[currency].database = sum;
  return {};
}

Status Comparison::read_source() {
  std::string cursor;
  while (true) {
    SENTINEL_ASSIGN(const auto batch,
                    patiently<PreparedBatch>([&] { return chain_->next(cursor, kRowsAtOnce, kBytesAtOnce); }));
    SENTINEL_TRY(take(batch));
    if (watch_.between_pages) SENTINEL_TRY(watch_.between_pages());
    cursor = batch.next_cursor;
    if (batch.done) return {};
  }
}

Status Comparison::take(const PreparedBatch& batch) {
  if (watch_.on_batch) SENTINEL_TRY(watch_.on_batch(batch));
  report_.read += batch.records();
  report_.filtered += batch.filtered.size();
  for (const auto& [row, key] : batch.key_notes) SENTINEL_TRY(table_->add_held(key));
  probe_->learn(batch);
  SENTINEL_TRY(note_rejected(batch));
  const auto source = batch.source.view(batch.source_schema);
  for (const auto& rejection : batch.rejected)
    SENTINEL_TRY(take_rejected(ledger::source_key(source, rejection.row), ledger::record_hash(source, rejection.row)));
  for (const auto& record : batch.unreadable) {
    const auto hash = ledger::content_hash(record.raw);
    const auto& key = record.key.empty() ? hash : record.key;
    SENTINEL_TRY(keyless({key, hash}));
    SENTINEL_TRY(take_rejected(key, hash));
  }
  SENTINEL_ASSIGN(const auto stored, as_stored(batch.arriving.rows));
  const auto rows = (stored ? *stored : batch.arriving.rows).view(schema_);
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    const auto from = batch.arriving.origin[static_cast<std::size_t>(row)];
    const auto source_key = ledger::source_key(source, from);
    const auto key = target_key(rows, key_columns_, row);
    if (!key) {
      SENTINEL_TRY(take_rejected(source_key, ledger::record_hash(source, from)));
      continue;
    }
    SENTINEL_ASSIGN(const bool is_edited, known_->landed_edited(source, from));
    if (is_edited) {
      ++report_.owed;
      SENTINEL_TRY(table_->add_held(*key));
      continue;
    }
    SENTINEL_TRY(table_->add_source(*key, source_key, row_hash(rows, row), amount_of(batch, from)));
  }
  return {};
}

// Currencies as this verification numbers them.
Amount Comparison::amount_of(const PreparedBatch& batch, std::int64_t row) {
  auto amount = batch.amounts[static_cast<std::size_t>(row)];
  if (!amount.known()) return amount;
  const auto& code = batch.currencies[static_cast<std::size_t>(amount.currency)];
  const auto found = std::ranges::find(currencies_, code);
  amount.currency = static_cast<std::int32_t>(found - currencies_.begin());
  if (found == currencies_.end()) currencies_.push_back(code);
  return amount;
}

// Nothing where the sink changes nothing of what it is given.
Result<std::optional<Batch>> Comparison::as_stored(const Batch& batch) {
  auto stored = sink_->as_stored(batch);
  if (stored) return std::optional(std::move(*stored));
  if (stored.error().code() == Code::kUnsupported) return std::optional<Batch>();
  return stored.error();
}

// A record that today's pipeline rejects: is it owed, or has nobody noticed yet?
Status Comparison::take_rejected(const std::string& source_key, const std::string& record_hash) {
  SENTINEL_ASSIGN(const auto facts, known_->of_key(source_key));
  const bool is_known = std::ranges::any_of(facts, [&](const store::LetterFact& fact) {
    return fact.record_hash == record_hash && (store::is_open(fact.status) || fact.settles());
  });
  ++(is_known ? report_.owed : report_.unrecorded);
  return {};
}

Result<bool> Comparison::is_owed(const std::string& source_key) {
  SENTINEL_ASSIGN(const auto facts, known_->of_key(source_key));
  return std::ranges::any_of(facts, [](const store::LetterFact& fact) {
    return store::is_open(fact.status) || fact.status == store::LetterStatus::kDiscarded;
  });
}

Status Comparison::note_rejected(const PreparedBatch& batch) {
  std::vector<std::int64_t> rows;
  for (const auto& rejection : batch.rejected)
    if (!rejection.has_known_key) rows.push_back(rejection.row);
  if (rows.empty()) return {};
  auto records = select_rows(batch.source.view(batch.source_schema), rows);
  if (probe_->has_learned()) return hold_rejected(records);
  rejected_.push_back(std::move(records));
  return {};
}

Status Comparison::hold_rejected(const Batch& records) {
  SENTINEL_ASSIGN(const auto keys, probe_->find(records));
  const auto source = records.view(chain_->source_schema());
  for (std::int64_t row = 0; row < source.rows(); ++row) {
    const auto& key = keys[static_cast<std::size_t>(row)];
    SENTINEL_TRY(key ? table_->add_held(*key)
                     : keyless({ledger::source_key(source, row), ledger::record_hash(source, row)}));
  }
  return {};
}

// A record that landed as a person edited it may have another key than the one in the source.
Status Comparison::hold_edited() {
  store::LetterFilter filter;
  filter.pipeline = file_.name;
  filter.source_id = file_.source_id;
  filter.status = {store::LetterStatus::kRecovered};
  return store_->each_page(filter, [&](std::span<const store::StoredLetter> letters) -> Status {
    for (const auto& letter : letters)
      if (letter.is_edited) SENTINEL_TRY(hold_edited(letter));
    return {};
  });
}

Status Comparison::hold_edited(const store::StoredLetter& letter) {
  const auto& schema = chain_->source_schema();
  if (!letter.edited.empty() && letter.schema == ledger::schema_json(schema)) {
    SENTINEL_ASSIGN(auto record, ledger::batch_from_snapshots(schema, std::vector<std::string>{letter.edited}));
    SENTINEL_ASSIGN(const auto keys, probe_->keys_of(std::move(record)));
    if (keys[0]) return table_->add_held(*keys[0]);
  }
  return keyless({letter.source_key, letter.record_hash, true});
}

Status Comparison::compare() {
  for (const auto& records : rejected_) SENTINEL_TRY(hold_rejected(records));
  SENTINEL_TRY(hold_edited());
  return table_->compare([this](const KeyFacts& facts) { return classify(facts); });
}

Status Comparison::classify(const KeyFacts& facts) {
  if (services_.stop().requested()) return {Code::kCancelled, "stopped"};
  if (facts.records == 0) {
    if (facts.target_hash.empty()) return {};
    if (facts.is_held) return ++report_.held, Status();
    ++report_.extra;
    if (watch_.on_extra) SENTINEL_TRY(watch_.on_extra(facts));
    return table_->note(Difference::kExtra, facts.key, "");
  }
  report_.superseded += facts.records - 1;
  if (facts.source_hash != facts.target_hash) {
    SENTINEL_ASSIGN(const bool owed, is_owed(facts.source_key));
    if (owed) {
      if (!facts.target_hash.empty()) ++report_.held;
      return ++report_.owed, Status();
    }
  }
  ++report_.expected;
  if (facts.amount.known())
    report_.money[currencies_[static_cast<std::size_t>(facts.amount.currency)]].source += facts.amount.minor;
  if (facts.source_hash == facts.target_hash) return ++report_.equal, Status();
  const auto kind = facts.target_hash.empty() ? Difference::kMissing : Difference::kDifferent;
  ++(kind == Difference::kMissing ? report_.missing : report_.different);
  return table_->note(kind, facts.key, facts.source_key);
}

Status Comparison::read_again() {
  report_.reads_again = chain_->source().offers_fetch();
  if (!report_.reads_again) return {};
  std::int64_t after = 0, done = 0;
  while (done < kMostReadAgain) {
    SENTINEL_ASSIGN(auto noted, table_->noted(after, kKeysAtOnce));
    if (noted.empty()) return {};
    after = noted.back().number;
    done += std::ssize(noted);
    std::erase_if(noted, [](const auto& one) { return one.kind == Difference::kExtra; });
    if (!noted.empty()) SENTINEL_TRY(compare_again(noted));
  }
  return {};
}

Status Comparison::compare_again(const std::vector<KeyTable::Noted>& noted) {
  SENTINEL_ASSIGN(const auto now, fetch(noted));
  SENTINEL_ASSIGN(const auto stored, as_stored(now.arriving.rows));
  const auto wanted = (stored ? *stored : now.arriving.rows).view(schema_);
  SENTINEL_ASSIGN(const auto back, patiently<Batch>([&] { return sink_->read_back(keys_of(wanted)); }));
  const auto there = back.view(schema_);
  std::map<std::string, std::int64_t> row_there, row_wanted;
  for (std::int64_t row = 0; row < there.rows(); ++row)
    row_there[target_key(there, key_columns_, row).value_or("")] = row;
  for (std::int64_t row = 0; row < wanted.rows(); ++row)
    row_wanted[target_key(wanted, key_columns_, row).value_or("")] = row;
  for (const auto& one : noted) {
    const auto mine = row_wanted.find(one.key);
    const auto its = row_there.find(one.key);
    const bool is_deleted = mine == row_wanted.end();  // it was deleted in the source, or no longer passes
    const bool is_same =
        !is_deleted && its != row_there.end() && row_hash(wanted, mine->second) == row_hash(there, its->second);
    if (!is_deleted && !is_same) {
      if (its != row_there.end() && fields_.size() < examples_)
        fields_[one.key] = differing_fields(wanted, mine->second, there, its->second);
      continue;
    }
    --(one.kind == Difference::kMissing ? report_.missing : report_.different);
    ++report_.moved;
    SENTINEL_TRY(table_->forget(one.number));
  }
  return {};
}

Result<PreparedBatch> Comparison::fetch(const std::vector<KeyTable::Noted>& noted) {
  std::vector<std::string> keys;
  for (const auto& one : noted) keys.push_back(one.source_key);
  SENTINEL_ASSIGN(auto page, patiently<plugins::SourcePage>([&] { return chain_->source().fetch(keys); }));
  return chain_->prepare(std::move(page));
}

Batch Comparison::keys_of(const BatchView& rows) const {
  Schema shape;
  for (const auto column : key_columns_) shape.add(schema_[column]);
  BatchBuilder keys(shape);
  for (std::size_t i = 0; i < key_columns_.size(); ++i)
    for (std::int64_t row = 0; row < rows.rows(); ++row)
      if (target_key(rows, key_columns_, row)) keys.column(i).append_from(rows.column(key_columns_[i]), row);
  return keys.finish();
}

std::vector<std::string> Comparison::differing_fields(const BatchView& a, std::int64_t row_a, const BatchView& b,
                                                      std::int64_t row_b) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const Schema one{schema_[i]};
    BatchBuilder left(one), right(one);
    left.column(0).append_from(a.column(i), row_a);
    right.column(0).append_from(b.column(i), row_b);
    const auto batch_a = left.finish(), batch_b = right.finish();
    if (row_hash(batch_a.view(one), 0) != row_hash(batch_b.view(one), 0)) names.push_back(schema_[i].name);
  }
  return names;
}

Result<std::optional<PreparedBatch>> Comparison::next_to_land(std::int64_t& after) {
  SENTINEL_ASSIGN(auto noted, table_->noted(after, kKeysAtOnce));
  if (noted.empty()) return std::optional<PreparedBatch>();
  after = noted.back().number;
  std::erase_if(noted, [](const auto& one) { return one.kind == Difference::kExtra; });
  SENTINEL_ASSIGN(auto batch, fetch(noted));
  return std::optional(std::move(batch));
}

Status Comparison::name_examples() {
  SENTINEL_ASSIGN(const auto noted, table_->noted(0, static_cast<std::int64_t>(examples_)));
  for (const auto& one : noted) {
    const auto fields = fields_.find(one.key);
    report_.examples.push_back({std::string(name_of(one.kind)), one.key, one.source_key,
                                fields == fields_.end() ? std::vector<std::string>() : fields->second});
  }
  return {};
}

}  // namespace sentinel::engine
