// Adds items to a batch: rows, rows filtered out by status, and rejects.
#pragma once

#include "webflow_source/collection.hpp"
#include "webflow_source/item_walk.hpp"
#include "webflow_source/names.hpp"

#include <sentinel/batch.hpp>
#include <sentinel/source.hpp>

#include <map>
#include <string>
#include <vector>

namespace sentinel::webflow_source {

// archived · queued (to be published for the first time) · draft (never published) · changed (published, with edits
// that are not) · published
std::string_view status_of(const Object& item);

// The item's key, as the engine forms it from the key fields.
std::string key_of(const Object& item, const Options& options);

// How many of the items name each field.
std::map<std::string, std::size_t> named_fields(const std::vector<Item>& items);
bool describes(const Collection& collection, const std::string& field);

class ItemBatch {
 public:
  ItemBatch(const Collection& collection, const Schema& schema, const Options& options, Names& names, Rejects& rejects);

  // `item` as in the answer. Errors: those of the api, when a name is resolved.
  Status take(const Object& item, std::string_view raw);
  std::int64_t bytes() const { return batch_.bytes() + rejected_bytes_; }
  Batch finish() { return batch_.finish(); }

 private:
  struct Value {
    bool is_null = true;
    std::int64_t integer = 0;  // kBool, kTimestamp
    std::string text;
  };
  // Errors: kInvalidData where the item is not a valid record; those of the api.
  Status parse(const Object& item, bool is_filtered);
  Status parse_fields(const Object& item, bool is_filtered);
  Result<Value> value_of(const CollectionField& field, const support::JsonMember* member);
  Result<Value> name_of(const CollectionField& field, const std::string& id);
  Result<Value> names_of(const CollectionField& field, std::string_view list);
  bool resolves(const CollectionField& field) const;
  void append();

  const Collection& collection_;
  const Schema& schema_;
  const Options& options_;
  Names& names_;
  Rejects& rejects_;
  BatchBuilder batch_;
  std::vector<Value> values_;
  std::int64_t rejected_bytes_ = 0;
};

}  // namespace sentinel::webflow_source
