// Writes the draft from top to bottom, in the order of the top-level keys.
#include "app/draft.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sentinel::app {
namespace {

// The decimals of a minor unit where the file does not set them.
constexpr std::size_t kUsualDecimals = 2;

std::string source_block(const Draft& draft) {
  auto text = fmt::format("source:\n  use: {}\n", draft.use);
  for (const auto& [name, value] : draft.source_options) text += fmt::format("  {}: {}\n", name, value);
  return text;
}

std::string listed(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const auto& text : texts) items.push_back(yaml_text(text));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string head(const Draft& draft) {
  return fmt::format(
      "# Mirrors {} records into the table {}. Drafted by `sentinel init`: read it, and settle each line marked "
      "\"decide\".\n"
      "# Safe to run again at any time: nothing is doubled, nothing is lost.\n"
      "# Guessed from the first {} records. See what becomes of them: sentinel preview {}\n{}",
      draft.use, draft.table, draft.records_seen, draft.file,
      draft.schema_path.empty() ? "" : fmt::format("# yaml-language-server: $schema={}\n", draft.schema_path));
}

std::string amount_entry(const FieldGuess& guess, const AmountStyle& style) {
  auto options = fmt::format("decimal_point: \"{}\"", style.decimal_point);
  if (style.thousands != "none") options += fmt::format(", thousands: \"{}\"", style.thousands);
  if (style.decimals > kUsualDecimals) options += fmt::format(", decimals: {}", style.decimals);
  if (!style.symbols.empty()) options += fmt::format(", currency_symbols: {}", listed(style.symbols));
  return fmt::format("{{ from: {}, amount: {{ {} }} }}  # decide: the digits are whole units, not kobo or cents",
                     yaml_text(guess.field.name), options);
}

std::string field_entry(const FieldGuess& guess, const AmountStyle& style) {
  const auto from = yaml_text(guess.field.name);
  switch (guess.role) {
    case Role::kReference: return fmt::format("{{ from: {}, trim: true }}", from);
    case Role::kEmail: return fmt::format("{{ from: {}, trim: true, lower_case: true }}", from);
    case Role::kMinorAmount:
      return fmt::format("{{ from: {}, type: integer }}  # decide: the digits count the smallest unit (kobo, cents)",
                         from);
    case Role::kAmount: return amount_entry(guess, style);
    case Role::kTimestamp:
      return fmt::format("{{ from: {}, type: timestamp }}  # decide: the time is taken as UTC", from);
    case Role::kDate: return fmt::format("{{ from: {}, type: date }}", from);
    default: return from;
  }
}

// Names in the file beside those of the fields.
struct Names {
  std::string minor, amount;
};
Names names_of(const Draft& draft) {
  const auto& guesses = draft.guesses;
  if (!guesses.money) return {};
  const auto& money = guesses.fields[*guesses.money];
  const auto is_taken = [&](const std::string& name) {
    return std::any_of(guesses.fields.begin(), guesses.fields.end(),
                       [&](const FieldGuess& guess) { return &guess != &money && guess.target == name; });
  };
  auto minor = money.target;
  if (money.role == Role::kAmount) minor = fmt::format("{}_minor", money.target);
  std::string amount = money.role == Role::kAmount ? money.target : "amount";
  if (is_taken(amount) || amount == minor) amount = fmt::format("{}_decimal", minor);
  return {minor, amount};
}

std::string map_block(const Draft& draft, const Names& names) {
  std::string text = "transforms:\n  - use: map\n    fields:\n";
  const auto& guesses = draft.guesses;
  for (std::size_t i = 0; i < guesses.fields.size(); ++i) {
    const auto& one = guesses.fields[i];
    text +=
        fmt::format("      {}: {}\n", i == guesses.money ? names.minor : one.target, field_entry(one, guesses.style));
  }
  return text;
}

std::string validate_block(const Draft& draft, const Names& names) {
  std::string text = "  - use: validate\n    rules:\n";
  const auto& guesses = draft.guesses;
  for (const auto i : guesses.key) text += fmt::format("      {}: {{ required: true }}\n", guesses.fields[i].target);
  for (const auto& one : guesses.fields)
    if (one.role == Role::kEmail)
      text += fmt::format("      {}: email  # decide: a record with a bad address becomes a dead letter\n", one.target);
  if (guesses.money)
    text += fmt::format("      {}: {{ required: true, min: 1 }}  # decide: refunds are below 0\n", names.minor);
  return text;
}

std::string sink_block(const Draft& draft) {
  std::vector<std::string> key;
  for (const auto i : draft.guesses.key) key.push_back(draft.guesses.fields[i].target);
  return fmt::format(
      "sink:\n  use: {}\n  connection: {}\n  table: {}\n  mode: upsert\n  key: {}  # decide: what names a record at "
      "every source, so that a change of source doubles nothing\n",
      draft.sink_use, draft.sink_connection, yaml_text(draft.table), listed(key));
}

std::string money_block(const Draft& draft, const Names& names) {
  if (!draft.guesses.money)
    return "# decide: no field looked like an amount. With one in whole minor units the balance proves every kobo:\n"
           "# money: { field: amount_kobo, currency: NGN }\n";
  const auto& currency = draft.guesses.currency;
  if (draft.currency.empty() && !currency)
    return fmt::format("money: {{ field: {}, currency: NGN }}  # decide: no field names the currency\n", names.minor);
  if (!draft.currency.empty())
    return fmt::format("money: {{ field: {}, currency: {} }}{}\n", names.minor, draft.currency,
                       currency ? fmt::format("  # decide: every record in the sample has it; else currency_field: {}",
                                              draft.guesses.fields[*currency].target)
                                : "");
  return fmt::format("money: {{ field: {}, currency_field: {} }}\n", names.minor,
                     draft.guesses.fields[*currency].target);
}

}  // namespace

std::string yaml_text(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-' || c == '/';
  };
  const bool is_word = !text.empty() && text.front() != '-' && text.front() != '.' &&
                       std::all_of(text.begin(), text.end(), is_plain) && text != "null" && text != "true" &&
                       text != "false" && std::any_of(text.begin(), text.end(), [](char c) { return c > '9'; });
  return is_word ? text : nlohmann::json(text).dump();
}

std::string source_draft(const Draft& draft) {
  return fmt::format("version: 1\npipeline: {}\n{}sink: {{ use: {}, connection: \"sqlite:x\", table: x, key: [x] }}\n",
                     draft.pipeline, source_block(draft), draft.sink_use);
}

std::string draft_text(const Draft& draft) {
  const auto names = names_of(draft);
  auto text = head(draft) + fmt::format("version: 1\npipeline: {}\n", draft.pipeline) + source_block(draft) +
              map_block(draft, names) + validate_block(draft, names);
  if (draft.guesses.money)
    text += fmt::format("  - use: kobo_to_decimal\n    field: {}\n    to: {}\n", names.minor, names.amount);
  return text + sink_block(draft) + money_block(draft, names);
}

}  // namespace sentinel::app
