// Removes the tags in one pass; a document tree is not needed.
#include "map_transform/html.hpp"

#include "map_transform/entities.hpp"
#include "map_transform/text.hpp"

#include <algorithm>
#include <array>

namespace sentinel::map_transform {
namespace {

constexpr auto kBlocks = std::to_array<std::string_view>(
    {"address", "article", "aside", "blockquote", "br",         "caption", "center", "dd",   "details", "dialog",
     "div",     "dl",      "dt",    "fieldset",   "figcaption", "figure",  "footer", "form", "h1",      "h2",
     "h3",      "h4",      "h5",    "h6",         "header",     "hr",      "li",     "main", "nav",     "ol",
     "option",  "p",       "pre",   "section",    "summary",    "table",   "tr",     "ul",   "title",   "body"});

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

std::string_view name_at_front(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_name);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// The length of the markup that begins with < at the front of `html`; 0 if it is not markup.
std::size_t markup_size(std::string_view html) {
  const auto up_to = [&](std::string_view end, std::size_t from) {
    const auto at = html.find(end, from);
    return at == std::string_view::npos ? html.size() : at + end.size();
  };
  if (html.starts_with("<!--")) return up_to("-->", 4);
  if (html.starts_with("<!") || html.starts_with("<?")) return up_to(">", 2);
  const std::size_t name = html.starts_with("</") ? 2 : 1;
  if (html.size() <= name || !is_letter(html[name])) return 0;
  char quote = '\0', before = '\0';
  for (auto i = name; i < html.size(); ++i) {
    const char c = html[i];
    if (quote != '\0')
      quote = c == quote ? '\0' : quote;
    else if (c == '>')
      return i + 1;
    else if ((c == '"' || c == '\'') && before == '=')
      quote = c;
    if (!is_space(c)) before = c;
  }
  const auto end = html.find('>');  // an unclosed quote
  return end == std::string_view::npos ? 0 : end + 1;
}

// The bytes up to the end tag of a script or style; all of them if there is none.
std::size_t raw_size(std::string_view html, std::string_view name) {
  for (auto at = html.find("</"); at != std::string_view::npos; at = html.find("</", at + 2))
    if (lower_cased(html.substr(at + 2, name.size())) == name) return at;
  return html.size();
}

// Collects text; spaces and line breaks are written only once something follows them.
class PlainText {
 public:
  void put(char c) {
    if (is_space(c)) {
      gap_ = std::max(gap_, kSpaceGap);
      return;
    }
    if (gap_ != kNoGap && !text_.empty()) text_ += gap_ == kBreakGap ? '\n' : ' ';
    gap_ = kNoGap;
    text_ += c;
  }
  void line_break() { gap_ = kBreakGap; }
  std::string take() { return std::move(text_); }

 private:
  enum Gap { kNoGap, kSpaceGap, kBreakGap };
  std::string text_;
  Gap gap_ = kNoGap;
};

}  // namespace

std::string html_to_text(std::string_view html) {
  PlainText out;
  const char* last_end =
      html.data() + (html.rfind('>') + 1);  // no search for an end after it: many < would cause many searches
  while (!html.empty()) {
    const bool may_be_markup = html.front() == '<' && (html.data() < last_end || html.starts_with("<!"));
    const auto size = may_be_markup ? markup_size(html) : 0;
    if (size == 0) {
      out.put(html.front());
      html.remove_prefix(1);
      continue;
    }
    const bool is_end = html.starts_with("</");
    const auto name = lower_cased(name_at_front(html.substr(is_end ? 2 : 1)));
    html.remove_prefix(size);
    if (std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end()) out.line_break();
    if (name == "td" || name == "th") out.put(' ');
    if (!is_end && (name == "script" || name == "style")) html.remove_prefix(raw_size(html, name));
  }
  return decoded_entities(out.take());
}

std::string without_shortcodes(std::string_view text) {
  std::string out;
  const auto behind_last = text.substr(text.rfind(']') + 1);
  text.remove_suffix(behind_last.size());
  while (!text.empty()) {
    const auto plain = text.substr(0, text.find('['));
    out += plain;
    text.remove_prefix(plain.size());
    if (text.empty()) break;
    const bool is_meant = text.starts_with("[[");
    const std::size_t name = is_meant ? 2 : text.starts_with("[/") ? 2 : 1;
    if (text.size() > name && is_letter(text[name])) {
      const auto end = text.find(']');
      if (is_meant) out += text.substr(1, end);
      text.remove_prefix(end + (is_meant && text.substr(end).starts_with("]]") ? 2 : 1));
    } else {
      out += '[';
      text.remove_prefix(1);
    }
  }
  out += behind_last;
  return out;
}

}  // namespace sentinel::map_transform
