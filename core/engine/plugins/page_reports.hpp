// What a source, or the scan of a sink, reports beside the array of a page. Each report is checked as it arrives.
#pragma once

#include "engine/plugins/row_reports.hpp"

#include <sentinel/abi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sentinel::plugins {

struct PageReports {
  std::vector<FilteredRow> filtered;
  std::vector<RejectedRecord> rejected;
  std::string wrong;  // the first breach of the contract; empty: none

  // The calls of a sentinel_read_request whose context is a PageReports.
  static void filter(void* context, std::int64_t row, sentinel_text reason) noexcept;
  static void depart(void* context, std::int64_t row, std::int32_t action, sentinel_text reason) noexcept;
  static void reject(void* context, const sentinel_source_reject* reject) noexcept;

  // After the call: each filtered row is one of the page's `rows`, and filtered once. Answers `wrong`.
  const std::string& check(std::int64_t rows);

 private:
  void note(std::string what);
};

}  // namespace sentinel::plugins
