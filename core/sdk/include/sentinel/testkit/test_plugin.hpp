// The conformance suite in the author's own executable, where a debugger and sanitizers see the plugin's code. Link the
// plugin's sources to it:
//
//   #include <sentinel/testkit/test_plugin.hpp>
//   int main() {
//     sentinel::testkit::OptionValue options;
//     options.set("count", 25);
//     return sentinel::testkit::test_plugin(options);
//   }
//
// `sentinel plugins test` runs the same suite on a finished library.
#pragma once

#include <sentinel/testkit/conformance.hpp>

#include <cstdio>

extern "C" const sentinel_plugin* sentinel_plugin_v1(std::uint32_t host_abi) SENTINEL_NOEXCEPT;

namespace sentinel::testkit {

// For main(): tests the first component of the plugin that is linked into this program and prints the report. Answers
// 0 if it conforms, else 1.
inline int test_plugin(const OptionValue& options, const Samples& samples = sample_fields()) {
  const auto* plugin = sentinel_plugin_v1(SENTINEL_ABI_VERSION);
  if (plugin == nullptr || plugin->component_count == 0) {
    std::puts("the plugin describes no component");
    return 1;
  }
  const auto report = run_conformance(*plugin->components[0], options.lend(), samples);
  std::fputs(report_text(report).c_str(), stdout);
  return report.conforms() ? 0 : 1;
}

}  // namespace sentinel::testkit
