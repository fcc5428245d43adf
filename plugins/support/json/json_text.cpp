// Scans strict JSON (RFC 8259) and keeps the digits of numbers as they are written.
#include "support/json/json_text.hpp"

#include "support/code_point.hpp"

#include <fmt/format.h>

#include <sentinel/text.hpp>

#include <cstdint>
#include <functional>
#include <unordered_set>

namespace sentinel::support {
namespace {

constexpr int kDeepest = 256;

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  // Takes each member or element of the outermost level.
  using Keep = std::function<void(JsonMember&&)>;

  Status whole_object(const Keep& keep) {
    SENTINEL_TRY(encoding());
    skip_space();
    if (!next_is('{')) return fault("expected an object");
    SENTINEL_TRY(object(1, &keep));
    return end();
  }
  Status whole_array(const Keep& keep) {
    SENTINEL_TRY(encoding());
    skip_space();
    if (!next_is('[')) return fault("expected an array");
    SENTINEL_TRY(array(1, &keep));
    return end();
  }
  Status whole_value() {
    SENTINEL_TRY(encoding());
    JsonKind kind{};
    SENTINEL_TRY(value(0, kind, nullptr));
    return end();
  }

 private:
  Status fault(std::string_view what) const {
    return invalid_data(fmt::format("invalid JSON at byte {}: {}", at_, what));
  }
  Status encoding() const { return is_utf8(text_) ? Status() : invalid_data("the text is not valid UTF-8"); }
  Status end() {
    skip_space();
    return at_ == text_.size() ? Status() : fault("text follows the value");
  }

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool skip(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  // A value and the white space before it. `text` receives the value of a string.
  Status value(int depth, JsonKind& kind, std::string* text) {
    skip_space();
    if (at_ == text_.size()) return fault("expected a value");
    switch (text_[at_]) {
      case '{': kind = JsonKind::kObject; return object(depth + 1, nullptr);
      case '[': kind = JsonKind::kArray; return array(depth + 1, nullptr);
      case '"': kind = JsonKind::kString; return string(text);
      case 't': kind = JsonKind::kBoolean; return word("true");
      case 'f': kind = JsonKind::kBoolean; return word("false");
      case 'n': kind = JsonKind::kNull; return word("null");
      default: kind = JsonKind::kNumber; return number();
    }
  }

  Status object(int depth, const Keep* keep) {
    if (depth > kDeepest) return fault("nested too deeply");
    ++at_;
    skip_space();
    if (skip('}')) return {};
    std::unordered_set<std::string> names;
    do {
      JsonMember member;
      SENTINEL_TRY(named_value(depth, names, member));
      if (keep != nullptr) (*keep)(std::move(member));
    } while (skip(','));
    return skip('}') ? Status() : fault("expected a comma or }");
  }

  Status named_value(int depth, std::unordered_set<std::string>& names, JsonMember& member) {
    skip_space();
    if (!next_is('"')) return fault("expected the name of a member");
    SENTINEL_TRY(string(&member.name));
    if (!names.insert(member.name).second) return fault("an object has two members of the same name");
    skip_space();
    if (!skip(':')) return fault("expected a colon");
    skip_space();
    const auto begin = at_;
    SENTINEL_TRY(value(depth, member.kind, &member.text));
    member.raw = text_.substr(begin, at_ - begin);
    skip_space();
    return {};
  }

  Status array(int depth, const Keep* keep) {
    if (depth > kDeepest) return fault("nested too deeply");
    ++at_;
    skip_space();
    if (skip(']')) return {};
    do {
      skip_space();
      JsonMember element;
      const auto begin = at_;
      SENTINEL_TRY(value(depth, element.kind, keep != nullptr ? &element.text : nullptr));
      element.raw = text_.substr(begin, at_ - begin);
      if (keep != nullptr) (*keep)(std::move(element));
      skip_space();
    } while (skip(','));
    return skip(']') ? Status() : fault("expected a comma or ]");
  }

  Status word(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return fault("expected a value");
    at_ += wanted.size();
    return {};
  }

  bool skip_digits() {
    const auto begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > begin;
  }
  Status number() {
    skip('-');
    if (!skip('0') && !skip_digits()) return fault("expected a value");
    if (skip('.') && !skip_digits()) return fault("expected digits after the decimal point");
    if (skip('e') || skip('E')) {
      if (!skip('+')) skip('-');
      if (!skip_digits()) return fault("expected digits in the exponent");
    }
    return {};
  }

  Status string(std::string* out) {
    ++at_;
    while (true) {
      auto end = at_;
      while (end < text_.size() && text_[end] != '"' && text_[end] != '\\' &&
             static_cast<unsigned char>(text_[end]) >= 0x20)
        ++end;
      if (out != nullptr) out->append(text_.substr(at_, end - at_));
      at_ = end;
      if (skip('"')) return {};
      if (at_ == text_.size()) return fault("unterminated string");
      if (!skip('\\')) return fault("control character in a string");
      SENTINEL_TRY(escape(out));
    }
  }

  Status escape(std::string* out) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (skip('u')) return unicode_escape(out);
    const auto which = at_ < text_.size() ? kEscapes.find(text_[at_]) : std::string_view::npos;
    if (which == std::string_view::npos) return fault("unknown escape in a string");
    if (out != nullptr) *out += kMeanings[which];
    ++at_;
    return {};
  }

  Status unicode_escape(std::string* out) {
    std::uint32_t point = 0;
    SENTINEL_TRY(four_digits(point));
    if (point >= 0xDC00 && point <= 0xDFFF) return fault("unpaired surrogate in a string");
    if (point >= 0xD800 && point <= 0xDBFF) {
      std::uint32_t low = 0;
      if (!skip('\\') || !skip('u')) return fault("unpaired surrogate in a string");
      SENTINEL_TRY(four_digits(low));
      if (low < 0xDC00 || low > 0xDFFF) return fault("unpaired surrogate in a string");
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    if (out != nullptr) append_code_point(*out, point);
    return {};
  }

  Status four_digits(std::uint32_t& point) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      std::uint32_t digit = 0;
      if (c >= '0' && c <= '9')
        digit = static_cast<std::uint32_t>(c - '0');
      else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        digit = static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
      else
        return fault("\\u needs four hex digits");
      point = point * 16 + digit;
    }
    return {};
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<JsonMember>> parse_json_object(std::string_view text) {
  std::vector<JsonMember> members;
  SENTINEL_TRY(JsonScanner(text).whole_object([&](JsonMember&& member) { members.push_back(std::move(member)); }));
  return members;
}

Result<std::vector<JsonMember>> parse_json_array(std::string_view text) {
  std::vector<JsonMember> elements;
  SENTINEL_TRY(JsonScanner(text).whole_array([&](JsonMember&& element) { elements.push_back(std::move(element)); }));
  return elements;
}

Result<std::optional<JsonMember>> find_json_member(std::string_view text, std::string_view name) {
  std::optional<JsonMember> found;
  SENTINEL_TRY(JsonScanner(text).whole_object([&](JsonMember&& member) {
    if (member.name == name) found = std::move(member);
  }));
  return found;
}

Result<std::optional<JsonMember>> find_json_element(std::string_view text, std::size_t index) {
  std::optional<JsonMember> found;
  std::size_t at = 0;
  SENTINEL_TRY(JsonScanner(text).whole_array([&](JsonMember&& element) {
    if (at++ == index) found = std::move(element);
  }));
  return found;
}

Result<std::string> compact_json(std::string_view text) {
  SENTINEL_TRY(JsonScanner(text).whole_value());
  std::string out;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_in_string = !is_in_string;
    if (!is_in_string && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
    out += c;
    if (is_in_string && c == '\\') out += text[++i];
  }
  return out;
}

std::string json_string(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20)
      out += {'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 15]};
    else
      out += c;
  }
  return out += '"';
}

}  // namespace sentinel::support
