// Guesses from the names of fields and from samples of their values.
#include "app/guess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <set>
#include <string_view>

namespace sentinel::app {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// True if a part of the name ("amount_kobo": amount, kobo) is one of these.
bool has_word(const std::string& name, std::initializer_list<std::string_view> words) {
  const auto plain = fmt::format("_{}_", plain_name(name));
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return plain.find(fmt::format("_{}_", word)) != std::string::npos; });
}

template <class Test>
bool most(const std::vector<std::string>& samples, Test test) {
  constexpr int kPercent = 80;  // samples are dirty
  const auto hits = std::count_if(samples.begin(), samples.end(), test);
  return !samples.empty() && hits * 100 >= std::ssize(samples) * kPercent;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}
bool is_amount(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_digit) && text.size() <= 40 &&
         text.find_first_of("@:/") == std::string_view::npos && text.find('-', 1) == std::string_view::npos;
}
bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('.', at) != std::string_view::npos;
}
// "2026-11-22", and with `with_time` "2026-11-22 20:14:03" or with a T.
bool is_date(std::string_view text, bool with_time) {
  constexpr std::string_view kForm = "0000-00-00 00:00:00";
  const auto length = with_time ? kForm.size() : std::size_t{10};
  if (text.size() < length || (!with_time && text.size() != length)) return false;
  for (std::size_t i = 0; i < length; ++i) {
    const bool fits = kForm[i] == '0' ? is_digit(text[i]) : text[i] == kForm[i] || (i == 10 && text[i] == 'T');
    if (!fits) return false;
  }
  return true;
}
bool is_currency(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool are_different(const FieldGuess& guess) {
  return std::set(guess.samples.begin(), guess.samples.end()).size() == guess.samples.size();
}

Role role_of(const FieldGuess& guess) {
  const auto& name = guess.field.name;
  const auto type = guess.field.type;
  const bool is_text = type == Type::kUtf8 && !guess.field.is_json;
  const bool is_number = type == Type::kInt64 || type == Type::kDecimal;
  if (has_word(name, {"kobo", "cents", "cent", "pence", "pesewas", "minor"}) && most(guess.samples, is_integer))
    return Role::kMinorAmount;
  if ((is_text || is_number) && has_word(name, {"amount", "total", "price", "sum", "paid", "gross"}) &&
      most(guess.samples, is_amount))
    return Role::kAmount;
  if (!is_text) return Role::kPlain;
  const bool is_named_email = has_word(name, {"email", "mail"}) && std::ranges::any_of(guess.samples, is_email);
  if (is_named_email || most(guess.samples, is_email)) return Role::kEmail;
  if (has_word(name, {"currency"}) && most(guess.samples, is_currency)) return Role::kCurrency;
  if (has_word(name, {"ref", "reference", "uuid", "guid", "receipt"}) && are_different(guess)) return Role::kReference;
  if (most(guess.samples, [](const auto& text) { return is_date(text, true); })) return Role::kTimestamp;
  if (most(guess.samples, [](const auto& text) { return is_date(text, false); })) return Role::kDate;
  return Role::kPlain;
}

// The last part of a dotted name, unless another field has it.
std::string target_name(const std::string& name, const std::set<std::string>& taken) {
  auto target = plain_name(name.substr(name.rfind('.') + 1));
  if (target.empty() || taken.contains(target)) target = plain_name(name);
  for (int i = 2; taken.contains(target) || target.empty(); ++i) target = fmt::format("{}_{}", plain_name(name), i);
  return target;
}

AmountStyle style_of(const std::vector<std::string>& samples) {
  AmountStyle style{"none", ".", {}, 0};
  std::set<std::string> symbols;
  for (const auto& sample : samples) {
    const auto first = sample.find_first_of("0123456789"), last = sample.find_last_of("0123456789");
    if (first == std::string::npos) continue;
    const auto digits = sample.substr(first, last - first + 1);
    const auto mark = digits.find_last_of(".,");
    const bool ends_in_group = mark != std::string::npos && digits.size() - mark == 4;
    if (mark != std::string::npos && !ends_in_group) {
      style.decimal_point = digits.substr(mark, 1);
      style.decimals = std::max(style.decimals, digits.size() - mark - 1);
    }
    const auto group = digits.substr(0, ends_in_group ? std::string::npos : mark).find_first_of("., ");
    if (group != std::string::npos) style.thousands = digits.substr(group, 1);
    for (auto symbol : {sample.substr(0, first), sample.substr(last + 1)}) {
      std::erase_if(symbol, [](char c) { return c == ' ' || c == '-' || c == '+'; });
      if (!symbol.empty() && symbol.find_first_of("\"\\'.,") == std::string::npos) symbols.insert(symbol);
    }
  }
  if (style.thousands == style.decimal_point) style.decimal_point.assign(1, style.thousands == "," ? '.' : ',');
  style.symbols.assign(symbols.begin(), symbols.end());
  return style;
}

void choose(Guesses& all) {
  const auto first = [&](Role role) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < all.fields.size(); ++i)
      if (all.fields[i].role == role) return i;
    return std::nullopt;
  };
  all.money = first(Role::kMinorAmount);
  if (!all.money) all.money = first(Role::kAmount);
  all.currency = first(Role::kCurrency);
  for (std::size_t i = 0; i < all.fields.size(); ++i) {
    auto& role = all.fields[i].role;
    if ((role == Role::kMinorAmount || role == Role::kAmount) && i != all.money) role = Role::kPlain;
  }
  if (all.money && all.fields[*all.money].role == Role::kAmount) all.style = style_of(all.fields[*all.money].samples);
  if (const auto reference = first(Role::kReference)) return all.key.push_back(*reference);
  for (std::size_t i = 0; i < all.fields.size(); ++i)
    if (all.fields[i].field.is_key) all.key.push_back(i);
}

}  // namespace

std::string plain_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0 && static_cast<unsigned char>(c) < 0x80;
    if (is_word)
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (name.ends_with('_')) name.pop_back();
  return name;
}

std::vector<std::string> key_candidates(const std::vector<std::string>& fields) {
  auto ranked = fields;
  const auto rank = [](const std::string& name) {
    const auto plain = plain_name(name);
    if (plain == "id") return 0;
    if (has_word(name, {"ref", "reference", "uuid", "guid"})) return 1;
    if (has_word(name, {"id"})) return 2;
    return has_word(name, {"number", "no", "code", "key"}) ? 3 : 4;
  };
  std::stable_sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return ranked;
}

Guesses guess(const Schema& schema, const std::vector<std::vector<std::optional<std::string>>>& samples) {
  Guesses all;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    auto& one = all.fields.emplace_back();
    one.field = schema[i];
    one.target = target_name(schema[i].name, taken);
    taken.insert(one.target);
    for (const auto& sample : samples[i])
      if (sample && !sample->empty()) one.samples.push_back(*sample);
    one.is_full = !samples[i].empty() && one.samples.size() == samples[i].size();
    one.role = role_of(one);
  }
  choose(all);
  return all;
}

}  // namespace sentinel::app
