// What a command accepts and what it was given. Each command declares its options with their types here;
// Boost.Program_options parses, checks and documents them, and stays behind this header.
#pragma once

#include <sentinel/status.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::app {

// Both limits belong to the range.
struct Range {
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min(), maximum = std::numeric_limits<std::int64_t>::max();
};

// What the shell completion needs of one option.
struct OptionInfo {
  std::string name;  // "take-over", written --take-over
  std::string value_name, doc;
  std::vector<std::string> choices;
  bool is_switch = false, is_path = false, is_required = false;
};

class Arguments;

// The options of one command, in the order of --help. An option that is given twice has its last value.
class OptionSet {
 public:
  OptionSet();
  OptionSet(OptionSet&&) noexcept;
  OptionSet& operator=(OptionSet&&) noexcept;
  ~OptionSet();

  OptionSet&& flag(const std::string& name, const std::string& doc) &&;
  OptionSet&& text(const std::string& name, const std::string& value_name, const std::string& doc) &&;
  OptionSet&& path(const std::string& name, const std::string& value_name, const std::string& doc) &&;
  // The documentation lists the choices.
  OptionSet&& choice(const std::string& name, const std::string& value_name, const std::vector<std::string>& choices,
                     const std::string& doc, const std::string& standard = "") &&;
  // The documentation names the range. Without `standard` there is no value where none is given.
  OptionSet&& integer(const std::string& name, const std::string& value_name, Range range, const std::string& doc,
                      std::optional<std::int64_t> standard = {}) &&;
  // "90s", "15m", as in a pipeline file. The documentation names a minimum above zero.
  OptionSet&& duration(const std::string& name, const std::string& value_name, std::chrono::milliseconds minimum,
                       const std::string& doc) &&;
  // "NAME=VALUE", any number of times.
  OptionSet&& pairs(const std::string& name, const std::string& value_name, const std::string& doc) &&;
  // The option declared last, or added last, must be given.
  OptionSet&& required() &&;
  // Those of `others` behind these.
  OptionSet&& add(OptionSet others) &&;

  std::vector<OptionInfo> options() const;
  // The options that must be given, as in a usage line: "--kind KIND".
  std::string required_usage() const;
  // What Program_options prints of them: one or more lines an option.
  std::string help() const;
  // Where `--help` is given nothing else is checked. Errors: kInvalidConfig naming the option and what it must be; of
  // an unknown one the nearest that exists.
  Result<Arguments> parse(const std::vector<std::string>& given) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a command line gave. Asking for an option that the command does not declare, or by another type, is a bug and
// throws std::logic_error.
class Arguments {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Arguments();

  bool declares(const std::string& option) const;     // its command has this option
  bool has(const std::string& option) const;          // it was given
  std::string text(const std::string& option) const;  // a text, path or choice; empty where there is none
  std::optional<std::int64_t> integer(const std::string& option) const;
  std::optional<std::chrono::milliseconds> duration(const std::string& option) const;
  Pairs pairs(const std::string& option) const;                                 // in their order
  const std::vector<std::string>& positionals() const { return positionals_; }  // what is no option, in order

 private:
  friend OptionSet;
  struct Values;
  std::shared_ptr<const Values> values_;
  std::vector<std::string> positionals_;
};

}  // namespace sentinel::app
