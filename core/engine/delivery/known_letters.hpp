// Finds the known letters of a batch by the keys of its records; the store is not asked about keys without a letter.
#pragma once

#include "engine/ledger/record_snapshot.hpp"
#include "engine/store/store.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sentinel::engine {

class KnownLetters {
 public:
  KnownLetters(store::Store& store, std::string pipeline, std::string source_id)
      : store_(store), pipeline_(std::move(pipeline)), source_id_(std::move(source_id)) {}

  // Call at the start of a run. Takes 8 bytes per key.
  Status load() {
    return store_.each_key(pipeline_, source_id_, [this](std::string_view key) { add(key); });
  }
  void add(std::string_view key) { key_hashes_.insert(std::hash<std::string_view>{}(key)); }
  bool may_have(std::string_view key) const { return key_hashes_.contains(std::hash<std::string_view>{}(key)); }
  bool any() const { return !key_hashes_.empty(); }
  // All letters of this key, where one of them is open, discarded, or landed by an edit.
  Result<std::vector<store::LetterFact>> of_key(std::string_view key) {
    if (!may_have(key)) return std::vector<store::LetterFact>{};
    return store_.letters_of_key(pipeline_, source_id_, key);
  }
  // An edit of this very record landed: the source's unchanged record must not overwrite it.
  Result<bool> landed_edited(const BatchView& source, std::int64_t row) {
    if (!any()) return false;
    SENTINEL_ASSIGN(const auto facts, of_key(ledger::source_key(source, row)));
    if (facts.empty()) return false;
    const auto hash = ledger::record_hash(source, row);
    return std::ranges::any_of(facts,
                               [&](const auto& fact) { return fact.landed_edited() && fact.record_hash == hash; });
  }

 private:
  store::Store& store_;
  std::string pipeline_, source_id_;
  std::unordered_set<std::size_t> key_hashes_;
};

}  // namespace sentinel::engine
