// Builds the tree from yaml-cpp's events: the only place that knows yaml-cpp. Its own Node is not used, because it
// accepts duplicate keys, forgets where keys stand, and follows an alias to itself forever.
#include "engine/config/yaml/yaml_document.hpp"

#include <sentinel/text.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <sstream>
#include <utility>

namespace sentinel::config {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 100000;

// Line breaks become \n and a byte order mark is removed. The end is marked, because yaml-cpp accepts a quote that is
// still open when the text ends.
std::string normalised(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      out += text[i];
    else if (i + 1 >= text.size() || text[i + 1] != '\n')
      out += '\n';
  }
  if (!out.empty() && out.back() != '\n') out += '\n';
  return out + "...\n";
}

// Turns yaml-cpp's bytes into the columns that an editor shows.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') starts_.push_back(i + 1);
  }
  Position of(const YAML::Mark& mark) const {
    if (mark.line < 0 || mark.column < 0 || static_cast<std::size_t>(mark.line) >= starts_.size()) return {};
    const auto begin = starts_[static_cast<std::size_t>(mark.line)];
    const auto end = std::min(begin + static_cast<std::size_t>(mark.column), text_.size());
    if (counted_to_ < begin || counted_to_ > end) {
      counted_to_ = begin;
      letters_ = 0;
    }
    for (; counted_to_ < end; ++counted_to_) letters_ += (text_[counted_to_] & 0xC0) != 0x80 ? 1 : 0;
    return {mark.line + 1, letters_ + 1};
  }
  std::string_view line(std::size_t number) const {
    const auto end = number + 1 < starts_.size() ? starts_[number + 1] - 1 : text_.size();
    return text_.substr(starts_[number], end - starts_[number]);
  }
  std::size_t lines() const { return starts_.size(); }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  // Marks come in order: counting on from the last one keeps a file of one long line cheap.
  mutable std::size_t counted_to_ = 0;
  mutable int letters_ = 0;
};

// Thrown out of a handler to end the parse.
struct Stop {
  Position at;
  std::string text;
};

class Builder final : public YAML::EventHandler {
 public:
  Builder(const Places& places, Problems& problems) : places_(places), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Stop{places_.of(mark), "a second document starts here; a pipeline file holds one"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(begin(mark, Node::Kind::kNull, "", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    auto node = begin(mark, Node::Kind::kRefused, "", 0);
    problems_.error(node.at, "aliases (*name) are not supported; write the value out");
    add(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = begin(mark, Node::Kind::kText, tag, anchor);
    if (value.find('\0') != std::string::npos) {
      problems_.error(node.at, "a zero byte is not allowed in a value");
      node.kind = Node::Kind::kRefused;
    }
    node.text = node.written = value;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    push(begin(mark, Node::Kind::kList, tag, anchor));
  }
  void OnSequenceEnd() override { pop(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    push(begin(mark, Node::Kind::kMap, tag, anchor));
  }
  void OnMapEnd() override { pop(); }

  Node take_root() { return std::move(root_); }

 private:
  // A list or map that is not closed yet.
  struct Open {
    Node node;
    std::map<std::string, Position> keys;
    bool has_key = false;
    bool is_key_refused = false;
    Entry entry;
  };

  Node begin(const YAML::Mark& mark, Node::Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    Node node;
    node.kind = kind;
    node.at = places_.of(mark);
    if (++nodes_ > kMaxNodes) throw Stop{node.at, fmt::format("the file holds more than {} values", kMaxNodes)};
    if (anchor != 0) problems_.error(node.at, "anchors (&name) are not supported; write the value out");
    // yaml-cpp says "?" for a plain value and "!" for a quoted one.
    if (!tag.empty() && tag != "?" && tag != "!") problems_.error(node.at, "tags (!name) are not supported; remove it");
    return node;
  }

  void push(Node node) {
    if (open_.size() >= kMaxDepth)
      throw Stop{node.at, fmt::format("lists and maps are nested deeper than {}", kMaxDepth)};
    open_.push_back({std::move(node), {}, false, false, {}});
  }
  void pop() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    if (open_.empty())
      root_ = std::move(node);
    else if (auto& parent = open_.back(); parent.node.kind == Node::Kind::kList)
      parent.node.items.push_back(std::move(node));
    else if (!parent.has_key)
      add_key(parent, node);
    else
      add_value(parent, std::move(node));
  }
  void add_key(Open& parent, const Node& node) {
    parent.has_key = true;
    parent.entry = {node.text, node.at, {}};
    const auto fault = key_fault(parent, node);
    parent.is_key_refused = !fault.empty();
    if (parent.is_key_refused && node.kind != Node::Kind::kRefused) problems_.error(node.at, fault);
  }
  static std::string key_fault(Open& parent, const Node& node) {
    if (node.kind != Node::Kind::kText) return fmt::format("a key must be a word, not {}", name_of(node.kind));
    if (node.text == "<<") return "merge keys (<<) are not supported; write the options out";
    const auto [first, is_new] = parent.keys.emplace(node.text, node.at);
    if (is_new) return {};
    return fmt::format("{} is given twice, first in line {}; remove one", in_quotes(node.text), first->second.line);
  }
  void add_value(Open& parent, Node node) {
    parent.has_key = false;
    if (parent.is_key_refused) return;
    // yaml-cpp places a missing value where it noticed that it is missing.
    if (node.kind == Node::Kind::kNull) node.at = parent.entry.at;
    parent.entry.value = std::move(node);
    parent.node.entries.push_back(std::move(parent.entry));
  }

  const Places& places_;
  Problems& problems_;
  std::vector<Open> open_;
  Node root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

std::string in_plain_words(const std::string& words) {
  using namespace YAML;
  const std::pair<const char*, const char*> known[] = {
      {ErrorMsg::END_OF_MAP,
       "this line does not fit the map it stands in: the keys of a map start in the same column, each with a \":\""},
      {ErrorMsg::END_OF_SEQ,
       "this line does not fit the list it stands in: the items of a list start with \"- \" in the same column"},
      {ErrorMsg::END_OF_MAP_FLOW, "a \"{\" is not closed: a \"}\" or a \",\" is missing"},
      {ErrorMsg::END_OF_SEQ_FLOW, "a \"[\" is not closed: a \"]\" or a \",\" is missing"},
      {ErrorMsg::FLOW_END, "this bracket closes nothing"},
      {ErrorMsg::MAP_VALUE,
       "a \":\" is not expected here: check the indentation, and put a value that holds \": \" in quotes"},
      {ErrorMsg::MAP_KEY, "a key is not expected here: check the indentation"},
      {ErrorMsg::BLOCK_ENTRY, "a list item is not expected here: check the indentation"},
      {ErrorMsg::EOF_IN_SCALAR, "a quote is opened but never closed"},
      {ErrorMsg::DOC_IN_SCALAR, "a quote is opened but never closed"},
      {ErrorMsg::TAB_IN_INDENTATION, "the line is indented with a tab; use spaces"},
      {ErrorMsg::UNKNOWN_TOKEN, "a value cannot begin with this character; put it in quotes"},
      {ErrorMsg::UNKNOWN_ANCHOR, "aliases (*name) are not supported; put a value that begins with \"*\" in quotes"},
      {ErrorMsg::ALIAS_NOT_FOUND, "a value that begins with \"*\" must stand in quotes"},
      {ErrorMsg::ANCHOR_NOT_FOUND, "a value that begins with \"&\" must stand in quotes"}};
  for (const auto& [theirs, ours] : known)
    if (words == theirs) return ours;
  if (words.starts_with(ErrorMsg::INVALID_ESCAPE))
    return "unknown escape in a double-quoted text; write \\\\ for a backslash, or use single quotes";
  return "cannot be read as YAML: " + words;
}

// yaml-cpp accepts some tabs and gives others an invisible meaning. Inside a block of literal text ("|"), behind the
// spaces of its indentation, a tab is content.
void refuse_tabs(const Places& places, Problems& problems) {
  std::size_t block_indent = std::string_view::npos;
  for (std::size_t number = 0; number < places.lines(); ++number) {
    const auto line = places.line(number);
    const auto spaces = std::min(line.find_first_not_of(' '), line.size());
    const auto content = std::min(line.find_first_not_of(" \t"), line.size());
    if (content == line.size()) continue;
    const bool is_in_block = block_indent != std::string_view::npos && spaces > block_indent;
    if (is_in_block) continue;
    block_indent = std::string_view::npos;
    if (content > spaces && line[content] != '#')
      problems.error({static_cast<int>(number) + 1, static_cast<int>(spaces) + 1},
                     "the line is indented with a tab; use spaces");
    const auto last = line.find_last_not_of("0123456789+- \t");
    const bool opens_block = last != std::string_view::npos && last > 0 && (line[last] == '|' || line[last] == '>') &&
                             (line[last - 1] == ' ' || line[last - 1] == '\t');
    if (opens_block) block_indent = spaces;
  }
}

std::optional<Position> first_bad_text(const Places& places) {
  for (std::size_t number = 0; number < places.lines(); ++number)
    if (!is_utf8(places.line(number)) || places.line(number).find('\0') != std::string_view::npos)
      return Position{static_cast<int>(number) + 1, 1};
  return std::nullopt;
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [key](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::string_view name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kText: return "a text";
    case Node::Kind::kList: return "a list";
    case Node::Kind::kMap: return "a map";
    case Node::Kind::kNull:
    case Node::Kind::kRefused: break;
  }
  return "nothing";
}

std::optional<Node> parse_yaml(std::string_view text, Problems& problems) {
  const auto content = normalised(text);
  const Places places(content);
  if (const auto at = first_bad_text(places)) {
    problems.error(*at, "the line is not UTF-8 text; save the file as UTF-8");
    return std::nullopt;
  }
  refuse_tabs(places, problems);
  if (problems.has_errors()) return std::nullopt;
  Builder builder(places, problems);
  try {
    std::istringstream stream(content);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      problems.error({}, "is empty; a pipeline file begins with \"version: 1\"");
      return std::nullopt;
    }
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop& stop) {
    problems.error(stop.at, stop.text);
    return std::nullopt;
  } catch (const YAML::Exception& fault) {
    problems.error(places.of(fault.mark), in_plain_words(fault.msg));
    return std::nullopt;
  } catch (const std::exception& fault) {
    problems.error({}, std::string("cannot be read as YAML: ") + fault.what());
    return std::nullopt;
  }
  return builder.take_root();
}

}  // namespace sentinel::config
