// What a call that can fail answers: Status, or Result<T> where there is a value. Errors are values; the code says who
// is at fault and so what the engine does, the message says it to a person.
#pragma once

#include <sentinel/abi.h>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace sentinel {

// Choose by who is at fault. The comment at each line of SENTINEL_CODES says what the host does.
#define SENTINEL_CODE_ENUMERATOR(name, number, cpp_name, text) cpp_name = number,
enum class Code : std::int32_t { SENTINEL_CODES(SENTINEL_CODE_ENUMERATOR) };
#undef SENTINEL_CODE_ENUMERATOR

struct CodeName {
  Code code;
  std::string_view name;  // in logs, dead letters and --json: "invalid_data", "unavailable", ...
};
#define SENTINEL_CODE_NAME(name, number, cpp_name, text) CodeName{Code::cpp_name, text},
inline constexpr CodeName kCodeNames[] = {SENTINEL_CODES(SENTINEL_CODE_NAME)};
#undef SENTINEL_CODE_NAME

constexpr std::string_view to_string(Code code) {
  for (const auto& each : kCodeNames)
    if (each.code == code) return each.name;
  return to_string(Code::kInternal);
}

// True where the record is at fault, so that it becomes a dead letter and its neighbours go on.
constexpr bool is_row_fault(Code code) { return code == Code::kInvalidData || code == Code::kConflict; }
// True where the same call may succeed later without anybody changing anything.
constexpr bool is_retryable(Code code) {
  return code == Code::kTransient || code == Code::kUnavailable || code == Code::kThrottled;
}

// Native codes that the engine understands.
inline constexpr std::string_view kNativeNoTable = SENTINEL_NATIVE_NO_TABLE;
inline constexpr std::string_view kNativeNoStateTables = SENTINEL_NATIVE_NO_STATE_TABLES;

// Success, or a code with its facts. Cheap to return when ok: one null pointer.
class [[nodiscard]] Status {
 public:
  Status() noexcept = default;  // ok
  Status(Code code, std::string message) : detail_(std::make_unique<Detail>()) {
    assert(code != Code::kOk);
    detail_->code = code;
    detail_->message = std::move(message);
  }
  Status(const Status& other) : detail_(other.detail_ ? std::make_unique<Detail>(*other.detail_) : nullptr) {}
  Status& operator=(const Status& other) {
    if (this != &other) detail_ = other.detail_ ? std::make_unique<Detail>(*other.detail_) : nullptr;
    return *this;
  }
  Status(Status&&) noexcept = default;
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

  bool ok() const noexcept { return detail_ == nullptr; }
  explicit operator bool() const noexcept { return ok(); }
  Code code() const noexcept { return detail_ ? detail_->code : Code::kOk; }
  const std::string& message() const noexcept { return detail().message; }
  // Whose number native_code() is: mysql, sqlstate, sqlite, http, curl, or a stage's name.
  const std::string& domain() const noexcept { return detail().domain; }
  const std::string& native_code() const noexcept { return detail().native_code; }
  // The option at fault, as in the pipeline file: "rules.email.pattern".
  const std::string& option_path() const noexcept { return detail().option_path; }
  std::optional<std::chrono::milliseconds> retry_after() const noexcept { return detail().retry_after; }

  // True where the target lacks what Sink::create makes.
  bool needs_create() const noexcept {
    return native_code() == kNativeNoTable || native_code() == kNativeNoStateTables;
  }

  // REQUIRES: !ok() for each of these.
  Status&& native(std::string domain, std::string native_code) && {
    detail_->domain = std::move(domain);
    detail_->native_code = std::move(native_code);
    return std::move(*this);
  }
  Status&& at_option(std::string path) && {
    detail_->option_path = std::move(path);
    return std::move(*this);
  }
  Status&& retry_after(std::chrono::milliseconds wait) && {
    detail_->retry_after = wait;
    return std::move(*this);
  }
  // The same fault with a prefix to its message: "while reading posts: ...".
  Status&& prefixed(std::string_view prefix) && {
    detail_->message.insert(0, prefix);
    return std::move(*this);
  }
  Status&& with_code(Code code) && {
    detail_->code = code;
    return std::move(*this);
  }

 private:
  struct Detail {
    Code code = Code::kInternal;
    std::string message, domain, native_code, option_path;
    std::optional<std::chrono::milliseconds> retry_after;
  };
  const Detail& detail() const noexcept {
    static const Detail none;
    return detail_ ? *detail_ : none;
  }
  std::unique_ptr<Detail> detail_;
};

inline Status invalid_data(std::string message) { return {Code::kInvalidData, std::move(message)}; }
inline Status invalid_config(std::string message) { return {Code::kInvalidConfig, std::move(message)}; }
inline Status internal_error(std::string message) { return {Code::kInternal, std::move(message)}; }

// A T, or the Status that says why there is none. Member names as in std::expected.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Status status) : state_(std::in_place_index<1>, std::move(status)) { assert(!error().ok()); }

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  // REQUIRES: has_value()
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  template <class U>
  T value_or(U&& other) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(other));
  }
  // REQUIRES: !has_value()
  const Status& error() const& { return *std::get_if<1>(&state_); }
  Status&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace sentinel

// Returns the Status of `expression` from the enclosing function unless it is ok.
#define SENTINEL_TRY(expression)                                                                          \
  do {                                                                                                    \
    if (::sentinel::Status sentinel_status = (expression); !sentinel_status.ok()) return sentinel_status; \
  } while (false)

#define SENTINEL_CONCAT_(a, b) a##b
#define SENTINEL_CONCAT(a, b) SENTINEL_CONCAT_(a, b)
// Declares `declaration` from the value of a Result, or returns its Status: SENTINEL_ASSIGN(auto row, next_row());
#define SENTINEL_ASSIGN(declaration, expression)                           \
  auto SENTINEL_CONCAT(sentinel_result_, __LINE__) = (expression);         \
  if (!SENTINEL_CONCAT(sentinel_result_, __LINE__).has_value())            \
    return std::move(SENTINEL_CONCAT(sentinel_result_, __LINE__)).error(); \
  declaration = std::move(SENTINEL_CONCAT(sentinel_result_, __LINE__)).value()
