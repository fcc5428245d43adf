// Refuses rows whose field is empty, and passes the others on. Replace is_good() by your rule.
#include <sentinel/plugin.hpp>

namespace {

struct Options {
  std::string field;
};

class WidgetTransform final : public sentinel::Transform {
 public:
  static constexpr auto options = sentinel::options<Options>(
      sentinel::option("field", &Options::field, "The text field that must not be empty.").required());

  WidgetTransform(Options options, sentinel::Host&) : options_(std::move(options)) {}

  sentinel::Result<sentinel::Schema> bind(const sentinel::Schema& in) override {
    at_ = in.find(options_.field);
    if (at_ == sentinel::Schema::npos || in[at_].type != sentinel::Type::kUtf8)
      return sentinel::invalid_config("there is no text field \"" + options_.field + "\"").at_option("field");
    schema_ = in;
    return in;
  }

  // Every input row ends in `good`, filtered or rejected.
  sentinel::Result<sentinel::Applied> apply(sentinel::Batch in, sentinel::RowRejects& rows) override {
    const auto view = in.view(schema_);
    const auto column = view.column(at_);
    std::vector<std::int64_t> good;
    for (std::int64_t row = 0; row < view.rows(); ++row) {
      if (is_good(column, row))
        good.push_back(row);
      else
        rows.reject(row, sentinel::invalid_data("field \"" + options_.field + "\" is empty"));
    }
    auto batch = sentinel::select_rows(view, good);
    return sentinel::Applied{std::move(batch), std::move(good)};
  }

 private:
  static bool is_good(const sentinel::ColumnView& column, std::int64_t row) {
    return !column.is_null(row) && !column.text(row).empty();
  }

  Options options_;
  sentinel::Schema schema_;
  std::size_t at_ = 0;
};

}  // namespace

SENTINEL_PLUGIN("widget", "0.1.0", sentinel::transform<WidgetTransform>("widget", "Refuses rows with an empty field."))
