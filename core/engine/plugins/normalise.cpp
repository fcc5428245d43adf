// Takes an array over the boundary: checks it, then passes it on as it is, or with the columns converted that Sentinel
// carries in another layout.
#include "engine/plugins/normalise.hpp"
#include "engine/plugins/arrow_check.hpp"

#include <sentinel/text.hpp>

#include <cstring>
#include <exception>
#include <limits>
#include <optional>

namespace sentinel::plugins {
namespace {

std::string field_prefix(std::string_view name) { return "field \"" + std::string(name) + "\": "; }

// One field as declared: the wire of its values, and that of its indices where it is a dictionary.
struct Declared {
  Wire values;
  std::optional<Wire> indices;
  bool converts() const { return values.converts || indices.has_value(); }
};

Result<Declared> declared_wire(const ArrowSchema& field) {
  const auto refuse = [](const char* format) {
    return internal_error("has the Arrow format \"" + as_utf8(format == nullptr ? "" : format) +
                          "\", which Sentinel does not carry");
  };
  Declared declared;
  if (field.n_children != 0) return refuse(field.format);
  const auto own = field.format == nullptr ? std::nullopt : wire_of(field.format);
  if (!own) return refuse(field.format);
  declared.values = *own;
  if (field.dictionary == nullptr) return declared;
  const auto* entries = field.dictionary;
  if (own->type != Type::kInt64 || own->layout == Layout::kBits) return refuse(field.format);
  const auto wire =
      entries->format == nullptr || entries->dictionary != nullptr ? std::nullopt : wire_of(entries->format);
  if (!wire) return refuse(entries->format);
  declared.indices = own;
  declared.values = *wire;
  return declared;
}

std::int64_t integer_at(const ArrowArray& column, Layout layout, std::int64_t i) {
  const auto read = [&]<class T>(T value) {
    std::memcpy(&value, static_cast<const char*>(column.buffers[1]) + static_cast<std::size_t>(i) * sizeof value,
                sizeof value);
    return static_cast<std::int64_t>(value);
  };
  switch (layout) {
    case Layout::kInt8: return read(std::int8_t{});
    case Layout::kUInt8: return read(std::uint8_t{});
    case Layout::kInt16: return read(std::int16_t{});
    case Layout::kUInt16: return read(std::uint16_t{});
    case Layout::kInt32: return read(std::int32_t{});
    case Layout::kUInt32: return read(std::uint32_t{});
    default: return read(std::int64_t{});
  }
}

// Appends value `i` of a column that was checked and is not null there. Errors: more text than 32-bit offsets can
// count.
Status append_value(const ArrowArray& column, const Wire& wire, std::int64_t i, ColumnBuilder& out) {
  switch (wire.layout) {
    case Layout::kText64: {
      std::int64_t ends[2];
      std::memcpy(ends, static_cast<const char*>(column.buffers[1]) + static_cast<std::size_t>(i) * 8, sizeof ends);
      const auto size = ends[1] - ends[0];
      if (size > std::numeric_limits<std::int32_t>::max()) return internal_error("holds more than 2 GiB in one value");
      out.append_text(size == 0 ? std::string_view{}
                                : std::string_view(static_cast<const char*>(column.buffers[2]) + ends[0],
                                                   static_cast<std::size_t>(size)));
      break;
    }
    case Layout::kFloat32: {
      float value;
      std::memcpy(&value, static_cast<const char*>(column.buffers[1]) + static_cast<std::size_t>(i) * 4, sizeof value);
      out.append_float64(static_cast<double>(value));
      break;
    }
    case Layout::kBits:
    case Layout::kFloat64:
    case Layout::kText32:
    case Layout::kDecimal128: {
      auto plain = column;
      plain.offset = 0;
      out.append_from(ColumnView(&plain, 0, wire.type, wire.scale), i);
      break;
    }
    default:
      if (wire.type == Type::kDate)
        out.append_date(static_cast<std::int32_t>(integer_at(column, wire.layout, i)));
      else
        out.append_int64(integer_at(column, wire.layout, i));
  }
  if (out.bytes() > std::numeric_limits<std::int32_t>::max())
    return internal_error("holds more than 2 GiB in one batch");
  return {};
}

Result<ArrowArray> convert_column(const ArrowArray& column, const Wire& wire, Run run, const Field& field) {
  ColumnBuilder builder(field);
  const auto* validity = column.null_count == 0 ? nullptr : column.buffers[0];
  for (auto i = run.begin; i < run.end(); ++i) {
    if (bit_at(validity, i))
      SENTINEL_TRY(append_value(column, wire, i, builder));
    else
      builder.append_null();
  }
  return builder.finish();
}

Result<ArrowArray> resolve_dictionary(const ArrowArray& column, const Declared& declared, Run run, const Field& field) {
  const auto& entries = *column.dictionary;
  SENTINEL_ASSIGN(const auto entry_run, check_column(entries, declared.values, false, true, 0, entries.length));
  const auto* valid_entries = entries.null_count == 0 ? nullptr : entries.buffers[0];
  const auto* validity = column.null_count == 0 ? nullptr : column.buffers[0];
  ColumnBuilder builder(field);
  for (auto i = run.begin; i < run.end(); ++i) {
    const auto row = std::to_string(i - run.begin);
    if (!bit_at(validity, i)) {
      builder.append_null();
      continue;
    }
    const auto index = integer_at(column, declared.indices->layout, i);
    if (index < 0 || index >= entry_run.count)
      return internal_error("its row " + row + " names entry " + std::to_string(index) + " of a dictionary of " +
                            std::to_string(entry_run.count));
    const auto entry = entry_run.begin + index;
    if (bit_at(valid_entries, entry)) {
      SENTINEL_TRY(append_value(entries, declared.values, entry, builder));
    } else {
      if (!field.is_nullable)
        return internal_error("it is null in row " + row + ", though the schema says that it never is");
      builder.append_null();
    }
  }
  return builder.finish();
}

// Releases what stands in it, unless it was given on.
class ColumnList {
 public:
  explicit ColumnList(std::size_t size) { columns_.reserve(size); }
  ColumnList(const ColumnList&) = delete;
  ~ColumnList() {
    for (auto& column : columns_)
      if (column.release != nullptr) column.release(&column);
  }
  void add(ArrowArray column) { columns_.push_back(column); }
  std::vector<ArrowArray> take() { return std::exchange(columns_, {}); }

 private:
  std::vector<ArrowArray> columns_;
};

Result<Batch> convert(Batch in, const std::vector<Declared>& wires, const std::vector<Run>& runs,
                      const Schema& schema) {
  ColumnList columns(schema.size());
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (!wires[i].converts()) {
      columns.add(in.take_column(i));
      continue;
    }
    const auto& column = *in.array().children[i];
    auto converted = wires[i].indices ? resolve_dictionary(column, wires[i], runs[i], schema[i])
                                      : convert_column(column, wires[i].values, runs[i], schema[i]);
    if (!converted) return std::move(converted).error().prefixed(field_prefix(schema[i].name));
    columns.add(*converted);
  }
  auto converted = assemble(in.rows(), columns.take());
  SENTINEL_TRY(converted.fault());
  return converted;
}

Status check_rows_present(const ArrowArray& batch) {
  const auto row = first_null(batch, {batch.offset, batch.length});
  return row < 0 ? Status{} : internal_error("row " + std::to_string(row) + " is null as a whole");
}

}  // namespace

Result<Schema> normalised_schema(const ArrowSchema& declared) {
  constexpr std::int64_t kMostFields = 10000;
  if (declared.release == nullptr) return internal_error("answered a schema that is already released");
  if (declared.n_children < 0 || declared.n_children > kMostFields ||
      (declared.n_children > 0 && declared.children == nullptr))
    return internal_error("answered a schema of " + std::to_string(declared.n_children) + " fields");
  if (declared.format == nullptr || std::string_view(declared.format) != "+s")
    return internal_error("answered a schema that is not a struct of fields");
  if (declared.n_children == 0) return internal_error("answered a schema without fields");
  std::vector<ArrowSchema> fields;
  std::vector<std::string> formats(static_cast<std::size_t>(declared.n_children));
  std::vector<ArrowSchema*> pointers;
  fields.reserve(formats.size());
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const auto* child = declared.children[i];
    if (child == nullptr) return internal_error("field " + std::to_string(i) + " of the schema is empty");
    const std::string_view name = child->name == nullptr ? "" : child->name;
    if (!is_utf8(name)) return internal_error("field \"" + as_utf8(name) + "\": its name is not UTF-8");
    auto wire = declared_wire(*child);
    if (!wire) return std::move(wire).error().prefixed(field_prefix(name));
    Field carried;
    carried.type = wire->values.type;
    carried.precision = wire->values.precision;
    carried.scale = wire->values.scale;
    formats[i] = detail::format_of(carried);
    auto& copy = fields.emplace_back(*child);
    copy.format = formats[i].c_str();
    copy.dictionary = nullptr;
    pointers.push_back(&copy);
  }
  auto normal = declared;
  normal.children = pointers.data();
  try {  // metadata with negative or absurd sizes
    auto schema = import_schema(normal);
    if (!schema) return std::move(schema).error().with_code(Code::kInternal);
    return schema;
  } catch (const std::exception&) {
    return internal_error("answered a schema whose metadata is malformed");
  }
}

Result<Batch> normalise(ArrowArray in, const ArrowSchema& declared, const Schema& schema) {
  Batch batch(in);
  SENTINEL_TRY(check_shape(in, 1, static_cast<std::int64_t>(schema.size()), false));
  SENTINEL_TRY(check_rows_present(in));
  std::vector<Declared> wires;
  std::vector<Run> runs;
  bool converts = false;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const auto& field = schema[i];
    const auto* column = in.children[i];
    if (column == nullptr) return internal_error(field_prefix(field.name) + "its array is missing");
    auto wire = declared_wire(*declared.children[i]);
    if (!wire) return std::move(wire).error().prefixed(field_prefix(field.name));
    const bool has_dictionary = wire->indices.has_value();
    auto run = check_column(*column, has_dictionary ? *wire->indices : wire->values, has_dictionary, field.is_nullable,
                            in.offset, in.length);
    if (!run) return std::move(run).error().prefixed(field_prefix(field.name));
    converts = converts || wire->converts();
    wires.push_back(*wire);
    runs.push_back(*run);
  }
  if (!converts) return batch;
  return convert(std::move(batch), wires, runs, schema);
}

}  // namespace sentinel::plugins
