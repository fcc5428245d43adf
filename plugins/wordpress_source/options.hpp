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

struct Options {
  std::string connection;
  std::string base_url, user, application_password;
  std::string content = "donation";
  std::string prefix = "wp_";
  std::optional<std::vector<std::string>> meta;
  std::vector<std::string> statuses = {"publish"};
  Leave on_leave = Leave::kKeep;
  RepeatedMeta repeated_meta = RepeatedMeta::kReject;
  bool include_content = false;
  Incremental incremental = Incremental::kFull;
  std::chrono::milliseconds overlap{600000};
};

}  // namespace sentinel::wordpress_source
