// Reads snapshots and schemas back, by a SAX pass that gets every number as the text it was written in.
#include "engine/ledger/lossless_json.hpp"
#include "engine/ledger/record_snapshot.hpp"
#include "engine/ledger/value_text.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace sentinel::ledger {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBase64Name = "$base64";

// Fills one row of a BatchBuilder from one flat JSON object. nlohmann's parser calls it; a `false` ends the parse.
class RecordSax {
 public:
  RecordSax(const Schema& schema, BatchBuilder& batch) : schema_(schema), batch_(batch), seen_(schema.size(), false) {}

  // Nulls for what the record lacks; the fault, if there was one.
  Status finish(bool parsed) {
    if (!fault_.empty()) return invalid_data(fault_);
    if (!parsed || !closed_) return invalid_data("is not a JSON object");
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (seen_[i]) continue;
      if (!schema_[i].is_nullable) return invalid_data(fmt::format("lacks the field \"{}\"", schema_[i].name));
      batch_.column(i).append_null();
    }
    return {};
  }

  bool null() {
    if (!at_value()) return false;
    if (!field().is_nullable) return refuse("may not be null");
    column().append_null();
    return true;
  }
  bool boolean(bool value) {
    if (!at_value()) return false;
    if (field().type != Type::kBool) return mistyped();
    column().append_bool(value);
    return true;
  }
  bool number_integer(Json::number_integer_t value) {
    if (!at_value()) return false;
    if (field().type == Type::kFloat64) return append_float(static_cast<double>(value));
    if (field().type != Type::kInt64) return mistyped();
    column().append_int64(value);
    return true;
  }
  bool number_unsigned(Json::number_unsigned_t value) {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return number_integer(static_cast<std::int64_t>(value));
    if (!at_value()) return false;
    return field().type == Type::kFloat64 ? append_float(static_cast<double>(value)) : mistyped();
  }
  bool number_float(Json::number_float_t, const std::string& raw) {
    if (!at_value()) return false;
    const auto value = parse_float(raw);
    return field().type == Type::kFloat64 && value ? append_float(*value) : mistyped();
  }
  bool string(std::string& text) {
    if (in_bytes_) return append_bytes(text);
    if (!at_value()) return false;
    switch (field().type) {
      case Type::kUtf8: column().append_text(text); return true;
      case Type::kFloat64: return append_parsed(parse_float(text));
      case Type::kDate: return append_parsed(parse_date(text));
      case Type::kTimestamp: return append_parsed(parse_timestamp(text));
      case Type::kDecimal: {
        const auto value = parse_decimal(text, field().scale);
        if (!value) return mistyped();
        column().append_decimal(*value);
        return true;
      }
      default: return mistyped();
    }
  }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) {
    if (!open_) return open_ = true;
    if (!at_value() || in_bytes_) return false;
    if (field().type != Type::kUtf8 && field().type != Type::kBinary) return mistyped();
    in_bytes_ = true;
    bytes_named_ = bytes_done_ = false;
    return true;
  }
  bool end_object() {
    if (!in_bytes_) return closed_ = true;
    in_bytes_ = false;
    return bytes_done_ || mistyped();
  }
  bool start_array(std::size_t) { return current_ != Schema::npos && mistyped(); }
  bool end_array() { return false; }
  bool key(std::string& name) {
    if (in_bytes_) return (bytes_named_ = !bytes_named_ && name == kBase64Name) || mistyped();
    current_ = schema_.find(name);
    if (current_ == Schema::npos) {
      fault_ = "has a field that its schema does not know";
      return false;
    }
    if (seen_[current_]) return refuse("occurs twice");
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

 private:
  const Field& field() const { return schema_[current_]; }
  ColumnBuilder& column() { return batch_.column(current_); }
  // Each value ends a field: marks it as seen. False outside the one object, and inside the object of bytes.
  bool at_value() {
    if (!open_ || in_bytes_ || current_ == Schema::npos) return false;
    seen_[current_] = true;
    return true;
  }
  bool refuse(std::string_view reason) {
    fault_ = fmt::format("field \"{}\" {}", field().name, reason);
    return false;
  }
  bool mistyped() { return refuse("does not hold a value of type " + field().type_text()); }
  bool append_float(double value) {
    column().append_float64(value);
    return true;
  }
  template <class T>
  bool append_parsed(const std::optional<T>& value) {
    if (!value) return mistyped();
    column().append(*value);
    return true;
  }
  bool append_bytes(std::string_view text) {
    const auto bytes = from_base64(text);
    if (!bytes || bytes_done_) return mistyped();
    column().append_text(*bytes);
    return bytes_done_ = true;
  }

  const Schema& schema_;
  BatchBuilder& batch_;
  std::vector<bool> seen_;
  std::size_t current_ = Schema::npos;
  bool open_ = false, closed_ = false, in_bytes_ = false, bytes_named_ = false, bytes_done_ = false;
  std::string fault_;
};

std::optional<Type> type_of(std::string_view name) {
  for (const auto type : {Type::kBool, Type::kInt64, Type::kFloat64, Type::kUtf8, Type::kBinary, Type::kDate,
                          Type::kTimestamp, Type::kDecimal})
    if (to_string(type) == name) return type;
  return std::nullopt;
}

template <class T>
bool take_member(const Json& object, const char* name, T& out) {
  const auto found = object.find(name);
  if (found == object.end()) return false;
  if constexpr (std::is_same_v<T, std::string>) {
    if (!found->is_string()) return false;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!found->is_boolean()) return false;
  } else {
    if (!found->is_number_integer()) return false;
  }
  out = found->template get<T>();
  return true;
}

std::optional<Field> field_from(const Json& object) {
  Field field;
  std::string type;
  const bool complete =
      object.is_object() && take_member(object, "name", field.name) && take_member(object, "type", type) &&
      take_member(object, "precision", field.precision) && take_member(object, "scale", field.scale) &&
      take_member(object, "is_nullable", field.is_nullable) && take_member(object, "is_json", field.is_json) &&
      take_member(object, "is_key", field.is_key) && take_member(object, "is_version", field.is_version) &&
      take_member(object, "currency", field.currency) && take_member(object, "currency_field", field.currency_field) &&
      take_member(object, "exponent", field.exponent) && take_member(object, "minor_field", field.minor_field);
  const auto known = type_of(type);
  if (!complete || !known) return std::nullopt;
  if (*known == Type::kDecimal &&
      (field.precision < 1 || field.precision > 38 || field.scale < 0 || field.scale > field.precision))
    return std::nullopt;
  field.type = *known;
  return field;
}

}  // namespace

Result<Batch> batch_from_snapshots(const Schema& schema, std::span<const std::string> records) {
  BatchBuilder batch(schema);
  for (std::size_t i = 0; i < records.size(); ++i) {
    RecordSax sax(schema, batch);
    const bool parsed = Json::sax_parse(records[i], &sax);
    if (auto fault = sax.finish(parsed); !fault.ok())
      return std::move(fault).prefixed(fmt::format("record {} of {} ", i + 1, records.size()));
  }
  if (schema.size() == 0) return assemble(static_cast<std::int64_t>(records.size()), {});
  return batch.finish();
}

Result<Schema> schema_from_json(std::string_view text) {
  const auto parsed = Json::parse(text, nullptr, false);
  if (!parsed.is_array()) return invalid_data("a stored schema is not a JSON array of fields");
  Schema schema;
  for (const auto& object : parsed) {
    auto field = field_from(object);
    if (!field) return invalid_data(fmt::format("field {} of a stored schema is not complete", schema.size() + 1));
    if (schema.find(field->name) != Schema::npos)
      return invalid_data(fmt::format("field \"{}\" occurs twice in a stored schema", field->name));
    schema.add(std::move(*field));
  }
  return schema;
}

}  // namespace sentinel::ledger
