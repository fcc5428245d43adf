// The calls of the source: turns each line into a row, and rejects lines that are not one JSON object.
#include "json_lines_source/json_lines_source.hpp"

#include "support/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sentinel::json_lines_source {

using support::ByteFeed;
using support::JsonKind;
using support::JsonMember;
using support::kMaxRecordBytes;
using support::Passed;
using support::TextValue;

namespace {

constexpr std::size_t kFirstLook = 1u << 20;

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == std::string_view::npos; }

struct Line {
  std::int64_t size = 0;  // with its line break
  bool is_ended = false;  // it has one
};

// The next line; of size 0 at the end of the file. At most the bytes of one record are buffered.
Result<Line> find_line(ByteFeed& feed) {
  std::array<char, 64u << 10> far;
  Line line;
  while (true) {
    const bool is_held = static_cast<std::size_t>(line.size) <= kMaxRecordBytes;
    if (is_held && static_cast<std::size_t>(line.size) == feed.ahead().size()) {
      SENTINEL_ASSIGN(const bool has_more, feed.more());
      if (!has_more) return line;
    }
    auto part = is_held ? feed.ahead().substr(static_cast<std::size_t>(line.size)) : std::string_view();
    if (!is_held) {
      SENTINEL_ASSIGN(const auto got, feed.look(line.size, far));
      part = {far.data(), got};
      if (got == 0) return line;
    }
    const auto line_feed = part.find('\n');
    line.is_ended = line_feed != std::string_view::npos;
    line.size += line.is_ended ? static_cast<std::int64_t>(line_feed) + 1 : std::ssize(part);
    if (line.is_ended) return line;
  }
}

}  // namespace

Result<std::vector<Field>> JsonLinesSource::declared_fields() const {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < options_.fields.size(); ++i) {
    const auto& name = options_.fields[i];
    if (std::ranges::find(fields, name, &Field::name) != fields.end())
      return invalid_config(fmt::format("\"{}\" is listed twice in fields", name))
          .at_option("fields." + std::to_string(i));
    fields.push_back(utf8(name));
  }
  return fields;
}

Result<Schema> JsonLinesSource::begin(ByteFeed& feed) {
  SENTINEL_ASSIGN(auto fields, declared_fields());
  SENTINEL_TRY(feed.pass_byte_order_mark());
  if (fields.empty()) {
    SENTINEL_TRY(look_at_beginning(feed));
    fields = found_.all();
  }
  for (std::size_t i = 0; i < options_.json.size(); ++i) {
    const auto field = std::ranges::find(fields, options_.json[i], &Field::name);
    if (field == fields.end())
      return invalid_config(fmt::format("there is no field \"{}\"", options_.json[i]))
          .at_option("json." + std::to_string(i));
    field->is_json = true;
  }
  return support::with_key(std::move(fields), options_.key);
}

Status JsonLinesSource::look_at_beginning(ByteFeed& feed) {
  bool has_more = true;
  while (has_more && feed.ahead().size() < kFirstLook) {
    SENTINEL_ASSIGN(has_more, feed.more());
  }
  auto rest = feed.ahead();
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos && has_more) break;
    if (const auto members = support::parse_json_object(rest.substr(0, end))) found_.look_at(*members);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (!found_.all().empty()) return {};
  return invalid_config(fmt::format("no line at the beginning of \"{}\" is a JSON object, so its fields are unknown; "
                                    "name them here if the file is correct",
                                    path()))
      .at_option("fields");
}

Result<Passed> JsonLinesSource::take_record(ByteFeed& feed, support::RecordIntake& intake) {
  SENTINEL_ASSIGN(const auto line, find_line(feed));
  if (line.size == 0) return Passed::kNothing;
  const auto text = feed.ahead().substr(0, static_cast<std::size_t>(line.size));
  if (static_cast<std::size_t>(line.size) > kMaxRecordBytes)
    intake.reject(
        feed.place(), text, {},
        invalid_data(fmt::format("the line has {} bytes; at most {} are accepted", line.size, kMaxRecordBytes)));
  else if (!is_blank(text))
    SENTINEL_TRY(give(feed.place(), text, intake));
  SENTINEL_TRY(feed.take(line.size));
  return line.is_ended ? Passed::kRecord : Passed::kLastLine;
}

Status JsonLinesSource::give(const support::Place& place, std::string_view line, support::RecordIntake& intake) {
  const auto members = support::parse_json_object(line);
  if (!members) {
    intake.reject(place, line, {}, members.error());
    return {};
  }
  const auto& schema = current_schema();
  values_.assign(schema.size(), std::nullopt);
  Status fault;
  for (const auto& member : *members) {
    const auto at = schema.find(member.name);
    if (at == Schema::npos) {
      if (!options_.fields.empty()) continue;
      SENTINEL_TRY(found_.add(member));
      return {Code::kSchemaChanged, "a record has the new field \"" + member.name + "\""};
    }
    auto value = value_of(schema[at], member);
    if (value)
      values_[at] = *value;
    else if (fault.ok())
      fault = std::move(value).error();
  }
  if (fault.ok())
    intake.take(place, line, values_);
  else
    intake.reject(place, line, values_, fault);
  return {};
}

Result<TextValue> JsonLinesSource::value_of(const Field& field, const JsonMember& member) const {
  if (member.kind == JsonKind::kNull) return TextValue();
  if (field.is_json) return TextValue(member.raw);
  if (member.kind == JsonKind::kString) return TextValue(member.text);
  if (member.kind == JsonKind::kNumber || member.kind == JsonKind::kBoolean) return TextValue(member.raw);
  return invalid_data(
      fmt::format("field \"{}\" holds an object or a list; name it in the option json to pass it on", field.name));
}

}  // namespace sentinel::json_lines_source
