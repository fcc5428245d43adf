// Parses a path.
#include "map_transform/path.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sentinel::map_transform {
namespace {

class PathScanner {
 public:
  explicit PathScanner(std::string_view text) : text_(text) {}

  Result<Path> steps() {
    Path path;
    while (at_ < text_.size()) {
      if (text_[at_] == '[') {
        SENTINEL_ASSIGN(path.emplace_back(), bracketed());
        continue;
      }
      if (text_[at_] == '.')
        ++at_;
      else if (at_ > 0)
        return fault("a name after a bracket needs a dot before it");
      SENTINEL_ASSIGN(path.emplace_back(), named());
    }
    return path;
  }

 private:
  Status fault(std::string_view what) const {
    return invalid_config(fmt::format("the path \"{}\" is not valid at byte {}: {}; write it as donor.address[0].city",
                                      text_, at_, what));
  }

  Result<PathStep> named() {
    const auto end = std::min(text_.find_first_of(".[]", at_), text_.size());
    if (end == at_) return fault("expected a name");
    PathStep step{std::string(text_.substr(at_, end - at_)), {}};
    at_ = end;
    if (at_ < text_.size() && text_[at_] == ']') return fault("unmatched ]");
    return step;
  }

  Result<PathStep> bracketed() {
    const auto rest = text_.substr(at_ + 1);
    if (rest.starts_with('"')) {
      const auto end = rest.find("\"]", 1);
      if (end == std::string_view::npos) return fault("expected \"] after a name");
      at_ += end + 3;
      return PathStep{std::string(rest.substr(1, end - 1)), {}};
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (error != std::errc() || end == rest.data() + rest.size() || *end != ']')
      return fault("brackets hold an index such as [0] or a name such as [\"a.b\"]");
    at_ += static_cast<std::size_t>(end - rest.data()) + 2;
    return PathStep{{}, index};
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Path> parse_path(std::string_view text) { return PathScanner(text).steps(); }

Status wrong_kind(std::size_t step, std::string_view found, std::string_view wanted) {
  return invalid_data(fmt::format("step {} of the path finds {} where {} is expected", step, found, wanted))
      .native("map", "bad_path");
}

}  // namespace sentinel::map_transform
