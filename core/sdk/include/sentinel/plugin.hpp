// Everything a plugin author includes. A plugin is one shared library with one exported symbol, made by
// SENTINEL_PLUGIN:
//
//   SENTINEL_PLUGIN("counter", "1.0.0", sentinel::source<CounterSource>("counter", "Emits ascending invoices."))
//
// Start with source.hpp, transform.hpp or sink.hpp for what to derive from, option.hpp for options, batch.hpp for
// records.
#pragma once

#include <sentinel/batch.hpp>
#include <sentinel/decimal.hpp>
#include <sentinel/host.hpp>
#include <sentinel/option.hpp>
#include <sentinel/schema.hpp>
#include <sentinel/sink.hpp>
#include <sentinel/source.hpp>
#include <sentinel/status.hpp>
#include <sentinel/transform.hpp>

#include <array>

namespace sentinel::detail {

template <std::size_t N>
struct PluginDescription {
  std::array<sentinel_component, N> components;
  std::array<const sentinel_component*, N> pointers{};
  sentinel_plugin plugin{};

  PluginDescription(const char* name, const char* version, std::array<sentinel_component, N> list) : components(list) {
    for (std::size_t i = 0; i < N; ++i) pointers[i] = &components[i];
    plugin = {sizeof(sentinel_plugin), SENTINEL_ABI_VERSION, name, version, N, pointers.data()};
  }
  PluginDescription(const PluginDescription&) = delete;
};

template <class... Components>
auto describe_plugin(const char* name, const char* version, Components... components) {
  return PluginDescription<sizeof...(Components)>(name, version, {components...});
}

}  // namespace sentinel::detail

#if defined(__GNUC__)
#define SENTINEL_EXPORT __attribute__((visibility("default")))
#else
#define SENTINEL_EXPORT
#endif

// A plugin under another symbol: for stages that are linked into the host.
#define SENTINEL_PLUGIN_AS(symbol, name, version, ...)                                               \
  extern "C" SENTINEL_EXPORT const sentinel_plugin* symbol(std::uint32_t) SENTINEL_NOEXCEPT {        \
    static const auto description = ::sentinel::detail::describe_plugin(name, version, __VA_ARGS__); \
    return &description.plugin;                                                                      \
  }

#define SENTINEL_PLUGIN(name, version, ...) SENTINEL_PLUGIN_AS(sentinel_plugin_v1, name, version, __VA_ARGS__)
