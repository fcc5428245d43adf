// An open stage, driven through the C calls as the host would; and the checks that every kind of stage has in common.
#pragma once

#include <sentinel/boundary.hpp>
#include <sentinel/schema.hpp>
#include <sentinel/testkit/option_value.hpp>
#include <sentinel/testkit/report.hpp>
#include <sentinel/testkit/test_host.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace sentinel::testkit {

// Closes when it dies. Calls is the call table of the kind.
template <class Calls>
class Instance {
 public:
  static Result<std::unique_ptr<Instance>> open(const Calls& calls, TestHost& host, const sentinel_value& options) {
    auto opened = std::unique_ptr<Instance>(new Instance(calls));
    SENTINEL_TRY(
        opened->call([&](sentinel_error* error) { return calls.open(host.get(), &options, &opened->self_, error); }));
    opened->is_open_ = true;
    return opened;
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance() {
    if (is_open_) calls_.close(self_);
  }

  // Makes one call. An answer that breaks the rules of errors (an unknown code, no sentence) says so in its message.
  template <class Call>
  Status call(Call&& make) const {
    auto error = empty_error();
    const std::int32_t code = make(&error);
    return from_error(code, error);
  }
  const Calls& calls() const { return calls_; }
  void* self() const { return self_; }

 private:
  explicit Instance(const Calls& calls) : calls_(calls) {}
  const Calls& calls_;
  void* self_ = nullptr;
  bool is_open_ = false;
};

namespace detail {

using Lines = std::vector<std::string>;

// Takes what a plugin filled in, and releases it.
inline Result<Schema> taken(ArrowSchema& filled) {
  if (filled.release == nullptr) return internal_error("the schema has no release call");
  auto schema = import_schema(filled);
  filled.release(&filled);
  return schema;
}

// Why an error is no answer to give; empty for a good one.
inline std::string wrong_error(const Status& fault) {
  if (fault.code() == Code::kInternal) return "answered a bug of its own: " + fault.message();
  if (fault.message() == "failed without saying why") return "answered an error without a sentence";
  return {};
}

// Why a row or a record is rejected, as a report carries it. What is missing or cut short is a bug: kInternal.
inline Status reported_reason(const sentinel_error* error) {
  if (error == nullptr) return internal_error("no reason is given");
  if (error->struct_size < sizeof(sentinel_error)) return internal_error("the reason is truncated");
  return from_error(error->code, *error);
}

// What a stage does where the other side asks it to slow down. The suite waits and calls again, as the engine does.
class Throttle {
 public:
  // `call` answers a Status; called again while that is kThrottled. Answers the last one.
  template <class Call>
  Status wait_out(TestHost& host, Call&& call) {
    for (int waits = 0;; ++waits) {
      const auto before = host.now_ms();
      auto status = call();
      slept_ms_ = std::max(slept_ms_, host.now_ms() - before);
      if (status.code() != Code::kThrottled) return status;
      const auto wait = note(status);
      const bool lasts = waits == kMostWaits;
      lasts_ = lasts_ || lasts;
      if (lasts || wait.count() > kMostMs) return status;
      host.advance(wait.count());
      std::this_thread::sleep_for(std::min(wait, std::chrono::milliseconds(1000)));  // what throttles may be real
    }
  }
  // An answer of kThrottled. Answers how long to wait.
  std::chrono::milliseconds note(const Status& throttled) {
    const auto wait = throttled.retry_after().value_or(std::chrono::milliseconds(1000));
    ++times_;
    longest_ms_ = std::max(longest_ms_, wait.count());
    return wait;
  }
  Finding found(const std::string& call) const {
    using sentinel::detail::duration_text;
    if (slept_ms_ > kMostSleepMs)
      return failed("it slept for " + duration_text(slept_ms_) + " inside a " + call +
                    "; answer throttled with retry_after, and the engine waits");
    if (longest_ms_ > kMostMs)
      return failed("it asks to wait for " + duration_text(longest_ms_) + "; retry_after is in milliseconds");
    if (lasts_) return failed("it is still throttled after it was given the time that it asked for");
    return times_ > 0 ? Finding{} : not_applicable("it was not throttled");
  }

 private:
  static constexpr int kMostWaits = 5;
  static constexpr std::int64_t kMostMs = 24 * 3'600'000;
  // A client that paces itself to a number of requests a minute may well sleep for that minute.
  static constexpr std::int64_t kMostSleepMs = 120'000;
  int times_ = 0;
  bool lasts_ = false;
  std::int64_t longest_ms_ = 0, slept_ms_ = 0;
};

inline std::ptrdiff_t open_files() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  return error ? 0 : std::distance(begin(files), end(files));
}

// Money needs a whole or an exact type, and a currency field must be there.
inline std::string wrong_money(const Schema& schema) {
  for (const auto& field : schema) {
    if (!field.is_money()) continue;
    if (field.type != Type::kInt64 && field.type != Type::kDecimal)
      return "money field \"" + field.name + "\" is " + field.type_text() + "; only int64 and decimal are exact";
    if (!field.currency_field.empty() && schema.find(field.currency_field) == Schema::npos)
      return "money field \"" + field.name + "\" names the currency field \"" + field.currency_field +
             "\", which is not there";
  }
  return {};
}

// The values that an option may hold after the host has checked it, and that nobody thinks of.
inline std::vector<OptionValue> odd_values(const sentinel_option& option) {
  switch (option.type) {
    case SENTINEL_TYPE_STRING: return {"", std::string(100'000, 'x'), "Zoë\n\"';--", std::string("\0", 1)};
    case SENTINEL_TYPE_INTEGER:
    case SENTINEL_TYPE_DURATION:
    case SENTINEL_TYPE_SIZE: return {option.minimum, option.maximum};
    case SENTINEL_TYPE_NUMBER: return {-1e300, 0.0, 1e300};
    case SENTINEL_TYPE_BOOLEAN: return {true, false};
    case SENTINEL_TYPE_LIST: return {OptionValue::list({})};
    case SENTINEL_TYPE_MAP: return {OptionValue()};
    default: return {};
  }
}

}  // namespace detail

// Tries each option with values that pass the host's checks and that nobody thinks of. `prepare` goes as far as the
// stage can without reading or writing, and answers how that ended: ok, or an error with a code and a sentence.
template <class Calls, class Prepare>
Finding survives_odd_options(const sentinel_component& component, const Calls& calls, const sentinel_value& options,
                             Prepare&& prepare) {
  if (component.options == nullptr || component.options->count == 0) return not_applicable("it has no options");
  for (std::uint32_t i = 0; i < component.options->count; ++i) {
    const auto& option = *component.options->options[i];
    for (auto& odd : detail::odd_values(option)) {
      auto changed = OptionValue::copy_of(options);
      changed.set(option.name, std::move(odd));
      TestHost host;
      auto opened = Instance<Calls>::open(calls, host, changed.lend());
      const auto ended = opened ? prepare(**opened) : opened.error();
      if (const auto wrong = detail::wrong_error(ended); !wrong.empty())
        return failed("with an odd value of option \"" + std::string(option.name) + "\" it " + wrong);
    }
  }
  return {};
}

// Opens and closes many times: every file and connection must be closed again.
template <class Calls, class Prepare>
Finding closes_what_it_opens(const Calls& calls, const sentinel_value& options, Prepare&& prepare) {
  constexpr int kTimes = 20;
  std::ptrdiff_t before = 0;
  for (int i = 0; i < kTimes; ++i) {
    if (i == 1) before = detail::open_files();  // the first time may open what stays for the process
    TestHost host;
    auto opened = Instance<Calls>::open(calls, host, options);
    if (!opened) return failed("opened " + std::to_string(i) + " times, then: " + opened.error().message());
    if (const auto ended = prepare(**opened); !ended.ok())
      return failed("was ready " + std::to_string(i) + " times, then: " + ended.message());
  }
  const auto left = detail::open_files() - before;
  return left <= 0 ? Finding{}
                   : failed("left " + std::to_string(left) + " files open after " + std::to_string(kTimes - 1) +
                            " times open and close");
}

}  // namespace sentinel::testkit
