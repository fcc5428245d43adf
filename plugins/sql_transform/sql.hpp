// The sql transform: fields and conditions as expressions in SQLite's language.
#pragma once

#include "sql_transform/options.hpp"
#include "sql_transform/sandbox.hpp"
#include "sql_transform/values.hpp"

#include <sentinel/transform.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sentinel::sql_transform {

// One prepared statement computes all fields of a record; the values of the record are its parameters.
class Sql final : public Transform {
 public:
  static constexpr auto options = kOptions;
  // Errors: kInvalidConfig for options that have no effect or contradict each other.
  static Result<std::unique_ptr<Sql>> open(Options options, Host& host);

  // Errors: kInvalidConfig for what SQLite does not understand, for an unknown field, and where the type is unknown.
  Result<Schema> bind(const Schema& in) override;
  Result<Applied> apply(Batch in, RowRejects& rows) override;

 private:
  enum class How { kMove, kCopy, kCompute };
  struct Column {
    Field field;  // of the output
    How how = How::kMove;
    std::size_t from = Schema::npos;          // of kMove and kCopy
    const std::string* expression = nullptr;  // of kCompute
  };
  Sql(Options options, Host& host) : options_(std::move(options)), host_(host) {}
  Status plan(const Schema& in);
  Result<Column> plan_field(const std::string& name, const SetOptions& options);
  Result<Field> type_of(const std::string& name, const SetOptions& options, std::size_t plain) const;
  Status check_reads(const Analysis& analysis, const std::string& path);
  void share_columns();
  void follow_currencies();
  Result<Statement> prepare_all();
  Result<bool> evaluate(const BatchView& view, std::int64_t row, std::vector<Value>& values);
  Applied assemble_rows(Batch in, std::vector<ColumnBuilder> computed, std::vector<std::int64_t> passes) const;

  Options options_;
  Host& host_;
  Schema in_, out_;
  std::vector<Column> columns_;
  std::set<std::size_t> reads_;  // fields that the expressions name; parameter i + 1 is the i-th of them
  std::unique_ptr<Sandbox> sandbox_;
  Statement statement_;  // dies before its connection; null if nothing is to be computed
};

}  // namespace sentinel::sql_transform
