// The names of referenced items: items of other collections, read once and cached.
#pragma once

#include "webflow_source/api.hpp"

#include <map>
#include <string>

namespace sentinel::webflow_source {

class Names {
 public:
  explicit Names(Api& api) : api_(api) {}
  // The name of item `item_id` of the collection; empty where there is no such item. Errors: those of the api.
  Result<std::string> of(const std::string& collection_id, const std::string& item_id);
  // Forgets the cached names, so that renamed items are read again.
  void forget() { names_.clear(); }

 private:
  using ById = std::map<std::string, std::string>;
  Status load(const std::string& collection_id, ById& names);

  Api& api_;
  std::map<std::string, ById> names_;  // by collection
};

}  // namespace sentinel::webflow_source
