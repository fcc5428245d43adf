// Reads a CSV file record by record; what breaks the grammar is rejected, and reading goes on at the next line.
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
  // Scans to the end of the record ahead. False if nothing is ahead. `is_ended`: a line break ends it.
  Result<bool> find_record(support::ByteFeed& feed, RecordScanner& scanner, bool& is_ended);
  Result<std::vector<std::string>> read_header(support::ByteFeed& feed);
  Status judge(std::string_view record) const;
  void fill_values(std::string_view record, bool is_cut);
  void give(const support::Place& place, std::string_view record, support::RecordIntake& intake);
  // `known`: how many fields from the first on are surely what they seem.
  void give_up(const support::Place& place, std::string_view raw, std::size_t known, support::RecordIntake& intake,
               const Status& why);

  const Options options_;
  const Dialect dialect_;
  RecordSplitter splitter_;
  std::vector<support::TextValue> values_;
  std::size_t leading_keys_ = 0;  // how many columns from the first on belong to the key
};

}  // namespace sentinel::csv_source
