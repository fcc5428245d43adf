// What open sources, transforms and sinks share: the instance behind the boundary, its name in every message, and the
// schema that it declared.
#pragma once

#include "engine/config/option_tree.hpp"

#include <sentinel/boundary.hpp>
#include <sentinel/component.hpp>
#include <sentinel/schema.hpp>
#include <sentinel/text.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace sentinel::plugins {

// An error that a plugin wrote, as a Status fit for logs and stores. A struct that is missing or too short is the
// plugin's bug.
Status reported_error(const sentinel_error* error);

// The amount of a reject that a plugin filled in. `Reject`: sentinel_source_reject or sentinel_row_reject.
template <class Reject>
std::optional<RejectedAmount> reported_amount(const Reject& reject) {
  if (!SENTINEL_OFFERS(&reject, currency) || reject.has_amount == 0) return std::nullopt;
  return RejectedAmount{reject.minor, as_utf8(from_text(reject.currency))};
}

// An ArrowSchema that is released when it dies.
class OwnedSchema {
 public:
  OwnedSchema() = default;
  explicit OwnedSchema(const Schema& schema) { export_schema(schema, &schema_); }
  OwnedSchema(OwnedSchema&& other) noexcept : schema_(std::exchange(other.schema_, ArrowSchema{})) {}
  OwnedSchema& operator=(OwnedSchema&& other) noexcept {
    std::swap(schema_, other.schema_);
    return *this;
  }
  ~OwnedSchema() {
    if (schema_.release != nullptr) schema_.release(&schema_);
  }
  ArrowSchema* get() { return &schema_; }
  const ArrowSchema& operator*() const { return schema_; }

 private:
  ArrowSchema schema_{};
};

// The host as one stage sees it: what the stage counts carries its name, "source.csv.requests".
class StageHost {
 public:
  // `host` must outlive this one.
  StageHost(const sentinel_host& host, std::string stage);
  StageHost(const StageHost&) = delete;
  const sentinel_host* get() const { return &lent_; }

 private:
  static const sentinel_host& host_of(void* self) { return static_cast<const StageHost*>(self)->host_; }

  const sentinel_host& host_;
  std::string stage_;
  sentinel_host lent_{};
};

// One instance of a component. Calls is the kind's call table.
template <class Calls>
struct OpenStage {
  OpenStage(const char* kind, const sentinel_component& component, const Calls& call_table)
      : calls(&call_table),
        use(component.use),
        prefix(std::string(kind) + " " + component.use + ": "),
        name(std::string(kind) + "." + component.use) {}
  OpenStage(const OpenStage&) = delete;
  ~OpenStage() {
    if (is_open) calls->close(instance);
  }

  Status open(const sentinel_host& host, const config::OptionTree& options) {
    const auto lent = options.lend();
    stage_host.emplace(host, name);
    SENTINEL_TRY(
        run([&](sentinel_error* error) { return calls->open(stage_host->get(), &lent.root(), &instance, error); }));
    is_open = true;
    return {};
  }

  // Makes one call of the plugin; its error is prefixed with the stage's name.
  template <class Call>
  Status run(Call&& call) const {
    auto error = empty_error();
    const std::int32_t code = call(&error);
    if (code == SENTINEL_OK) return {};
    error.code = code;
    return reported_error(&error).prefixed(prefix);
  }
  // A breach of the contract that this side found.
  Status broken(const std::string& what) const { return internal_error(prefix + what); }
  Status not_offered(const char* call) const { return {Code::kUnsupported, prefix + "does not offer " + call}; }

  const Calls* calls;
  void* instance = nullptr;
  bool is_open = false;
  std::string use, prefix, name;
  std::optional<StageHost> stage_host;
};

}  // namespace sentinel::plugins
