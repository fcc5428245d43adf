// The top level of a pipeline file: its keys, its policies, and what must hold between them.
#include "engine/config/pipeline_file.hpp"

#include "engine/config/identity.hpp"
#include "engine/config/option_reader.hpp"
#include "engine/config/stage_reader.hpp"
#include "engine/config/top_level_keys.hpp"
#include "engine/config/yaml/problems.hpp"
#include "engine/config/yaml/references.hpp"
#include "engine/config/yaml/scalar.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/config/yaml/yaml_document.hpp"
#include "engine/ledger/content_hash.hpp"

#include <sentinel/did_you_mean.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sentinel::config {
namespace {

std::vector<std::string> key_names(bool required_only) {
  std::vector<std::string> names;
  for (const auto& key : top_level_keys())
    if (key.is_required || !required_only) names.emplace_back(key.name);
  return names;
}
const std::vector<std::string> kKeys = key_names(false);
const std::vector<std::string> kRequiredKeys = key_names(true);

bool is_pipeline_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kLongest && is_word(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_word(c) || c == '_' || c == '-'; });
}

std::string as_pipeline_name(std::string_view text) {
  std::string name;
  for (const char c : text)
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '.' || c == '/' ? '_' : c;
  return name;
}

// As a message may show it: never what a reference brought in.
std::string shown(const Node& node) { return in_quotes(node.is_expanded ? node.written : node.text); }

class PipelineReader {
 public:
  PipelineReader(const Node& root, ComponentCatalogue& catalogue, Problems& problems)
      : root_(root), catalogue_(catalogue), problems_(problems) {}

  PipelineFile read() {
    for (const auto& entry : root_.entries)
      if (std::find(kKeys.begin(), kKeys.end(), entry.key) == kKeys.end()) report_unknown(entry);
    for (const auto& key : kRequiredKeys)
      if (root_.find(key) == nullptr && misspelt_.count(key) == 0)
        problems_.error({}, "has no " + in_quotes(key + ":") + missing_cure(key));
    read_version();
    read_name();
    read_stages();
    read_policies();
    read_on_finish();
    if (!problems_.has_errors()) name_identities();
    file_.path = problems_.file();
    return std::move(file_);
  }

 private:
  void report_unknown(const Entry& entry) {
    const auto meant = nearest(entry.key, kKeys);
    if (meant) misspelt_[*meant] = entry.at;
    const auto cure = meant ? did_you_mean(entry.key, kKeys) : "; there are: " + listed(kKeys);
    problems_.error(entry.at, "unknown key " + in_quotes(entry.key) + cure);
  }
  static std::string missing_cure(const std::string& key) {
    if (key == "version") return "; write \"version: 1\"";
    if (key == "pipeline") return "; give the pipeline a name, such as \"pipeline: donations\"";
    return "; a pipeline needs a " + key;
  }

  // The text of a top-level key; null if it is absent or wrong, which is reported.
  const Node* text_of(const char* key) {
    const auto* entry = root_.find(key);
    if (entry == nullptr || entry->value.kind == Node::Kind::kRefused) return nullptr;
    if (entry->value.kind == Node::Kind::kText) return &entry->value;
    problems_.error(entry->value.at,
                    std::string(key) + (entry->value.kind == Node::Kind::kNull
                                            ? std::string(" has no value")
                                            : " must be one value, not " + std::string(name_of(entry->value.kind))));
    return nullptr;
  }

  void read_version() {
    const auto* node = text_of("version");
    if (node == nullptr || node->text == "1") return;
    const auto number = parse_integer(node->text);
    const bool is_newer = number.has_value() && *number > 1;
    problems_.error(node->at,
                    "version must be 1, not " + shown(*node) + (is_newer ? "; the file needs a newer Sentinel" : ""));
  }

  void read_name() {
    const auto* node = text_of("pipeline");
    if (node == nullptr) return;
    file_.name = node->text;
    if (is_pipeline_name(file_.name)) return;
    const auto better = as_pipeline_name(file_.name);
    const bool has_cure = !node->is_expanded && is_pipeline_name(better);
    problems_.error(node->at,
                    "pipeline must be a name of small letters, digits, - and _, 64 at most, that begins with a letter "
                    "or digit, not " +
                        shown(*node) + (has_cure ? "; write " + better : ""));
  }

  void read_stages() {
    if (const auto* entry = root_.find("source"))
      source_ = read_stage(entry->value, SENTINEL_KIND_SOURCE, "source", catalogue_, problems_);
    if (const auto* entry = root_.find("transforms")) read_transforms(entry->value);
    if (const auto* entry = root_.find("sink"))
      sink_ = read_stage(entry->value, SENTINEL_KIND_SINK, "sink", catalogue_, problems_);
  }
  void read_transforms(const Node& node) {
    if (node.kind == Node::Kind::kRefused) return;
    if (node.kind != Node::Kind::kList) {
      const bool is_null = node.kind == Node::Kind::kNull;
      const auto fault =
          is_null ? std::string("transforms has no value; remove it, or begin each transform with \"- use: \"")
                  : "transforms must be a list, not " + std::string(name_of(node.kind)) +
                        "; begin each transform with \"- use: \"";
      problems_.error(node.at, fault);
    }
    for (const auto& item : node.items)
      transforms_.push_back(read_stage(item, SENTINEL_KIND_TRANSFORM, "the transform", catalogue_, problems_));
  }

  // Reads a block against its option table and fills its struct. False if it is absent or wrong.
  template <class Table, class Values>
  bool read_policy(const std::string& key, const Table& table, Values& values) {
    const auto* entry = root_.find(key);
    if (entry == nullptr || entry->value.kind == Node::Kind::kRefused) return false;
    const auto& node = entry->value;
    positions_.emplace(key, node.at);
    if (node.kind != Node::Kind::kMap) {
      const bool is_null = node.kind == Node::Kind::kNull;
      problems_.error(node.at, key + (is_null ? " has no value; give it options or remove it"
                                              : " must be a map of options, not " + std::string(name_of(node.kind))));
      return false;
    }
    Problems found(problems_.file());
    policies_[key] = OptionReader("", found, positions_).read(node, table.c_table(), key, node.at);
    const bool is_right = !found.has_errors();
    for (auto& problem : std::move(found).in_order()) problems_.add(std::move(problem));
    if (!is_right) return false;
    const auto filled = table.fill(policies_[key].lend().root(), key, values);
    if (!filled.ok()) problems_.error(node.at, filled.option_path() + " " + filled.message());
    return filled.ok();
  }
  // Where the option stands, or its block.
  Position at(const std::string& key, const std::string& option) const {
    const auto found = positions_.find(key + "." + option);
    return found == positions_.end() ? positions_.at(key) : found->second;
  }

  void read_policies() {
    stages::Money money;
    if (read_policy("money", stages::kMoneyOptions, money) && check_money(money)) file_.money = money;
    if (file_.money) file_.money_at = positions_.at("money");
    if (read_policy("retry", stages::kRetryOptions, file_.retry)) check_retry();
    read_policy("outage", stages::kOutageOptions, file_.outage);
    if (read_policy("circuit_breaker", stages::kCircuitBreakerOptions, file_.circuit_breaker)) check_circuit_breaker();
    read_policy("dead_letter", stages::kDeadLetterOptions, file_.dead_letter);
    read_mirror();
  }

  void read_on_finish() {
    const auto* entry = root_.find("on_finish");
    if (entry == nullptr || entry->value.kind == Node::Kind::kRefused) return;
    const auto& node = entry->value;
    constexpr const char* kCure = "write a command and its words, such as [/usr/local/bin/tell, donations]";
    if (node.kind != Node::Kind::kList || node.items.empty()) {
      const bool has_words = node.kind == Node::Kind::kText;
      const auto given = node.kind == Node::Kind::kList ? "an empty list" : std::string(name_of(node.kind));
      return problems_.error(node.at, "on_finish must be a list of words, not " + given + "; " +
                                          (has_words ? "it is run without a shell: " : "") + kCure);
    }
    for (const auto& item : node.items) {
      if (item.kind == Node::Kind::kText)
        file_.on_finish.push_back(item.text);
      else if (item.kind != Node::Kind::kRefused)
        problems_.error(item.at, "a word of on_finish must be a text, not " + std::string(name_of(item.kind)));
    }
    if (node.items.front().kind == Node::Kind::kText && node.items.front().text.empty())
      problems_.error(node.items.front().at, std::string("on_finish has no command; ") + kCure);
  }

  bool check_money(const stages::Money& money) {
    const bool has_currency = policies_["money"].find("currency") != nullptr;
    const bool has_field = policies_["money"].find("currency_field") != nullptr;
    if (has_currency == has_field) {
      problems_.error(has_field ? at("money", "currency_field") : positions_.at("money"),
                      has_field ? "money takes currency or currency_field, not both"
                                : "money needs currency (such as NGN), or currency_field, the field that names it");
      return false;
    }
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const bool is_code =
        money.currency.size() == 3 && std::all_of(money.currency.begin(), money.currency.end(), is_capital);
    if (has_currency && !is_code)
      problems_.error(at("money", "currency"), "money.currency must be three capital letters such as NGN, not " +
                                                   shown_option("money", "currency"));
    if (money.field.empty()) problems_.error(at("money", "field"), "money.field must name a field");
    if (has_field && money.currency_field.empty())
      problems_.error(at("money", "currency_field"), "money.currency_field must name a field");
    return true;
  }
  std::string shown_option(const char* key, const char* option) const {
    const auto* block = root_.find(key);
    const auto* entry = block == nullptr ? nullptr : block->value.find(option);
    return entry == nullptr ? "nothing" : shown(entry->value);
  }

  void check_retry() {
    if (file_.retry.max >= file_.retry.initial) return;
    const bool is_written = policies_["retry"].find("max") != nullptr;
    problems_.error(at("retry", is_written ? "max" : "initial"),
                    "retry.max (" + detail::duration_text(file_.retry.max.count()) +
                        ") must not be shorter than retry.initial (" +
                        detail::duration_text(file_.retry.initial.count()) + ")");
  }
  void check_circuit_breaker() {
    check_share("circuit_breaker", "max_failure_rate", file_.circuit_breaker.max_failure_rate,
                "write 20% or 0.2 for one fifth");
  }
  void read_mirror() {
    stages::Mirror mirror;
    if (!read_policy("mirror", stages::kMirrorOptions, mirror)) return;
    check_share("mirror", "max_delete_ratio", mirror.max_delete_ratio, "write 1% or 0.01 for one in a hundred");
    file_.mirror = mirror;
    file_.mirror_at = at("mirror", "deletes");
  }
  void check_share(const char* key, const char* option, double share, const char* cure) {
    if (share > 0 && share <= 1) return;
    problems_.error(at(key, option), std::string(key) + "." + option + " must be above 0 and at most 100%, not " +
                                         shown_option(key, option) + "; " + cure);
  }

  void name_identities() {
    file_.source_id = source_identity(*source_.component, source_.config.options);
    std::string mapping;
    for (const auto& transform : transforms_)
      mapping += mapping_text(transform.component->use, transform.component->options, transform.config.options);
    mapping += mapping_text(sink_.component->use, sink_.component->options, sink_.config.options);
    if (file_.money) mapping += mapping_text("money", stages::kMoneyOptions.c_table(), policies_["money"]);
    file_.mapping_hash = ledger::content_hash(mapping);
    file_.source = std::move(source_.config);
    file_.sink = std::move(sink_.config);
    for (auto& transform : transforms_) file_.transforms.push_back(std::move(transform.config));
  }

  const Node& root_;
  ComponentCatalogue& catalogue_;
  Problems& problems_;
  PipelineFile file_;
  Stage source_, sink_;
  std::vector<Stage> transforms_;
  std::map<std::string, OptionTree> policies_;
  std::map<std::string, Position> positions_, misspelt_;
};

// The other pipeline files of the folder.
std::vector<std::string> neighbours(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code fault;
  for (auto entry = std::filesystem::directory_iterator(folder.empty() ? "." : folder, fault);
       !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault)) {
    const auto extension = entry->path().extension();
    if (extension == ".yaml" || extension == ".yml") names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string unreadable(const std::string& path, const Status& fault) {
  const std::filesystem::path place(path);
  std::error_code ignored;
  if (std::filesystem::is_directory(place, ignored)) {
    const auto inside = neighbours(place);
    return fault.message() + (inside.empty() ? "; name a pipeline file"
                                             : "; name a file in it, such as " + (place / inside.front()).string());
  }
  if (!is_missing_file(fault)) return fault.message();
  const auto folder = place.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    return "no such file; there is no folder " + in_quotes(folder.string());
  const auto names = neighbours(folder);
  if (const auto meant = nearest(place.filename().string(), names))
    return "no such file; did you mean " + in_quotes((folder / *meant).string()) + "?";
  return names.empty() ? "no such file" : "no such file; there are: " + listed(names);
}

}  // namespace

Position StageConfig::position_of(std::string_view option_path) const {
  for (std::string path(option_path); !path.empty();) {
    if (const auto found = positions.find(path); found != positions.end()) return found->second;
    const auto dot = path.rfind('.');
    path.resize(dot == std::string::npos ? 0 : dot);
  }
  return at;
}

LoadedFile load_pipeline_file(const std::string& path, ComponentCatalogue& catalogue, const Environment& environment) {
  Problems problems(path);
  LoadedFile loaded;
  const auto content = read_text_file(path, kMaxFileBytes);
  if (!content.has_value()) problems.error({}, unreadable(path, content.error()));
  auto root = content.has_value() ? parse_yaml(*content, problems) : std::nullopt;
  if (root && root->kind == Node::Kind::kMap) {
    References(environment, problems).expand(*root);
    loaded.pipeline = PipelineReader(*root, catalogue, problems).read();
  } else if (root && root->kind == Node::Kind::kNull) {
    problems.error({}, "is empty; a pipeline file begins with \"version: 1\"");
  } else if (root) {
    problems.error(root->at, "a pipeline file is a map of keys, beginning with \"version: 1\"");
  }
  if (problems.has_errors()) loaded.pipeline.reset();
  loaded.problems = std::move(problems).in_order();
  return loaded;
}

}  // namespace sentinel::config
