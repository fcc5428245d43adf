// Finds the input field whose name is nearest to one that does not exist.
#include "field_names.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sentinel::validate_transform {
namespace {

// How many letters must change, come or go to turn one name into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const auto replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[to.size()];
}

// `email` for `meta.email` and the other way round: the commonest slip.
bool is_last_part(std::string_view whole, std::string_view part) {
  return whole.size() > part.size() + 1 && whole.ends_with(part) && whole[whole.size() - part.size() - 1] == '.';
}

}  // namespace

std::string unknown_field(std::string_view name, const Schema& in) {
  constexpr std::size_t kListed = 20;  // what a person still reads, and a message still holds
  const Field* nearest = nullptr;
  auto least = name.size() / 3 + 2;  // exclusive
  std::string list;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto& candidate = in[i].name;
    const auto distance =
        is_last_part(candidate, name) || is_last_part(name, candidate) ? 1 : edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      nearest = &in[i];
    }
    if (i < kListed) list += (i == 0 ? "" : ", ") + candidate;
  }
  if (in.size() > kListed) list += " and " + std::to_string(in.size() - kListed) + " more";
  auto text = "the input has no field \"" + std::string(name) + "\"";
  if (nearest != nullptr) text += "; did you mean \"" + nearest->name + "\"?";
  return text + (nearest != nullptr ? " it has: " : "; it has: ") + list;
}

}  // namespace sentinel::validate_transform
