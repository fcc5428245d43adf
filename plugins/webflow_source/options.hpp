// What a pipeline file may say about a Webflow source.
#pragma once

#include <sentinel/component.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace sentinel::webflow_source {

enum class Items { kStaged, kLive };
enum class Incremental { kFull, kModified };

struct Options {
  std::string token;
  std::string site;
  std::string content;
  Items items = Items::kStaged;
  std::vector<std::string> locales;
  std::vector<std::string> resolve;
  std::vector<std::string> statuses = {"published", "changed"};
  Departure on_leave = Departure::kKeep;
  Incremental incremental = Incremental::kFull;
  std::chrono::milliseconds overlap{600000};
  std::int64_t requests_per_minute = 60;
  std::string url = "https://api.webflow.com";
};

}  // namespace sentinel::webflow_source
