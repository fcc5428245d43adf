// Evaluates conditions over a batch; only a batch that loses rows is rebuilt.
#include "filter_transform/filter.hpp"

#include "support/passing_rows.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>

#include <re2/re2.h>

#include <algorithm>

namespace sentinel::filter_transform {
namespace {

bool is_number(Type type) { return type == Type::kInt64 || type == Type::kDecimal; }

// The value as written in options: integers in digits, decimals with their point.
std::string text_of(const ColumnView& column, std::int64_t row) {
  switch (column.type()) {
    case Type::kBool: return column.boolean(row) ? "true" : "false";
    case Type::kInt64: return std::to_string(column.int64(row));
    case Type::kDecimal: return column.decimal(row).to_string();
    default: return std::string(column.text(row));
  }
}

// Exact at any scale.
bool is_less(const Decimal& a, const Decimal& b) {
  const auto scale = std::max(a.scale, b.scale);
  const auto wide_a = a.rescaled(scale), wide_b = b.rescaled(scale);
  if (wide_a && wide_b) return wide_a->unscaled < wide_b->unscaled;
  return wide_a ? b.unscaled > 0 : a.unscaled < 0;  // what does not fit is larger in magnitude than anything that does
}

Decimal number_of(const ColumnView& column, std::int64_t row) {
  return column.type() == Type::kInt64 ? Decimal{column.int64(row), 0} : column.decimal(row);
}

Status check_limits(const ConditionOptions& options, const std::string& path) {
  const bool says_something =
      options.is || options.one_of || options.min || options.max || options.pattern || options.is_null;
  if (!says_something) return invalid_config("the condition is empty").at_option(path);
  if (options.min && options.max && *options.min > *options.max)
    return invalid_config("min is larger than max").at_option(path + ".min");
  if (options.one_of && options.one_of->empty())
    return invalid_config("one_of is empty, so no value is allowed").at_option(path + ".one_of");
  return {};
}

Status check_types(const ConditionOptions& options, const Field& field, const std::string& path) {
  const auto refuse = [&](const char* option, const char* wanted) {
    return invalid_config(fmt::format("the field \"{}\" is {}; {} is for {}, so cast it with map first", field.name,
                                      field.type_text(), option, wanted))
        .at_option(path + "." + option);
  };
  const bool has_words = field.type == Type::kUtf8 || field.type == Type::kBool || is_number(field.type);
  if (options.is && !has_words) return refuse("is", "texts, numbers and true or false");
  if (options.is && field.type == Type::kBool && *options.is != "true" && *options.is != "false")
    return invalid_config(fmt::format("the field \"{}\" is true or false, never \"{}\"", field.name, *options.is))
        .at_option(path + ".is");
  if (options.is && is_number(field.type) && !Decimal::parse(*options.is))
    return invalid_config(fmt::format("the field \"{}\" is a number, never \"{}\"", field.name, *options.is))
        .at_option(path + ".is");
  if (options.one_of && !has_words) return refuse("one_of", "texts and numbers");
  if (options.min && !is_number(field.type)) return refuse("min", "integers and decimals");
  if (options.max && !is_number(field.type)) return refuse("max", "integers and decimals");
  if (options.pattern && field.type != Type::kUtf8) return refuse("pattern", "text");
  return {};
}

}  // namespace

Filter::~Filter() = default;

Result<std::unique_ptr<Filter>> Filter::open(Options options, Host&) {
  if (options.keep.empty() && options.drop.empty())
    return invalid_config("no condition; name fields under keep or drop, as in keep: { status: publish }")
        .at_option("keep");
  auto self = std::unique_ptr<Filter>(new Filter());
  SENTINEL_TRY(prepare("keep", options.keep, self->keep_));
  SENTINEL_TRY(prepare("drop", options.drop, self->drop_));
  self->on_departure_ = options.on_departure;
  self->reason_ = std::move(options.reason);
  return self;
}

Status Filter::prepare(const char* option, Ordered<ConditionOptions>& given, Conditions& conditions) {
  for (auto& [field, one] : given) {
    Condition condition{field, std::string(option) + "." + field, std::move(one), nullptr, Schema::npos};
    SENTINEL_TRY(check_limits(condition.options, condition.path));
    if (condition.options.pattern) {
      re2::RE2::Options quiet;
      quiet.set_log_errors(false);
      condition.pattern = std::make_unique<re2::RE2>(*condition.options.pattern, quiet);
      if (!condition.pattern->ok())
        return invalid_config("the pattern is not valid: " + condition.pattern->error())
            .at_option(condition.path + ".pattern");
    }
    conditions.push_back(std::move(condition));
  }
  return {};
}

Status Filter::bind(Conditions& conditions, const Schema& in) {
  for (auto& condition : conditions) {
    condition.column = in.find(condition.field);
    if (condition.column == Schema::npos)
      return invalid_config(unknown_field(condition.field, in)).at_option(condition.path);
    SENTINEL_TRY(check_types(condition.options, in[condition.column], condition.path));
  }
  return {};
}

Result<Schema> Filter::bind(const Schema& in) {
  SENTINEL_TRY(bind(keep_, in));
  SENTINEL_TRY(bind(drop_, in));
  in_ = in;
  auto out = in;
  out.set_departures(on_departure_ == Departure::kMark, on_departure_ == Departure::kDelete);
  return out;
}

bool Filter::holds(const Condition& condition, const ColumnView& column, std::int64_t row) {
  const auto& options = condition.options;
  if (column.is_null(row)) return options.is_null.value_or(false);
  if (options.is_null.value_or(false)) return false;
  if (options.min && is_less(number_of(column, row), Decimal{*options.min, 0})) return false;
  if (options.max && is_less(Decimal{*options.max, 0}, number_of(column, row))) return false;
  if (condition.pattern) {
    const auto text = column.text(row);
    if (!re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *condition.pattern)) return false;
  }
  if (!options.is && !options.one_of) return true;
  const auto text = text_of(column, row);
  if (options.is && text != *options.is) return false;
  return !options.one_of || std::ranges::find(*options.one_of, text) != options.one_of->end();
}

bool Filter::all_hold(const Conditions& conditions, const BatchView& rows, std::int64_t row) {
  return std::ranges::all_of(
      conditions, [&](const Condition& condition) { return holds(condition, rows.column(condition.column), row); });
}

Result<Applied> Filter::apply(Batch in, RowRejects& rows) {
  const auto view = in.view(in_);
  std::vector<std::int64_t> passes;
  for (std::int64_t row = 0; row < view.rows(); ++row) {
    const bool is_kept = all_hold(keep_, view, row);
    const bool is_dropped = !drop_.empty() && all_hold(drop_, view, row);
    if (is_kept && !is_dropped)
      passes.push_back(row);
    else
      rows.depart(row, on_departure_, !reason_.empty() ? reason_ : is_kept ? "meets drop" : "does not meet keep");
  }
  return support::pass_rows(in, view, std::move(passes));
}

}  // namespace sentinel::filter_transform
