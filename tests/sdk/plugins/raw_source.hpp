// A complete source by raw C calls, of which each hostile plugin spoils one thing.
#pragma once

#include <sentinel/batch.hpp>
#include <sentinel/schema.hpp>

namespace hostile {

inline const sentinel::Schema& fields() {
  static const sentinel::Schema schema{sentinel::int64("amount"), sentinel::utf8("email")};
  return schema;
}

inline sentinel::Batch three_rows() {
  sentinel::BatchBuilder builder(fields());
  builder.append(100, "ada@example.org");
  builder.append(200, "obi@example.org");
  builder.append(300, "zoë@example.org");
  return builder.finish();
}

inline std::int32_t open(const sentinel_host*, const sentinel_value*, void**, sentinel_error*) noexcept {
  return SENTINEL_OK;
}
inline void close(void*) noexcept {}
inline std::int32_t schema(void*, ArrowSchema* out, sentinel_error*) noexcept {
  sentinel::export_schema(fields(), out);
  return SENTINEL_OK;
}
inline std::int32_t read(void*, const sentinel_read_request*, sentinel_page* page, sentinel_error*) noexcept {
  page->array = three_rows().release();
  page->next = {"end", 3};
  page->done = 1;
  return SENTINEL_OK;
}

// Everything in one place, so that a plugin can change what it lies about before it answers.
struct Description {
  sentinel_option_table options{sizeof(sentinel_option_table), 0, nullptr};
  sentinel_source_calls calls{};
  sentinel_component component{};
  const sentinel_component* components[1]{};
  sentinel_plugin plugin{};

  explicit Description(const char* name) {
    calls.struct_size = sizeof calls;
    calls.open = open;
    calls.close = close;
    calls.schema = schema;
    calls.read = read;
    component.struct_size = sizeof component;
    component.kind = SENTINEL_KIND_SOURCE;
    component.use = name;
    component.doc = "Breaks one rule of the boundary.";
    component.options = &options;
    component.source = &calls;
    components[0] = &component;
    plugin = {sizeof plugin, SENTINEL_ABI_VERSION, name, "1.0.0", 1, components};
  }
  Description(const Description&) = delete;
};

}  // namespace hostile

#define HOSTILE_ENTRY \
  extern "C" __attribute__((visibility("default"))) const sentinel_plugin* sentinel_plugin_v1(std::uint32_t)
