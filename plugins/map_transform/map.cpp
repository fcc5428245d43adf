// Plans each output field once at bind, then fills a batch column by column.
#include "map_transform/map.hpp"

#include "map_transform/field_checks.hpp"
#include "map_transform/text.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>

#include <algorithm>
#include <set>

namespace sentinel::map_transform {
namespace {

bool has_type(const Field& field, const FieldOptions& options) {
  if (field.type == Type::kDecimal && (field.precision != options.precision || field.scale != options.scale))
    return false;
  return *options.type != CastType::kMinorUnits && !field.is_json && is_castable(field.type, *options.type) &&
         same_type(field).type == *options.type;
}

// True if the values pass unchanged: a rename, or a type that the field has already.
bool is_plain(const FieldOptions& options, const Field& source) {
  const bool is_cast = options.amount || (options.type && !has_type(source, options));
  return !is_cast && !cleans_text(options) && !options.default_value && !options.empty_is_null.value_or(false);
}

CastTo cast_of(const FieldOptions& options) {
  CastTo to;
  const auto absent = options.date ? CastType::kTimestamp : CastType::kText;
  to.type = options.amount ? CastType::kMinorUnits : options.type.value_or(absent);
  if (to.type == CastType::kDecimal) {
    to.precision = static_cast<int>(options.precision);
    to.scale = static_cast<int>(options.scale);
  }
  to.amount = options.amount.value_or(AmountOptions{});
  return to;
}

// A default and a constant are known before the first record: one that does not fit its type is a mistake in the file.
Status check_value(const std::string& text, const CastTo& to, const Field& field, const std::string& path) {
  ColumnBuilder scratch(field);
  auto parsed = append_parsed(text, to, scratch);
  if (parsed.ok()) return {};
  return invalid_config(fmt::format("\"{}\" does not fit: {}", text, parsed.message())).at_option(path);
}

}  // namespace

// The rows that an apply rejects; the first fault of a row is reported.
class Map::Faults {
 public:
  explicit Faults(std::int64_t rows) : rows_(rows) {}
  void add(std::int64_t row, Status why) {
    if (by_row_.empty()) by_row_.resize(static_cast<std::size_t>(rows_));
    auto& slot = by_row_[static_cast<std::size_t>(row)];
    if (slot.ok()) slot = std::move(why);
  }
  bool empty() const { return by_row_.empty(); }
  // Reports every fault and returns the rows without one. `amounts`: the money of the rows, if the map reads it; null
  // where it could not be read.
  std::vector<std::int64_t> report(RowRejects& rows, const std::optional<ColumnView>& amounts) const {
    std::vector<std::int64_t> good;
    for (std::int64_t row = 0; row < rows_; ++row) {
      const auto& why = by_row_[static_cast<std::size_t>(row)];
      if (why.ok())
        good.push_back(row);
      else if (amounts && !amounts->is_null(row))
        rows.reject(row, why, RejectedAmount{amounts->int64(row), ""});
      else
        rows.reject(row, why);
    }
    return good;
  }

 private:
  std::int64_t rows_;
  std::vector<Status> by_row_;  // empty until there is one
};

Result<std::unique_ptr<Map>> Map::open(Options options, Host&) {
  if (options.fields.empty() && !options.keep_others)
    return invalid_config("no output field; name some, or set keep_others").at_option("fields");
  std::set<std::string_view> names;
  for (const auto& [name, field] : options.fields) {
    if (name.empty()) return invalid_config("an output field needs a name").at_option("fields");
    if (!names.insert(name).second)
      return invalid_config(fmt::format("the output field \"{}\" is listed twice", name)).at_option("fields." + name);
    SENTINEL_TRY(check_field(field, "fields." + name));
  }
  std::unique_ptr<Map> map(new Map(std::move(options)));
  for (const auto& [name, field] : map->options_.fields) {
    if (!has_steps(field)) continue;
    auto steps = Steps::open(field, name);
    if (!steps) return Status(steps.error()).at_option("fields." + name + "." + steps.error().option_path());
    map->steps_.emplace(name, std::move(*steps));
  }
  return map;
}

Result<Schema> Map::bind(const Schema& in) {
  in_ = in;
  columns_.clear();
  for (const auto& [name, field] : options_.fields) {
    SENTINEL_ASSIGN(auto column, field.constant ? plan_constant(name, field) : plan(name, field, in));
    columns_.push_back(std::move(column));
  }
  if (options_.keep_others) plan_others(in);
  share_columns();
  follow_currencies(in);
  out_ = Schema();
  for (const auto& column : columns_) out_.add(column.field);
  find_amount();
  return out_;
}

Result<Map::Column> Map::plan_constant(const std::string& name, const FieldOptions& options) const {
  Column column;
  column.how = How::kConstant;
  column.options = &options;
  column.to = cast_of(options);
  column.field = field_of(column.to, name);
  column.field.is_nullable = false;
  SENTINEL_TRY(check_value(*options.constant, column.to, column.field, "fields." + name + ".constant"));
  return column;
}

Result<Map::Column> Map::plan(const std::string& name, const FieldOptions& options, const Schema& in) const {
  const auto path = "fields." + name;
  const auto& from = options.from.empty() ? name : options.from;
  Column column;
  column.options = &options;
  column.from = in.find(from);
  if (has_steps(options) || column.from == Schema::npos) return plan_steps(name, options, in);
  const auto& source = in[column.from];
  column.where = "field \"" + name + "\"" + (from == name ? "" : " from \"" + from + "\"") + ": ";
  if (is_plain(options, source)) {
    column.field = source;
    column.field.name = name;
    return column;
  }
  column.field.name = name;
  SENTINEL_TRY(plan_value(column, source, path));
  return column;
}

Status Map::plan_value(Column& column, const Field& source, const std::string& path) const {
  const auto& options = *column.options;
  const bool is_text = source.type == Type::kUtf8;
  const auto refuse = [&](const std::string& why, const char* option) {
    return invalid_config(fmt::format("the input field \"{}\" is {}, {}", source.name, source.type_text(), why))
        .at_option(path + option);
  };
  if (cleans_text(options) && !is_text)
    return refuse("which holds no text to clean", options.trim         ? ".trim"
                                                  : options.lower_case ? ".lower_case"
                                                                       : ".upper_case");
  if (options.empty_is_null.value_or(false) && !is_text) return refuse("which is never empty", ".empty_is_null");
  const bool keeps_type = !options.type && !options.amount;
  if (source.type == Type::kFloat64 || source.type == Type::kBinary)
    return refuse("which map passes through but cannot cast", keeps_type       ? ".default"
                                                              : options.amount ? ".amount"
                                                                               : ".type");
  column.to = keeps_type ? same_type(source) : cast_of(options);
  if (!is_castable(source.type, column.to.type))
    return refuse("which map cannot cast to that type", options.amount ? ".amount" : ".type");

  column.how = is_text ? How::kText : How::kCast;
  column.empty_is_null = is_text && options.empty_is_null.value_or(column.to.type != CastType::kText);
  const auto name = column.field.name;
  if (keeps_type) {  // its values stay amounts, but are no longer the source's own key or version
    column.field = source;
    column.field.name = name;
    column.field.is_key = column.field.is_version = false;
    column.field.is_json = false;
  } else {
    column.field = field_of(column.to, name);
  }
  column.field.is_nullable = (source.is_nullable || column.empty_is_null) && !options.default_value;
  return options.default_value ? check_value(*options.default_value, column.to, column.field, path + ".default")
                               : Status();
}

// A description with steps, or with a path into JSON.
Result<Map::Column> Map::plan_steps(const std::string& name, const FieldOptions& options, const Schema& in) const {
  const auto path = "fields." + name;
  const bool is_template = !options.template_text.empty();
  Column column;
  column.how = How::kSteps;
  column.options = &options;
  column.field.name = name;
  if (const auto found = steps_.find(name); found != steps_.end()) {
    column.steps = found->second;
  } else {
    SENTINEL_ASSIGN(column.steps, Steps::open(options, name));
  }
  auto bound = column.steps->bind(in);
  if (!bound.ok())
    return std::move(bound).at_option(is_template ? path + ".template" : options.from.empty() ? path : path + ".from");
  const bool is_renamed = !options.from.empty() && options.from != name;
  column.where = "field \"" + name + "\"" +
                 (is_template  ? " from its template"
                  : is_renamed ? " from \"" + options.from + "\""
                               : "") +
                 ": ";
  SENTINEL_TRY(plan_stepped_value(column, in, path));
  return column;
}

Status Map::plan_stepped_value(Column& column, const Schema& in, const std::string& path) const {
  const auto& options = *column.options;
  const auto& source = column.steps->source();
  const auto& first = source.inputs().front();
  const bool is_text = !options.template_text.empty() || in[first.field].type == Type::kUtf8;
  if (!is_text && (cleans_text(options) || options.empty_is_null.value_or(false)))
    return invalid_config(fmt::format("the input field \"{}\" is {}, which holds no text to clean",
                                      in[first.field].name, in[first.field].type_text()))
        .at_option(path);
  column.to = cast_of(options);
  column.field = field_of(column.to, column.field.name);
  column.field.is_json = makes_json(options);
  column.empty_is_null = options.empty_is_null.value_or(column.to.type != CastType::kText) || options.default_value;
  const bool may_be_null =
      (source.may_be_null(in) && !options.null_as) || column.empty_is_null || column.steps->may_make_null();
  column.field.is_nullable = may_be_null && !options.default_value;
  return options.default_value ? check_value(*options.default_value, column.to, column.field, path + ".default")
                               : Status();
}

bool Map::Column::reads(std::size_t input) const {
  if (!steps) return from == input;
  const auto& inputs = steps->source().inputs();
  return std::any_of(inputs.begin(), inputs.end(), [&](const Input& each) { return each.field == input; });
}

void Map::plan_others(const Schema& in) {
  const auto planned = columns_.size();
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool is_taken = std::any_of(columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(planned),
                                      [&](const Column& c) { return c.reads(i) || c.field.name == in[i].name; });
    if (is_taken) continue;
    Column column;
    column.field = in[i];
    column.from = i;
    columns_.push_back(std::move(column));
  }
}

// A column can be moved once: its first rename gets it, and stays the key; later ones copy.
void Map::share_columns() {
  std::set<std::size_t> moved;
  for (auto& column : columns_) {
    if (column.how != How::kMove || moved.insert(column.from).second) continue;
    column.how = How::kCopy;
    column.field.is_key = column.field.is_version = false;
  }
}

// Money that names its currency in another field follows that field's new name; without that field the currency of the
// amount is unknown.
void Map::follow_currencies(const Schema& in) {
  for (auto& column : columns_) {
    auto& currency_field = column.field.currency_field;
    if (currency_field.empty()) continue;
    const auto source = in.find(currency_field);
    const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const Column& c) {
      return c.how == How::kMove && c.from == source && source != Schema::npos;
    });
    currency_field = found == columns_.end() ? "" : found->field.name;
    if (!column.field.is_money()) column.field.exponent = 0;
  }
}

// Of two amounts, such as a donation and its fee, the map cannot know which one the pipeline counts.
void Map::find_amount() {
  const auto is_amount = [](const Column& column) { return column.to.type == CastType::kMinorUnits; };
  const auto found = std::find_if(columns_.begin(), columns_.end(), is_amount);
  const bool is_only = std::count_if(columns_.begin(), columns_.end(), is_amount) == 1;
  amount_ = is_only ? static_cast<std::size_t>(found - columns_.begin()) : Schema::npos;
}

Status Map::append_cleaned(const Column& column, std::string_view text, ColumnBuilder& out) {
  const auto& options = *column.options;
  if (options.trim) text = trimmed(text);
  const bool is_empty = column.to.type == CastType::kText ? text.empty() : trimmed(text).empty();
  if (is_empty && options.default_value) return append_parsed(*options.default_value, column.to, out);
  if (is_empty && column.empty_is_null) return out.append_null(), Status();
  if (options.lower_case) return append_parsed(lower_cased(text), column.to, out);
  if (options.upper_case) return append_parsed(upper_cased(text), column.to, out);
  return append_parsed(text, column.to, out);
}

// The default replaces every null: of the input, of a path without a value, of a step.
Status Map::append_stepped(const Column& column, const std::vector<ColumnView>& from, std::int64_t row,
                           ColumnBuilder& out) {
  const auto& options = *column.options;
  const auto append_absent = [&] {
    if (options.default_value) return append_parsed(*options.default_value, column.to, out);
    return out.append_null(), Status();
  };
  SENTINEL_ASSIGN(auto text, column.steps->source().read(from, row, options.null_as));
  if (text) {
    const bool keeps_spaces = column.to.type == CastType::kText;
    SENTINEL_ASSIGN(text, column.steps->clean(std::move(*text), column.empty_is_null, keeps_spaces));
  }
  if (!text) return append_absent();
  if (!column.steps->dates()) return append_parsed(*text, column.to, out);
  SENTINEL_ASSIGN(const auto value, column.steps->dates()->read(*text));
  if (!value) return append_absent();
  column.to.type == CastType::kDate ? out.append_date(static_cast<std::int32_t>(*value)) : out.append_int64(*value);
  return {};
}

Status Map::append(const Column& column, const ColumnView& from, std::int64_t row, ColumnBuilder& out) {
  if (column.how == How::kCopy) return out.append_from(from, row), Status();
  if (from.is_null(row)) {
    if (column.options->default_value) return append_parsed(*column.options->default_value, column.to, out);
    return out.append_null(), Status();
  }
  if (column.how == How::kText) return append_cleaned(column, from.text(row), out);
  return append_cast(from, row, column.to, out);
}

void Map::build(const Column& column, const BatchView& view, ColumnBuilder& out, Faults& faults) {
  const auto settle = [&](std::int64_t row, Status why) {
    if (why.ok()) return;
    out.append_placeholder();  // keeps the columns aligned; the row is removed below
    faults.add(row, std::move(why).prefixed(column.where));
  };
  const auto rows = view.rows();
  if (column.how == How::kConstant) {
    for (std::int64_t row = 0; row < rows; ++row) settle(row, append_parsed(*column.options->constant, column.to, out));
    return;
  }
  if (column.how == How::kSteps) {
    const auto inputs = column.steps->source().columns(view);
    for (std::int64_t row = 0; row < rows; ++row) settle(row, append_stepped(column, inputs, row, out));
    return;
  }
  const auto from = view.column(column.from);
  for (std::int64_t row = 0; row < rows; ++row) settle(row, append(column, from, row, out));
}

Result<Applied> Map::apply(Batch in, RowRejects& rows) {
  const auto count = in.rows();
  Faults faults(count);
  std::vector<ColumnBuilder> built;
  for (const auto& column : columns_) {
    if (column.how == How::kMove) continue;
    build(column, in.view(in_), built.emplace_back(column.field), faults);
  }
  std::vector<ArrowArray> arrays;
  arrays.reserve(columns_.size());
  std::size_t next = 0;
  for (const auto& column : columns_)
    arrays.push_back(column.how == How::kMove ? in.take_column(column.from) : built[next++].finish());
  Applied applied;
  applied.batch = assemble(count, std::move(arrays), in.fault());
  SENTINEL_TRY(applied.batch.fault());
  if (faults.empty()) return applied;
  std::optional<ColumnView> amounts;
  if (amount_ != Schema::npos) amounts = applied.batch.view(out_).column(amount_);
  applied.origin = faults.report(rows, amounts);
  applied.batch = select_rows(applied.batch.view(out_), applied.origin);
  return applied;
}

}  // namespace sentinel::map_transform
