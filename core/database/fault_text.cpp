// Removes control characters and bound values from messages.
#include "database/fault_text.hpp"

namespace sentinel::database {
namespace {

constexpr std::size_t kLongestText = 600;

}  // namespace

std::string cut_before(std::string_view text, std::string_view mark) {
  text = text.substr(0, text.find(mark));
  while (!text.empty() && (text.back() == ' ' || text.back() == ':')) text.remove_suffix(1);
  return std::string(text);
}

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

}  // namespace sentinel::database
