// What sources, transforms and sinks share on the plugin's side: opening an instance from its option values, closing
// it, and describing it to the host.
#pragma once

#include <sentinel/host.hpp>
#include <sentinel/option.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace sentinel {

// The money of a refused record, where it is known: the balance then has it on the line of the dead letters, not among
// the records of unknown amount.
struct RejectedAmount {
  std::int64_t minor = 0;  // minor units, at the exponent of the pipeline's money
  std::string currency;    // ISO 4217; empty: the currency that the pipeline declares
  friend bool operator==(const RejectedAmount&, const RejectedAmount&) = default;
};

// What happens to the row in the target of a departed record: one that is filtered now, or deleted in the source.
enum class Departure : std::int32_t {
  kKeep = SENTINEL_DEPARTURE_KEEP,      // it stays as it is
  kMark = SENTINEL_DEPARTURE_MARK,      // it stays, marked with the time of the departure
  kDelete = SENTINEL_DEPARTURE_DELETE,  // it is removed
};

}  // namespace sentinel

namespace sentinel::detail {

// Writes the amount into a reject that crosses the boundary; the texts are borrowed.
template <class Reject>
void lend_amount(const std::optional<RejectedAmount>& amount, Reject& out) {
  if (!amount) return;
  out.has_amount = 1;
  out.minor = amount->minor;
  out.currency = to_text(amount->currency);
}

template <class T>
struct OptionsOf;
template <class Owner, class... Rows>
struct OptionsOf<OptionTable<Owner, Rows...>> {
  using type = Owner;
};
template <class T>
using options_t = typename OptionsOf<std::remove_cv_t<decltype(T::options)>>::type;

template <class T, class Instance>
std::int32_t open_instance(const sentinel_host* host, const sentinel_value* values, void** out,
                           sentinel_error* error) noexcept {
  return fenced(error, [&]() -> Status {
    options_t<T> options;
    SENTINEL_TRY(T::options.fill(*values, "", options));
    auto instance = std::make_unique<Instance>(host);
    if constexpr (requires { T::open(std::move(options), instance->host); }) {
      SENTINEL_ASSIGN(instance->self, T::open(std::move(options), instance->host));
    } else {
      instance->self = std::make_unique<T>(std::move(options), instance->host);
    }
    *out = instance.release();
    return {};
  });
}

template <class Instance>
void close_instance(void* instance) noexcept {
  fenced(nullptr, [&]() -> Status {
    delete static_cast<Instance*>(instance);
    return {};
  });
}

template <class T>
sentinel_component describe(std::int32_t kind, const char* use, const char* doc) {
  sentinel_component component{};
  component.struct_size = sizeof component;
  component.kind = kind;
  component.use = use;
  component.doc = doc;
  component.options = T::options.c_table();
  return component;
}

}  // namespace sentinel::detail
