// Command lines through Boost.Program_options.
#include "app/arguments.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <algorithm>

namespace sentinel::app {
namespace options = boost::program_options;

namespace {

constexpr const char* kWords = "words";  // Program_options wants a name for what is no flag

options::options_description description_of(const std::vector<Flag>& flags) {
  options::options_description description;
  for (const auto& flag : flags) {
    if (flag.value_name.empty())
      description.add_options()(flag.name.c_str(), flag.doc.c_str());
    else
      description.add_options()(flag.name.c_str(), options::value<std::string>()->value_name(flag.value_name),
                                flag.doc.c_str());
  }
  return description;
}

Status unknown_flag(const std::string& given, const std::vector<Flag>& flags) {
  std::vector<std::string> names;
  for (const auto& flag : flags) names.push_back("--" + flag.name);
  const auto nearest = sentinel::nearest(given, names);
  return invalid_config(
      fmt::format("unknown flag {}{}", given, nearest ? fmt::format("; did you mean {}?", *nearest) : "; see --help"));
}

}  // namespace

Result<Arguments> parse_arguments(const std::vector<Flag>& flags, const std::vector<std::string>& given) {
  namespace style = options::command_line_style;
  try {
    auto description = description_of(flags);
    description.add_options()(kWords, options::value<std::vector<std::string>>());
    const auto parsed = options::command_line_parser(given)
                            .options(description)
                            .positional(options::positional_options_description().add(kWords, -1))
                            .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
                            .allow_unregistered()
                            .run();
    Arguments arguments;
    for (const auto& option : parsed.options) {
      const bool is_flag = option.position_key < 0;
      if (is_flag && option.string_key == kWords) return unknown_flag(std::string("--") + kWords, flags);
      if (option.string_key == kWords || option.string_key.empty()) {
        arguments.words_.insert(arguments.words_.end(), option.value.begin(), option.value.end());
      } else if (option.unregistered) {
        return unknown_flag("--" + option.string_key, flags);
      } else {
        arguments.values_[option.string_key].push_back(option.value.empty() ? "" : option.value.front());
      }
    }
    for (const auto& word : arguments.words_)
      if (word.size() > 1 && word.front() == '-') return unknown_flag(word, flags);
    return arguments;
  } catch (const options::error& fault) {
    return invalid_config(fmt::format("{}; see --help", fault.what()));
  }
}

std::string describe_flags(const std::vector<Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) {
    const auto left = "--" + flag.name + (flag.value_name.empty() ? "" : " " + flag.value_name);
    text += fmt::format("  {:<26} {}\n", left, flag.doc);
  }
  return text;
}

}  // namespace sentinel::app
