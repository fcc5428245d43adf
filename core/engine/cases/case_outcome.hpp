// Compares the outcome of a case with what the case expected.
#pragma once

#include "engine/cases/case_run.hpp"
#include "engine/run/run.hpp"
#include "engine/store/store.hpp"

namespace sentinel::cases {

struct Outcomes {
  const engine::RunReport& report;
  std::vector<Row> rows;
  std::vector<store::StoredLetter> letters;
  std::vector<std::string> faults_left;
};

std::vector<Difference> compare(const CaseFile& file, const Case& one, const Outcomes& outcomes);

}  // namespace sentinel::cases
