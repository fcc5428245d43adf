// What the tests of the suite share: which checks a component fails.
#pragma once

#include <sentinel/plugin.hpp>
#include <sentinel/testkit/conformance.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sentinel::conformance {

using Ids = std::set<std::string>;

// The ids of the checks that failed; the report goes to the test's log.
inline Ids failed_ids(const testkit::Report& report) {
  Ids ids;
  for (const auto& check : report.checks())
    if (check.found.answer == testkit::Answer::kFailed) ids.insert(check.id);
  std::fputs(testkit::report_text(report).c_str(), stdout);
  return ids;
}
inline Ids failures(const sentinel_component& component, const Schema& fields = testkit::sample_fields()) {
  const testkit::OptionValue none;
  return failed_ids(testkit::run_conformance(component, none.lend(), fields));
}

}  // namespace sentinel::conformance
