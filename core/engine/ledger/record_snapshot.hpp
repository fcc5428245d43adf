// One record as a dead letter keeps it: exact JSON of its values and of its schema, read back without loss, and the
// hashes and keys that name it.
#pragma once

#include <sentinel/batch.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sentinel::ledger {

// A JSON object in field order. int64 and finite float64 are numbers, decimals strings of their digits, dates and
// timestamps ISO 8601 (timestamps with Z), text a string, binary and whatever is not UTF-8 {"$base64": "…"}; NaN and
// infinities are strings. REQUIRES: field names are UTF-8.
std::string snapshot_json(const BatchView& batch, std::int64_t row);

// A batch of these records, one row each, equal to what was snapshot. A field that a record lacks is null, if it may
// be. Errors: kInvalidData with the record's place and the field's name, never its content.
Result<Batch> batch_from_snapshots(const Schema& schema, std::span<const std::string> records);

// All members of all fields.
std::string schema_json(const Schema& schema);
// Errors: kInvalidData.
Result<Schema> schema_from_json(std::string_view text);

// 32 hex digits over names, types and values. Equal for equal records, whatever the order of the fields, the array's
// offset or the way it says that nothing is null.
std::string record_hash(const BatchView& batch, std::int64_t row);

// The key as text: "42"; a JSON array of texts where several fields make it up; the record hash where there is no key,
// or a lone key that is null.
std::string source_key(const BatchView& batch, std::int64_t row);

// 32 hex digits; the parts are length-prefixed, so that no two sets of parts run together.
std::string letter_id(std::string_view pipeline, std::string_view source_id, std::string_view source_key,
                      std::string_view record_hash);

}  // namespace sentinel::ledger
