// Finds the word that somebody probably meant, for the end of a message.
#pragma once

#include <sentinel/schema.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sentinel {
namespace detail {

// ASCII letters in lower case, '-' as '_'.
inline std::string folded(std::string_view word) {
  std::string out(word);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return out;
}

// Damerau-Levenshtein distance in its restricted form (optimal string alignment).
inline std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      const bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

// True for `meta.email` and `email`.
inline bool is_last_part(std::string_view whole, std::string_view part) {
  return whole.size() > part.size() + 1 && whole.ends_with(part) && whole[whole.size() - part.size() - 1] == '.';
}

}  // namespace detail

// The candidate that is the fewest typing mistakes away (a letter too many, missing, wrong, or two swapped; case does
// not count), if that is at most two or a third of the word's length. Of equally near ones the first.
inline std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest = 128;  // keeps the work small on hostile input
  if (word.empty() || word.size() > kLongest) return std::nullopt;
  const auto wanted = detail::folded(word);
  const auto limit = std::max<std::size_t>(2, wanted.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const auto away = detail::edit_distance(wanted, detail::folded(candidate));
    // With every letter changed nothing is left of the word.
    if (away >= best_distance || away >= std::max(word.size(), candidate.size())) continue;
    best = candidate;
    best_distance = away;
  }
  return best;
}

// `; did you mean "table"?`, or nothing.
inline std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto meant = nearest(word, candidates);
  return meant ? "; did you mean \"" + *meant + "\"?" : "";
}

// The whole message of a transform whose options name a field that its input does not have:
// `the input has no field "x"; did you mean "y"? it has: …`
inline std::string unknown_field(std::string_view name, const Schema& in) {
  constexpr std::size_t kListed = 20;  // what a person still reads, and a message still holds
  std::vector<std::string> names;
  std::string list, meant;
  for (const auto& field : in.fields()) {
    if (names.size() < kListed) list += (names.empty() ? "" : ", ") + field.name;
    // `email` for `meta.email` and the other way round: the commonest slip.
    const bool is_part = detail::is_last_part(field.name, name) || detail::is_last_part(name, field.name);
    if (meant.empty() && is_part) meant = "; did you mean \"" + field.name + "\"?";
    names.push_back(field.name);
  }
  if (names.size() > kListed) list += " and " + std::to_string(names.size() - kListed) + " more";
  if (meant.empty()) meant = did_you_mean(name, names);
  return "the input has no field \"" + std::string(name) + "\"" + meant + (meant.empty() ? "; it has: " : " it has: ") +
         list;
}

}  // namespace sentinel
