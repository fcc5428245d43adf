// The JSON behind WalkCursor, and the rule by which one reading window follows another.
#include "support/walk_cursor.hpp"

#include "database/dialect.hpp"

#include <sentinel/civil_time.hpp>
#include <sentinel/text.hpp>

#include <nlohmann/json.hpp>

#include <charconv>

namespace sentinel::support {
namespace {

using Json = nlohmann::json;

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (error != std::errc{} || end != hex.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

// Integers stand as {"int":"5"}, not as JSON numbers: their digits stay what the database printed. A text that is not
// UTF-8 remains a text: SQLite orders bytes behind every text.
Json to_json(const KeyValue& value) {
  switch (value.kind) {
    case KeyValue::Kind::kInteger: return Json{{"int", value.text}};
    case KeyValue::Kind::kText: return is_utf8(value.text) ? Json(value.text) : Json{{"text_hex", to_hex(value.text)}};
    case KeyValue::Kind::kBytes: return Json{{"hex", to_hex(value.text)}};
  }
  return {};
}

std::optional<KeyValue> value_of(const Json& json) {
  if (json.is_string()) return KeyValue{KeyValue::Kind::kText, json.get<std::string>()};
  if (!json.is_object() || json.size() != 1 || !json.begin()->is_string()) return std::nullopt;
  const auto text = json.begin()->get<std::string>();
  if (json.begin().key() == "int") return KeyValue{KeyValue::Kind::kInteger, text};
  auto bytes = from_hex(text);
  if (!bytes) return std::nullopt;
  if (json.begin().key() == "hex") return KeyValue{KeyValue::Kind::kBytes, std::move(*bytes)};
  if (json.begin().key() == "text_hex") return KeyValue{KeyValue::Kind::kText, std::move(*bytes)};
  return std::nullopt;
}

std::optional<std::vector<KeyValue>> values_of(const Json& json, std::size_t key_size) {
  if (!json.is_array() || json.size() != key_size) return std::nullopt;
  std::vector<KeyValue> key;
  for (const auto& item : json) {
    auto value = value_of(item);
    if (!value) return std::nullopt;
    key.push_back(std::move(*value));
  }
  return key;
}

Json to_json(const std::vector<KeyValue>& key) {
  auto list = Json::array();
  for (const auto& value : key) list.push_back(to_json(value));
  return list;
}

std::string text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Where the window that ends at `until` begins: `overlap` before the end of the last one. Nowhere, so that everything
// is read, if the server's clock stands before that end: it was set back, and what was written since carries earlier
// times. The same if `overlap` reaches back behind the year 0001.
std::string begin_window(const std::string& last_until, const std::string& until, std::chrono::milliseconds overlap) {
  std::int64_t last = 0, now = 0;
  if (read_timestamp(last_until, last) != Civil::kValue || read_timestamp(until, now) != Civil::kValue) return "";
  const auto begin = last - overlap.count() * 1000;
  return now < last || !is_calendar_timestamp(begin) ? "" : timestamp_text(begin);
}

}  // namespace

Cursor WalkCursor::to_cursor() const {
  Json json = Json::object();
  if (is_done) json["pass"] = "done";
  if (!after.empty()) json["after"] = to_json(after);
  if (!by.empty()) json["by"] = by;
  if (!from.empty()) json["from"] = from;
  if (!until.empty()) json["until"] = until;
  return Cursor(json.dump(-1, ' ', true));
}

Result<WalkCursor> parse_cursor(const Cursor& cursor, std::size_t key_size) {
  const auto refused = [] {
    return invalid_config("the checkpoint holds a cursor of another source; \"sentinel checkpoint reset\" starts over");
  };
  const auto json = Json::parse(cursor.text(), nullptr, false);
  if (!json.is_object()) return refused();
  WalkCursor walk;
  walk.is_done = text_at(json, "pass") == "done";
  walk.by = text_at(json, "by");
  walk.from = text_at(json, "from");
  walk.until = text_at(json, "until");
  if (const auto after = json.find("after"); after != json.end()) {
    auto key = values_of(*after, key_size);
    if (!key) return refused();
    walk.after = std::move(*key);
  }
  if (!walk.is_done && walk.after.empty() && walk.until.empty()) return refused();
  return walk;
}

Result<std::string> server_time(database::Connection& connection) {
  SENTINEL_ASSIGN(const auto rows, connection.query(database::rules_of(connection).clock_query()));
  std::int64_t micros = 0;
  if (rows.size() != 1 || rows[0].size() != 1 || !rows[0][0] || read_timestamp(*rows[0][0], micros) != Civil::kValue)
    return internal_error("the source server did not report its time");
  return *rows[0][0];
}

Result<WalkCursor> continue_walk(const Cursor& cursor, std::size_t key_size, const Windows& windows,
                                 const std::function<Result<std::string>()>& clock) {
  WalkCursor last;
  if (!cursor.empty()) {
    SENTINEL_ASSIGN(last, parse_cursor(cursor, key_size));
    // A pass under the window of another column left out rows that this one must see; a pass without window left out
    // none.
    if (!last.is_done && (last.by == windows.by || last.by.empty())) return last;
  }
  WalkCursor walk;
  walk.by = windows.by;
  if (windows.by.empty()) return walk;
  SENTINEL_ASSIGN(walk.until, clock());
  if (last.is_done && last.by == windows.by) walk.from = begin_window(last.until, walk.until, windows.overlap);
  return walk;
}

std::string key_text(const std::vector<KeyValue>& key) {
  if (key.size() == 1) return key[0].text;
  auto list = Json::array();
  for (const auto& value : key)
    list.push_back(value.kind == KeyValue::Kind::kInteger ? Json(value.text) : to_json(value));
  return list.dump();
}

std::optional<std::vector<KeyValue>> parse_key_text(std::string_view text, std::size_t key_size) {
  if (key_size == 1) return std::vector{KeyValue{KeyValue::Kind::kText, std::string(text)}};
  return values_of(Json::parse(text, nullptr, false), key_size);
}

}  // namespace sentinel::support
