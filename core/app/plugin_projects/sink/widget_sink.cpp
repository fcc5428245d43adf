// Appends every row to a text file, one line a row: a sink of level 1. Replace append() by your target.
#include <sentinel/plugin.hpp>

#include <cerrno>
#include <cstdio>

namespace {

struct Options {
  std::string path;
};

class WidgetSink final : public sentinel::Sink {
 public:
  static constexpr auto options = sentinel::options<Options>(
      sentinel::option("path", &Options::path, "The file that lines are appended to.").required());

  WidgetSink(Options options, sentinel::Host&) : options_(std::move(options)) {}

  // Judges the fields before anything is written: this sink keeps text and whole numbers.
  sentinel::Status bind(const sentinel::Schema& schema) override {
    for (const auto& field : schema)
      if (field.type != sentinel::Type::kUtf8 && field.type != sentinel::Type::kInt64)
        return sentinel::invalid_config("field \"" + field.name + "\" is " + field.type_text() +
                                        ", which this sink does not write");
    return {};
  }

  // A fault of one row is outcomes.reject(); an error stops or pauses the pipeline by its code.
  sentinel::Status write(const sentinel::BatchView& batch, const sentinel::Claim*,
                         sentinel::RowOutcomes& outcomes) override {
    std::string lines;
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      lines += line_of(batch, row);
      outcomes.set(row, sentinel::Outcome::kInserted);
    }
    return append(lines);
  }

 private:
  static std::string line_of(const sentinel::BatchView& batch, std::int64_t row) {
    std::string line;
    for (std::size_t i = 0; i < batch.schema().size(); ++i) {
      const auto column = batch.column(i);
      line += (i == 0 ? "" : "\t") + batch.schema()[i].name + "=";
      if (column.is_null(row)) continue;
      line +=
          column.type() == sentinel::Type::kInt64 ? std::to_string(column.int64(row)) : std::string(column.text(row));
    }
    return line + "\n";
  }
  sentinel::Status append(const std::string& lines) const {
    auto* file = std::fopen(options_.path.c_str(), "a");
    if (file == nullptr)
      return {errno == ENOSPC ? sentinel::Code::kStorage : sentinel::Code::kRefused, "cannot write " + options_.path};
    const bool is_whole = std::fwrite(lines.data(), 1, lines.size(), file) == lines.size();
    if (std::fclose(file) != 0 || !is_whole) return {sentinel::Code::kStorage, "cannot write all of " + options_.path};
    return {};
  }

  Options options_;
};

}  // namespace

SENTINEL_PLUGIN("widget", "0.1.0", sentinel::sink<WidgetSink>("widget", "Appends rows to a text file."))
