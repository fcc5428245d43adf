// Carries texts and errors over the C boundary, and keeps exceptions on the side where they were thrown.
#pragma once

#include <sentinel/status.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace sentinel {

inline sentinel_text to_text(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view from_text(const sentinel_text& text) {
  return text.data == nullptr ? std::string_view{} : std::string_view{text.data, static_cast<std::size_t>(text.size)};
}

// True if `member` of a struct that the other side allocated lies inside what it allocated.
#define SENTINEL_OFFERS(pointer, member) \
  ((pointer)->struct_size >= offsetof(std::remove_cvref_t<decltype(*(pointer))>, member) + sizeof((pointer)->member))

namespace detail {

// Copies as much as fits without cutting a UTF-8 sequence, and terminates it.
inline void copy_text(std::span<char> to, std::string_view from) {
  auto size = std::min(from.size(), to.size() - 1);
  while (size > 0 && size < from.size() && (static_cast<unsigned char>(from[size]) & 0xC0) == 0x80) --size;
  std::memcpy(to.data(), from.data(), size);
  to[size] = '\0';
}

template <std::size_t N>
std::string terminated(const char (&from)[N]) {
  return std::string(from, static_cast<std::size_t>(std::find(from, from + N, '\0') - from));
}

}  // namespace detail

// Writes `status` into the caller's struct; `out` may be null.
inline void fill_error(sentinel_error* out, const Status& status) {
  if (out == nullptr || out->struct_size < sizeof(sentinel_error)) return;
  out->code = static_cast<std::int32_t>(status.code());
  out->retry_after_ms = status.retry_after() ? status.retry_after()->count() : -1;
  detail::copy_text(out->domain, status.domain());
  detail::copy_text(out->native_code, status.native_code());
  detail::copy_text(out->option_path, status.option_path());
  detail::copy_text(out->message, status.message());
}

inline sentinel_error empty_error() {
  sentinel_error error{};
  error.struct_size = sizeof error;
  error.retry_after_ms = -1;
  return error;
}

inline sentinel_error to_error(const Status& status) {
  auto error = empty_error();
  fill_error(&error, status);
  return error;
}

// What the callee answered, as a Status. A code outside the list is the callee's bug: kInternal.
inline Status from_error(std::int32_t code, const sentinel_error& error) {
  if (code == SENTINEL_OK) return {};
  auto message = detail::terminated(error.message);
  if (message.empty()) message = "failed without saying why";
  if (code < 0 || code > SENTINEL_INTERNAL)
    return internal_error("answered the unknown code " + std::to_string(code) + ": " + message);
  auto status = Status(static_cast<Code>(code), std::move(message))
                    .native(detail::terminated(error.domain), detail::terminated(error.native_code))
                    .at_option(detail::terminated(error.option_path));
  if (error.retry_after_ms >= 0)
    status = std::move(status).retry_after(std::chrono::milliseconds(error.retry_after_ms));
  return status;
}

// Calls `body` (which answers a Status) and turns whatever it throws into kInternal that carries what().
template <class Body>
std::int32_t fenced(sentinel_error* error, Body&& body) noexcept {
  try {
    try {
      const Status status = body();
      if (status.ok()) return SENTINEL_OK;
      fill_error(error, status);
      return static_cast<std::int32_t>(status.code());
    } catch (const std::exception& thrown) {
      fill_error(error, internal_error(std::string("threw: ") + thrown.what()));
    } catch (...) {
      fill_error(error, internal_error("threw something that is no std::exception"));
    }
  } catch (...) {  // no memory left for the message itself
  }
  return SENTINEL_INTERNAL;
}

}  // namespace sentinel
