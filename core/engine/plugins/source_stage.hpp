// An open source as the engine sees it: a C++ face over the C calls, which checks pages, cursors and reports.
//
// Each message of a fault is prefixed with the stage: "source counter: …". One thread at a time per instance; cancel()
// from any.
#pragma once

#include "engine/config/option_tree.hpp"
#include "engine/plugins/row_reports.hpp"

#include <sentinel/batch.hpp>
#include <sentinel/source.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sentinel::plugins {

struct SourcePage {
  Batch batch;  // normalised: exactly the eight types of Type
  std::string next;
  bool done = false;
  std::vector<FilteredRow> filtered;
  std::vector<RejectedRecord> rejected;
};

class SourceStage {
 public:
  // `host` must outlive the stage. Errors: those of the plugin's open.
  static Result<std::unique_ptr<SourceStage>> open(const sentinel_component& component, const sentinel_host& host,
                                                   const config::OptionTree& options);
  ~SourceStage();  // closes; REQUIRES: every batch that it returned was destroyed
  const std::string& use() const;
  Result<Schema> schema();
  // REQUIRES: schema() was called. Errors: the plugin's; kInternal where what it hands back breaks the contract.
  Result<SourcePage> read(const std::string& cursor, std::int64_t max_rows, std::int64_t max_bytes);
  Status check();  // ok where the plugin does not offer it
  bool offers_discover() const;
  // Every field of everything that could be read, with a sample; entity by entity.
  Status discover(const std::function<void(const FoundField&)>& each);
  // How many records a pass from the beginning reads; kUnsupported where the plugin does not offer it.
  Result<std::int64_t> count();
  bool offers_fetch() const;
  Result<SourcePage> fetch(std::span<const std::string> keys);
  bool offers_keys() const;
  // Up to `max_rows` keys that exist, from a cursor of this call's own; the page holds no rows.
  Result<SourcePage> keys(const std::string& cursor, std::int64_t max_rows,
                          const std::function<void(std::string_view)>& each);
  void cancel();

 private:
  struct Impl;
  explicit SourceStage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sentinel::plugins
