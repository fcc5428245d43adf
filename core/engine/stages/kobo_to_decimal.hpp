// The transform kobo_to_decimal: whole minor units become a decimal amount by moving the point.
#pragma once

#include <sentinel/option.hpp>
#include <sentinel/transform.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace sentinel::stages {

struct KoboToDecimalOptions {
  std::string field;
  std::string to;
  std::int64_t precision = 10;
  std::int64_t scale = 2;
  bool keep = false;
};

// Exact: the digits stay, no value is divided or rounded. An amount that `precision` digits do not hold is rejected.
class KoboToDecimal final : public Transform {
 public:
  static constexpr auto options = sentinel::options<KoboToDecimalOptions>(
      option("field", &KoboToDecimalOptions::field, "The int64 field that holds whole minor units (kobo, cents).")
          .required(),
      option("to", &KoboToDecimalOptions::to, "The name of the decimal field made from it.").required(),
      option("precision", &KoboToDecimalOptions::precision, "How many digits the decimal has in all.").min(1).max(38),
      option("scale", &KoboToDecimalOptions::scale, "How many of them follow the decimal point: 2 for kobo.")
          .min(0)
          .max(38),
      option("keep", &KoboToDecimalOptions::keep,
             "Whether the field of minor units stays, before the decimal, or is replaced by it."));
  // Errors: kInvalidConfig for a scale larger than the precision.
  static Result<std::unique_ptr<KoboToDecimal>> open(KoboToDecimalOptions options, Host& host);

  Result<Schema> bind(const Schema& in) override;
  Result<Applied> apply(Batch in, RowRejects& rows) override;

 private:
  explicit KoboToDecimal(KoboToDecimalOptions options) : options_(std::move(options)) {}
  Field decimal_field(const Field& kobo) const;
  Status out_of_range() const;

  KoboToDecimalOptions options_;
  int128 limit_ = 0;  // the largest number of minor units that fits
  Schema in_, out_;
  std::size_t column_ = 0;
};

}  // namespace sentinel::stages
