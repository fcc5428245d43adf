// sentinel init: looks into a source and drafts a pipeline file for it, with questions on a terminal, with flags in a
// script. No secret gets into the file, and no file is overwritten.
#include "app/command.hpp"
#include "app/dialogue.hpp"
#include "app/draft.hpp"
#include "app/guess.hpp"
#include "engine/exit_code.hpp"
#include "engine/ledger/value_text.hpp"
#include "engine/plugins/source_stage.hpp"

#include <sentinel/did_you_mean.hpp>
#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>

namespace sentinel::app {
namespace {

namespace fs = std::filesystem;
constexpr const char* kSinkUse = "sql";  // the only one that keeps a ledger
constexpr const char* kSinkVariable = "ACCOUNTING_DB";
constexpr std::array kEntityOptions = {"table", "content", "collection"};  // which of the source's entities is read

constexpr const char* kPlaceholder = "\"?\"";  // what an option holds until it is known

// --- the draft in the making

const sentinel_option* find_option(const sentinel_component& component, const std::string& name) {
  for (std::uint32_t i = 0; component.options != nullptr && i < component.options->count; ++i)
    if (name == component.options->options[i]->name) return component.options->options[i];
  return nullptr;
}

// An option's value as the file writes it.
std::string as_yaml(const sentinel_option& option, const std::string& value) {
  if (value.starts_with("${")) return value;
  if (option.type == SENTINEL_TYPE_STRING) return yaml_text(value);
  return option.type == SENTINEL_TYPE_LIST ? fmt::format("[{}]", value) : value;
}

// A file that is removed with this object; beside the output, so that the same .env counts.
class ScratchFile {
 public:
  static Result<std::unique_ptr<ScratchFile>> write(const fs::path& folder, const std::string& text) {
    auto pattern = (folder / ".sentinel-init-XXXXXX.yaml").string();
    const int descriptor = mkostemps(pattern.data(), 5, O_CLOEXEC);
    if (descriptor < 0)
      return Status(Code::kStorage, fmt::format("{}: cannot be written to: {}", folder.string(), std::strerror(errno)));
    auto file = std::make_unique<ScratchFile>(pattern);
    const auto written = ::write(descriptor, text.data(), text.size());
    close(descriptor);
    if (written != std::ssize(text)) return Status(Code::kStorage, fmt::format("{}: cannot be written", pattern));
    return file;
  }
  explicit ScratchFile(std::string path) : path_(std::move(path)) {}
  ScratchFile(const ScratchFile&) = delete;
  ~ScratchFile() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

class Initiation {
 public:
  Initiation(Context& context, const Arguments& arguments)
      : context_(context), arguments_(arguments), asks_(is_dialogue() && !arguments.has("json")) {}

  Status execute() {
    SENTINEL_TRY(choose_source());
    SENTINEL_TRY(take_options());
    SENTINEL_TRY(ask_for_required());
    SENTINEL_TRY(choose_output());
    SENTINEL_TRY(choose_entity());
    SENTINEL_TRY(choose_key());
    SENTINEL_TRY(read_samples());
    choose_target();
    SENTINEL_TRY(write());
    print_next_steps();
    return {};
  }

 private:
  Status choose_source() {
    const auto names = context_.registry.names(SENTINEL_KIND_SOURCE);
    draft_.use = arguments_.text("source");
    if (draft_.use.empty() && asks_) draft_.use = ask(fmt::format("source ({})", fmt::join(names, ", ")), "");
    if (draft_.use.empty())
      return invalid_config(fmt::format("name the source with --source; there are: {}", fmt::join(names, ", ")));
    SENTINEL_ASSIGN(component_, context_.registry.find(SENTINEL_KIND_SOURCE, draft_.use));
    draft_.sink_use = kSinkUse;
    draft_.sink_connection = fmt::format("${{env:{}}}", kSinkVariable);
    return {};
  }

  Status take_options() {
    for (const auto& [name, value] : arguments_.pairs("option")) SENTINEL_TRY(take_option(name, value));
    return {};
  }

  Status take_option(const std::string& name, const std::string& value) {
    const auto* option = find_option(*component_, name);
    if (option == nullptr) {
      std::vector<std::string> names;
      for (std::uint32_t i = 0; i < component_->options->count; ++i)
        names.emplace_back(component_->options->options[i]->name);
      return invalid_config(fmt::format("--option {}: source {} has no such option{}; there are: {}", printable(name),
                                        draft_.use, did_you_mean(name, names), fmt::join(names, ", ")));
    }
    const bool hides = (option->flags & SENTINEL_OPTION_SECRET) != 0 && !value.starts_with("${");
    if (!hides) return set(name, as_yaml(*option, value));
    secrets_[variable_of(name)] = value;
    return set(name, fmt::format("${{env:{}}}", variable_of(name)));
  }

  Status set(const std::string& name, std::string value) {
    std::erase_if(draft_.source_options, [&](const auto& option) { return option.first == name; });
    draft_.source_options.emplace_back(name, std::move(value));
    return {};
  }
  bool is_set(const std::string& name) const {
    return std::any_of(draft_.source_options.begin(), draft_.source_options.end(),
                       [&](const auto& option) { return option.first == name; });
  }

  // Where the secret option's value is kept: USE_DB of an address, USE_TOKEN of a token.
  std::string variable_of(const std::string& option) const {
    auto name =
        fmt::format("{}_{}", draft_.use == kSinkUse ? "source" : draft_.use, option == "connection" ? "db" : option);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name;
  }

  // A required secret that nobody gives is looked for in the environment.
  Status ask_for_required() {
    for (std::uint32_t i = 0; component_->options != nullptr && i < component_->options->count; ++i) {
      const auto& option = *component_->options->options[i];
      if (!is_needed(option) || is_set(option.name) || is_found_later(option)) continue;
      const bool is_secret = (option.flags & SENTINEL_OPTION_SECRET) != 0;
      const auto reference = is_secret ? fmt::format("${{env:{}}}", variable_of(option.name)) : std::string();
      auto value = asks_ ? ask(fmt::format("{}: {}", option.name, option.doc), reference, is_secret) : reference;
      if (value.empty())
        return invalid_config(fmt::format("source {} needs --option {}=…: {}", draft_.use, option.name, option.doc));
      SENTINEL_TRY(take_option(option.name, value));
    }
    return {};
  }
  // A source that can be reached in two ways requires neither; its database is asked for unless the other is given.
  bool is_needed(const sentinel_option& option) const {
    const bool is_required = (option.flags & SENTINEL_OPTION_REQUIRED) != 0;
    return is_required || (std::string_view(option.name) == "connection" && !is_set("base_url"));
  }
  static constexpr const char* kNameTheKey = "name the key with --option key=…: ";
  static bool is_found_later(const sentinel_option& option) {
    return std::string_view(option.name) == "key" ||
           std::find_if(kEntityOptions.begin(), kEntityOptions.end(), [&](const char* name) {
             return std::string_view(name) == option.name;
           }) != kEntityOptions.end();
  }

  Status choose_output() {
    draft_.pipeline = arguments_.text("pipeline").empty() ? "draft" : arguments_.text("pipeline");
    output_ = arguments_.text("output");
    std::error_code ignored;
    if (!output_.empty() && fs::exists(output_, ignored)) return exists(output_.string());
    return {};
  }
  static Status exists(const std::string& path) {
    return invalid_config(
        fmt::format("{} exists already, and init overwrites no file; name another with --output", path));
  }
  fs::path folder() const { return output_.parent_path().empty() ? "." : output_.parent_path(); }

  // The source with the options of now.
  Result<std::unique_ptr<plugins::SourceStage>> open() {
    SENTINEL_ASSIGN(const auto scratch, ScratchFile::write(folder(), source_draft(draft_)));
    const auto environment = config::process_environment();
    const auto loaded = config::load_pipeline_file(scratch->path(), context_.registry,
                                                   [&](const std::string& name) -> std::optional<std::string> {
                                                     const auto given = secrets_.find(name);
                                                     return given == secrets_.end() ? environment(name) : given->second;
                                                   });
    for (const auto& problem : loaded.problems)
      if (!problem.is_warning) return invalid_config(fmt::format("source {}: {}", draft_.use, problem.text));
    return plugins::SourceStage::open(*component_, context_.services.host(), loaded.pipeline->source.options);
  }

  // --- which of the things in the source

  Status choose_entity() {
    const auto* option = entity_option();
    if (option == nullptr || is_set(option->name) || is_set("query")) return {};
    set_placeholder("key");
    if (option->default_text == nullptr) set_placeholder(option->name);
    SENTINEL_ASSIGN(auto source, open());
    if (!source->offers_discover()) return {};
    std::vector<std::string> entities;
    SENTINEL_TRY(source->discover([&](const FoundField& found) {
      if (std::find(entities.begin(), entities.end(), found.entity) == entities.end()) entities.push_back(found.entity);
      fields_[found.entity].push_back(found.field);
    }));
    SENTINEL_ASSIGN(const auto entity, chosen(*option, entities));
    return set(option->name, as_yaml(*option, entity));
  }

  const sentinel_option* entity_option() const {
    for (const auto* name : kEntityOptions)
      if (const auto* option = find_option(*component_, name)) return option;
    return nullptr;
  }

  void set_placeholder(const std::string& name) {
    const auto* option = find_option(*component_, name);
    if (option == nullptr || is_set(name)) return;
    draft_.source_options.emplace_back(name, kPlaceholder);
  }
  void drop_placeholders() {
    std::erase_if(draft_.source_options, [](const auto& option) { return option.second == kPlaceholder; });
  }

  Result<std::string> chosen(const sentinel_option& option, const std::vector<std::string>& entities) {
    const auto usual = option.default_text == nullptr ? std::string() : std::string(option.default_text);
    const bool has_usual = std::find(entities.begin(), entities.end(), usual) != entities.end();
    auto entity = has_usual ? usual : entities.size() == 1 ? entities.front() : std::string();
    if (asks_) entity = ask(fmt::format("{} ({})", option.name, fmt::join(entities, ", ")), entity);
    if (!entity.empty()) return entity;
    constexpr std::size_t kListed = 40;
    const std::vector<std::string> shown(entities.begin(),
                                         entities.begin() + std::min<std::ptrdiff_t>(std::ssize(entities), kListed));
    return invalid_config(fmt::format("which {}? name it with --option {}=…; there are: {}", option.name, option.name,
                                      fmt::join(shown, ", ")));
  }

  // The first likely field that the source takes as its key.
  Status choose_key() {
    drop_placeholders();
    const auto* option = find_option(*component_, "key");
    if (option == nullptr || option->type != SENTINEL_TYPE_LIST || is_set("key")) return {};
    SENTINEL_ASSIGN(const auto fields, fields_to_try());
    Status last = invalid_config("there is no field to take as the key");
    for (const auto& field : key_candidates(fields)) {
      SENTINEL_TRY(set("key", fmt::format("[{}]", yaml_text(field))));
      auto source = open();
      auto schema = source ? (*source)->schema() : Result<Schema>(source.error());
      if (schema) return {};
      last = schema.error();
      if (last.code() != Code::kInvalidConfig) return last;
    }
    return std::move(last).prefixed("no single field can be the key; name it with --option key=…: ");
  }

  Result<std::vector<std::string>> fields_to_try() {
    const auto* option = entity_option();
    for (const auto& [name, value] : draft_.source_options)
      if (option != nullptr && name == option->name && fields_.contains(value)) return fields_.at(value);
    set_placeholder("key");
    const auto opened = open();
    if (!opened) return Status(opened.error()).prefixed(kNameTheKey);
    const auto& source = *opened;
    std::vector<std::string> fields;
    if (source->offers_discover())
      SENTINEL_TRY(source->discover([&](const FoundField& found) {
        if (option == nullptr || is_value_of(option->name, found.entity)) fields.push_back(found.field);
      }));
    // A source without such fields says what it has when it is asked for one that cannot be.
    const auto schema = fields.empty() ? source->schema() : Result<Schema>(Schema{});
    drop_placeholders();
    if (!schema) return Status(schema.error()).prefixed(kNameTheKey);
    return fields;
  }
  bool is_value_of(const std::string& name, const std::string& text) const {
    return std::any_of(draft_.source_options.begin(), draft_.source_options.end(),
                       [&](const auto& option) { return option.first == name && option.second == yaml_text(text); });
  }

  // --- guesses

  Status read_samples() {
    constexpr std::int64_t kRows = 100, kBytes = 4 << 20;
    SENTINEL_ASSIGN(auto source, open());
    SENTINEL_ASSIGN(const auto schema, source->schema());
    SENTINEL_ASSIGN(const auto page, source->read("", kRows, kBytes));
    std::vector<std::vector<std::optional<std::string>>> samples(schema.size());
    const auto view = page.batch.view(schema);
    for (std::size_t i = 0; i < schema.size(); ++i)
      for (std::int64_t row = 0; row < view.rows(); ++row) {
        const auto column = view.column(i);
        samples[i].push_back(column.is_null(row) ? std::nullopt : std::optional(ledger::value_text(column, row)));
      }
    draft_.records_seen = static_cast<std::size_t>(view.rows());
    draft_.guesses = guess(schema, samples);
    return {};
  }

  void choose_target() {
    std::string entity = draft_.use;
    if (const auto* option = entity_option())
      for (const auto& [name, value] : draft_.source_options)
        if (name == option->name) entity = value;
    draft_.table = arguments_.text("table").empty() ? plain_name(entity) : arguments_.text("table");
    if (asks_) draft_.table = ask("table of the target", draft_.table);
    if (arguments_.text("pipeline").empty()) draft_.pipeline = draft_.table;
    draft_.currency = currency();
    if (output_.empty()) output_ = fmt::format("{}.yaml", draft_.pipeline);
    draft_.file = output_.string();
    draft_.schema_path = arguments_.text("schema");
  }

  // The one that all samples agree on; several are told apart by their field.
  std::string currency() {
    auto found = arguments_.text("currency");
    if (!found.empty() || !draft_.guesses.money) return found;
    if (draft_.guesses.currency) {
      const auto& samples = draft_.guesses.fields[*draft_.guesses.currency].samples;
      const bool agree =
          std::all_of(samples.begin(), samples.end(), [&](const auto& one) { return one == samples.front(); });
      if (agree && !samples.empty()) found = samples.front();
    }
    return found.empty() && asks_ && !draft_.guesses.currency ? ask("currency of the amounts, such as NGN", "NGN")
                                                              : found;
  }

  // --- the file

  Status write() {
    const auto text = draft_text(draft_);
    const int descriptor = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0 && errno == EEXIST) return exists(output_.string());
    if (descriptor < 0)
      return Status(Code::kStorage, fmt::format("{} cannot be created: {}", output_.string(), std::strerror(errno)));
    const auto written = ::write(descriptor, text.data(), text.size());
    if (close(descriptor) != 0 || written != std::ssize(text)) {
      unlink(output_.c_str());
      return Status(Code::kStorage, fmt::format("{} cannot be written: {}", output_.string(), std::strerror(errno)));
    }
    return {};
  }

  void print_next_steps() const {
    std::string variables;
    for (const auto& [name, value] : secrets_) variables += fmt::format("  {}=…  (the value you gave)\n", name);
    variables += fmt::format("  {}=…  (mysql://…, postgresql://… or sqlite:FILE)\n", kSinkVariable);
    fmt::print(
        "wrote {}\n\nput into .env beside it, readable by you alone:\n{}\nthen settle each line marked \"decide\", "
        "and:\n"
        "  sentinel check {}\n  sentinel preview {}\n  sentinel run {}\n",
        output_.string(), variables, output_.string(), output_.string(), output_.string());
  }

  Context& context_;
  const Arguments& arguments_;
  const bool asks_;
  const sentinel_component* component_ = nullptr;
  Draft draft_;
  fs::path output_;
  std::map<std::string, std::string> secrets_;  // by variable; never written anywhere
  std::map<std::string, std::vector<std::string>> fields_;
};

int init(Context& context, const Arguments& arguments) {
  const auto done = Initiation(context, arguments).execute();
  return done.ok() ? engine::kExitBalanced : complain(done);
}

}  // namespace

Command init_command() {
  return {
      .name = "init",
      .summary = "Look into a source and draft a pipeline file for it; asks for what it needs, or takes it from flags.",
      .example = "sentinel init --source csv --option path=donations.csv --output donations.yaml",
      .options = OptionSet()
                     .text("source", "USE", "what is read, as `sentinel plugins list` names it")
                     .pairs("option", "NAME=VALUE",
                            "an option of the source; may be repeated. A secret goes into .env, not the file")
                     .text("pipeline", "NAME", "the pipeline's name; that of the table if left out")
                     .text("table", "NAME", "the table in the target; that of the source if left out")
                     .text("currency", "CODE", "the currency of the amounts, where no field names it")
                     .path("schema", "PATH", "begin the file with a line that points editors to this JSON Schema")
                     .path("output", "FILE", "the file to write; NAME.yaml if left out. Never overwritten"),
      .run = init};
}

}  // namespace sentinel::app
