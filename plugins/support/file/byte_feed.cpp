// Buffers the bytes of a file from a given offset, and advances as records are taken.
#include "support/file/byte_feed.hpp"

#include <algorithm>

namespace sentinel::support {
namespace {

constexpr std::size_t kStep = 256u << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void Place::pass(std::string_view bytes) {
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    line += c == '\n' ? 1 : 0;
  }
  offset += std::ssize(bytes);
}

std::string Place::text() const { return "line " + std::to_string(line) + ", byte " + std::to_string(offset); }

Result<bool> ByteFeed::more() {
  held_.erase(0, taken_);
  taken_ = 0;
  const auto before = held_.size();
  held_.resize(before + kStep);
  auto got = file_.read_at(place_.offset + static_cast<std::int64_t>(before), std::span(held_).subspan(before));
  held_.resize(before + got.value_or(0u));
  if (!got) return std::move(got).error();
  return *got > 0;
}

Status ByteFeed::pass_byte_order_mark() {
  SENTINEL_ASSIGN([[maybe_unused]] const bool has_bytes, more());
  return ahead().starts_with(kByteOrderMark) ? take(std::ssize(kByteOrderMark)) : Status();
}

Status ByteFeed::take(std::int64_t count) {
  while (count > 0) {
    if (ahead().empty()) {
      SENTINEL_ASSIGN(const bool has_more, more());
      if (!has_more) return {Code::kSchemaChanged, "\"" + file_.path() + "\" became shorter while it was being read"};
    }
    const auto part = ahead().substr(0, static_cast<std::size_t>(count));
    place_.pass(part);
    taken_ += part.size();
    count -= std::ssize(part);
  }
  return {};
}

}  // namespace sentinel::support
