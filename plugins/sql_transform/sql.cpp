// Plans each output field at bind, and prepares one statement for all expressions; then runs it once per record.
#include "sql_transform/sql.hpp"

#include <fmt/format.h>

#include <sqlite3.h>

#include <algorithm>

namespace sentinel::sql_transform {
namespace {

Type type_of(ValueType type) {
  switch (type) {
    case ValueType::kText: return Type::kUtf8;
    case ValueType::kInteger: return Type::kInt64;
    case ValueType::kBoolean: return Type::kBool;
    case ValueType::kDate: return Type::kDate;
    case ValueType::kTimestamp: return Type::kTimestamp;
    case ValueType::kDecimal: return Type::kDecimal;
  }
  return Type::kUtf8;
}

Field declared(const std::string& name, const SetOptions& options) {
  if (*options.type == ValueType::kDecimal)
    return decimal(name, static_cast<int>(options.precision), static_cast<int>(options.scale));
  return make_field(name, type_of(*options.type));
}

bool is_same_type(const Field& a, const Field& b) {
  return a.type == b.type && a.precision == b.precision && a.scale == b.scale;
}

// A computed field is no longer the source's own, though an amount stays an amount.
Field computed(Field field) {
  field.is_key = field.is_version = field.is_json = false;
  field.is_nullable = true;
  field.minor_field.clear();
  return field;
}

}  // namespace

Result<std::unique_ptr<Sql>> Sql::open(Options options, Host& host) {
  if (options.set.empty() && options.where.empty())
    return invalid_config("nothing to do; give set, where or both").at_option("set");
  if (options.set.empty() && !options.keep_others)
    return invalid_config("no output field; name some under set").at_option("keep_others");
  if (options.on_departure != Departure::kKeep && options.where.empty())
    return invalid_config("on_departure is for where").at_option("on_departure");
  if (options.on_departure != Departure::kKeep && !options.set.empty())
    return invalid_config("mark and delete keep the fields of the record; move set to a second sql after this one")
        .at_option("on_departure");
  for (const auto& [name, set] : options.set)
    if (set.scale > set.precision)
      return invalid_config("the scale is larger than the precision").at_option("set." + name + ".scale");
  return std::unique_ptr<Sql>(new Sql(std::move(options), host));
}

Result<Schema> Sql::bind(const Schema& in) {
  in_ = in;
  columns_.clear();
  reads_.clear();
  statement_.reset();
  SENTINEL_ASSIGN(sandbox_, Sandbox::open(in_, host_));
  SENTINEL_TRY(plan(in));
  if (!options_.where.empty()) {
    auto condition = sandbox_->analyse(options_.where);
    if (!condition) return std::move(condition).error().at_option("where");
    condition->plain = Schema::npos;  // even a single field is evaluated by SQLite
    SENTINEL_TRY(check_reads(*condition, "where"));
  }
  share_columns();
  follow_currencies();
  SENTINEL_ASSIGN(statement_, prepare_all());
  out_ = Schema();
  for (const auto& column : columns_) out_.add(column.field);
  out_.set_departures(options_.on_departure == Departure::kMark, options_.on_departure == Departure::kDelete);
  return out_;
}

// Replaced fields keep their position; new ones follow.
Status Sql::plan(const Schema& in) {
  if (options_.keep_others)
    for (std::size_t i = 0; i < in.size(); ++i) {
      columns_.emplace_back().field = in[i];
      columns_.back().from = i;
    }
  for (const auto& [name, set] : options_.set) {
    SENTINEL_ASSIGN(auto column, plan_field(name, set));
    const auto same = std::ranges::find_if(columns_, [&name = name](const Column& c) { return c.field.name == name; });
    if (same == columns_.end())
      columns_.push_back(std::move(column));
    else
      *same = std::move(column);
  }
  return {};
}

Result<Sql::Column> Sql::plan_field(const std::string& name, const SetOptions& options) {
  const auto path = "set." + name;
  auto analysis = sandbox_->analyse(options.expression);
  if (!analysis) return std::move(analysis).error().at_option(path + ".expression");
  Column column;
  SENTINEL_ASSIGN(column.field, type_of(name, options, analysis->plain));
  if (analysis->plain != Schema::npos && is_same_type(column.field, in_[analysis->plain])) {
    column.how = How::kCopy;
    column.from = analysis->plain;
    column.field = in_[analysis->plain];
    column.field.name = name;
    return column;
  }
  column.how = How::kCompute;
  column.expression = &options.expression;
  SENTINEL_TRY(check_reads(*analysis, path + ".expression"));
  return column;
}

Result<Field> Sql::type_of(const std::string& name, const SetOptions& options, std::size_t plain) const {
  const auto replaced = in_.find(name);
  if (options.type) {
    auto field = declared(name, options);
    const bool stays = replaced != Schema::npos && is_same_type(field, in_[replaced]);
    return computed(stays ? in_[replaced] : std::move(field));
  }
  if (plain != Schema::npos) return in_[plain];
  if (replaced != Schema::npos) return computed(in_[replaced]);
  return invalid_config("the type of this expression is unknown; declare it: { expression: …, type: integer }")
      .at_option("set." + name);
}

// SQLite compares a decimal as text and computes with it as a float: both give wrong amounts silently.
Status Sql::check_reads(const Analysis& analysis, const std::string& path) {
  for (const auto i : analysis.reads)
    if (in_[i].type == Type::kDecimal && analysis.plain == Schema::npos)
      return invalid_config(fmt::format("the field \"{}\" is {}, which SQLite does not compute exactly; compute with "
                                        "minor units before they become a decimal",
                                        in_[i].name, in_[i].type_text()))
          .at_option(path);
  reads_.insert(analysis.reads.begin(), analysis.reads.end());
  return {};
}

// A column can be moved once; the field that receives it is still the source's own.
void Sql::share_columns() {
  for (auto& column : columns_) {
    if (column.how != How::kCopy) continue;
    const bool is_taken =
        std::ranges::any_of(columns_, [&](const Column& c) { return c.how == How::kMove && c.from == column.from; });
    if (is_taken)
      column.field.is_key = column.field.is_version = false;
    else
      column.how = How::kMove;
  }
}

// Without the field that names the currency, the currency of the amount is unknown.
void Sql::follow_currencies() {
  for (auto& column : columns_) {
    auto& currency_field = column.field.currency_field;
    const bool stays = std::ranges::any_of(columns_, [&](const Column& c) { return c.field.name == currency_field; });
    if (currency_field.empty() || stays) continue;
    currency_field.clear();
    if (!column.field.is_money()) column.field.exponent = 0;
  }
}

// The record is a row of parameters: no value ever becomes a part of the text.
Result<Statement> Sql::prepare_all() {
  std::string results, record, where;
  for (const auto& column : columns_)
    if (column.how == How::kCompute) results += (results.empty() ? "" : ", ") + enclosed(*column.expression);
  if (!options_.where.empty()) where = " WHERE " + enclosed(options_.where);
  if (results.empty() && where.empty()) return Statement();
  for (const auto i : reads_) record += (record.empty() ? "? AS " : ", ? AS ") + quoted(in_[i].name);
  auto statement = sandbox_->prepare("SELECT " + (results.empty() ? "1" : results) + " FROM (SELECT " +
                                     (record.empty() ? "1" : record) + ") AS record" + where);
  if (!statement) return std::move(statement).error().at_option(options_.set.empty() ? "where" : "set");
  return statement;
}

// False if where filters the record out. Errors: of the record, except kCancelled and kInternal.
Result<bool> Sql::evaluate(const BatchView& view, std::int64_t row, std::vector<Value>& values) {
  auto* statement = statement_.get();
  if (statement == nullptr) return true;
  sqlite3_reset(statement);
  int parameter = 0;
  for (const auto i : reads_)
    if (const auto bound = bind_value(statement, ++parameter, view.column(i), row); bound != SQLITE_OK)
      return invalid_data(
                 fmt::format("field \"{}\": the value is too long, or a date outside the calendar", in_[i].name))
          .native("sqlite", std::to_string(bound));
  sandbox_->start_record();
  const auto result = sqlite3_step(statement);
  if (result == SQLITE_DONE) return false;
  if (result != SQLITE_ROW) return sandbox_->fault(result);
  int index = 0;
  for (const auto& column : columns_) {
    if (column.how != How::kCompute) continue;
    auto value = read_value(statement, index, column.field);
    if (!value) return std::move(value).error().prefixed("field \"" + column.field.name + "\": ");
    values[static_cast<std::size_t>(index++)] = *value;
  }
  return true;
}

Result<Applied> Sql::apply(Batch in, RowRejects& rows) {
  const auto view = in.view(in_);
  std::vector<ColumnBuilder> built;
  for (const auto& column : columns_)
    if (column.how == How::kCompute) built.emplace_back(column.field);
  std::vector<Value> values(built.size());
  std::vector<std::int64_t> passes;
  for (std::int64_t row = 0; row < view.rows(); ++row) {
    const auto passed = evaluate(view, row, values);
    if (!passed && !is_row_fault(passed.error().code())) return passed.error();
    if (!passed)
      rows.reject(row, passed.error());
    else if (!*passed)
      rows.depart(row, options_.on_departure, options_.reason.empty() ? "where is not true" : options_.reason);
    if (!passed || !*passed) continue;
    passes.push_back(row);
    for (std::size_t i = 0; i < built.size(); ++i) append_value(values[i], built[i]);
  }
  return assemble_rows(std::move(in), std::move(built), std::move(passes));
}

Applied Sql::assemble_rows(Batch in, std::vector<ColumnBuilder> computed, std::vector<std::int64_t> passes) const {
  const auto view = in.view(in_);
  const bool all_pass = std::ssize(passes) == view.rows();
  std::vector<ArrowArray> arrays(columns_.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = columns_[i];
    if (column.how == How::kCompute) {
      arrays[i] = computed[next++].finish();
    } else if (column.how == How::kCopy || !all_pass) {
      ColumnBuilder copy(column.field);
      for (const auto row : passes) copy.append_from(view.column(column.from), row);
      arrays[i] = copy.finish();
    }
  }
  for (std::size_t i = 0; i < columns_.size() && all_pass; ++i)
    if (columns_[i].how == How::kMove) arrays[i] = in.take_column(columns_[i].from);
  Applied applied;
  applied.batch = assemble(std::ssize(passes), std::move(arrays));
  if (!all_pass) applied.origin = std::move(passes);
  return applied;
}

}  // namespace sentinel::sql_transform
