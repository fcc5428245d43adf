// The map transform: selects, renames, cleans and casts fields.
#pragma once

#include "map_transform/cast.hpp"
#include "map_transform/options.hpp"
#include "map_transform/steps.hpp"

#include <sentinel/transform.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::map_transform {

// Output fields come in the order written. A pure rename moves its column; everything else builds a new one. The reject
// of a row carries its amount, where that is the only one that the map reads and another field is at fault.
class Map final : public Transform {
 public:
  static constexpr auto options = kOptions;
  // Errors: kInvalidConfig for descriptions that contradict themselves or name a missing field.
  static Result<std::unique_ptr<Map>> open(Options options, Host& host);

  Result<Schema> bind(const Schema& in) override;
  Result<Applied> apply(Batch in, RowRejects& rows) override;

 private:
  enum class How { kMove, kCopy, kConstant, kText, kCast, kSteps };
  struct Column {
    bool reads(std::size_t input) const;

    Field field;  // of the output
    How how = How::kMove;
    std::size_t from = Schema::npos;
    const FieldOptions* options = nullptr;  // null: kept by keep_others
    CastTo to;
    bool empty_is_null = false;
    std::optional<Steps> steps;  // of kSteps
    std::string where;           // opens a reject's message
  };
  class Faults;

  explicit Map(Options options) : options_(std::move(options)) {}
  Result<Column> plan(const std::string& name, const FieldOptions& options, const Schema& in) const;
  Result<Column> plan_constant(const std::string& name, const FieldOptions& options) const;
  Status plan_value(Column& column, const Field& source, const std::string& path) const;
  Result<Column> plan_steps(const std::string& name, const FieldOptions& options, const Schema& in) const;
  Status plan_stepped_value(Column& column, const Schema& in, const std::string& path) const;
  void plan_others(const Schema& in);
  void share_columns();
  void follow_currencies(const Schema& in);
  void find_amount();
  static void build(const Column& column, const BatchView& view, ColumnBuilder& out, Faults& faults);
  static Status append(const Column& column, const ColumnView& from, std::int64_t row, ColumnBuilder& out);
  static Status append_stepped(const Column& column, const std::vector<ColumnView>& from, std::int64_t row,
                               ColumnBuilder& out);
  static Status append_cleaned(const Column& column, std::string_view text, ColumnBuilder& out);

  Options options_;
  std::map<std::string, Steps> steps_;  // by output field, of those that have any
  Schema in_, out_;
  std::vector<Column> columns_;
  std::size_t amount_ = Schema::npos;  // the one column of an amount; a reject carries what it read
};

}  // namespace sentinel::map_transform
