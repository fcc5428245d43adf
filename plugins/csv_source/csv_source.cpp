// The calls of the source: turns records of text into rows, and rejects what breaks the grammar.
#include "csv_source/csv_source.hpp"

#include "support/cell.hpp"

#include <fmt/format.h>

#include <sentinel/text.hpp>

#include <algorithm>
#include <array>

namespace sentinel::csv_source {

using support::ByteFeed;
using support::kMaxRecordBytes;
using support::Passed;
using support::Place;
using support::RecordIntake;

namespace {

Result<char> one_character(const std::string& text, const char* option_name) {
  const char c = text == "tab" ? '\t' : text.empty() ? '\n' : text[0];
  const bool is_one = text == "tab" || text.size() == 1;
  if (!is_one || c == '\n' || c == '\r' || c == '\0' || static_cast<unsigned char>(c) >= 0x80)
    return invalid_config("must be one ASCII character that is not a line break").at_option(option_name);
  return c;
}

bool is_blank(std::string_view record) { return record == "\n" || record == "\r\n" || record == "\r"; }

Status wrong_count(const RecordScanner& record, std::size_t columns) {
  const bool is_long = record.first_line() < record.size();
  return invalid_data(fmt::format("the record {}has {} fields; the file has {} columns",
                                  is_long ? "goes over several lines and " : "", record.fields(), columns));
}

Status check_names(const std::vector<std::string>& names, const std::string& path) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty())
      return invalid_config(fmt::format("column {} of \"{}\" has no name in the header", i + 1, path))
          .at_option("path");
    for (std::size_t j = 0; j < i; ++j)
      if (names[i] == names[j])
        return invalid_config(fmt::format("two columns of \"{}\" are called \"{}\"", path, names[i])).at_option("path");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<CsvSource>> CsvSource::open(Options options, Host& host) {
  Dialect dialect;
  SENTINEL_ASSIGN(dialect.delimiter, one_character(options.delimiter, "delimiter"));
  SENTINEL_ASSIGN(dialect.quote, one_character(options.quote, "quote"));
  dialect.quoted_newlines = options.quoted_newlines;
  if (dialect.delimiter == dialect.quote)
    return invalid_config("delimiter and quote are the same character").at_option("quote");
  if (!options.header && options.columns.empty())
    return invalid_config("without a header, name the columns here").at_option("columns");
  return std::unique_ptr<CsvSource>(new CsvSource(std::move(options), dialect, host));
}

CsvSource::CsvSource(Options options, Dialect dialect, Host& host)
    : FileSource(options.path, host), options_(std::move(options)), dialect_(dialect), splitter_(dialect) {}

Result<Schema> CsvSource::begin(ByteFeed& feed) {
  SENTINEL_TRY(feed.pass_byte_order_mark());
  auto names = options_.columns;
  if (options_.header) {
    SENTINEL_ASSIGN(auto found, read_header(feed));
    if (!names.empty() && !found.empty() && found != names)
      return invalid_config(fmt::format("the header of \"{}\" does not match these names", path()))
          .at_option("columns");
    if (!found.empty()) names = std::move(found);
  }
  SENTINEL_TRY(check_names(names, path()));
  std::vector<Field> fields;
  for (const auto& name : names) fields.push_back(utf8(name));
  SENTINEL_ASSIGN(auto schema, support::with_key(std::move(fields), options_.key));
  leading_keys_ = 0;
  while (leading_keys_ < schema.size() && schema[leading_keys_].is_key) ++leading_keys_;
  return schema;
}

// The names in the first record; none if the file is empty and the columns are declared.
Result<std::vector<std::string>> CsvSource::read_header(ByteFeed& feed) {
  RecordScanner scanner(dialect_);
  bool is_ended = false;
  SENTINEL_ASSIGN(const bool has_header, find_record(feed, scanner, is_ended));
  if (!has_header && !options_.columns.empty()) return std::vector<std::string>();
  if (!has_header)
    return invalid_config(
               fmt::format("\"{}\" is empty and has no header; name its columns if that is expected", path()))
        .at_option("path");
  const auto record = feed.ahead().substr(0, static_cast<std::size_t>(scanner.size()));
  if (scanner.fault() != Fault::kNone || record.size() > kMaxRecordBytes || !is_utf8(record))
    return invalid_config(fmt::format("the header of \"{}\" is not a CSV record in UTF-8", path())).at_option("path");
  std::vector<std::string> names;
  for (const auto& field : splitter_.split(record)) names.emplace_back(field.text);
  SENTINEL_TRY(feed.take(scanner.size()));
  return names;
}

Result<bool> CsvSource::find_record(ByteFeed& feed, RecordScanner& scanner, bool& is_ended) {
  std::array<char, 64u << 10> far;
  is_ended = true;
  while (true) {
    const auto seen = static_cast<std::size_t>(scanner.size());
    if (seen <= kMaxRecordBytes) {
      if (scanner.scan(feed.ahead().substr(std::min(seen, feed.ahead().size())))) return true;
      if (static_cast<std::size_t>(scanner.size()) > kMaxRecordBytes) continue;
      SENTINEL_ASSIGN(const bool has_more, feed.more());
      if (has_more) continue;
    } else {
      SENTINEL_ASSIGN(const auto got, feed.look(scanner.size(), far));
      if (got > 0 && scanner.scan({far.data(), got})) return true;
      if (got > 0) continue;
    }
    is_ended = false;
    scanner.end_of_file();
    return scanner.size() > 0;
  }
}

// Where the grammar is broken, or a record of several lines has too few or too many fields, a quote is misplaced and
// the lines after the first may be good records: only the first line is rejected.
Result<Passed> CsvSource::take_record(ByteFeed& feed, RecordIntake& intake) {
  RecordScanner scanner(dialect_);
  bool is_ended = false;
  SENTINEL_ASSIGN(const bool has_record, find_record(feed, scanner, is_ended));
  if (!has_record) return Passed::kNothing;
  const auto place = feed.place();
  const auto columns = current_schema().size();
  const bool is_wrong = scanner.fault() != Fault::kNone || scanner.fields() != columns;
  const auto size = is_wrong ? scanner.first_line() : scanner.size();
  const auto record = feed.ahead().substr(0, static_cast<std::size_t>(size));
  if (scanner.fault() != Fault::kNone)
    reject_first_line(place, record, columns, intake, invalid_data(std::string(to_string(scanner.fault()))));
  else if (static_cast<std::size_t>(scanner.size()) > kMaxRecordBytes && !is_wrong)
    reject_first_line(
        place, record, leading_keys_, intake,
        invalid_data(fmt::format("the record has {} bytes; at most {} are accepted", scanner.size(), kMaxRecordBytes)));
  else if (is_wrong && !is_blank(record))
    reject_first_line(place, record, leading_keys_, intake, wrong_count(scanner, columns));
  else if (!is_blank(record))
    give(place, record, intake);
  SENTINEL_TRY(feed.take(size));
  return is_ended || size < scanner.size() ? Passed::kRecord : Passed::kLastLine;
}

Status CsvSource::check_text(std::string_view record) const {
  if (record.find('\0') != std::string_view::npos) return invalid_data("the record holds a NUL byte");
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (values_[i] && !is_utf8(*values_[i]))
      return invalid_data(fmt::format("field \"{}\" is not valid UTF-8", current_schema()[i].name));
  return {};
}

void CsvSource::fill_values(std::string_view record, bool is_cut) {
  values_.clear();
  for (const auto& field : splitter_.split(record, is_cut)) {
    const bool is_null = !field.is_quoted && field.text == options_.null_text;
    values_.push_back(is_null ? support::TextValue() : field.text);
  }
}

void CsvSource::give(const Place& place, std::string_view record, RecordIntake& intake) {
  fill_values(record, false);
  if (const auto fault = check_text(record); !fault.ok())
    intake.reject(place, record, values_, fault);
  else
    intake.take(place, record, values_);
}

void CsvSource::reject_first_line(const Place& place, std::string_view raw, std::size_t known, RecordIntake& intake,
                                  const Status& why) {
  const auto kept = raw.substr(0, support::kMaxRawBytes);
  fill_values(kept, kept.size() < raw.size());
  if (values_.size() > known) values_.resize(known);
  intake.reject(place, raw, values_, why);
}

}  // namespace sentinel::csv_source
