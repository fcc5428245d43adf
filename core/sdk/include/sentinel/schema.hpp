// The shape of a batch: named, typed fields and what Sentinel needs to know of them (key, version, money). Crosses the
// boundary as an ArrowSchema of struct type with field metadata.
#pragma once

#include <sentinel/status.hpp>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sentinel {

// What a value is. Behind each: the Arrow format, and the unit.
enum class Type : std::uint8_t {
  kBool,       // b
  kInt64,      // l
  kFloat64,    // g    never money
  kUtf8,       // u    valid UTF-8, at most 2 GiB a batch
  kBinary,     // z
  kDate,       // tdD  days since 1970-01-01
  kTimestamp,  // tsu:UTC  microseconds since 1970-01-01T00:00:00Z
  kDecimal,    // d:p,s  128 bits
};

// The type as a person writes it: "int64", "decimal(10,2)" through Field::type_text().
constexpr std::string_view to_string(Type type) {
  switch (type) {
    case Type::kBool: return "bool";
    case Type::kInt64: return "int64";
    case Type::kFloat64: return "float64";
    case Type::kUtf8: return "utf8";
    case Type::kBinary: return "binary";
    case Type::kDate: return "date";
    case Type::kTimestamp: return "timestamp";
    case Type::kDecimal: return "decimal";
  }
  return "?";
}

// One named column. A value type; the setters return it, so that a schema reads as one expression.
struct Field {
  std::string name;
  Type type = Type::kUtf8;
  int precision = 0;  // of kDecimal: 1..38
  int scale = 0;      // of kDecimal: 0..precision
  bool is_nullable = true;
  bool is_json = false;        // kUtf8 that holds JSON text (Arrow extension arrow.json)
  bool is_key = false;         // sentinel.key: part of the source's own key
  bool is_version = false;     // sentinel.version: grows with every change of the record
  std::string currency;        // sentinel.currency: ISO 4217; an int64 in minor units, or a decimal
  std::string currency_field;  // sentinel.currency_field: the field that names it instead
  int exponent = 0;            // sentinel.exponent: minor units are 10^-exponent of the currency
  std::string minor_field;     // sentinel.minor_field: a decimal that was made from this field of minor units

  Field&& key() && {
    is_key = true;
    is_nullable = false;
    return std::move(*this);
  }
  Field&& version() && {
    is_version = true;
    return std::move(*this);
  }
  Field&& required() && {
    is_nullable = false;
    return std::move(*this);
  }
  bool is_money() const { return !currency.empty() || !currency_field.empty(); }
  std::string type_text() const {
    auto text = std::string(to_string(type));
    if (type == Type::kDecimal) text += "(" + std::to_string(precision) + "," + std::to_string(scale) + ")";
    return text;
  }
  friend bool operator==(const Field&, const Field&) = default;
};

inline Field make_field(std::string name, Type type) {
  Field field;
  field.name = std::move(name);
  field.type = type;
  return field;
}
inline Field boolean(std::string name) { return make_field(std::move(name), Type::kBool); }
inline Field int64(std::string name) { return make_field(std::move(name), Type::kInt64); }
inline Field float64(std::string name) { return make_field(std::move(name), Type::kFloat64); }
inline Field utf8(std::string name) { return make_field(std::move(name), Type::kUtf8); }
inline Field binary(std::string name) { return make_field(std::move(name), Type::kBinary); }
inline Field date(std::string name) { return make_field(std::move(name), Type::kDate); }
inline Field timestamp(std::string name) { return make_field(std::move(name), Type::kTimestamp); }
inline Field json(std::string name) {
  auto field = make_field(std::move(name), Type::kUtf8);
  field.is_json = true;
  return field;
}
inline Field decimal(std::string name, int precision, int scale) {
  auto field = make_field(std::move(name), Type::kDecimal);
  field.precision = precision;
  field.scale = scale;
  return field;
}
// Whole minor units (kobo, cents) of one currency.
inline Field money(std::string name, std::string currency, int exponent) {
  auto field = make_field(std::move(name), Type::kInt64);
  field.currency = std::move(currency);
  field.exponent = exponent;
  return field;
}

// The ordered fields of a batch. Names are unique.
class Schema {
 public:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  Schema() = default;
  Schema(std::initializer_list<Field> fields) : fields_(fields) {}
  explicit Schema(std::vector<Field> fields) : fields_(std::move(fields)) {}

  std::size_t size() const { return fields_.size(); }
  const Field& operator[](std::size_t i) const { return fields_[i]; }
  const std::vector<Field>& fields() const { return fields_; }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  // The field's index, or npos.
  std::size_t find(std::string_view name) const {
    for (std::size_t i = 0; i < fields_.size(); ++i)
      if (fields_[i].name == name) return i;
    return npos;
  }
  void add(Field field) { fields_.push_back(std::move(field)); }
  // sentinel.read_once: the source never reads a record twice, whatever is run, but for a new pass that somebody asks
  // for. A source says so of itself, and the engine hands it on to the sink; what appends relies on it.
  bool is_read_once() const { return is_read_once_; }
  void set_read_once(bool read_once) { is_read_once_ = read_once; }

  // sentinel.departures: "mark", "delete" or both: the stage that made this schema may mark or remove rows of the
  // target (Departure), so the sink prepares for it. The engine hands it on; a transform need not.
  bool marks() const { return marks_; }
  bool removes() const { return removes_; }
  void set_departures(bool marks, bool removes) {
    marks_ = marks;
    removes_ = removes;
  }
  friend bool operator==(const Schema&, const Schema&) = default;

 private:
  std::vector<Field> fields_;
  bool is_read_once_ = false;
  bool marks_ = false, removes_ = false;
};

namespace detail {

using Metadata = std::vector<std::pair<std::string, std::string>>;

inline void put_int32(std::string& out, std::size_t value) {
  const auto number = static_cast<std::int32_t>(value);
  char bytes[4];
  std::memcpy(bytes, &number, 4);
  out.append(bytes, 4);
}

inline std::string encode_metadata(const Metadata& pairs) {
  std::string out;
  put_int32(out, pairs.size());
  for (const auto& [key, value] : pairs) {
    put_int32(out, key.size());
    out += key;
    put_int32(out, value.size());
    out += value;
  }
  return out;
}

inline Metadata decode_metadata(const char* bytes) {
  Metadata pairs;
  if (bytes == nullptr) return pairs;
  const auto take_int32 = [&] {
    std::int32_t value;
    std::memcpy(&value, bytes, 4);
    bytes += 4;
    return value;
  };
  const auto take_text = [&] {
    const auto size = static_cast<std::size_t>(take_int32());
    std::string text(bytes, size);
    bytes += size;
    return text;
  };
  for (auto count = take_int32(); count > 0; --count) {
    auto key = take_text();
    auto value = take_text();
    pairs.emplace_back(std::move(key), std::move(value));
  }
  return pairs;
}

inline Metadata metadata_of(const Field& field) {
  Metadata pairs;
  if (field.is_json) {
    pairs.emplace_back("ARROW:extension:name", "arrow.json");
    pairs.emplace_back("ARROW:extension:metadata", "");
  }
  if (field.is_key) pairs.emplace_back("sentinel.key", "true");
  if (field.is_version) pairs.emplace_back("sentinel.version", "true");
  if (!field.currency.empty()) pairs.emplace_back("sentinel.currency", field.currency);
  if (!field.currency_field.empty()) pairs.emplace_back("sentinel.currency_field", field.currency_field);
  if (field.is_money()) pairs.emplace_back("sentinel.exponent", std::to_string(field.exponent));
  if (!field.minor_field.empty()) pairs.emplace_back("sentinel.minor_field", field.minor_field);
  return pairs;
}

inline std::string format_of(const Field& field) {
  switch (field.type) {
    case Type::kBool: return "b";
    case Type::kInt64: return "l";
    case Type::kFloat64: return "g";
    case Type::kUtf8: return "u";
    case Type::kBinary: return "z";
    case Type::kDate: return "tdD";
    case Type::kTimestamp: return "tsu:UTC";
    case Type::kDecimal: return "d:" + std::to_string(field.precision) + "," + std::to_string(field.scale);
  }
  return "n";
}

struct SchemaHolder {
  std::string format, name, metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};

inline void release_schema(ArrowSchema* schema) {
  for (std::int64_t i = 0; i < schema->n_children; ++i)
    if (schema->children[i]->release != nullptr) schema->children[i]->release(schema->children[i]);
  delete static_cast<SchemaHolder*>(schema->private_data);
  schema->release = nullptr;
}

inline void fill_schema(ArrowSchema* out, std::string format, std::string name, const Metadata& metadata,
                        bool nullable) {
  auto holder = std::make_unique<SchemaHolder>();
  holder->format = std::move(format);
  holder->name = std::move(name);
  if (!metadata.empty()) holder->metadata = encode_metadata(metadata);
  *out = ArrowSchema{};
  out->format = holder->format.c_str();
  out->name = holder->name.c_str();
  out->metadata = metadata.empty() ? nullptr : holder->metadata.data();
  out->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  out->release = release_schema;
  out->private_data = holder.release();
}

// "d:10,2" or "d:10,2,128" -> true
inline bool parse_decimal_format(std::string_view format, int& precision, int& scale) {
  if (!format.starts_with("d:")) return false;
  format.remove_prefix(2);
  int numbers[3] = {0, 0, 128};
  int index = 0;
  bool digit = false;
  for (const char c : format) {
    if (c == ',') {
      if (!digit || ++index > 2) return false;
      numbers[index] = 0;
      digit = false;
    } else if (c >= '0' && c <= '9' && numbers[index] < 100000) {
      numbers[index] = numbers[index] * 10 + (c - '0');
      digit = true;
    } else {
      return false;
    }
  }
  precision = numbers[0];
  scale = numbers[1];
  return digit && index >= 1 && precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision &&
         numbers[2] == 128;
}

}  // namespace detail

// Writes `schema` as an Arrow struct. The caller releases *out.
inline void export_schema(const Schema& schema, ArrowSchema* out) {
  detail::Metadata metadata;
  if (schema.is_read_once()) metadata.emplace_back("sentinel.read_once", "true");
  if (schema.marks() || schema.removes())
    metadata.emplace_back("sentinel.departures", schema.marks() ? schema.removes() ? "mark,delete" : "mark" : "delete");
  detail::fill_schema(out, "+s", "", metadata, false);
  auto* holder = static_cast<detail::SchemaHolder*>(out->private_data);
  holder->children.resize(schema.size());
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const auto& field = schema[i];
    detail::fill_schema(&holder->children[i], detail::format_of(field), field.name, detail::metadata_of(field),
                        field.is_nullable);
    holder->pointers.push_back(&holder->children[i]);
  }
  out->n_children = static_cast<std::int64_t>(schema.size());
  out->children = holder->pointers.data();
}

// Reads an ArrowSchema whose fields all have one of the types above. Does not release it. Errors: kInvalidConfig, with
// the field's name, for any other type, an unnamed or a repeated field.
inline Result<Schema> import_schema(const ArrowSchema& in) {
  if (in.format == nullptr || std::string_view(in.format) != "+s")
    return invalid_config("the schema is not a struct of fields");
  Schema schema;
  for (std::int64_t i = 0; i < in.n_children; ++i) {
    const auto* child = in.children == nullptr ? nullptr : in.children[i];
    if (child == nullptr || child->format == nullptr)
      return invalid_config("field " + std::to_string(i) + " of the schema is empty");
    Field field;
    field.name = child->name == nullptr ? "" : child->name;
    if (field.name.empty()) return invalid_config("field " + std::to_string(i) + " of the schema has no name");
    if (schema.find(field.name) != Schema::npos)
      return invalid_config("field \"" + field.name + "\" occurs twice in the schema");
    const std::string_view format = child->format;
    if (child->dictionary != nullptr) return invalid_config("field \"" + field.name + "\" is dictionary-encoded");
    if (format == "b")
      field.type = Type::kBool;
    else if (format == "l")
      field.type = Type::kInt64;
    else if (format == "g")
      field.type = Type::kFloat64;
    else if (format == "u")
      field.type = Type::kUtf8;
    else if (format == "z")
      field.type = Type::kBinary;
    else if (format == "tdD")
      field.type = Type::kDate;
    else if (format == "tsu:UTC")
      field.type = Type::kTimestamp;
    else if (detail::parse_decimal_format(format, field.precision, field.scale))
      field.type = Type::kDecimal;
    else
      return invalid_config("field \"" + field.name + "\" has the Arrow format \"" + std::string(format) +
                            "\", which Sentinel does not carry");
    field.is_nullable = (child->flags & ARROW_FLAG_NULLABLE) != 0;
    for (const auto& [key, value] : detail::decode_metadata(child->metadata)) {
      if (key == "ARROW:extension:name")
        field.is_json = value == "arrow.json";
      else if (key == "sentinel.key")
        field.is_key = value == "true";
      else if (key == "sentinel.version")
        field.is_version = value == "true";
      else if (key == "sentinel.currency")
        field.currency = value;
      else if (key == "sentinel.currency_field")
        field.currency_field = value;
      else if (key == "sentinel.exponent")
        field.exponent = value.size() == 1 && value[0] >= '0' && value[0] <= '9' ? value[0] - '0' : 0;
      else if (key == "sentinel.minor_field")
        field.minor_field = value;
    }
    schema.add(std::move(field));
  }
  for (const auto& [key, value] : detail::decode_metadata(in.metadata)) {
    if (key == "sentinel.read_once") schema.set_read_once(value == "true");
    if (key == "sentinel.departures")
      schema.set_departures(value.find("mark") != std::string::npos, value.find("delete") != std::string::npos);
  }
  return schema;
}

}  // namespace sentinel
