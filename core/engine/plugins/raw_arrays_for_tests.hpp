// Arrow structs with any lie in them, and a count of those not yet released: for the tests of this folder.
#pragma once

#include <sentinel/abi.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::plugins {

// The arrays and schemas that were handed out and not yet released.
inline int unreleased = 0;

using Bytes = std::vector<std::uint8_t>;

template <class T>
Bytes bytes_of(std::initializer_list<T> values) {
  Bytes bytes(values.size() * sizeof(T));
  std::size_t at = 0;
  for (const T value : values) std::memcpy(bytes.data() + sizeof(T) * at++, &value, sizeof(T));
  return bytes;
}
inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

struct RawColumn {
  std::string name = "amount", format = "l";
  std::int64_t length = 0;
  std::vector<std::optional<Bytes>> buffers;  // nothing: a null pointer
  bool nullable = true;
  std::int64_t null_count = 0, offset = 0;
  std::shared_ptr<RawColumn> dictionary;
  bool released = false, null_buffers = false;
  std::string metadata;
};

namespace raw {

struct Holder {
  std::vector<Bytes> bytes;
  std::vector<const void*> buffers;
  std::vector<ArrowArray> arrays;
  std::vector<ArrowArray*> array_pointers;
  std::vector<ArrowSchema> schemas;
  std::vector<ArrowSchema*> schema_pointers;
  ArrowArray dictionary{};
  ArrowSchema dictionary_schema{};
  std::string name, format, metadata;
};

inline void release_array(ArrowArray* array) {
  auto* holder = static_cast<Holder*>(array->private_data);
  for (auto& child : holder->arrays)
    if (child.release != nullptr) child.release(&child);
  if (holder->dictionary.release != nullptr) holder->dictionary.release(&holder->dictionary);
  delete holder;
  array->release = nullptr;
  --unreleased;
}
inline void release_schema(ArrowSchema* schema) {
  auto* holder = static_cast<Holder*>(schema->private_data);
  for (auto& child : holder->schemas)
    if (child.release != nullptr) child.release(&child);
  if (holder->dictionary_schema.release != nullptr) holder->dictionary_schema.release(&holder->dictionary_schema);
  delete holder;
  schema->release = nullptr;
  --unreleased;
}

inline ArrowArray make_array(const RawColumn& column) {
  ArrowArray array{};
  if (column.released) return array;
  auto* holder = new Holder;
  ++unreleased;
  for (const auto& buffer : column.buffers) holder->bytes.push_back(buffer.value_or(Bytes{}));
  for (std::size_t i = 0; i < column.buffers.size(); ++i) {
    holder->bytes[i].reserve(1);  // an empty buffer still needs an address
    holder->buffers.push_back(column.buffers[i] ? holder->bytes[i].data() : nullptr);
  }
  array.length = column.length;
  array.null_count = column.null_count;
  array.offset = column.offset;
  array.n_buffers = static_cast<std::int64_t>(column.buffers.size());
  array.buffers = column.null_buffers ? nullptr : holder->buffers.data();
  if (column.dictionary) {
    holder->dictionary = make_array(*column.dictionary);
    array.dictionary = &holder->dictionary;
  }
  array.release = release_array;
  array.private_data = holder;
  return array;
}

inline ArrowSchema make_schema(const RawColumn& column) {
  auto* holder = new Holder;
  ++unreleased;
  holder->name = column.name;
  holder->format = column.format;
  holder->metadata = column.metadata;
  ArrowSchema schema{};
  schema.format = holder->format.c_str();
  schema.name = holder->name.c_str();
  schema.metadata = column.metadata.empty() ? nullptr : holder->metadata.data();
  schema.flags = column.nullable ? ARROW_FLAG_NULLABLE : 0;
  if (column.dictionary) {
    holder->dictionary_schema = make_schema(*column.dictionary);
    schema.dictionary = &holder->dictionary_schema;
  }
  schema.release = release_schema;
  schema.private_data = holder;
  return schema;
}

}  // namespace raw

struct RawBatch {
  std::vector<RawColumn> columns;
  std::int64_t length = 0, offset = 0, null_count = 0;
  std::optional<Bytes> validity;

  ArrowArray array() const {
    RawColumn top;
    top.length = length;
    top.offset = offset;
    top.null_count = null_count;
    top.buffers = {validity};
    auto made = raw::make_array(top);
    auto* holder = static_cast<raw::Holder*>(made.private_data);
    for (const auto& column : columns) holder->arrays.push_back(raw::make_array(column));
    for (auto& child : holder->arrays) holder->array_pointers.push_back(&child);
    made.n_children = static_cast<std::int64_t>(columns.size());
    made.children = holder->array_pointers.data();
    return made;
  }
  ArrowSchema schema() const {
    RawColumn top;
    top.format = "+s";
    auto made = raw::make_schema(top);
    auto* holder = static_cast<raw::Holder*>(made.private_data);
    for (const auto& column : columns) holder->schemas.push_back(raw::make_schema(column));
    for (auto& child : holder->schemas) holder->schema_pointers.push_back(&child);
    made.n_children = static_cast<std::int64_t>(columns.size());
    made.children = holder->schema_pointers.data();
    return made;
  }
};

inline RawColumn raw_int64(std::initializer_list<std::int64_t> values) {
  RawColumn column;
  column.length = static_cast<std::int64_t>(values.size());
  column.buffers = {std::nullopt, bytes_of(values)};
  return column;
}
inline RawBatch raw_batch(RawColumn column) {
  RawBatch batch;
  batch.length = column.length;
  batch.columns.push_back(std::move(column));
  return batch;
}

// Services for stages under test: a clock that stands still, and no log.
inline const sentinel_host& quiet_host() {
  static const sentinel_host host{
      sizeof(sentinel_host),
      SENTINEL_ABI_VERSION,
      nullptr,
      [](void*, std::int32_t, sentinel_text, const sentinel_log_field*, std::uint64_t) noexcept {},
      [](void*) noexcept -> std::int32_t { return 0; },
      [](void*, std::int64_t) noexcept -> std::int32_t { return 0; },
      [](void*) noexcept -> std::int64_t { return 1790000000000; },
      [](void*) noexcept -> std::int64_t { return 0; },
      [](void*) noexcept -> std::uint64_t { return 4; },
      [](void*, sentinel_text, std::int64_t) noexcept {}};
  return host;
}

// A table of no options, for components under test.
inline const sentinel_option_table& no_options() {
  static const sentinel_option_table table{sizeof(sentinel_option_table), 0, nullptr};
  return table;
}

// Fails a test that leaves an array unreleased, or releases one twice.
class ReleaseTest : public testing::Test {
 protected:
  void SetUp() override { unreleased = 0; }
  void TearDown() override { EXPECT_EQ(unreleased, 0) << "arrays or schemas that were not released exactly once"; }
};

}  // namespace sentinel::plugins
