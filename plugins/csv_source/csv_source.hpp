// Reads a CSV file record by record; text that breaks the grammar is rejected, and reading continues at the next line.
#pragma once

#include "csv_source/dialect.hpp"
#include "csv_source/options.hpp"
#include "support/file/file_source.hpp"

#include <memory>

namespace sentinel::csv_source {

class CsvSource final : public support::FileSource {
 public:
  static constexpr auto options = kOptions;

  static Result<std::unique_ptr<CsvSource>> open(Options options, Host& host);

 protected:
  Result<Schema> begin(support::ByteFeed& feed) override;
  Result<support::Passed> take_record(support::ByteFeed& feed, support::RecordIntake& intake) override;

 private:
  CsvSource(Options options, Dialect dialect, Host& host);
  // Scans to the end of the next record. False at the end of the file. `is_ended`: a line break ends it.
  Result<bool> find_record(support::ByteFeed& feed, RecordScanner& scanner, bool& is_ended);
  Result<std::vector<std::string>> read_header(support::ByteFeed& feed);
  Status check_text(std::string_view record) const;
  void fill_values(std::string_view record, bool is_cut);
  void give(const support::Place& place, std::string_view record, support::RecordIntake& intake);
  // `known`: how many leading fields are certain.
  void reject_first_line(const support::Place& place, std::string_view raw, std::size_t known,
                         support::RecordIntake& intake, const Status& why);

  const Options options_;
  const Dialect dialect_;
  RecordSplitter splitter_;
  std::vector<support::TextValue> values_;
  std::size_t leading_keys_ = 0;  // how many leading columns belong to the key
};

}  // namespace sentinel::csv_source
