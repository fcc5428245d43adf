// Rows that find mistakes: for each type its ends, its middle, null, and what people really type.
#pragma once

#include <sentinel/batch.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sentinel::testkit {

// What transforms and sinks are fed unless the author has fields of his own: each type once, and a key.
inline Schema sample_fields() {
  auto key = utf8("ref").key();
  key.is_nullable = false;
  return Schema{key,
                utf8("email"),
                money("amount_kobo", "NGN", 2),
                decimal("amount_naira", 18, 2),
                int64("quantity"),
                float64("ratio"),
                boolean("is_public"),
                date("due_on"),
                timestamp("donated_at"),
                json("details"),
                binary("receipt")};
}

namespace detail {

inline std::string sample_text(std::int64_t i) {
  using namespace std::string_view_literals;
  static const std::array<std::string, 9> texts{"ada@example.org",
                                                "",
                                                " obi@example.org ",
                                                "Zoë Adébáyọ̀ \U0001F600",
                                                "O'Brien \"\\; --",
                                                std::string("nul\0inside"sv),
                                                "line one\nline two",
                                                std::string(300, 'x'),
                                                "-12.50"};
  return texts[static_cast<std::size_t>(i) % texts.size()];
}

inline int128 largest(int precision) {
  int128 value = 1;
  for (int i = 0; i < precision; ++i) value *= 10;
  return value - 1;
}

inline void append_sample(ColumnBuilder& column, const Field& field, std::int64_t i) {
  static constexpr std::array<std::int64_t, 6> kNumbers{
      1250, 0, 1, -1, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  static constexpr std::array<double, 4> kFloats{0.5, 0.0, -1234.25, 1e15};
  static constexpr std::array<std::int64_t, 4> kSeconds{1'700'000'000, 0, 4'102'444'799, 951'782'400};
  const auto at = static_cast<std::size_t>(i);
  const auto seconds = kSeconds[at % kSeconds.size()];
  switch (field.type) {
    case Type::kBool: return column.append_bool(i % 2 == 0);
    case Type::kInt64: return column.append_int64(kNumbers[at % kNumbers.size()]);
    case Type::kFloat64: return column.append_float64(kFloats[at % kFloats.size()]);
    case Type::kDate: return column.append_date(static_cast<std::int32_t>(seconds / 86400));
    case Type::kTimestamp: return column.append_int64(seconds * 1'000'000);
    case Type::kDecimal: {
      const auto most = largest(field.precision);
      const std::array<int128, 5> decimals{most / 3, 0, 1, most, -most};
      return column.append_decimal(decimals[at % decimals.size()]);
    }
    case Type::kBinary: return column.append_text(std::string_view("\xff\x00\x01", 3));
    case Type::kUtf8: return column.append_text(field.is_json ? R"({"a": [1, null, "é"]})" : sample_text(i));
  }
}

// No two rows of one tag share a key, and rows of two tags only by the worst of luck.
inline void append_key(ColumnBuilder& column, const Field& field, const std::string& tag, std::int64_t i) {
  const auto base = static_cast<std::int64_t>(std::hash<std::string>{}(tag) >> 16);
  if (field.type == Type::kInt64)
    column.append_int64(base + i);
  else if (field.type == Type::kUtf8)
    column.append_text(tag + "-" + std::to_string(i));
  else
    append_sample(column, field, i);
}

}  // namespace detail

// `rows` rows. Every fifth value of a nullable field is null; keys are made of `tag`.
inline Batch sample_rows(const Schema& schema, const std::string& tag, std::int64_t rows) {
  BatchBuilder builder(schema);
  for (std::size_t f = 0; f < schema.size(); ++f)
    for (std::int64_t i = 0; i < rows; ++i) {
      if (schema[f].is_key)
        detail::append_key(builder.column(f), schema[f], tag, i);
      else if (schema[f].is_nullable && (i + static_cast<std::int64_t>(f)) % 5 == 4)
        builder.column(f).append_null();
      else
        detail::append_sample(builder.column(f), schema[f], i);
    }
  return builder.finish();
}

// What transforms and sinks are fed: made-up rows of some fields, or an author's own rows.
class Samples {
 public:
  Samples(Schema fields) : fields_(std::move(fields)) {}
  // REQUIRES: at least one row, in the shape of `fields`.
  Samples(Schema fields, Batch own) : fields_(std::move(fields)), own_(std::move(own)) {}

  // What a transform must make of the author's rows: those that pass, in their order, in the shape that bind declares.
  // REQUIRES: rows of the author's own.
  Samples expecting(Batch output) && {
    expected_ = std::move(output);
    return std::move(*this);
  }

  const Schema& fields() const { return fields_; }
  const Batch* expected() const { return expected_.has_array() ? &expected_ : nullptr; }
  // The author's rows as they stand, or made-up ones.
  Batch as_given() const { return own_.has_array() ? copy_of_own() : sample_rows(fields_, "conformance", kMadeUp); }
  std::int64_t given_count() const { return own_.has_array() ? own_.rows() : kMadeUp; }
  // `rows` rows with keys made of `tag`; an author's values stand in the other fields, over and over.
  Batch fresh(const std::string& tag, std::int64_t rows) const {
    if (!own_.has_array()) return sample_rows(fields_, tag, rows);
    BatchBuilder builder(fields_);
    const auto own = own_.view(fields_);
    for (std::size_t f = 0; f < fields_.size(); ++f)
      for (std::int64_t i = 0; i < rows; ++i) {
        const auto& field = fields_[f];
        const bool can_be_made = field.type == Type::kInt64 || field.type == Type::kUtf8;
        if (field.is_key && can_be_made)
          detail::append_key(builder.column(f), field, tag, i);
        else
          builder.column(f).append_from(own.column(f), i % own_.rows());
      }
    return builder.finish();
  }

 private:
  static constexpr std::int64_t kMadeUp = 45;

  Batch copy_of_own() const {
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < own_.rows(); ++row) rows.push_back(row);
    return select_rows(own_.view(fields_), rows);
  }

  Schema fields_;
  Batch own_, expected_;
};

}  // namespace sentinel::testkit
