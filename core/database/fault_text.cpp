// Takes quoted data out of servers' messages; the rules stand in fault_text.hpp.
#include "database/fault_text.hpp"

#include <algorithm>
#include <array>

namespace sentinel::database {
namespace {

constexpr std::string_view kHidden = "(hidden)";
constexpr std::size_t kLongestText = 600;

constexpr std::array<std::string_view, 4> kDataFollows{"entry '", "value: '", "string: '", "out of range in '"};
// Row faults whose quotes hold names only.
constexpr std::array kNamesOnly{1048u, 1169u, 1216u, 1217u, 1264u, 1265u, 1364u,
                                1365u, 1406u, 1451u, 1452u, 3819u, 4025u};

// Replaces what stands between the quote at `begin` and the last one that can close it.
std::string hide_quoted(std::string_view text, std::size_t begin) {
  auto end = text.rfind("' for ");
  if (end == std::string_view::npos || end < begin) end = text.rfind('\'');
  if (end == std::string_view::npos || end < begin) end = text.size();
  return std::string(text.substr(0, begin)) + std::string(kHidden) +
         (end < text.size() ? std::string(text.substr(end + 1)) : std::string());
}

std::string cut_before(std::string_view text, std::string_view mark) {
  text = text.substr(0, text.find(mark));
  while (!text.empty() && (text.back() == ' ' || text.back() == ':')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

std::string clean_text(std::string_view raw) {
  std::string text;
  for (const char c : raw.substr(0, kLongestText)) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if ((is_control || c == ' ') && (text.empty() || text.back() == ' ')) continue;
    text += is_control ? ' ' : c;
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text;
}

std::string mysql_fault_text(unsigned number, std::string_view raw, bool has_pasted_values) {
  if (number == 1064 && has_pasted_values) return clean_text(cut_before(raw, "near '"));
  const Code code = classify_mysql(number, Flavour::kMariadb);
  if (!is_row_fault(code) || number == 1644) return clean_text(raw);
  if (std::ranges::find(kNamesOnly, number) != kNamesOnly.end()) return clean_text(raw);
  for (const auto mark : kDataFollows) {
    if (const auto at = raw.find(mark); at != std::string_view::npos) {
      return clean_text(hide_quoted(raw, at + mark.size() - 1));
    }
  }
  return clean_text(cut_before(raw, "'"));
}

std::string postgresql_fault_text(std::string_view sqlstate, std::string_view raw) {
  if (const auto severity = raw.find(":  "); severity != std::string_view::npos && severity < 60) {
    raw.remove_prefix(severity + 3);
  }
  if (sqlstate.starts_with("22")) return clean_text(cut_before(raw, "\""));
  return clean_text(raw.substr(0, raw.find('\n')));
}

std::string sqlite_fault_text(std::string_view raw) {
  // SOCI puts "sqlite3_statement_backend::loadOne: " in front.
  if (raw.starts_with("sqlite3_statement_backend::")) {
    if (const auto colon = raw.find(": "); colon != std::string_view::npos) raw.remove_prefix(colon + 2);
  }
  return clean_text(raw);
}

void hide_value(std::string& message, std::string_view value) {
  if (value.size() < 3) return;
  for (auto at = message.find(value); at != std::string::npos; at = message.find(value, at + kHidden.size())) {
    message.replace(at, value.size(), kHidden);
  }
}

Status without_values(Status fault, std::span<const Value> values) {
  std::string message = fault.message();
  for (const auto& value : values) {
    if (const auto* text = std::get_if<std::string>(&value)) hide_value(message, *text);
  }
  if (message == fault.message()) return fault;
  return Status(fault.code(), std::move(message)).native(fault.domain(), fault.native_code());
}

Status mysql_fault(unsigned number, Flavour flavour, std::string_view raw, bool has_pasted_values) {
  return Status(classify_mysql(number, flavour), mysql_fault_text(number, raw, has_pasted_values))
      .native("mysql", std::to_string(number));
}

Status postgresql_fault(std::string_view sqlstate, std::string_view raw) {
  return Status(classify_sqlstate(sqlstate), postgresql_fault_text(sqlstate, raw))
      .native("sqlstate", std::string(sqlstate));
}

Status sqlite_fault(int extended_result, std::string_view raw) {
  return Status(classify_sqlite(extended_result), sqlite_fault_text(raw))
      .native("sqlite", std::to_string(extended_result));
}

}  // namespace sentinel::database
