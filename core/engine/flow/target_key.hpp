// The key of a row of the target as text, for comparisons and for people.
#pragma once

#include <sentinel/batch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::engine {

// The value of the key field, or a JSON array of texts where there are several. Nothing if one is null.
std::optional<std::string> target_key(const BatchView& rows, const std::vector<std::size_t>& key_columns,
                                      std::int64_t row);

// The fields' positions in the schema; empty unless it has all of them.
std::vector<std::size_t> columns_of(const Schema& schema, const std::vector<std::string>& fields);

}  // namespace sentinel::engine
