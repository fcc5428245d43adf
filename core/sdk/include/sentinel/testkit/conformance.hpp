// The conformance suite: drives a source, transform or sink through the C boundary and says which rules it keeps.
#pragma once

#include <sentinel/testkit/sink_suite.hpp>
#include <sentinel/testkit/source_suite.hpp>
#include <sentinel/testkit/transform_suite.hpp>

namespace sentinel::testkit {
namespace detail {

inline Report empty_report(const sentinel_component& component) {
  constexpr const char* kKinds[] = {"", "source", "transform", "sink", "built-in stage", "setting"};
  return Report(kKinds[component.kind], component.use);
}

inline void run_suites(const sentinel_component& component, const sentinel_value& options, const Samples& samples,
                       Report& report) {
  if (component.kind == SENTINEL_KIND_SOURCE) SourceSuite(component, options, report).run();
  if (component.kind == SENTINEL_KIND_TRANSFORM) TransformSuite(component, options, samples, report).run();
  if (component.kind == SENTINEL_KIND_SINK) SinkSuite(component, options, samples, report).run();
}

}  // namespace detail

// Runs every check of the component's kind in this process, where a debugger sees it. `options` as the host would give
// them, valid by the option table. A source is read from its beginning; a transform and a sink are fed the samples:
// rows made up for some fields, or an author's own. A sink writes them, with keys that no other run of the suite uses:
// give it a target that may be thrown away. Built-in stages of the delivery have no suite: an empty report.
inline Report run_conformance(const sentinel_component& component, const sentinel_value& options,
                              const Samples& samples) {
  auto report = detail::empty_report(component);
  detail::run_suites(component, options, samples, report);
  return report;
}

}  // namespace sentinel::testkit
