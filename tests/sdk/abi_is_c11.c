/* The boundary as a C compiler sees it: the layout, and a whole source written in C. */
#include "abi_layout.h"

#include <stdlib.h>
#include <string.h>

static void release_schema(struct ArrowSchema* schema) {
  for (int64_t i = 0; i < schema->n_children; ++i) free(schema->children[i]);
  free(schema->children);
  schema->release = NULL;
}
static void release_child_schema(struct ArrowSchema* schema) { schema->release = NULL; }

static void release_array(struct ArrowArray* array) {
  for (int64_t i = 0; i < array->n_children; ++i) {
    if (array->children[i]->release != NULL) array->children[i]->release(array->children[i]);
    free(array->children[i]);
  }
  free(array->children);
  free((void*)array->buffers);
  array->release = NULL;
}
static void release_child(struct ArrowArray* array) {
  free((void*)array->buffers[1]);
  free((void*)array->buffers);
  array->release = NULL;
}

static int32_t open_source(const sentinel_host* host, const sentinel_value* options, void** instance,
                           sentinel_error* error) {
  const char text[] = "opened from C";
  const sentinel_text words = {text, sizeof text - 1};
  (void)options;
  (void)error;
  *instance = calloc(1, 1);
  host->log(host->context, SENTINEL_LOG_INFO, words, NULL, 0);
  return *instance == NULL ? SENTINEL_STORAGE : SENTINEL_OK;
}
static void close_source(void* instance) { free(instance); }

static int32_t schema_of_source(void* instance, struct ArrowSchema* out, sentinel_error* error) {
  (void)instance;
  (void)error;
  memset(out, 0, sizeof *out);
  out->format = "+s";
  out->n_children = 1;
  out->children = calloc(1, sizeof *out->children);
  out->children[0] = calloc(1, sizeof *out->children[0]);
  out->children[0]->format = "l";
  out->children[0]->name = "number";
  out->children[0]->release = release_child_schema;
  out->release = release_schema;
  return SENTINEL_OK;
}

static int32_t read_source(void* instance, const sentinel_read_request* request, sentinel_page* page,
                           sentinel_error* error) {
  const int64_t rows = request->max_rows < 3 ? request->max_rows : 3;
  struct ArrowArray* child = calloc(1, sizeof *child);
  int64_t* values = malloc((size_t)rows * sizeof *values);
  (void)instance;
  (void)error;
  for (int64_t i = 0; i < rows; ++i) values[i] = 10 * i;
  child->length = rows;
  child->n_buffers = 2;
  child->buffers = calloc(2, sizeof *child->buffers);
  child->buffers[1] = values;
  child->release = release_child;
  page->array.length = rows;
  page->array.n_buffers = 1;
  page->array.buffers = calloc(1, sizeof *page->array.buffers);
  page->array.n_children = 1;
  page->array.children = calloc(1, sizeof *page->array.children);
  page->array.children[0] = child;
  page->array.release = release_array;
  page->next.data = "3";
  page->next.size = 1;
  page->done = 1;
  return SENTINEL_OK;
}

static const sentinel_option_table kOptions = {sizeof(sentinel_option_table), 0, NULL};
static const sentinel_source_calls kCalls = {.struct_size = sizeof(sentinel_source_calls),
                                             .open = open_source,
                                             .close = close_source,
                                             .schema = schema_of_source,
                                             .read = read_source};
static const sentinel_component kComponent = {.struct_size = sizeof(sentinel_component),
                                              .kind = SENTINEL_KIND_SOURCE,
                                              .use = "plain_c",
                                              .doc = "Three numbers, written in C.",
                                              .options = &kOptions,
                                              .cursor_version = 1,
                                              .source = &kCalls};
static const sentinel_component* const kComponents[] = {&kComponent};
static const sentinel_plugin kPlugin = {
    sizeof(sentinel_plugin), SENTINEL_ABI_VERSION, "plain_c", "1.0.0", 1, kComponents};

__attribute__((visibility("default"))) const sentinel_plugin* sentinel_plugin_v1(uint32_t host_abi);
const sentinel_plugin* sentinel_plugin_v1(uint32_t host_abi) { return host_abi >= 1 ? &kPlugin : NULL; }
