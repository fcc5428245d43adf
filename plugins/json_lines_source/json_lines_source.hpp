// Reads a file with one JSON object a line. Numbers keep their digits, nested values stay JSON text.
#pragma once

#include "json_lines_source/found_fields.hpp"
#include "json_lines_source/options.hpp"
#include "support/file/file_source.hpp"

#include <memory>

namespace sentinel::json_lines_source {

class JsonLinesSource final : public support::FileSource {
 public:
  static constexpr auto options = kOptions;

  JsonLinesSource(Options options, Host& host) : FileSource(options.path, host), options_(std::move(options)) {}

 protected:
  Result<Schema> begin(support::ByteFeed& feed) override;
  Result<support::Passed> take_record(support::ByteFeed& feed, support::RecordIntake& intake) override;

 private:
  Result<std::vector<Field>> declared_fields() const;
  Status look_at_beginning(support::ByteFeed& feed);
  // Hands one line to `intake`.
  Status give(const support::Place& place, std::string_view line, support::RecordIntake& intake);
  // The value of a member in the type of its field. Errors: kInvalidData.
  Result<support::TextValue> value_of(const Field& field, const support::JsonMember& member) const;

  const Options options_;
  FoundFields found_;
  std::vector<support::TextValue> values_;
};

}  // namespace sentinel::json_lines_source
