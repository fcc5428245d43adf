// Appends items to a batch, and reports those that are filtered by status or rejected.
#include "webflow_source/item_batch.hpp"

#include <sentinel/civil_time.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::webflow_source {
namespace {

using support::JsonKind;
using support::JsonMember;

constexpr std::size_t kMaxRecordBytes = 8u << 20;
constexpr std::size_t kMaxRawBytes = 64u << 10;

std::string_view kind_name(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull: return "null";
    case JsonKind::kBoolean: return "true or false";
    case JsonKind::kNumber: return "a number";
    case JsonKind::kString: return "a text";
    case JsonKind::kArray: return "a list";
    case JsonKind::kObject: return "an object";
  }
  return "?";
}

Status wrong_kind(const CollectionField& field, const JsonMember& member) {
  return invalid_data(fmt::format("field \"{}\" is a {}, but holds {}", field.slug, field.type, kind_name(member.kind)))
      .native("webflow", "wrong_type");
}

// A time of the item itself, as sent by the service; null where it is missing.
Status read_time(const Object& item, std::string_view name, bool& is_null, std::int64_t& micros) {
  const auto* member = item.find(name);
  is_null = member == nullptr;
  if (is_null) return {};
  const auto time = member->kind == JsonKind::kString ? parse_timestamp(member->text) : std::nullopt;
  if (!time) return invalid_data(fmt::format("\"{}\" of the item is not a time", name)).native("webflow", "wrong_type");
  micros = *time;
  return {};
}

}  // namespace

std::string_view status_of(const Object& item) {
  if (item.is_true("isArchived")) return "archived";
  const bool was_published = item.find("lastPublished") != nullptr;
  if (item.is_true("isDraft")) return was_published ? "changed" : "draft";
  return was_published ? "published" : "queued";
}

std::string key_of(const Object& item, const Options& options) {
  const auto id = item.text("id");
  if (options.locales.empty()) return id;
  return "[" + support::json_string(id) + "," + support::json_string(item.text("cmsLocaleId")) + "]";
}

std::map<std::string, std::size_t> named_fields(const std::vector<Item>& items) {
  std::map<std::string, std::size_t> named;
  for (const auto& item : items) {
    const auto* data = item.object.find("fieldData");
    const auto fields = data == nullptr ? Result<Object>(Object()) : Object::parse(data->raw);
    if (!fields) continue;
    for (const auto& field : fields->members()) ++named[field.name];
  }
  return named;
}

bool describes(const Collection& collection, const std::string& field) {
  return std::ranges::binary_search(collection.fields, field, {}, &CollectionField::slug);
}

ItemBatch::ItemBatch(const Collection& collection, const Schema& schema, const Options& options, Names& names,
                     Rejects& rejects)
    : collection_(collection),
      schema_(schema),
      options_(options),
      names_(names),
      rejects_(rejects),
      batch_(schema),
      values_(schema.size()) {}

Status ItemBatch::take(const Object& item, std::string_view raw) {
  const auto status = status_of(item);
  const bool is_filtered = std::ranges::find(options_.statuses, status) == options_.statuses.end();
  auto fault =
      raw.size() > kMaxRecordBytes
          ? invalid_data(fmt::format("the item has {} bytes; at most {} are accepted", raw.size(), kMaxRecordBytes))
          : parse(item, is_filtered);
  if (!fault.ok()) {
    if (!is_row_fault(fault.code())) return fault;
    raw = raw.substr(0, kMaxRawBytes);
    rejected_bytes_ += static_cast<std::int64_t>(raw.size());
    rejects_.reject(key_of(item, options_), "item " + item.text("id"), raw, fault);
    return {};
  }
  const auto row = batch_.rows();
  append();
  if (is_filtered) rejects_.depart(row, options_.on_departure, fmt::format("status is {}", status));
  return {};
}

Status ItemBatch::parse(const Object& item, bool is_filtered) {
  std::ranges::fill(values_, Value());
  const auto set_text = [&](std::size_t at, std::string text) {
    values_[at].is_null = text.empty();
    values_[at].text = std::move(text);
  };
  set_text(kId, item.text("id"));
  set_text(kLocale, item.text("cmsLocaleId"));
  set_text(kStatus, std::string(status_of(item)));
  for (const auto key : {kId, kLocale})
    if (values_[key].is_null && schema_[key].is_key)
      return invalid_data(fmt::format("the item has no {}", schema_[key].name)).native("webflow", "no_key");
  static constexpr std::pair<std::size_t, std::string_view> kTimes[] = {
      {kCreated, "createdOn"}, {kUpdated, "lastUpdated"}, {kPublished, "lastPublished"}};
  for (const auto& [at, name] : kTimes) SENTINEL_TRY(read_time(item, name, values_[at].is_null, values_[at].integer));
  return parse_fields(item, is_filtered);
}

// An item that is filtered out anyway does not become a dead letter for bad values: they become null.
Status ItemBatch::parse_fields(const Object& item, bool is_filtered) {
  const auto* data = item.find("fieldData");
  if (data == nullptr || data->kind != JsonKind::kObject)
    return invalid_data("the item has no \"fieldData\"").native("webflow", "wrong_type");
  SENTINEL_ASSIGN(const auto fields, Object::parse(data->raw));
  for (const auto& member : fields.members())
    if (!is_filtered && !describes(collection_, member.name))
      return invalid_data(fmt::format("the item has a field \"{}\" that its collection does not describe", member.name))
          .native("webflow", "unknown_field");
  for (std::size_t i = 0; i < collection_.fields.size(); ++i) {
    const auto& field = collection_.fields[i];
    auto value = value_of(field, fields.find(field.slug));
    if (value)
      values_[kFirstField + i] = std::move(*value);
    else if (!is_filtered || !is_row_fault(value.error().code()))
      return std::move(value).error();
  }
  return {};
}

Result<ItemBatch::Value> ItemBatch::value_of(const CollectionField& field, const JsonMember* member) {
  if (member == nullptr) {
    if (!field.is_required) return Value();
    return invalid_data(fmt::format("field \"{}\" is required, but missing", field.slug)).native("webflow", "missing");
  }
  Value value;
  value.is_null = false;
  switch (field.kind) {
    case FieldKind::kJson:
      if (resolves(field))
        return member->kind == JsonKind::kArray ? names_of(field, member->raw) : wrong_kind(field, *member);
      value.text = member->raw;
      return value;
    case FieldKind::kNumber:
      if (member->kind != JsonKind::kNumber) return wrong_kind(field, *member);
      value.text = member->raw;
      return value;
    case FieldKind::kSwitch:
      if (member->kind != JsonKind::kBoolean) return wrong_kind(field, *member);
      value.integer = member->raw == "true" ? 1 : 0;
      return value;
    default: break;
  }
  if (member->kind != JsonKind::kString) return wrong_kind(field, *member);
  if (field.kind == FieldKind::kTime) {
    const auto time = parse_timestamp(member->text);
    if (!time)
      return invalid_data(fmt::format("field \"{}\" is a DateTime, but does not hold a time", field.slug))
          .native("webflow", "wrong_type");
    value.integer = *time;
  } else if (field.kind != FieldKind::kText && resolves(field)) {
    return name_of(field, member->text);
  }
  value.text = member->text;
  return value;
}

bool ItemBatch::resolves(const CollectionField& field) const {
  return std::ranges::find(options_.resolve, field.slug) != options_.resolve.end();
}

Result<ItemBatch::Value> ItemBatch::name_of(const CollectionField& field, const std::string& id) {
  Value value;
  value.is_null = false;
  if (field.kind == FieldKind::kOption) {
    const auto found = field.option_names.find(id);
    if (found != field.option_names.end()) value.text = found->second;
  } else {
    SENTINEL_ASSIGN(value.text, names_.of(field.references, id));
  }
  if (value.text.empty())
    return invalid_data(fmt::format("field \"{}\" points to \"{}\", which does not exist", field.slug, id))
        .native("webflow", "dangling_reference");
  return value;
}

Result<ItemBatch::Value> ItemBatch::names_of(const CollectionField& field, std::string_view list) {
  SENTINEL_ASSIGN(const auto ids, support::parse_json_array(list));
  Value value;
  value.is_null = false;
  value.text = "[";
  for (const auto& id : ids) {
    SENTINEL_ASSIGN(const auto name, name_of(field, id.text));
    value.text += (value.text.size() > 1 ? "," : "") + support::json_string(name.text);
  }
  value.text += "]";
  return value;
}

void ItemBatch::append() {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    auto& column = batch_.column(i);
    const auto& value = values_[i];
    if (value.is_null)
      column.append_null();
    else if (column.type() == Type::kBool)
      column.append_bool(value.integer != 0);
    else if (column.type() == Type::kTimestamp)
      column.append_int64(value.integer);
    else
      column.append_text(value.text);
  }
}

}  // namespace sentinel::webflow_source
