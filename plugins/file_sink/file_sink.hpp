// Writes each run as one whole file, CSV or JSON lines, and puts it in place of the former one when the run finished.
#pragma once

#include "file_sink/options.hpp"
#include "file_sink/partial_file.hpp"
#include "file_sink/row_text.hpp"

#include <sentinel/plugin.hpp>

#include <memory>

namespace sentinel::file_sink {

class FileSink final : public Sink {
 public:
  static constexpr auto options = sentinel::options<Options>(
      option("path", &Options::path, "The file to write; its folder must be there.").required(),
      option("format", &Options::format, "How a record is written.").choices("csv", "json_lines"),
      option("header", &Options::header, "CSV: whether the first record names the fields."),
      option("delimiter", &Options::delimiter, "CSV: the character between two fields; `tab` for a tabulator."),
      option(
          "null_text", &Options::null_text,
          "CSV: what stands for null, without quotes. A text that is equal to it is quoted, and so is an empty one."),
      option("line_end", &Options::line_end, "CSV: how a record ends.").choices("lf", "crlf"));

  static Result<std::unique_ptr<FileSink>> open(Options options, Host& host);

  Status bind(const Schema& schema) override;
  Status write(const BatchView& batch, const Claim* claim, RowOutcomes& outcomes) override;
  Status check() override { return check_place(options_.path); }
  Status finish(const RunSummary& summary) override;

 private:
  FileSink(Options options, CsvForm form) : options_(std::move(options)), form_(std::move(form)) {}
  Status begin();

  const Options options_;
  const CsvForm form_;
  Schema schema_;
  std::unique_ptr<PartialFile> file_;  // from the first batch of a run to its end
};

}  // namespace sentinel::file_sink
