// Reads and transforms pages, and keeps the source row of every row.
#include "engine/flow/chain.hpp"

#include "engine/flow/target_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace sentinel::engine {
namespace {

// The same columns without their ownership: transforms may take them while the source batch stays whole.
Batch lend(const Batch& batch) {
  std::vector<ArrowArray> columns;
  const auto& array = batch.array();
  for (std::int64_t i = 0; i < array.n_children; ++i) {
    auto column = *array.children[i];
    column.release = [](ArrowArray* self) { self->release = nullptr; };
    column.offset += array.offset;
    column.length = array.length;
    if (array.offset != 0 && column.null_count > 0) column.null_count = -1;
    columns.push_back(column);
  }
  return assemble(batch.rows(), std::move(columns));
}

std::vector<std::int64_t> all_rows(std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

// The rows of the page that the source did not filter.
std::vector<std::int64_t> rows_to_pass(const plugins::SourcePage& page) {
  std::vector<std::int64_t> filtered, rows;
  for (const auto& one : page.filtered) filtered.push_back(one.row);
  std::ranges::sort(filtered);
  auto next = filtered.begin();
  for (std::int64_t row = 0; row < page.batch.rows(); ++row) {
    if (next != filtered.end() && *next == row)
      ++next;
    else
      rows.push_back(row);
  }
  return rows;
}

bool is_currency_code(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Anything but an ISO 4217 code gets a line of its own in the balance, so that no dirty record can break the ledger.
std::string currency_code(const ColumnView& column, std::int64_t row) {
  const auto text = column.is_null(row) ? std::string_view() : column.text(row);
  return is_currency_code(text) ? std::string(text) : "?";
}

// The rows that a transform filtered or rejected, by their place in the source batch.
std::vector<EndedRecord> ended_in(const plugins::AppliedBatch& applied, const std::vector<std::int64_t>& origin) {
  std::vector<EndedRecord> ended;
  const auto source_row = [&](std::int64_t row) { return origin[static_cast<std::size_t>(row)]; };
  for (const auto& row : applied.filtered) ended.push_back({source_row(row.row), "", true, invalid_data(row.reason)});
  for (const auto& row : applied.rejected) ended.push_back({source_row(row.row), "", false, row.why});
  return ended;
}

}  // namespace

std::int32_t currency_index(const std::string& code, std::vector<std::string>& currencies) {
  const auto known = std::ranges::find(currencies, code);
  const auto index = static_cast<std::int32_t>(known - currencies.begin());
  if (known == currencies.end()) currencies.push_back(code);
  return index;
}

Status located(const config::PipelineFile& file, const config::StageConfig& stage, Status fault) {
  if (fault.code() != Code::kInvalidConfig && fault.code() != Code::kRefused) return fault;
  const auto at = stage.position_of(fault.option_path());
  return std::move(fault).prefixed(fmt::format("{}:{}:{}: ", file.path, at.line, at.column));
}

Result<std::unique_ptr<Chain>> Chain::open(const config::PipelineFile& file, plugins::Registry& registry,
                                           telemetry::HostServices& services, bool transforms_only) {
  std::unique_ptr<Chain> chain(new Chain(file));
  if (!transforms_only) {
    SENTINEL_ASSIGN(const auto* component, registry.find(SENTINEL_KIND_SOURCE, file.source.use));
    auto source = plugins::SourceStage::open(*component, services.host(), file.source.options);
    if (!source) return located(file, file.source, std::move(source).error());
    chain->source_ = std::move(source).value();
  }
  for (const auto& config : file.transforms) {
    SENTINEL_ASSIGN(const auto* component, registry.find(SENTINEL_KIND_TRANSFORM, config.use));
    auto stage = plugins::TransformStage::open(*component, services.host(), config.options);
    if (!stage) return located(file, config, std::move(stage).error());
    chain->transforms_.push_back({&config, std::move(stage).value(), {}});
  }
  return chain;
}

Result<Schema> Chain::bind() {
  auto schema = source_->schema();
  if (!schema) return located(file_, file_.source, std::move(schema).error());
  return bind_to(*schema);
}

Result<Schema> Chain::bind_to(const Schema& source_schema) {
  source_schema_ = source_schema;
  const Schema* in = &source_schema_;
  bool marks = source_schema_.marks(), removes = source_schema_.removes();
  for (auto& transform : transforms_) {
    auto out = transform.stage->bind(*in);
    if (!out) return located(file_, *transform.config, std::move(out).error());
    transform.out = std::move(out).value();
    transform.carries_departures = transform.out.marks() || transform.out.removes() || !key_fields_.empty();
    marks |= transform.out.marks();
    removes |= transform.out.removes();
    in = &transform.out;
  }
  SENTINEL_TRY(find_money());
  SENTINEL_TRY(check_exponents());
  auto out = *in;
  if (file_.mirror) {
    marks |= file_.mirror->deletes == Departure::kMark;
    removes |= file_.mirror->deletes == Departure::kDelete;
  }
  out.set_departures(marks, removes);
  out.set_read_once(source_schema_.is_read_once());
  return out;
}

// The money field as whole minor units, and the field that names its currency where one does.
bool Chain::has_money(const Schema& schema) const {
  const auto at = schema.find(file_.money->field);
  if (at == Schema::npos || schema[at].type != Type::kInt64) return false;
  if (file_.money->currency_field.empty()) return true;
  const auto currency = schema.find(file_.money->currency_field);
  return currency != Schema::npos && schema[currency].type == Type::kUtf8;
}

Status Chain::find_money() {
  money_after_.reset();
  if (!file_.money) return {};
  if (has_money(source_schema_)) money_after_ = 0;
  for (std::size_t i = 0; !money_after_ && i < transforms_.size(); ++i)
    if (has_money(transforms_[i].out)) money_after_ = i + 1;
  if (money_after_) return {};
  const auto& money = *file_.money;
  const auto at = file_.positions.nearest("money", {});
  return invalid_config(fmt::format(
      "{}:{}:{}: money.field \"{}\" is never an integer field{}; convert it with a map: {}: {{ from: …, type: integer "
      "}}",
      file_.path, at.line, at.column, money.field,
      money.currency_field.empty() ? "" : fmt::format(" beside the text field \"{}\"", money.currency_field),
      money.field));
}

// Where a field says what its minor units are, or the decimal made of it shows that, the file must say the same: else a
// thousandth would be counted as a hundredth.
Status Chain::check_exponents() const {
  if (!file_.money) return {};
  const auto& money = *file_.money;
  const auto exponent = static_cast<int>(money.exponent);
  for (std::size_t stage = 0; stage <= transforms_.size(); ++stage) {
    const auto& fields = stage == 0 ? source_schema_ : transforms_[stage - 1].out;
    const auto& config = stage == 0 ? file_.source : *transforms_[stage - 1].config;
    for (const auto& field : fields) {
      const bool is_amount = field.name == money.field && field.type == Type::kInt64 && field.is_money();
      if (is_amount && field.exponent != exponent)
        return located(file_, config,
                       invalid_config(fmt::format("the field \"{}\" has minor units of {} decimal places, but "
                                                  "money.exponent is {}; make them equal",
                                                  field.name, field.exponent, exponent)));
      const bool is_made_of_it = field.minor_field == money.field && field.type == Type::kDecimal;
      if (is_made_of_it && field.scale != exponent)
        return located(
            file_, config,
            invalid_config(fmt::format("the scale of \"{}\" is {}, but money.exponent is {}; make them equal",
                                       field.name, field.scale, exponent)));
    }
  }
  return {};
}

Result<PreparedBatch> Chain::next(const std::string& cursor, std::int64_t max_rows, std::int64_t max_bytes) {
  SENTINEL_ASSIGN(auto page, source_->read(cursor, max_rows, max_bytes));
  return prepare(std::move(page));
}

Result<PreparedBatch> Chain::prepare(plugins::SourcePage page) {
  SENTINEL_TRY(page.batch.fault());
  PreparedBatch batch;
  batch.source_schema = source_schema_;
  batch.next_cursor = std::move(page.next);
  batch.done = page.done;
  batch.unreadable = std::move(page.rejected);
  batch.amounts.resize(static_cast<std::size_t>(page.batch.rows()));
  for (const auto& record : batch.unreadable) batch.unreadable_amounts.push_back(reported(record.amount, batch));
  note_money(0, page.batch, all_rows(page.batch.rows()), batch);

  auto origin = rows_to_pass(page);
  batch.source = std::move(page.batch);
  const auto source = batch.source.view(source_schema_);
  Departing departing;
  join(departing, source, source_schema_, page.filtered, all_rows(source.rows()), batch);
  auto flowing =
      origin.size() == static_cast<std::size_t>(source.rows()) ? lend(batch.source) : select_rows(source, origin);
  if (watcher_) show_source(flowing, page.filtered, batch, origin);
  const auto* schema = &source_schema_;
  std::vector<StageKeys> seen;
  for (std::size_t i = 0; i < transforms_.size(); ++i) {
    auto& transform = transforms_[i];
    auto& stage_keys = seen.emplace_back();
    if (!key_fields_.empty()) stage_keys = {keys_in(flowing.view(*schema)), origin, {}};
    // Departing rows are read once more.
    if (transform.carries_departures) {
      batch.between.push_back(std::move(flowing));
      flowing = lend(batch.between.back());
    }
    SENTINEL_ASSIGN(auto applied, transform.stage->apply(std::move(flowing)));
    SENTINEL_ASSIGN(departing, carry_on(i, std::move(departing), batch));
    const auto source_row = [&](std::int64_t row) { return origin[static_cast<std::size_t>(row)]; };
    const auto ended = watcher_ ? ended_in(applied, origin) : std::vector<EndedRecord>();
    if (transform.carries_departures)
      join(departing, batch.between.back().view(*schema), transform.out, applied.filtered, origin, batch);
    else
      for (const auto& row : applied.filtered) batch.filtered.push_back(source_row(row.row));
    for (auto& row : applied.rejected) {
      stage_keys.rejected.push_back(row.row);
      note_reported(source_row(row.row), row.amount, batch);
      batch.rejected.push_back({source_row(row.row), transform.config->use, std::move(row.why), false});
    }
    for (auto& row : applied.origin) row = source_row(row);
    origin = std::move(applied.origin);
    flowing = std::move(applied.batch);
    if (watcher_) watcher_({*transform.config, transform.out, flowing, origin, ended});
    note_money(i + 1, flowing, origin, batch);
    schema = &transform.out;
  }
  batch.arriving.rows = std::move(flowing);
  batch.arriving.origin = std::move(origin);
  hand_over(std::move(departing), *schema, batch);
  if (!key_fields_.empty()) note_rejected_keys(seen, batch);
  return batch;
}

void Chain::show_source(const Batch& rows, const std::vector<plugins::FilteredRow>& filtered,
                        const PreparedBatch& batch, const std::vector<std::int64_t>& origin) const {
  std::vector<EndedRecord> ended;
  for (const auto& row : filtered) ended.push_back({row.row, "", true, invalid_data(row.reason)});
  for (const auto& record : batch.unreadable) ended.push_back({-1, record.key, false, record.why});
  watcher_({file_.source, source_schema_, rows, origin, ended});
}

// In a comparison also those that stay in the target, so that their rows are known.
bool Chain::departs(const plugins::FilteredRow& row) const {
  return row.action != Departure::kKeep || !key_fields_.empty();
}

void Chain::join(Departing& departing, const BatchView& in, const Schema& out,
                 const std::vector<plugins::FilteredRow>& filtered, const std::vector<std::int64_t>& origin,
                 PreparedBatch& batch) const {
  const bool fits = in.schema().fields() == out.fields();
  BatchBuilder rows(out);
  const auto former = departing.rows.view(out);
  for (std::size_t i = 0; i < out.size() && departing.rows.has_array(); ++i)
    for (std::int64_t row = 0; row < former.rows(); ++row) rows.column(i).append_from(former.column(i), row);
  for (const auto& one : filtered) {
    const auto source_row = origin[static_cast<std::size_t>(one.row)];
    if (!fits || !departs(one)) {
      batch.filtered.push_back(source_row);
      continue;
    }
    for (std::size_t i = 0; i < out.size(); ++i) rows.column(i).append_from(in.column(i), one.row);
    departing.origin.push_back(source_row);
    departing.actions.push_back(one.action);
  }
  departing.rows = rows.finish();
}

// A row that is filtered anyway does not become a dead letter if a later stage rejects it.
Result<Departing> Chain::carry_on(std::size_t stage, Departing departing, PreparedBatch& batch) const {
  const auto& transform = transforms_[stage];
  if (departing.origin.empty()) {
    departing.rows = BatchBuilder(transform.out).finish();
    return departing;
  }
  SENTINEL_ASSIGN(auto applied, transform.stage->apply(std::move(departing.rows)));
  Departing next;
  next.rows = std::move(applied.batch);
  for (const auto row : applied.origin) {
    next.origin.push_back(departing.origin[static_cast<std::size_t>(row)]);
    next.actions.push_back(departing.actions[static_cast<std::size_t>(row)]);
  }
  for (const auto& row : applied.filtered)
    batch.filtered.push_back(departing.origin[static_cast<std::size_t>(row.row)]);
  for (const auto& row : applied.rejected) {
    const auto source_row = departing.origin[static_cast<std::size_t>(row.row)];
    note_reported(source_row, row.amount, batch);
    batch.filtered.push_back(source_row);
  }
  note_money(stage + 1, next.rows, next.origin, batch);
  return next;
}

void Chain::hand_over(Departing departing, const Schema& schema, PreparedBatch& batch) const {
  const auto rows = departing.rows.view(schema);
  const auto keys = keys_in(rows);
  std::vector<std::int64_t> chosen;
  for (std::size_t i = 0; i < departing.origin.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (departing.actions[i] == Departure::kKeep) {
      if (i < keys.size() && keys[i]) batch.key_notes.emplace_back(departing.origin[i], *keys[i]);
      batch.filtered.push_back(departing.origin[i]);
      continue;
    }
    chosen.push_back(row);
    batch.departing.origin.push_back(departing.origin[i]);
    batch.departing.actions.push_back(departing.actions[i]);
  }
  batch.departing.rows = select_rows(rows, chosen);
}

void Chain::note_money(std::size_t stage, const Batch& rows, const std::vector<std::int64_t>& origin,
                       PreparedBatch& batch) const {
  const auto& schema = stage == 0 ? source_schema_ : transforms_[stage - 1].out;
  if (money_after_ && stage >= *money_after_ && has_money(schema)) note_amounts(rows.view(schema), origin, batch);
}

// The amount that a source or transform gave with a reject.
Amount Chain::reported(const std::optional<RejectedAmount>& amount, PreparedBatch& batch) const {
  if (!file_.money || !amount) return {};
  const auto& currency = amount->currency.empty() ? file_.money->currency : amount->currency;
  if (currency.empty()) return {};
  return {amount->minor, currency_index(is_currency_code(currency) ? currency : "?", batch.currencies)};
}

void Chain::note_reported(std::int64_t source_row, const std::optional<RejectedAmount>& amount,
                          PreparedBatch& batch) const {
  auto& noted = batch.amounts[static_cast<std::size_t>(source_row)];
  if (!noted.known()) noted = reported(amount, batch);
}

// The keys of these rows where the stage knows all key fields; else nothing.
std::vector<std::optional<std::string>> Chain::keys_in(const BatchView& rows) const {
  std::vector<std::optional<std::string>> keys;
  const auto columns = columns_of(rows.schema(), key_fields_);
  for (std::int64_t row = 0; !columns.empty() && row < rows.rows(); ++row)
    keys.push_back(target_key(rows, columns, row));
  return keys;
}

// A field may have the name of a key and still be changed by a later stage: the records that pass show it.
void Chain::note_rejected_keys(const std::vector<StageKeys>& stages, PreparedBatch& batch) {
  std::vector<std::optional<std::string>> known(static_cast<std::size_t>(batch.source.rows()));
  const auto final_keys =
      keys_in(batch.arriving.rows.view(transforms_.empty() ? source_schema_ : transforms_.back().out));
  for (std::size_t i = 0; i < final_keys.size(); ++i)
    known[static_cast<std::size_t>(batch.arriving.origin[i])] = final_keys[i];
  std::set<std::int64_t> confirmed;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto& [keys, origin, rejected] = stages[i];
    auto& stage = transforms_[i];
    for (std::size_t row = 0; row < keys.size(); ++row)
      if (const auto& key = known[static_cast<std::size_t>(origin[row])])
        (key == keys[row] ? stage.confirms_keys : stage.misnames_keys) = true;
    if (stage.misnames_keys || keys.empty()) continue;
    for (const auto row : rejected) {
      const auto at = static_cast<std::size_t>(row);
      if (!keys[at]) continue;
      batch.key_notes.emplace_back(origin[at], *keys[at]);
      if (stage.confirms_keys) confirmed.insert(origin[at]);
    }
  }
  for (auto& rejection : batch.rejected) rejection.has_known_key = confirmed.contains(rejection.row);
}

// An amount counts as it was when it first was known: a later stage may fill a gap, never change what was noted.
void Chain::note_amounts(const BatchView& view, const std::vector<std::int64_t>& origin, PreparedBatch& batch) const {
  const auto amount = view.column(view.schema().find(file_.money->field));
  const auto by_field = view.schema().find(file_.money->currency_field);
  for (std::int64_t row = 0; row < view.rows(); ++row) {
    auto& noted = batch.amounts[static_cast<std::size_t>(origin[static_cast<std::size_t>(row)])];
    if (noted.known() || amount.is_null(row)) continue;
    noted.minor = amount.int64(row);
    noted.currency = currency_index(
        by_field == Schema::npos ? file_.money->currency : currency_code(view.column(by_field), row), batch.currencies);
  }
}

Status Chain::check() { return source_->check(); }

void Chain::cancel() {
  if (source_) source_->cancel();
}

}  // namespace sentinel::engine
