// Splits CSV text into records and fields by the rules of the dialect, and finds what breaks them.
#include "csv_source/dialect.hpp"

#include <algorithm>

namespace sentinel::csv_source {

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::kNone: return "none";
    case Fault::kStrayQuote: return "a field that does not begin with a quote holds one";
    case Fault::kTextAfterQuote: return "text follows the quote that closes a field";
    case Fault::kOpenQuote: return "the quote that opens a field is never closed";
    case Fault::kStrayReturn: return "a carriage return outside quotes is not followed by a line feed";
  }
  return "?";
}

bool RecordScanner::scan(std::string_view bytes) {
  for (const char c : bytes) {
    if (state_ == State::kOver) return true;
    step(c);
  }
  return state_ == State::kOver;
}

void RecordScanner::step(char c) {
  ++size_;
  switch (state_) {
    case State::kFieldStart:
      if (c != dialect_.quote) return behind_field(c);
      state_ = State::kQuoted;
      return;
    case State::kPlain:
      if (c == dialect_.quote) return fail(Fault::kStrayQuote);
      return behind_field(c);
    case State::kQuoted:
      if (c == dialect_.quote) state_ = State::kQuoteSeen;
      if (c != '\n') return;
      if (first_line_ == 0) first_line_ = size_;
      if (!dialect_.quoted_newlines) fail(Fault::kOpenQuote);
      return;
    case State::kQuoteSeen:
      if (c == dialect_.quote)
        state_ = State::kQuoted;
      else if (c == dialect_.delimiter || c == '\n' || c == '\r')
        behind_field(c);
      else
        fail(Fault::kTextAfterQuote);
      return;
    case State::kReturn:
      if (c == '\n') return line_break();
      return fail(Fault::kStrayReturn);
    case State::kBroken:
      if (c == '\n') line_break();
      return;
    case State::kOver: return;
  }
}

void RecordScanner::behind_field(char c) {
  if (c == dialect_.delimiter) {
    ++fields_;
    state_ = State::kFieldStart;
  } else if (c == '\n') {
    line_break();
  } else {
    state_ = c == '\r' ? State::kReturn : State::kPlain;
  }
}

void RecordScanner::line_break() {
  if (first_line_ == 0) first_line_ = size_;
  state_ = State::kOver;
}

// Only the first line is rejected, so scanning stops where its end was seen: an open quote led beyond it.
void RecordScanner::fail(Fault fault) {
  fault_ = first_line_ != 0 ? Fault::kOpenQuote : fault;
  state_ = first_line_ != 0 ? State::kOver : State::kBroken;
}

void RecordScanner::end_of_file() {
  if (state_ == State::kQuoted) fail(Fault::kOpenQuote);
  state_ = State::kOver;
}

const std::vector<CsvField>& RecordSplitter::split(std::string_view record, bool is_cut) {
  fields_.clear();
  unescaped_.clear();
  unescaped_.reserve(record.size());  // so that no text is reallocated
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  for (std::size_t at = 0; at <= record.size(); ++at) {
    auto end = std::string_view::npos;
    if (at < record.size() && record[at] == dialect_.quote) {
      end = quoted_field(record, at);
    } else {
      const char stops[] = {dialect_.delimiter, dialect_.quote, '\r', '\n'};
      end = std::min(record.find_first_of(std::string_view(stops, 4), at), record.size());
      fields_.push_back({record.substr(at, end - at), false});
    }
    if (end == std::string_view::npos) break;
    at = end;
    if (at == record.size() ? !is_cut : record[at] == dialect_.delimiter) continue;
    fields_.pop_back();
    break;
  }
  return fields_;
}

std::size_t RecordSplitter::quoted_field(std::string_view record, std::size_t at) {
  const auto begin = unescaped_.size();
  while (true) {
    const auto quote = record.find(dialect_.quote, at + 1);
    if (quote == std::string_view::npos) return quote;
    unescaped_.append(record.substr(at + 1, quote - at - 1));
    if (quote + 1 >= record.size() || record[quote + 1] != dialect_.quote) {
      fields_.push_back({std::string_view(unescaped_).substr(begin), true});
      return quote + 1;
    }
    unescaped_ += dialect_.quote;
    at = quote + 1;
  }
}

}  // namespace sentinel::csv_source
