// The calls of the sink: batches are appended to the file of the run, which replaces the former file when the run
// finishes.
#include "file_sink/file_sink.hpp"

#include <fmt/format.h>

namespace sentinel::file_sink {
namespace {

Result<char> delimiter_of(const std::string& text) {
  if (text == "tab") return '\t';
  const bool is_one = text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80;
  if (!is_one || text == "\n" || text == "\r" || text == "\"")
    return invalid_config("must be one ASCII character that is not a quote or line break").at_option("delimiter");
  return text[0];
}

}  // namespace

Result<std::unique_ptr<FileSink>> FileSink::open(Options options, Host&) {
  CsvForm form;
  SENTINEL_ASSIGN(form.delimiter, delimiter_of(options.delimiter));
  if (options.null_text.find_first_of(std::string("\"\r\n") + form.delimiter) != std::string::npos)
    return invalid_config("must not hold quotes, line breaks or the delimiter").at_option("null_text");
  form.null_text = options.null_text;
  if (options.line_end == LineEnd::kCrlf) form.line_end = "\r\n";
  return std::unique_ptr<FileSink>(new FileSink(std::move(options), std::move(form)));
}

Status FileSink::bind(const Schema& schema) {
  if (file_ != nullptr && schema != schema_)
    return invalid_config(
        fmt::format("the fields of the source changed while \"{}\" was being written; name the wanted fields with a "
                    "map, and run again",
                    options_.path));
  schema_ = schema;
  return check_place(options_.path);
}

Status FileSink::begin() {
  if (file_ != nullptr) return {};
  SENTINEL_ASSIGN(auto file, PartialFile::begin(options_.path));
  std::string text;
  if (options_.format == Format::kCsv && options_.header) append_csv_header(schema_, form_, text);
  SENTINEL_TRY(file->append(text));
  file_ = std::move(file);
  return {};
}

Status FileSink::write(const BatchView& batch, const Claim*, RowOutcomes& outcomes) {
  SENTINEL_TRY(begin());
  std::string text;
  for (std::int64_t row = 0; row < batch.rows(); ++row) {
    Status written;
    if (options_.format == Format::kCsv)
      append_csv_row(batch, row, form_, text);
    else
      written = append_json_row(batch, row, text);
    if (written.ok())
      outcomes.set(row, Outcome::kInserted);
    else
      outcomes.reject(row, written);
  }
  return file_->append(text);
}

Status FileSink::finish(const RunSummary& summary) {
  if (summary.state != "finished") {
    file_.reset();
    return {};
  }
  SENTINEL_TRY(begin());
  const auto file = std::move(file_);
  return file->publish();
}

}  // namespace sentinel::file_sink
