// What a pipeline file may say about a WordPress source.
#pragma once

#include <sentinel/component.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// What to do with a meta key that a post carries more than once with different values.
enum class RepeatedMeta { kReject, kFirst, kLast };
enum class Incremental { kFull, kModified };
// A plugin of WordPress whose records are read, in place of posts.
enum class Preset { kGivewp, kWoocommerce, kWoocommerceLegacy };

struct Options {
  std::string connection;
  std::string base_url, user, application_password;
  std::optional<Preset> preset;
  std::string content = "donation";
  std::string prefix = "wp_";
  std::optional<std::vector<std::string>> meta;
  std::optional<std::vector<std::string>> statuses;
  Departure on_leave = Departure::kKeep;
  RepeatedMeta repeated_meta = RepeatedMeta::kReject;
  bool include_content = false;
  bool include_test = false;
  Incremental incremental = Incremental::kFull;
  std::chrono::milliseconds overlap{600000};
};

}  // namespace sentinel::wordpress_source
