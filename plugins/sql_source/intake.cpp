// Appends rows of a result to a batch, and rejects a row as a whole where one of its values cannot be taken.
#include "sql_source/intake.hpp"

#include "support/dialect/dialect.hpp"

#include <fmt/format.h>

namespace sentinel::sql_source {

using support::KeyValue;

void read_key(const Shape& shape, const database::Statement& statement, std::vector<KeyValue>& key) {
  key.resize(shape.key.size());
  const bool has_typed_columns = support::source_dialect(shape.dialect).has_typed_columns();
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto field = shape.key[i].field;
    const auto text = statement.text(field).value_or("");
    key[i].text.assign(text);
    const auto type = shape.schema[field].type;
    key[i].kind = type == Type::kInt64    ? KeyValue::Kind::kInteger
                  : type == Type::kBinary ? KeyValue::Kind::kBytes
                                          : KeyValue::Kind::kText;
    if (has_typed_columns) continue;
    // Each value is ordered by its own type.
    const char storage = statement.storage_class(field);
    key[i].kind = storage == 'i'   ? KeyValue::Kind::kInteger
                  : storage == 'b' ? KeyValue::Kind::kBytes
                                   : KeyValue::Kind::kText;
  }
}

std::string printed_key(const Shape& shape, const database::Statement& statement) {
  std::vector<KeyValue> key, printed;
  read_key(shape, statement, key);
  for (const auto i : printed_order(shape)) printed.push_back(std::move(key[i]));
  return support::key_text(printed);
}

Intake::Intake(const Shape& shape, Rejects& rejects)
    : shape_(shape),
      rejects_(rejects),
      has_typed_columns_(support::source_dialect(shape.dialect).has_typed_columns()),
      batch_(shape.schema),
      values_(shape.schema.size()),
      cells_(shape.schema.size()) {}

void Intake::take(const database::Statement& statement) {
  ++records_;
  if (const auto parsed = parse(statement); !parsed.ok()) return reject(statement, parsed);
  for (std::size_t i = 0; i < cells_.size(); ++i) support::append_cell(batch_.column(i), cells_[i]);
}

Status Intake::parse(const database::Statement& statement) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    values_[i] = statement.text(i);
    size += values_[i] ? values_[i]->size() : 0;
  }
  if (size > support::kMaxRecordBytes)
    return invalid_data(fmt::format("the record has {} bytes; at most {} are carried", size, support::kMaxRecordBytes));
  for (std::size_t i = 0; i < values_.size(); ++i) {
    SENTINEL_TRY(check_storage(statement, i));
    SENTINEL_ASSIGN(cells_[i], support::parse_cell(shape_.schema[i], values_[i]));
  }
  return {};
}

// Without typed columns, fractions in a DECIMAL column are doubles of which 15 digits are printed: with fewer, none was
// rounded away.
Status Intake::check_storage(const database::Statement& statement, std::size_t i) const {
  if (has_typed_columns_ || shape_.schema[i].type != Type::kDecimal) return {};
  if (!values_[i] || statement.storage_class(i) != 'r') return {};
  int digits = 0;
  for (const char c : *values_[i])
    if (c >= '0' && c <= '9') ++digits;
  if (digits < 15) return {};
  return invalid_data(fmt::format("field \"{}\" is stored as a floating-point number, which does not hold its digits",
                                  shape_.schema[i].name));
}

void Intake::reject(const database::Statement& statement, const Status& why) {
  bool has_key = true;
  for (const auto& column : shape_.key) has_key = has_key && values_[column.field].has_value();
  const auto key_text = has_key ? printed_key(shape_, statement) : std::string();
  const auto raw = support::raw_record(shape_.schema, values_);
  rejected_bytes_ += static_cast<std::int64_t>(raw.size());
  rejects_.reject(key_text, has_key ? "row " + key_text : "a row without key", raw, why);
}

}  // namespace sentinel::sql_source
