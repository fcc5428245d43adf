// A source that gives each field what it cannot hold, in the way that its option names; built with -O2 -DNDEBUG.
#include <sentinel/plugin.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <map>

namespace {

using sentinel::BatchBuilder;
using sentinel::Decimal;

struct Options {
  std::string how;
};

// Column by column, so that each way shows one value. 0: ref, 1: kobo, 2: naira, 3: ratio, 4: public, 5: day.
const std::map<std::string, std::function<void(BatchBuilder&)>> kWays = {
    {"double_money",
     [](auto& batch) {
       batch.append("a", 12.5, Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"double_decimal", [](auto& batch) { batch.append("a", 1250, 12.5, 0.5, true, 20000); }},
    {"double_bool",
     [](auto& batch) {
       batch.append("a", 1250, Decimal{1250, 2}, 0.5, 1.0, 20000);
     }},
    {"double_day",
     [](auto& batch) {
       batch.append("a", 1250, Decimal{1250, 2}, 0.5, true, 20000.0);
     }},
    {"integer_decimal", [](auto& batch) { batch.append("a", 1250, 1250, 0.5, true, 20000); }},
    {"integer_float",
     [](auto& batch) {
       batch.append("a", 1250, Decimal{1250, 2}, 1, true, 20000);
     }},
    {"integer_text",
     [](auto& batch) {
       batch.append(7, 1250, Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"decimal_money",
     [](auto& batch) {
       batch.append("a", Decimal{1250, 2}, Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"decimal_scale",
     [](auto& batch) {
       batch.append("a", 1250, Decimal{125000, 4}, 0.5, true, 20000);
     }},
    {"bool_money",
     [](auto& batch) {
       batch.append("a", true, Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"text_money",
     [](auto& batch) {
       batch.append("a", "12.50", Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"large_unsigned",
     [](auto& batch) {
       batch.append("a", std::numeric_limits<std::uint64_t>::max(), Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"large_day",
     [](auto& batch) {
       batch.append("a", 1250, Decimal{1250, 2}, 0.5, true, std::int64_t{1} << 40);
     }},
    {"null_key",
     [](auto& batch) {
       batch.append(nullptr, 1250, Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"empty_optional_key",
     [](auto& batch) {
       batch.append(std::optional<std::string>(), 1250, Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"null_pointer",
     [](auto& batch) {
       const char* none = nullptr;
       batch.append(none, 1250, Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"few_values", [](auto& batch) { batch.append("a", 1250); }},
    {"short_column", [](auto& batch) { batch.column(0).append("a"); }},
    {"no_column", [](auto& batch) { batch.column(6).append("a"); }},
    {"second_row",
     [](auto& batch) {
       batch.append("a", 1250, Decimal{1250, 2}, 0.5, true, 20000);
       batch.append("b", 12.5, Decimal{1250, 2}, 0.5, true, 20000);
       batch.append("c", "x", Decimal{1250, 2}, 0.5, true, 20000);
     }},
    {"good",
     [](auto& batch) {
       batch.append("a", 1250, Decimal{1250, 2}, 0.5, true, 20000);
       batch.append("b", std::optional<std::int64_t>(), nullptr, nullptr, std::nullopt, nullptr);
     }},
};

class Append final : public sentinel::Source {
 public:
  static constexpr auto options =
      sentinel::options<Options>(sentinel::option("how", &Options::how, "What to append.").required());
  Append(Options options, sentinel::Host&) : options_(std::move(options)) {}

  sentinel::Result<sentinel::Schema> schema() override { return schema_; }
  sentinel::Result<sentinel::Page> read(const sentinel::Cursor&, const sentinel::Limits&, sentinel::Rejects&) override {
    BatchBuilder batch(schema_);
    kWays.at(options_.how)(batch);
    return sentinel::Page{batch.finish(), sentinel::Cursor(1), true};
  }

 private:
  Options options_;
  sentinel::Schema schema_{sentinel::utf8("ref").key(),       sentinel::money("kobo", "NGN", 2),
                           sentinel::decimal("naira", 10, 2), sentinel::float64("ratio"),
                           sentinel::boolean("public"),       sentinel::date("day")};
};

// A transform that makes one column of its output without a batch builder.
class AppendTransform final : public sentinel::Transform {
 public:
  struct None {};
  static constexpr auto options = sentinel::options<None>();
  AppendTransform(None, sentinel::Host&) {}
  sentinel::Result<sentinel::Schema> bind(const sentinel::Schema& in) override { return in; }
  sentinel::Result<sentinel::Applied> apply(sentinel::Batch in, sentinel::RowRejects&) override {
    sentinel::ColumnBuilder column(sentinel::money("kobo", "NGN", 2));
    for (std::int64_t row = 0; row < in.rows(); ++row) column.append(0.01);
    std::vector<ArrowArray> columns{column.finish()};
    return sentinel::Applied{sentinel::assemble(in.rows(), std::move(columns)), {}};
  }
};

}  // namespace

SENTINEL_PLUGIN("append", "1.0.0", sentinel::source<Append>("append", "Gives fields what they cannot hold."),
                sentinel::transform<AppendTransform>("append", "Gives a column what it cannot hold."))
