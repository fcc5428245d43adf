// The filter transform: filters records on purpose, and decides what happens to their rows in the target.
#pragma once

#include "filter_transform/options.hpp"

#include <sentinel/transform.hpp>

#include <memory>
#include <string>
#include <vector>

namespace re2 {
class RE2;
}

namespace sentinel::filter_transform {

class Filter final : public Transform {
 public:
  static constexpr auto options = kOptions;
  // Errors: kInvalidConfig without a condition, for an invalid pattern, and for limits that no value can meet.
  static Result<std::unique_ptr<Filter>> open(Options options, Host& host);
  ~Filter() override;

  Result<Schema> bind(const Schema& in) override;
  Result<Applied> apply(Batch in, RowRejects& rows) override;

 private:
  struct Condition {
    std::string field, path;  // path: of its option
    ConditionOptions options;
    std::unique_ptr<re2::RE2> pattern;
    std::size_t column = Schema::npos;  // since bind
  };
  using Conditions = std::vector<Condition>;
  Filter() = default;
  static Status prepare(const char* option, Ordered<ConditionOptions>& given, Conditions& conditions);
  static Status bind(Conditions& conditions, const Schema& in);
  static bool holds(const Condition& condition, const ColumnView& column, std::int64_t row);
  static bool all_hold(const Conditions& conditions, const BatchView& rows, std::int64_t row);

  Conditions keep_, drop_;
  Departure on_departure_ = Departure::kKeep;
  std::string reason_;
  Schema in_;
};

}  // namespace sentinel::filter_transform
