// The mask transform: hides personal data before it reaches the target.
#pragma once

#include "mask_transform/options.hpp"

#include <sentinel/transform.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sentinel::mask_transform {

class Mask final : public Transform {
 public:
  static constexpr auto options = kOptions;
  // Errors: kInvalidConfig for a hash without a key or with a short one, and for a field with no masking or two.
  static Result<std::unique_ptr<Mask>> open(Options options, Host& host);

  Result<Schema> bind(const Schema& in) override;
  Result<Applied> apply(Batch in, RowRejects& rows) override;

 private:
  explicit Mask(Options options) : options_(std::move(options)) {}
  void hide(const FieldOptions& options, const ColumnView& from, std::int64_t row, ColumnBuilder& to) const;

  Options options_;
  Schema in_, out_;
  std::vector<const FieldOptions*> masks_;  // by field; null: not masked
};

}  // namespace sentinel::mask_transform
