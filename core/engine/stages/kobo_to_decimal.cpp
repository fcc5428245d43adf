// Moves the point of a column of minor units; simple loops over whole buffers, and no double anywhere.
#include "engine/stages/kobo_to_decimal.hpp"

#include <vector>

namespace sentinel::stages {
namespace {

// The largest number of `precision` digits.
int128 limit_of(std::int64_t precision) {
  int128 power = 1;
  for (std::int64_t i = 0; i < precision; ++i) power *= 10;
  return power - 1;
}

// The buffers of a decimal column; they die with the array made of them.
struct DecimalColumn {
  std::vector<int128> values;
  std::vector<std::uint8_t> validity;  // empty: no null
  std::int64_t nulls = 0;
  const void* buffers[2] = {nullptr, nullptr};

  explicit DecimalColumn(std::int64_t rows) : values(static_cast<std::size_t>(rows)) {}
  void set_null(std::int64_t row) {
    if (validity.empty()) validity.assign(values.size() / 8 + 1, 0xFF);
    auto& bits = validity[static_cast<std::size_t>(row >> 3)];
    bits = static_cast<std::uint8_t>(bits & ~(1u << (row & 7)));
    ++nulls;
  }
};

void release_decimals(ArrowArray* array) {
  delete static_cast<DecimalColumn*>(array->private_data);
  array->release = nullptr;
}

ArrowArray to_array(std::unique_ptr<DecimalColumn> column) {
  static constexpr std::uint8_t kNothing[16] = {};  // a buffer of no bytes still needs an address
  ArrowArray array{};
  array.length = static_cast<std::int64_t>(column->values.size());
  array.null_count = column->nulls;
  column->buffers[0] = column->validity.empty() ? nullptr : column->validity.data();
  column->buffers[1] = column->values.empty() ? static_cast<const void*>(kNothing) : column->values.data();
  array.n_buffers = 2;
  array.buffers = column->buffers;
  array.release = release_decimals;
  array.private_data = column.release();
  return array;
}

}  // namespace

Result<std::unique_ptr<KoboToDecimal>> KoboToDecimal::open(KoboToDecimalOptions options, Host&) {
  if (options.scale > options.precision)
    return invalid_config("the scale " + std::to_string(options.scale) + " is larger than the precision " +
                          std::to_string(options.precision))
        .at_option("scale");
  if (options.keep && options.field == options.to)
    return invalid_config("the decimal needs a name of its own beside the field that is kept").at_option("to");
  auto self = std::unique_ptr<KoboToDecimal>(new KoboToDecimal(std::move(options)));
  self->limit_ = limit_of(self->options_.precision);
  return self;
}

Field KoboToDecimal::decimal_field(const Field& kobo) const {
  auto field = decimal(options_.to, static_cast<int>(options_.precision), static_cast<int>(options_.scale));
  field.is_nullable = kobo.is_nullable;
  field.currency = kobo.currency;
  field.currency_field = kobo.currency_field;
  field.exponent = kobo.exponent;
  field.minor_field = kobo.name;
  return field;
}

Result<Schema> KoboToDecimal::bind(const Schema& in) {
  const auto column = in.find(options_.field);
  if (column == Schema::npos) {
    std::string list;
    for (const auto& field : in)
      if (field.type == Type::kInt64) list += (list.empty() ? "" : ", ") + field.name;
    return invalid_config("the input has no field \"" + options_.field +
                          "\"; its int64 fields are: " + (list.empty() ? "none" : list))
        .at_option("field");
  }
  const auto& kobo = in[column];
  if (kobo.type != Type::kInt64)
    return invalid_config("the field \"" + kobo.name + "\" is " + kobo.type_text() +
                          ", not int64; turn it into whole minor units with map first")
        .at_option("field");
  if (kobo.is_money() && kobo.exponent != options_.scale)
    return invalid_config("the minor unit of \"" + kobo.name + "\" stands for " + std::to_string(kobo.exponent) +
                          " decimal places, but the scale is " + std::to_string(options_.scale))
        .at_option("scale");
  if (const auto taken = in.find(options_.to); taken != Schema::npos && taken != column)
    return invalid_config("the input already has a field \"" + options_.to + "\"").at_option("to");

  column_ = column;
  in_ = in;
  out_ = Schema();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (i != column || options_.keep) out_.add(in[i]);
    if (i == column) out_.add(decimal_field(kobo));
  }
  return out_;
}

Status KoboToDecimal::out_of_range() const {
  return invalid_data("field \"" + options_.field + "\": more minor units than decimal(" +
                      std::to_string(options_.precision) + "," + std::to_string(options_.scale) + ") holds, at most " +
                      sentinel::to_string(limit_) + " either way")
      .native("kobo_to_decimal", "out_of_range");
}

Result<Applied> KoboToDecimal::apply(Batch in, RowRejects& rows) {
  const auto count = in.rows();
  const auto kobo = in.view(in_).column(column_);
  auto decimals = std::make_unique<DecimalColumn>(count);
  for (std::int64_t row = 0; row < count; ++row)
    if (kobo.is_null(row))
      decimals->set_null(row);
    else
      decimals->values[static_cast<std::size_t>(row)] = kobo.int64(row);
  bool is_beyond = false;
  for (const auto value : decimals->values) is_beyond |= value > limit_ || value < -limit_;

  std::vector<std::int64_t> good;
  if (is_beyond)
    for (std::int64_t row = 0; row < count; ++row) {
      const auto value = decimals->values[static_cast<std::size_t>(row)];
      if (value > limit_ || value < -limit_)
        rows.reject(row, out_of_range());
      else
        good.push_back(row);
    }

  std::vector<ArrowArray> columns;
  columns.reserve(out_.size());
  for (std::size_t i = 0; i < in_.size(); ++i) {
    if (i != column_ || options_.keep) columns.push_back(in.take_column(i));
    if (i == column_) columns.push_back(to_array(std::move(decimals)));
  }
  Applied applied;
  applied.batch = assemble(count, std::move(columns));
  if (!is_beyond) return applied;
  applied.batch = select_rows(applied.batch.view(out_), good);
  applied.origin = std::move(good);
  return applied;
}

}  // namespace sentinel::stages
