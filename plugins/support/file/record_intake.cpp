// Appends records of a file to a batch, and rejects a record as a whole where one of its values cannot be taken.
#include "support/file/record_intake.hpp"

#include "support/cell.hpp"
#include "support/json/json_text.hpp"

#include <fmt/format.h>

#include <sentinel/text.hpp>

namespace sentinel::support {

RecordIntake::RecordIntake(const Schema& schema, Rejects& rejects, const std::set<std::string>* wanted)
    : schema_(schema), rejects_(rejects), wanted_(wanted), batch_(schema) {}

// The value itself, or a JSON array of the values where the key has several fields; empty if one is unknown.
std::string RecordIntake::key_of(std::span<const TextValue> values) const {
  std::string list, only;
  int parts = 0;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (!schema_[i].is_key) continue;
    if (i >= values.size() || !values[i] || !is_utf8(*values[i])) return "";
    only = *values[i];
    list += (parts++ == 0 ? "[" : ",") + json_string(only);
  }
  return parts == 1 ? only : list + "]";
}

void RecordIntake::take(const Place& place, std::string_view raw, std::span<const TextValue> values) {
  for (std::size_t i = 0; i < schema_.size(); ++i)
    if (schema_[i].is_key && !values[i])
      return reject(place, raw, values,
                    invalid_data(fmt::format("field \"{}\" is null but part of the key", schema_[i].name)));
  if (wanted_ != nullptr && !wanted_->contains(key_of(values))) return;
  ++records_;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i])
      batch_.column(i).append_text(*values[i]);
    else
      batch_.column(i).append_null();
  }
}

void RecordIntake::reject(const Place& place, std::string_view raw, std::span<const TextValue> values,
                          const Status& why) {
  if (wanted_ != nullptr) return;
  ++records_;
  raw = raw.substr(0, kMaxRawBytes);
  rejected_bytes_ += std::ssize(raw);
  rejects_.reject(key_of(values), place.text(), raw, why);
}

}  // namespace sentinel::support
