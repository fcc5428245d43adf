// The validate transform: rejects the rows that break a rule, and passes the others on untouched.
#pragma once

#include "validate_transform/options.hpp"

#include <sentinel/transform.hpp>

#include <memory>
#include <string>
#include <vector>

namespace re2 {
class RE2;
}

namespace sentinel::validate_transform {

class Validate final : public Transform {
 public:
  static constexpr auto options = kOptions;
  // Errors: kInvalidConfig for an invalid pattern and for limits that no value can meet.
  static Result<std::unique_ptr<Validate>> open(Options options, Host& host);
  ~Validate() override;

  // The same schema; a required field is no longer nullable.
  Result<Schema> bind(const Schema& in) override;
  Result<Applied> apply(Batch in, RowRejects& rows) override;

 private:
  struct Rule {
    std::string field;
    RuleOptions options;
    std::unique_ptr<re2::RE2> pattern;
    std::size_t column = Schema::npos;  // since bind
  };
  class Faults;
  Validate() = default;
  static void check(const Rule& rule, const Field& field, const ColumnView& column, std::int64_t rows, Faults& faults);

  std::vector<Rule> rules_;
  Schema in_;
};

}  // namespace sentinel::validate_transform
