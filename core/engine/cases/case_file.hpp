// A case file: what goes into a pipeline, and what is expected of it. Read like a pipeline file: every mistake in one
// pass, each with file:line:column.
#pragma once

#include "engine/config/pipeline_file.hpp"

#include <sentinel/batch.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::cases {

enum class SourceFault { kTransient, kUnavailable, kThrottled };
enum class SinkFault {
  kTransient,
  kUnavailable,
  kThrottled,
  kUnknownOutcome,  // the batch is committed, and the reply is lost
  kLostCommit,      // the connection is lost before the commit happens
};

struct Inject {
  std::vector<SourceFault> source;  // each ends one read
  std::vector<SinkFault> sink;      // each ends one write or one commit
};

// Lines of the balance, in records or in minor units. What is absent is not checked.
struct Lines {
  std::optional<std::int64_t> read, landed, unchanged, dead_lettered, filtered, departed, superseded, settled;
};

struct ExpectedLetter {
  std::optional<std::string> key, stage, code;
};

struct Expect {
  std::vector<std::string> rows;  // placeholder: rows have any fields, so they are read into Case::rows
  std::int64_t exit = 0;
  std::optional<std::vector<ExpectedLetter>> dead_letters;  // absent: none
  std::optional<Lines> records;
  std::vector<std::pair<std::string, Lines>> money;  // by currency
};

// A row as text by field; nothing for null.
using Row = std::vector<std::pair<std::string, std::optional<std::string>>>;
struct ExpectedRow {
  Row values;
  config::Position at;
};

struct Case {
  std::string name;
  std::int64_t page = 1000;  // how many records a batch holds
  Inject inject;
  Expect expect;
  Schema schema;                     // of the records
  std::vector<std::string> records;  // as snapshots
  std::optional<std::vector<ExpectedRow>> rows;
  std::string path;  // "cases.0"
};

struct CaseFile {
  std::string path, pipeline;  // as given; the pipeline's resolved against the case file's folder
  std::map<std::string, std::string> environment;
  std::vector<Case> cases;
  config::Positions positions;

  // Of the option, or of its nearest parent that stands in the file.
  config::Position position_of(std::string_view option_path) const { return positions.nearest(option_path, {}); }
};

struct LoadedCases {
  std::optional<CaseFile> file;  // only if there is no error among the problems
  std::vector<config::Problem> problems;
};

LoadedCases load_case_file(const std::string& path);

}  // namespace sentinel::cases
