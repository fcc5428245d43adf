// Writes snapshots in one pass over the fields; only a float64 passes through a double.
#include "engine/ledger/record_snapshot.hpp"

#include "engine/ledger/content_hash.hpp"
#include "engine/ledger/lossless_json.hpp"
#include "engine/ledger/value_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace sentinel::ledger {
namespace {

void append_value(std::string& out, const ColumnView& column, std::int64_t row) {
  switch (column.type()) {
    case Type::kBool:
    case Type::kInt64: out += value_text(column, row); return;
    case Type::kFloat64:
      if (std::isfinite(column.float64(row))) {
        out += float_text(column.float64(row));
        return;
      }
      break;
    case Type::kUtf8: append_json_text(out, column.text(row)); return;
    case Type::kBinary: append_json_bytes(out, column.text(row)); return;
    default: break;
  }
  append_json_string(out, value_text(column, row));
}

// Little-endian whatever the machine, so that hashes may be compared between machines.
template <class T>
void append_number(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out.push_back(static_cast<char>(value & 0xFF));
    value = static_cast<T>(value >> 8);
  }
}

void append_part(std::string& out, std::string_view part) {
  append_number(out, static_cast<std::uint64_t>(part.size()));
  out += part;
}

void append_canonical(std::string& out, const ColumnView& column, std::int64_t row) {
  switch (column.type()) {
    case Type::kBool: out.push_back(column.boolean(row) ? 1 : 0); return;
    case Type::kInt64: append_number(out, static_cast<std::uint64_t>(column.int64(row))); return;
    case Type::kFloat64: {
      const auto value = column.float64(row);
      const auto one_nan = std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
      append_number(out, std::bit_cast<std::uint64_t>(one_nan));
      return;
    }
    case Type::kUtf8:
    case Type::kBinary: append_part(out, column.text(row)); return;
    case Type::kDate: append_number(out, static_cast<std::uint32_t>(column.date(row))); return;
    case Type::kTimestamp: append_number(out, static_cast<std::uint64_t>(column.timestamp(row))); return;
    case Type::kDecimal: append_number(out, static_cast<uint128>(column.decimal(row).unscaled)); return;
  }
}

}  // namespace

std::string snapshot_json(const BatchView& batch, std::int64_t row) {
  std::string out = "{";
  for (std::size_t i = 0; i < batch.schema().size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_string(out, batch.schema()[i].name);
    out.push_back(':');
    const auto column = batch.column(i);
    if (column.is_null(row)) {
      out += "null";
    } else {
      append_value(out, column, row);
    }
  }
  out.push_back('}');
  return out;
}

std::string schema_json(const Schema& schema) {
  auto fields = nlohmann::ordered_json::array();
  for (const auto& field : schema)
    fields.push_back({{"name", lossless_json(field.name)},
                      {"type", to_string(field.type)},
                      {"precision", field.precision},
                      {"scale", field.scale},
                      {"is_nullable", field.is_nullable},
                      {"is_json", field.is_json},
                      {"is_key", field.is_key},
                      {"is_version", field.is_version},
                      {"currency", lossless_json(field.currency)},
                      {"currency_field", lossless_json(field.currency_field)},
                      {"exponent", field.exponent},
                      {"minor_field", lossless_json(field.minor_field)}});
  return fields.dump();
}

std::string record_hash(const BatchView& batch, std::int64_t row) {
  const auto& schema = batch.schema();
  std::vector<std::size_t> order(schema.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return schema[a].name < schema[b].name; });
  std::string canonical;
  canonical.reserve(32 * order.size());
  for (const auto i : order) {
    const auto column = batch.column(i);
    append_part(canonical, schema[i].name);
    canonical.push_back(static_cast<char>(schema[i].type));
    if (schema[i].type == Type::kDecimal) canonical.push_back(static_cast<char>(schema[i].scale));
    canonical.push_back(column.is_null(row) ? 0 : 1);
    if (!column.is_null(row)) append_canonical(canonical, column, row);
  }
  return content_hash(canonical);
}

std::string source_key(const BatchView& batch, std::int64_t row) {
  const auto& schema = batch.schema();
  const auto keys = std::ranges::count_if(schema, [](const Field& field) { return field.is_key; });
  std::string out;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (!schema[i].is_key) continue;
    const auto column = batch.column(i);
    const bool is_null = column.is_null(row);
    if (keys == 1) return is_null ? record_hash(batch, row) : value_text(column, row);
    out.push_back(out.empty() ? '[' : ',');
    if (is_null) {
      out += "null";
    } else {
      append_json_string(out, value_text(column, row));
    }
  }
  if (out.empty()) return record_hash(batch, row);
  out.push_back(']');
  return out;
}

std::string letter_id(std::string_view pipeline, std::string_view source_id, std::string_view source_key,
                      std::string_view record_hash) {
  std::string parts;
  for (const auto part : {pipeline, source_id, source_key, record_hash}) append_part(parts, part);
  return content_hash(parts);
}

}  // namespace sentinel::ledger
