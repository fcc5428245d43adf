// The deduplicate transform: of the records of a batch with equal values in some fields, one passes.
#pragma once

#include "deduplicate_transform/options.hpp"

#include <sentinel/transform.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::deduplicate_transform {

// Keeps no state from one batch to the next (docs/internals/decisions/0063).
class Deduplicate final : public Transform {
 public:
  static constexpr auto options = kOptions;
  // Errors: kInvalidConfig without a field to compare by, and for newest without newest_by or vice versa.
  static Result<std::unique_ptr<Deduplicate>> open(Options options, Host& host);

  Result<Schema> bind(const Schema& in) override;
  Result<Applied> apply(Batch in, RowRejects& rows) override;

 private:
  explicit Deduplicate(Options options) : options_(std::move(options)) {}
  std::optional<std::string> identity(const BatchView& rows, std::int64_t row) const;
  std::optional<int128> version(const BatchView& rows, std::int64_t row) const;
  bool takes_the_place(const BatchView& rows, std::int64_t later, std::int64_t earlier) const;
  std::vector<std::int64_t> keepers(const BatchView& rows) const;
  std::string reason(const BatchView& rows, std::int64_t kept) const;

  Options options_;
  Schema in_;
  std::vector<std::size_t> by_, source_key_;  // since bind
  std::size_t newest_by_ = Schema::npos;
  std::string fields_;  // the fields of `by`, for the reason
};

}  // namespace sentinel::deduplicate_transform
