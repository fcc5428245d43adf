// Adds records of a file to a batch; one that cannot become a row is rejected as a whole.
#pragma once

#include "support/file/byte_feed.hpp"

#include <sentinel/source.hpp>

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::support {

using TextValue = std::optional<std::string_view>;  // nothing: null

class RecordIntake {
 public:
  // `wanted`: takes only records with these keys, and no rejects; null: takes all.
  RecordIntake(const Schema& schema, Rejects& rejects, const std::set<std::string>* wanted = nullptr);

  // A record: one value a field of the schema, all UTF-8. Rejected if a key field is null.
  void take(const Place& place, std::string_view raw, std::span<const TextValue> values);
  // `values`: the known fields, in order; the key is known if they include it.
  void reject(const Place& place, std::string_view raw, std::span<const TextValue> values, const Status& why);

  std::int64_t records() const { return records_; }  // rows and rejects
  std::int64_t bytes() const { return batch_.bytes() + rejected_bytes_; }
  Batch finish() { return batch_.finish(); }

 private:
  std::string key_of(std::span<const TextValue> values) const;

  const Schema& schema_;
  Rejects& rejects_;
  const std::set<std::string>* wanted_;
  BatchBuilder batch_;
  std::int64_t records_ = 0, rejected_bytes_ = 0;
};

}  // namespace sentinel::support
