// The grammar of a CSV file (RFC 4180 and its variants): where a record ends, and the values of its fields.
#pragma once

#include <sentinel/status.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::csv_source {

struct Dialect {
  char delimiter = ',';
  char quote = '"';
  bool quoted_newlines = true;  // a quoted field may hold line breaks
};

enum class Fault {
  kNone,
  kStrayQuote,      // in a field that does not begin with one
  kTextAfterQuote,  // after the quote that closes a field
  kOpenQuote,       // the file, or the line, ends before the quote that closes a field
  kStrayReturn,     // a carriage return that no line feed follows, outside quotes
};
std::string_view to_string(Fault fault);

// Finds the end of one record in bytes that arrive piece by piece.
class RecordScanner {
 public:
  explicit RecordScanner(const Dialect& dialect) : dialect_(dialect) {}

  // Scans bytes that follow those already scanned; true once the record has ended.
  bool scan(std::string_view bytes);
  void end_of_file();

  std::int64_t size() const { return size_; }  // with its line break
  // The bytes of its first line: all that is rejected where the rest cannot be distinguished from the records after it.
  std::int64_t first_line() const { return first_line_ != 0 ? first_line_ : size_; }
  std::size_t fields() const { return fields_; }
  Fault fault() const { return fault_; }

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteSeen, kReturn, kBroken, kOver };
  void step(char c);
  void behind_field(char c);
  void fail(Fault fault);
  void line_break();

  const Dialect dialect_;
  State state_ = State::kFieldStart;
  std::int64_t size_ = 0, first_line_ = 0;
  std::size_t fields_ = 1;
  Fault fault_ = Fault::kNone;
};

struct CsvField {
  std::string_view text;
  bool is_quoted = false;
};

// The fields of one record. Of a broken one: those before the fault.
class RecordSplitter {
 public:
  explicit RecordSplitter(const Dialect& dialect) : dialect_(dialect) {}
  // The texts live until the next split, and as long as `record`. `is_cut`: the record continues after these bytes.
  const std::vector<CsvField>& split(std::string_view record, bool is_cut = false);

 private:
  // The end of the quoted field that begins at `at`, or npos if it is broken.
  std::size_t quoted_field(std::string_view record, std::size_t at);

  const Dialect dialect_;
  std::vector<CsvField> fields_;
  std::string unescaped_;
};

}  // namespace sentinel::csv_source
