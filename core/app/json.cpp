// Adds the version of the schema, and prints one line.
#include "app/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

constexpr int kSchemaVersion = 1;

}  // namespace

std::string json_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json with_schema_version(const Json& members) {
  Json answer = {{"schema_version", kSchemaVersion}};
  answer.update(members);
  return answer;
}

std::string json_line(Json members) { return fmt::format("{}\n", json_text(with_schema_version(members))); }

void print_json(Json members) { fmt::print("{}", json_line(std::move(members))); }

void print_json_items(Json items) { print_json({{"items", items.is_null() ? Json::array() : std::move(items)}}); }

}  // namespace sentinel::app
