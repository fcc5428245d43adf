// Writes each run as one complete file, CSV or JSON lines, which replaces the former file when the run has finished.
#pragma once

#include "file_sink/options.hpp"
#include "file_sink/partial_file.hpp"
#include "file_sink/row_text.hpp"

#include <sentinel/plugin.hpp>

#include <memory>

namespace sentinel::file_sink {

class FileSink final : public Sink {
 public:
  static constexpr auto options = kOptions;

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
