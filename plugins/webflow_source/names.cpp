// Reads the names of referenced items from their collections once, and caches them.
#include "webflow_source/names.hpp"

#include <fmt/format.h>

namespace sentinel::webflow_source {
namespace {

constexpr std::size_t kPage = 100;  // the API's page limit

std::string name_of(const Object& item) {
  const auto* data = item.find("fieldData");
  if (data == nullptr) return {};
  const auto fields = Object::parse(data->raw);
  return fields ? fields->text("name") : "";
}

}  // namespace

Result<std::string> Names::of(const std::string& collection_id, const std::string& item_id) {
  auto found = names_.find(collection_id);
  if (found == names_.end()) {
    ById names;
    SENTINEL_TRY(load(collection_id, names));
    found = names_.emplace(collection_id, std::move(names)).first;
  }
  auto& names = found->second;
  if (const auto name = names.find(item_id); name != names.end()) return name->second;
  // It may have been created since, or the list moved while it was read.
  const auto reply = api_.get(fmt::format("/collections/{}/items/{}", support::http::percent_encoded(collection_id),
                                          support::http::percent_encoded(item_id)),
                              "fieldData");
  if (!reply && reply.error().native_code() == "404") return names[item_id] = "";
  if (!reply) return reply.error();
  SENTINEL_ASSIGN(const auto item, Object::parse(reply->body));
  return names[item_id] = name_of(item);
}

Status Names::load(const std::string& collection_id, ById& names) {
  const auto path = fmt::format("/collections/{}/items", support::http::percent_encoded(collection_id));
  for (std::size_t offset = 0;; offset += kPage) {
    SENTINEL_ASSIGN(const auto reply,
                    api_.get(path, "items", {{"offset", std::to_string(offset)}, {"limit", std::to_string(kPage)}}));
    SENTINEL_ASSIGN(const auto answer, Object::parse(reply.body));
    SENTINEL_ASSIGN(const auto items, objects_of(answer, "items"));
    for (const auto& item : items) names[item.text("id")] = name_of(item);
    if (items.size() < kPage) return {};
  }
}

}  // namespace sentinel::webflow_source
