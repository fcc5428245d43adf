// Collects errors and warnings of a pipeline file, and quotes the values at fault.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::config {

struct Position {
  int line = 0, column = 0;  // from 1; 0: the file as a whole
};

// Where values stand in a file, by their path: "rules.email".
class Positions {
 public:
  // The first place that a path is given stays.
  void add(const std::string& path, Position at) { by_path_.emplace(path, at); }
  // Of the path, or of its nearest parent that stands in the file; else `whole`.
  Position nearest(std::string_view path, Position whole) const;

 private:
  std::map<std::string, Position> by_path_;
};

struct Problem {
  std::string file;
  Position at;
  bool is_warning = false;
  std::string text;
  // "pipelines/x.yaml:7:5: unknown option …", with "warning: " behind the position where it is one.
  std::string to_string() const;
};

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}
  void error(Position at, std::string text) { list_.push_back({file_, at, false, std::move(text)}); }
  void warning(Position at, std::string text) { list_.push_back({file_, at, true, std::move(text)}); }
  // A problem of another file that this one draws in.
  void add(Problem problem) { list_.push_back(std::move(problem)); }
  bool has_errors() const;
  const std::string& file() const { return file_; }
  // Those of other files first, then in the order of the file.
  std::vector<Problem> in_order() &&;

 private:
  std::string file_;
  std::vector<Problem> list_;
};

// The value in quotes, on one line, cut where it is long: as it may stand in a message.
std::string in_quotes(std::string_view value);
// "a, b, c"; long lists are cut.
std::string listed(const std::vector<std::string>& words);

}  // namespace sentinel::config
