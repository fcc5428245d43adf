// The conformance suite: drives a source, transform or sink through the C boundary and says which rules it keeps.
#pragma once

#include <sentinel/testkit/sink_suite.hpp>
#include <sentinel/testkit/source_suite.hpp>
#include <sentinel/testkit/transform_suite.hpp>

namespace sentinel::testkit {

// Runs every check of the component's kind. `options` as the host would give them, valid by the option table. A source
// is read from its beginning; a transform and a sink are fed made-up rows of `fields`. A sink writes them, with keys
// that no other run of the suite uses: give it a target that may be thrown away. Policies have no suite: an empty
// report.
inline Report judge(const sentinel_component& component, const sentinel_value& options, const Schema& fields) {
  constexpr const char* kKinds[] = {"", "source", "transform", "sink", "policy"};
  Report report(kKinds[component.kind], component.use);
  if (component.kind == SENTINEL_KIND_SOURCE) detail::SourceSuite(component, options, report).run();
  if (component.kind == SENTINEL_KIND_TRANSFORM) detail::TransformSuite(component, options, fields, report).run();
  if (component.kind == SENTINEL_KIND_SINK) detail::SinkSuite(component, options, fields, report).run();
  return report;
}

}  // namespace sentinel::testkit
