// Gives arrays that are wrong in the way that the cursor asks for.
#include "raw_source.hpp"

#include <string_view>

namespace {

// Three offsets and texts of the e-mail column, broken.
const std::int32_t kFalling[] = {0, 15, 7, 46};
const std::int32_t kNegative[] = {-4, 15, 30, 46};

void spoil(ArrowArray& batch, std::string_view how) {
  auto& amount = *batch.children[0];
  auto& email = *batch.children[1];
  if (how == "children") batch.n_children = 1;
  if (how == "short") amount.length = 2;
  if (how == "long") batch.length = 1000000;
  if (how == "negative") batch.length = -1;
  if (how == "nulls") amount.null_count = 2;
  if (how == "null_buffer") amount.buffers[1] = nullptr;
  if (how == "buffers") email.n_buffers = 2;
  if (how == "falling") email.buffers[1] = kFalling;
  if (how == "below_zero") email.buffers[1] = kNegative;
  if (how == "latin1") const_cast<char*>(static_cast<const char*>(email.buffers[2]))[32] = '\xe9';
  if (how == "released") batch.release(&batch);
}

std::int32_t read(void*, const sentinel_read_request* request, sentinel_page* page, sentinel_error*) noexcept {
  page->array = hostile::three_rows().release();
  page->next = {"end", 3};
  page->done = 1;
  spoil(page->array, {request->cursor.data, request->cursor.size});
  return SENTINEL_OK;
}

}  // namespace

HOSTILE_ENTRY {
  static hostile::Description self("liar");
  self.calls.read = read;
  return &self.plugin;
}
