// A command's words: what it accepts, and what it was given. Boost.Program_options stays behind this.
#pragma once

#include <sentinel/status.hpp>

#include <map>
#include <string>
#include <vector>

namespace sentinel::app {

struct Flag {
  std::string name;        // "take-over", written --take-over
  std::string value_name;  // "TEXT"; empty: a switch
  std::string doc;
};

class Arguments {
 public:
  bool has(const std::string& flag) const { return values_.contains(flag); }
  // The value given last, or "".
  std::string value(const std::string& flag) const {
    const auto found = values_.find(flag);
    return found == values_.end() ? std::string() : found->second.back();
  }
  // Every value of a flag that may be repeated, in order.
  std::vector<std::string> all(const std::string& flag) const {
    const auto found = values_.find(flag);
    return found == values_.end() ? std::vector<std::string>() : found->second;
  }
  const std::vector<std::string>& words() const { return words_; }  // what is no flag, in order

 private:
  friend Result<Arguments> parse_arguments(const std::vector<Flag>& flags, const std::vector<std::string>& given);
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> words_;
};

// Errors: kInvalidConfig naming the flag, with the nearest one that exists.
Result<Arguments> parse_arguments(const std::vector<Flag>& flags, const std::vector<std::string>& given);
// The flags, one a line, for --help.
std::string describe_flags(const std::vector<Flag>& flags);

}  // namespace sentinel::app
