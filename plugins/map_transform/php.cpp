// Scans text in PHP's serialization format; nothing is evaluated, and no object is created.
#include "map_transform/php.hpp"

#include "support/json/json_text.hpp"

#include <fmt/format.h>

#include <sentinel/text.hpp>

#include <algorithm>
#include <charconv>
#include <unordered_set>

namespace sentinel::map_transform {
namespace {

constexpr std::size_t kMostBytes = 8u << 20, kMostValues = 100'000;
constexpr int kDeepest = 64;

enum class PhpKind { kNull, kBoolean, kNumber, kText, kArray };

struct PhpMember;
struct PhpValue {
  PhpKind kind = PhpKind::kNull;
  std::string_view text;  // of a scalar; borrowed
  std::vector<PhpMember> members;
  bool is_list = false;
};
struct PhpMember {
  std::string_view name;
  PhpValue value;
};

class PhpScanner {
 public:
  PhpScanner(std::string_view text, PhpObjects objects) : text_(text), objects_(objects) {}

  Result<PhpValue> whole() {
    if (text_.size() > kMostBytes) return fault("longer than 8 MiB");
    SENTINEL_ASSIGN(auto value, this->value(0));
    if (at_ != text_.size()) return fault("text follows the value");
    return value;
  }

 private:
  Status fault(std::string_view what) const {
    return invalid_data(fmt::format("invalid serialized PHP at byte {}: {}", at_, what)).native("map", "bad_php");
  }
  Status expect(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return fault("expected " + std::string(wanted));
    at_ += wanted.size();
    return {};
  }

  Result<PhpValue> value(int depth) {
    if (depth > kDeepest) return fault("nested deeper than 64 levels");
    if (++values_ > kMostValues) return fault("more than 100,000 values");
    const char kind = at_ < text_.size() ? text_[at_] : '\0';
    switch (kind) {
      case 'N': ++at_; return end_of(PhpValue{});
      case 'b': return boolean();
      case 'i':
      case 'd': return number();
      case 's': return text();
      case 'a': ++at_; return array(depth);
      case 'O': return object(depth);
      case 'r':
      case 'R': return fault("references are not supported");
      case 'C':
      case 'E': return fault("an object that only its own class can read");
      default: return fault("expected a value");
    }
  }

  Result<PhpValue> end_of(PhpValue value) {
    SENTINEL_TRY(expect(";"));
    return value;
  }
  Result<PhpValue> boolean() {
    const auto token = text_.substr(at_, 3);
    if (token != "b:0" && token != "b:1") return fault("expected 0 or 1 for a boolean");
    at_ += token.size();
    return end_of({PhpKind::kBoolean, token == "b:1" ? "true" : "false", {}, false});
  }
  Result<PhpValue> number() {
    const bool is_integer = text_[at_++] == 'i';
    SENTINEL_TRY(expect(":"));
    const auto digits = text_.substr(at_, std::min(text_.find(';', at_), text_.size()) - at_);
    const bool is_plain = digits.find_first_not_of(is_integer ? "-0123456789" : "-+0123456789.eE") == digits.npos;
    if (!is_plain || !support::compact_json(digits)) return fault("expected a finite number");
    at_ += digits.size();
    return end_of({PhpKind::kNumber, digits, {}, false});
  }
  Result<PhpValue> text() {
    ++at_;
    SENTINEL_ASSIGN(const auto text, quoted());
    return end_of({PhpKind::kText, text, {}, false});
  }

  Result<std::size_t> count() {
    SENTINEL_TRY(expect(":"));
    std::size_t count = 0;
    const auto rest = text_.substr(at_);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc() || count > rest.size()) return fault("expected a count that fits the text");
    at_ += static_cast<std::size_t>(end - rest.data());
    SENTINEL_TRY(expect(":"));
    return count;
  }

  // :N:"…" with any N bytes between the quotes.
  Result<std::string_view> quoted() {
    SENTINEL_ASSIGN(const auto size, count());
    SENTINEL_TRY(expect("\""));
    const auto text = text_.substr(at_, size);
    if (!text_.substr(at_ + text.size()).starts_with('"'))
      return fault(fmt::format("a string of {} bytes does not end there", size));
    if (!is_utf8(text)) return fault("the length of a string splits a character");
    at_ += size + 1;
    return text;
  }

  Result<PhpValue> object(int depth) {
    if (objects_ == PhpObjects::kRefuse) return fault("an object; set objects: map under php to read its properties");
    ++at_;
    SENTINEL_ASSIGN([[maybe_unused]] const auto class_name, quoted());
    return array(depth);
  }

  Result<PhpValue> array(int depth) {
    SENTINEL_ASSIGN(const auto size, count());
    SENTINEL_TRY(expect("{"));
    PhpValue array{PhpKind::kArray, {}, {}, true};
    std::unordered_set<std::string_view> names;
    for (std::size_t i = 0; i < size; ++i) {
      SENTINEL_ASSIGN(const auto name, key());
      if (!names.insert(name).second) return fault("an array has a key twice");
      array.is_list = array.is_list && name == std::to_string(i);
      SENTINEL_ASSIGN(auto value, this->value(depth + 1));
      array.members.push_back({name, std::move(value)});
    }
    SENTINEL_TRY(expect("}"));
    return array;
  }

  Result<std::string_view> key() {
    const char kind = at_ < text_.size() ? text_[at_] : '\0';
    if (kind != 'i' && kind != 's') return fault("expected the key of an array");
    SENTINEL_ASSIGN(auto key, kind == 'i' ? number() : text());
    if (key.text.starts_with('\0')) key.text.remove_prefix(std::min(key.text.find('\0', 1), key.text.size() - 1) + 1);
    return key.text;
  }

  const std::string_view text_;
  const PhpObjects objects_;
  std::size_t at_ = 0, values_ = 0;
};

void append_json(const PhpValue& value, std::string& out) {
  if (value.kind == PhpKind::kNull) {
    out += "null";
  } else if (value.kind == PhpKind::kText) {
    out += support::json_string(value.text);
  } else if (value.kind != PhpKind::kArray) {
    out += value.text;
  } else {
    out += value.is_list ? '[' : '{';
    for (bool is_first = true; const auto& member : value.members) {
      if (!is_first) out += ',';
      is_first = false;
      if (!value.is_list) out += support::json_string(member.name) + ":";
      append_json(member.value, out);
    }
    out += value.is_list ? ']' : '}';
  }
}

std::string_view described(PhpKind kind) {
  return kind == PhpKind::kText ? "a text" : kind == PhpKind::kNumber ? "a number" : "a boolean";
}

}  // namespace

Result<std::optional<std::string>> php_at(std::string_view serialized, const Path& path, PhpObjects objects) {
  if (serialized.empty()) return std::optional<std::string>();
  SENTINEL_ASSIGN(const auto whole, PhpScanner(serialized, objects).whole());
  const auto* at = &whole;
  for (std::size_t i = 0; i < path.size() && at->kind != PhpKind::kNull; ++i) {
    if (at->kind != PhpKind::kArray) return wrong_kind(i + 1, described(at->kind), "an array");
    const auto name = path[i].index ? std::to_string(*path[i].index) : path[i].name;
    const auto found =
        std::find_if(at->members.begin(), at->members.end(), [&](const auto& m) { return m.name == name; });
    if (found == at->members.end()) return std::optional<std::string>();
    at = &found->value;
  }
  if (at->kind == PhpKind::kNull) return std::optional<std::string>();
  if (at->kind != PhpKind::kArray && !path.empty()) return std::optional(std::string(at->text));
  std::string json;
  append_json(*at, json);
  return std::optional(std::move(json));
}

}  // namespace sentinel::map_transform
