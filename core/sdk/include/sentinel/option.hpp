// Options as data: one table, bound to the members of a struct, that validates the pipeline file, fills the struct, and
// writes the documentation.
//
//   struct Options { std::string table; std::int64_t page = 1000; };
//   static constexpr auto options = sentinel::options<Options>(
//       sentinel::option("table", &Options::table, "The table to read.").required().identity(),
//       sentinel::option("page", &Options::page, "Rows asked for at once.").min(1).max(10000));
//
// The defaults in the struct are the documented defaults; an option without doc text does not compile.
#pragma once

#include <sentinel/boundary.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace sentinel {

// map<string, T> of the pipeline file, in the order it was written.
template <class T>
using Ordered = std::vector<std::pair<std::string, T>>;

// A number of bytes: 64KiB, 4MiB.
struct ByteSize {
  std::int64_t bytes = 0;
};

namespace detail {

inline constexpr std::size_t kMaxChoices = 16;
inline constexpr std::size_t kMaxFormerNames = 4;
struct NoTable {};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::vector<std::pair<std::string, T>>> : std::true_type {};

// The kind of a single value; choices turn a string into an enum.
template <class T>
constexpr std::int32_t scalar_type(bool has_choices) {
  if constexpr (std::is_same_v<T, std::string>)
    return has_choices ? SENTINEL_TYPE_ENUM : SENTINEL_TYPE_STRING;
  else if constexpr (std::is_same_v<T, bool>)
    return SENTINEL_TYPE_BOOLEAN;
  else if constexpr (std::is_enum_v<T>)
    return SENTINEL_TYPE_ENUM;
  else if constexpr (std::integral<T>)
    return SENTINEL_TYPE_INTEGER;
  else if constexpr (std::floating_point<T>)
    return SENTINEL_TYPE_NUMBER;
  else if constexpr (std::is_same_v<T, std::chrono::milliseconds>)
    return SENTINEL_TYPE_DURATION;
  else if constexpr (std::is_same_v<T, ByteSize>)
    return SENTINEL_TYPE_SIZE;
  else
    return SENTINEL_TYPE_OBJECT;
}

// "90s" as people write it: the largest unit that loses nothing.
inline std::string duration_text(std::int64_t ms) {
  if (ms != 0 && ms % 3600000 == 0) return std::to_string(ms / 3600000) + "h";
  if (ms != 0 && ms % 60000 == 0) return std::to_string(ms / 60000) + "m";
  if (ms % 1000 == 0) return std::to_string(ms / 1000) + "s";
  return std::to_string(ms) + "ms";
}
inline std::string size_text(std::int64_t bytes) {
  constexpr std::pair<const char*, std::int64_t> kUnits[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}};
  for (const auto& [name, unit] : kUnits)
    if (bytes != 0 && bytes % unit == 0) return std::to_string(bytes / unit) + name;
  return std::to_string(bytes);
}

inline std::string join_path(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

}  // namespace detail

// One row of the table. Made by option(); each setter answers a changed copy.
template <class Owner, class Member, class Nested = detail::NoTable>
struct Option {
  const char* name;
  Member Owner::*member;
  const char* doc;
  std::uint32_t flags = 0;
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  std::array<const char*, detail::kMaxChoices> choice_names{};      // the rest is null
  std::array<const char*, detail::kMaxFormerNames> former_names{};  // the rest is null
  const Nested* nested = nullptr;

  consteval Option with(std::uint32_t flag) const {
    auto copy = *this;
    copy.flags |= flag;
    return copy;
  }
  consteval Option required() const { return with(SENTINEL_OPTION_REQUIRED); }
  consteval Option secret() const { return with(SENTINEL_OPTION_SECRET); }
  consteval Option advanced() const { return with(SENTINEL_OPTION_ADVANCED); }
  consteval Option deprecated() const { return with(SENTINEL_OPTION_DEPRECATED); }
  // It says what is read: another value is another source, with a checkpoint of its own.
  consteval Option identity() const { return with(SENTINEL_OPTION_IDENTITY); }
  // Inside an object: a scalar written in place of the object stands for this option.
  consteval Option shorthand() const { return with(SENTINEL_OPTION_SHORTHAND); }
  // Of integers, durations (ms) and sizes (bytes).
  consteval Option min(std::int64_t least) const {
    auto copy = *this;
    copy.minimum = least;
    return copy;
  }
  consteval Option max(std::int64_t most) const {
    auto copy = *this;
    copy.maximum = most;
    return copy;
  }
  // The values allowed. For a C++ enum: the names of its enumerators 0, 1, 2, …
  template <class... Values>
  consteval Option choices(Values... values) const {
    static_assert(sizeof...(Values) < detail::kMaxChoices);
    auto copy = *this;
    std::size_t i = 0;
    ((copy.choice_names[i++] = values), ...);
    return copy;
  }
  // What the option was called before: accepted in its place, with a warning that says the new name.
  template <class... Names>
  consteval Option formerly(Names... names) const {
    static_assert(sizeof...(Names) < detail::kMaxFormerNames);
    auto copy = *this;
    std::size_t i = 0;
    ((copy.former_names[i++] = names), ...);
    return copy;
  }
  // The table of an object, or of the objects in a list or map. REQUIRES: static storage.
  template <class Table>
  consteval Option<Owner, Member, Table> of(const Table& table) const {
    return {name, member, doc, flags, minimum, maximum, choice_names, former_names, &table};
  }
};

template <class Owner, class Member>
consteval Option<Owner, Member> option(const char* name, Member Owner::*member, const char* doc) {
  if (name == nullptr || *name == '\0') throw "an option needs a name";
  if (doc == nullptr || *doc == '\0') throw "an option needs a sentence of documentation";
  return {name, member, doc};
}

namespace detail {

template <class T, class Nested>
Status assign(const sentinel_value& value, const std::string& path, const std::array<const char*, kMaxChoices>& choices,
              const Nested* nested, T& out) {
  const auto mismatch = [&](std::string_view wanted) {
    return invalid_config("must be " + std::string(wanted)).at_option(path);
  };
  if constexpr (IsOptional<T>::value) {
    out.emplace();
    return assign(value, path, choices, nested, *out);
  } else if constexpr (IsMap<T>::value) {
    if (value.kind != SENTINEL_VALUE_MAP) return mismatch("a map");
    out.clear();
    for (std::uint64_t i = 0; i < value.count; ++i) {
      auto& [key, item] =
          out.emplace_back(std::string(from_text(value.keys[i])), typename T::value_type::second_type{});
      SENTINEL_TRY(assign(*value.items[i], join_path(path, key), choices, nested, item));
    }
    return {};
  } else if constexpr (IsList<T>::value) {
    if (value.kind != SENTINEL_VALUE_LIST) return mismatch("a list");
    out.clear();
    for (std::uint64_t i = 0; i < value.count; ++i)
      SENTINEL_TRY(assign(*value.items[i], join_path(path, std::to_string(i)), choices, nested, out.emplace_back()));
    return {};
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (value.kind != SENTINEL_VALUE_TEXT) return mismatch("a text");
    out = std::string(from_text(value.text));
    return {};
  } else if constexpr (std::is_enum_v<T>) {
    for (std::size_t i = 0; value.kind == SENTINEL_VALUE_TEXT && i < kMaxChoices && choices[i] != nullptr; ++i) {
      if (from_text(value.text) != choices[i]) continue;
      out = static_cast<T>(i);
      return {};
    }
    return mismatch("one of its choices");
  } else if constexpr (std::is_same_v<T, bool>) {
    if (value.kind != SENTINEL_VALUE_BOOLEAN) return mismatch("true or false");
    out = value.integer != 0;
    return {};
  } else if constexpr (std::floating_point<T>) {
    if (value.kind != SENTINEL_VALUE_NUMBER) return mismatch("a number");
    out = static_cast<T>(value.number);
    return {};
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds> || std::is_same_v<T, ByteSize> ||
                       std::integral<T>) {
    if (value.kind != SENTINEL_VALUE_INTEGER) return mismatch("an integer");
    if constexpr (std::integral<T>)
      out = static_cast<T>(value.integer);
    else
      out = T{value.integer};
    return {};
  } else {
    static_assert(!std::is_same_v<Nested, NoTable>, "an object option needs its table: .of(kTable)");
    return nested->fill(value, path, out);
  }
}

template <class T>
std::optional<std::string> default_text(const T& value, const std::array<const char*, kMaxChoices>& choices) {
  if constexpr (IsOptional<T>::value)
    return value ? default_text(*value, choices) : std::nullopt;
  else if constexpr (std::is_same_v<T, std::string>)
    return value.empty() ? std::nullopt : std::optional(value);
  else if constexpr (std::is_same_v<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::is_enum_v<T>)
    return std::string(choices[static_cast<std::size_t>(value)]);
  else if constexpr (std::is_same_v<T, std::chrono::milliseconds>)
    return duration_text(value.count());
  else if constexpr (std::is_same_v<T, ByteSize>)
    return size_text(value.bytes);
  else if constexpr (std::integral<T>)
    return std::to_string(value);
  else if constexpr (std::floating_point<T>) {
    auto text = std::to_string(value);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
  } else if constexpr (IsList<T>::value && !IsMap<T>::value) {
    if (value.empty()) return std::nullopt;
    std::string text = "[";
    for (const auto& item : value) text += (text.size() > 1 ? ", " : "") + default_text(item, choices).value_or("");
    return text + "]";
  } else
    return std::nullopt;
}

}  // namespace detail

// The rows of one struct's options. Made by options<Owner>(…).
template <class Owner, class... Rows>
struct OptionTable {
  std::tuple<Rows...> rows;

  // Fills the members that `value` names; the others keep their defaults. Errors: kInvalidConfig with the option's
  // path.
  Status fill(const sentinel_value& value, const std::string& path, Owner& out) const {
    if (value.kind != SENTINEL_VALUE_MAP) return invalid_config("must be a map of options").at_option(path);
    for (std::uint64_t i = 0; i < value.count; ++i) {
      const auto key = from_text(value.keys[i]);
      bool known = false;
      Status status;
      std::apply([&](const auto&... row) { (assign_if(row, key, *value.items[i], path, out, known, status), ...); },
                 rows);
      if (!known)
        return invalid_config("unknown option \"" + std::string(key) + "\"").at_option(detail::join_path(path, key));
      if (!status.ok()) return status;
    }
    return {};
  }

  // The same table for the other side of the boundary; built once, never freed.
  const sentinel_option_table* c_table() const {
    static const CTable* table = new CTable(*this);
    return &table->table;
  }

 private:
  // By its name, or by one of its former names: a host built before there were any hands them over as written.
  template <class Row>
  static bool is_named(const Row& row, std::string_view key) {
    if (key == row.name) return true;
    for (const auto* former : row.former_names)
      if (former != nullptr && key == former) return true;
    return false;
  }
  template <class Row>
  static void assign_if(const Row& row, std::string_view key, const sentinel_value& value, const std::string& path,
                        Owner& out, bool& known, Status& status) {
    if (known || !is_named(row, key)) return;
    known = true;
    status = detail::assign(value, detail::join_path(path, key), row.choice_names, row.nested, out.*row.member);
  }

  struct CTable {
    explicit CTable(const OptionTable& source) {
      const Owner defaults{};
      std::apply([&](const auto&... row) { (add(row, defaults), ...); }, source.rows);
      for (const auto& entry : entries) pointers.push_back(&entry);
      table = {sizeof(sentinel_option_table), static_cast<std::uint32_t>(pointers.size()), pointers.data()};
    }
    template <class Member, class Nested>
    void add(const Option<Owner, Member, Nested>& row, const Owner& defaults) {
      sentinel_option entry{};
      entry.struct_size = sizeof entry;
      set_types<Member>(entry, row.choice_names[0] != nullptr);
      entry.flags = row.flags;
      entry.name = row.name;
      entry.doc = row.doc;
      entry.minimum = row.minimum;
      entry.maximum = row.maximum;
      if ((row.flags & SENTINEL_OPTION_REQUIRED) == 0)
        if (auto text = detail::default_text(defaults.*row.member, row.choice_names))
          entry.default_text = texts.emplace_back(*text).c_str();
      if (row.choice_names[0] != nullptr) {
        auto& list = name_lists.emplace_back(row.choice_names.begin(), row.choice_names.end());
        list.push_back(nullptr);
        entry.choices = list.data();
      }
      if (row.former_names[0] != nullptr)
        entry.former_names = name_lists.emplace_back(row.former_names.begin(), row.former_names.end()).data();
      if constexpr (!std::is_same_v<Nested, detail::NoTable>) entry.table = row.nested->c_table();
      entries.push_back(entry);
    }
    template <class Member>
    static void set_types(sentinel_option& entry, bool has_choices) {
      if constexpr (detail::IsOptional<Member>::value)
        set_types<typename Member::value_type>(entry, has_choices);
      else if constexpr (detail::IsMap<Member>::value) {
        entry.type = SENTINEL_TYPE_MAP;
        entry.element_type = detail::scalar_type<typename Member::value_type::second_type>(has_choices);
      } else if constexpr (detail::IsList<Member>::value) {
        entry.type = SENTINEL_TYPE_LIST;
        entry.element_type = detail::scalar_type<typename Member::value_type>(has_choices);
      } else
        entry.type = detail::scalar_type<Member>(has_choices);
    }
    std::deque<std::string> texts;
    std::deque<std::vector<const char*>> name_lists;  // each ends with null
    std::deque<sentinel_option> entries;
    std::vector<const sentinel_option*> pointers;
    sentinel_option_table table{};
  };
};

template <class Owner, class... Rows>
consteval OptionTable<Owner, Rows...> options(Rows... rows) {
  return {std::tuple<Rows...>(rows...)};
}

}  // namespace sentinel
