// Options as values of Boost.Program_options: our types are read by `validate`, ranges and choices are checked by
// notifiers.
#include "app/arguments.hpp"

#include "engine/config/yaml/scalar.hpp"

#include <sentinel/did_you_mean.hpp>
#include <sentinel/option.hpp>
#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/program_options.hpp>

#include <algorithm>
#include <functional>
#include <sstream>
#include <stdexcept>

namespace sentinel::app {
namespace options = boost::program_options;

namespace {

// The types of values. Each is read anew whenever its option is given, so that the last one counts.
struct Given {};
struct Text {
  std::string value;
};
struct Integer {
  std::int64_t value;
};
struct Duration {
  std::chrono::milliseconds value;
};
struct Pair {
  std::string name, value;
};

// The library adds the option's name. Its templates would expand what looks like a placeholder in a value, so `what`
// stays outside of them.
class Unreadable : public options::error_with_option_name {
 public:
  explicit Unreadable(std::string what) : error_with_option_name("%canonical_option%"), what_(std::move(what)) {}
  std::string message() const { return fmt::format("{} {}", get_option_name(), what_); }

 private:
  std::string what_;
};
// An error whose text is whole.
class Unfit : public options::error {
 public:
  explicit Unfit(const std::string& what) : error(what) {}
};

using Tokens = std::vector<std::string>;

void validate(boost::any& out, const Tokens&, Given*, int) { out = Given{}; }

void validate(boost::any& out, const Tokens& tokens, Text*, int) { out = Text{tokens.front()}; }

void validate(boost::any& out, const Tokens& tokens, Integer*, int) {
  const auto number = config::parse_integer(tokens.front());
  if (!number) throw Unreadable(std::string(number.error().message()));
  out = Integer{*number};
}

void validate(boost::any& out, const Tokens& tokens, Duration*, int) {
  const auto ms = config::parse_duration_ms(tokens.front());
  if (!ms) throw Unreadable(std::string(ms.error().message()));
  out = Duration{std::chrono::milliseconds(*ms)};
}

void validate(boost::any& out, const Tokens& tokens, Pair*, int) {
  const auto& text = tokens.front();
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Unreadable(fmt::format("must be NAME=VALUE, not \"{}\"", printable(text)));
  out = Pair{text.substr(0, equals), text.substr(equals + 1)};
}

void check_range(const std::string& name, const Range& range, std::int64_t value) {
  if (value >= range.minimum && value <= range.maximum) return;
  const bool has_maximum = range.maximum != Range().maximum;
  throw Unfit(fmt::format("--{} must be {} {}{}, not {}", name, has_maximum ? "from" : "at least", range.minimum,
                          has_maximum ? fmt::format(" to {}", range.maximum) : "", value));
}

// ", 1 to 1000" or " (at least 1)"; empty where every integer, or every one from 0, is allowed.
std::string range_text(const Range& range) {
  if (range.maximum != Range().maximum) return fmt::format(", {} to {}", range.minimum, range.maximum);
  return range.minimum <= 0 ? "" : fmt::format(" (at least {})", range.minimum);
}

void check_choice(const std::string& name, const std::vector<std::string>& choices, const std::string& value) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  const auto nearest = sentinel::nearest(value, choices);
  throw Unfit(fmt::format(
      "unknown value \"{}\" for --{}; {}", printable(value), name,
      nearest ? fmt::format("did you mean {}?", *nearest) : fmt::format("there are {}", fmt::join(choices, ", "))));
}

// "a, b or c"
std::string choices_text(const std::vector<std::string>& choices) {
  if (choices.size() < 2) return fmt::format("{}", fmt::join(choices, ""));
  return fmt::format("{} or {}", fmt::join(choices.begin(), choices.end() - 1, ", "), choices.back());
}

// Program_options wants a name for what is no option.
constexpr const char* kPositionals = "positionals";

constexpr const char* kHelp = "--help";

constexpr unsigned kLineLength = 110, kLeastDocLength = 70;

}  // namespace

struct OptionSet::Impl {
  options::options_description description{kLineLength, kLeastDocLength};
  std::vector<OptionInfo> infos;
  std::function<void()> require_last;

  template <class T>
  options::typed_value<T>& declare(OptionInfo info) {
    auto* value = options::value<T>();
    if (!info.value_name.empty()) value->value_name(info.value_name);
    require_last = [value] { value->required(); };
    description.add_options()(info.name.c_str(), value, info.doc.c_str());
    infos.push_back(std::move(info));
    return *value;
  }
};

struct Arguments::Values {
  options::variables_map map;
  std::vector<std::string> declared;

  // Null where the option has no value.
  template <class T>
  const T* find(const std::string& option) const {
    if (std::find(declared.begin(), declared.end(), option) == declared.end())
      throw std::logic_error(fmt::format("the command declares no option --{}", option));
    if (map.count(option) == 0) return nullptr;
    const auto* value = boost::any_cast<T>(&map[option].value());
    if (value == nullptr) throw std::logic_error(fmt::format("the option --{} has another type", option));
    return value;
  }
};

// --- declaring

OptionSet::OptionSet() : impl_(std::make_unique<Impl>()) {}
OptionSet::OptionSet(OptionSet&&) noexcept = default;
OptionSet& OptionSet::operator=(OptionSet&&) noexcept = default;
OptionSet::~OptionSet() = default;

OptionSet&& OptionSet::flag(const std::string& name, const std::string& doc) && {
  impl_->declare<Given>({name, "", doc, {}, true}).zero_tokens();
  return std::move(*this);
}

OptionSet&& OptionSet::text(const std::string& name, const std::string& value_name, const std::string& doc) && {
  impl_->declare<Text>({name, value_name, doc, {}});
  return std::move(*this);
}

OptionSet&& OptionSet::path(const std::string& name, const std::string& value_name, const std::string& doc) && {
  impl_->declare<Text>({name, value_name, doc, {}, false, true});
  return std::move(*this);
}

OptionSet&& OptionSet::choice(const std::string& name, const std::string& value_name,
                              const std::vector<std::string>& choices, const std::string& doc,
                              const std::string& standard) && {
  auto& value = impl_->declare<Text>({name, value_name, fmt::format("{}: {}", doc, choices_text(choices)), choices});
  value.notifier([name, choices](const Text& text) { check_choice(name, choices, text.value); });
  if (!standard.empty()) value.default_value(Text{standard}, standard);
  return std::move(*this);
}

OptionSet&& OptionSet::integer(const std::string& name, const std::string& value_name, Range range,
                               const std::string& doc, std::optional<std::int64_t> standard) && {
  auto& value = impl_->declare<Integer>({name, value_name, doc + range_text(range), {}});
  value.notifier([name, range](const Integer& number) { check_range(name, range, number.value); });
  if (standard) value.default_value(Integer{*standard}, fmt::format("{}", *standard));
  return std::move(*this);
}

OptionSet&& OptionSet::duration(const std::string& name, const std::string& value_name,
                                std::chrono::milliseconds minimum, const std::string& doc) && {
  const auto least = minimum.count() > 0 ? fmt::format(" (at least {})", detail::duration_text(minimum.count())) : "";
  impl_->declare<Duration>({name, value_name, doc + least, {}}).notifier([name, minimum](const Duration& duration) {
    if (duration.value < minimum)
      throw Unfit(fmt::format("--{} must be at least {}, not {}", name, detail::duration_text(minimum.count()),
                              detail::duration_text(duration.value.count())));
  });
  return std::move(*this);
}

OptionSet&& OptionSet::pairs(const std::string& name, const std::string& value_name, const std::string& doc) && {
  impl_->declare<std::vector<Pair>>({name, value_name, doc, {}});
  return std::move(*this);
}

OptionSet&& OptionSet::required() && {
  impl_->require_last();
  impl_->infos.back().is_required = true;
  return std::move(*this);
}

OptionSet&& OptionSet::add(OptionSet others) && {
  for (const auto& option : others.impl_->description.options()) impl_->description.add(option);
  impl_->infos.insert(impl_->infos.end(), others.impl_->infos.begin(), others.impl_->infos.end());
  if (others.impl_->require_last) impl_->require_last = std::move(others.impl_->require_last);
  return std::move(*this);
}

// --- documenting

std::vector<OptionInfo> OptionSet::options() const { return impl_->infos; }

std::string OptionSet::required_usage() const {
  std::string text;
  for (const auto& info : impl_->infos)
    if (info.is_required) text += fmt::format("{}--{} {}", text.empty() ? "" : " ", info.name, info.value_name);
  return text;
}

std::string OptionSet::help() const {
  std::ostringstream text;
  text << impl_->description;
  return text.str();
}

// --- parsing

namespace {

// `given` is the option as the library names it, "--kind".
Status unknown_flag(std::string given, const std::vector<OptionInfo>& infos) {
  given.erase(std::min(given.find('='), given.size()));
  std::vector<std::string> names;
  for (const auto& info : infos) names.push_back(fmt::format("--{}", info.name));
  const auto nearest = sentinel::nearest(given, names);
  return invalid_config(fmt::format("unknown flag {}{}", printable(given),
                                    nearest ? fmt::format("; did you mean {}?", *nearest) : "; see --help"));
}

// After "--" there are only positional arguments.
auto end_of_flags(const Tokens& given) { return std::find(given.begin(), given.end(), "--"); }

// No option takes "--help" as its value.
bool asks_for_help(const Tokens& given) {
  const auto end = end_of_flags(given);
  return std::find(given.begin(), end, kHelp) != end;
}

Status missing_option(const std::string& given, const std::vector<OptionInfo>& infos) {
  for (const auto& info : infos) {
    if (given != fmt::format("--{}", info.name)) continue;
    std::vector<std::string> ways;
    for (const auto& choice : info.choices) ways.push_back(fmt::format("{} {}", given, choice));
    if (ways.empty()) ways.push_back(fmt::format("{} {}, {}", given, info.value_name, info.doc));
    return invalid_config(fmt::format("{} is required: {}", given, fmt::join(ways, " or ")));
  }
  return invalid_config(fmt::format("{} is required", given));
}

}  // namespace

Result<Arguments> OptionSet::parse(const std::vector<std::string>& given) const {
  namespace style = options::command_line_style;
  auto values = std::make_shared<Arguments::Values>();
  for (const auto& info : impl_->infos) values->declared.push_back(info.name);
  Arguments arguments;
  try {
    options::options_description all;
    all.add(impl_->description).add_options()(kPositionals, options::value<std::vector<std::string>>());
    const auto parsed = options::command_line_parser(asks_for_help(given) ? Tokens{kHelp} : given)
                            .options(all)
                            .positional(options::positional_options_description().add(kPositionals, -1))
                            .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
                            .run();
    for (const auto& option : parsed.options)
      if (option.position_key < 0 && option.string_key == kPositionals)
        return unknown_flag(fmt::format("--{}", kPositionals), impl_->infos);
    options::store(parsed, values->map);
    if (values->map.count(kPositionals) > 0)
      arguments.positionals_ = values->map[kPositionals].as<std::vector<std::string>>();
    const auto is_misread = [&](const std::string& positional) {
      return positional.size() > 1 && positional.front() == '-' &&
             std::find(given.begin(), end_of_flags(given), positional) != end_of_flags(given);
    };
    const auto misread = std::find_if(arguments.positionals_.begin(), arguments.positionals_.end(), is_misread);
    if (misread != arguments.positionals_.end()) return unknown_flag(*misread, impl_->infos);
    if (!asks_for_help(given)) options::notify(values->map);
  } catch (const options::unknown_option& fault) {
    return unknown_flag(fault.get_option_name(), impl_->infos);
  } catch (const options::required_option& fault) {
    return missing_option(fault.get_option_name(), impl_->infos);
  } catch (const Unreadable& fault) {
    return invalid_config(fault.message());
  } catch (const Unfit& fault) {
    return invalid_config(fault.what());
  } catch (const options::error& fault) {
    return invalid_config(fmt::format("{}; see --help", fault.what()));
  }
  arguments.values_ = std::move(values);
  return arguments;
}

// --- what was given

Arguments::Arguments() : values_(std::make_shared<Values>()) {}

bool Arguments::declares(const std::string& option) const {
  return std::find(values_->declared.begin(), values_->declared.end(), option) != values_->declared.end();
}

bool Arguments::has(const std::string& option) const {
  if (!declares(option)) throw std::logic_error(fmt::format("the command declares no option --{}", option));
  return values_->map.count(option) > 0 && !values_->map[option].defaulted();
}

std::string Arguments::text(const std::string& option) const {
  const auto* found = values_->find<Text>(option);
  return found == nullptr ? std::string() : found->value;
}

std::optional<std::int64_t> Arguments::integer(const std::string& option) const {
  const auto* found = values_->find<Integer>(option);
  return found == nullptr ? std::nullopt : std::optional(found->value);
}

std::optional<std::chrono::milliseconds> Arguments::duration(const std::string& option) const {
  const auto* found = values_->find<Duration>(option);
  return found == nullptr ? std::nullopt : std::optional(found->value);
}

Arguments::Pairs Arguments::pairs(const std::string& option) const {
  Pairs pairs;
  if (const auto* found = values_->find<std::vector<Pair>>(option))
    for (const auto& pair : *found) pairs.emplace_back(pair.name, pair.value);
  return pairs;
}

}  // namespace sentinel::app
