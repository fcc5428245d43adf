// Writes the key of a row of the target as text, field by field, for comparisons and messages.
#include "engine/flow/target_key.hpp"

#include "engine/ledger/lossless_json.hpp"
#include "engine/ledger/value_text.hpp"

namespace sentinel::engine {

std::optional<std::string> target_key(const BatchView& rows, const std::vector<std::size_t>& key_columns,
                                      std::int64_t row) {
  std::string key;
  for (const auto i : key_columns) {
    const auto column = rows.column(i);
    if (column.is_null(row)) return std::nullopt;
    auto value = ledger::value_text(column, row);
    if (key_columns.size() == 1) return value;
    key += key.empty() ? '[' : ',';
    ledger::append_json_string(key, value);
  }
  return key + "]";
}

std::vector<std::size_t> columns_of(const Schema& schema, const std::vector<std::string>& fields) {
  std::vector<std::size_t> columns;
  for (const auto& field : fields) {
    const auto at = schema.find(field);
    if (at == Schema::npos) return {};
    columns.push_back(at);
  }
  return columns;
}

}  // namespace sentinel::engine
