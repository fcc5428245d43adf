// Answers numbers that are no codes, and texts that have no end.
#include "raw_source.hpp"

#include <cstring>
#include <string_view>

namespace {

std::int32_t read(void*, const sentinel_read_request* request, sentinel_page*, sentinel_error* error) noexcept {
  const auto cursor = std::string_view(request->cursor.data, request->cursor.size);
  if (cursor == "negative") return -5;
  std::memset(error->message, 'x', sizeof error->message);
  std::memset(error->domain, '\xff', sizeof error->domain);
  return 4711;
}

}  // namespace

HOSTILE_ENTRY {
  static hostile::Description self("codes");
  self.calls.read = read;
  return &self.plugin;
}
