// What the tests of the pipeline stand on: a clock that only waits move, a log that remembers, a folder and a file of
// their own.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/stages/built_in_plugin.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"
#include "engine/testing/test_stages.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const ::sentinel::Status status_of_assert = (expression);         \
    ASSERT_TRUE(status_of_assert.ok()) << status_of_assert.message(); \
  } while (false)

namespace sentinel::engine::test {

// Waiting takes no time but moves the clock to the end of the wait, unless `on_wait` asks for a stop.
class FakeClock final : public telemetry::Clock {
 public:
  std::int64_t now_unix_ms() override { return kStart + steady_ms(); }
  std::int64_t steady_ms() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  bool wait_until(std::int64_t steady_ms, telemetry::StopSignal& stop) override {
    if (on_wait) on_wait(steady_ms);
    if (stop.requested()) return true;
    const std::lock_guard lock(mutex_);
    waits.push_back(steady_ms - now_);
    now_ = std::max(now_, steady_ms);
    return false;
  }
  void advance(std::int64_t by_ms) {
    const std::lock_guard lock(mutex_);
    now_ += by_ms;
  }

  static constexpr std::int64_t kStart = 1'790'000'000'000;
  std::function<void(std::int64_t)> on_wait;
  std::vector<std::int64_t> waits;  // in ms

 private:
  std::mutex mutex_;
  std::int64_t now_ = 5000;
};

class RememberingLog final : public telemetry::Log {
 public:
  void write(LogLevel, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    text_ += std::string(text) + "\n";
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

// What differs from file to file.
struct Parts {
  std::string transforms{}, more{}, source_options{}, shelf{};
  std::string money = "money: { field: amount, currency: NGN }\n";
  std::string name = "donations";
};

class PipelineTest : public ::testing::Test {
 protected:
  explicit PipelineTest(std::vector<std::filesystem::path> plugin_folders = {})
      : registry_(std::move(plugin_folders), {sentinel_test_stages, sentinel_builtin_stages}) {}

  void SetUp() override {
    char name[] = "/tmp/sentinel-pipeline-test-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    state_folder_ = folder_ / "state";
    shelf_name_ = folder_.filename();
    unsetenv("SENTINEL_EMERGENCY_DIR");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Shelf& shelf() { return test::shelf(shelf_name_); }
  void fill(std::vector<Record> records) { shelf().records = std::move(records); }
  static std::vector<Record> numbered(int count, const std::string& prefix = "A") {
    std::vector<Record> records;
    for (int i = 0; i < count; ++i) records.push_back({prefix + std::to_string(1000 + i), 100});
    return records;
  }

  // The sink of the file; other fixtures have another one.
  virtual std::string sink_yaml() const { return "sink: { use: pile, shelf: " + shelf_name_ + " }\n"; }

  std::string yaml(const Parts& parts) const {
    return "version: 1\npipeline: " + parts.name +
           "\nsource: { use: records, shelf: " + (parts.shelf.empty() ? shelf_name_ : parts.shelf) +
           parts.source_options + " }\n" + (parts.transforms.empty() ? "" : "transforms:\n" + parts.transforms) +
           sink_yaml() + parts.money + "retry: { max_attempts: 3, initial: 10ms, max: 80ms, jitter: none }\n" +
           parts.more;
  }
  // Loads a file of these parts; it must have no errors.
  config::PipelineFile load(const Parts& parts = {}) {
    const auto path = folder_ / "pipeline.yaml";
    std::ofstream(path) << yaml(parts);
    auto loaded = config::load_pipeline_file(path, registry_, [](const std::string&) { return std::nullopt; });
    for (const auto& problem : loaded.problems)
      if (!problem.is_warning) ADD_FAILURE() << problem.to_string();
    return loaded.pipeline.value_or(config::PipelineFile{});
  }
  std::unique_ptr<store::Store> open_store() {
    auto store = store::Store::open(state_folder_, [this] { return clock_.now_unix_ms(); });
    EXPECT_TRUE(store) << (store ? "" : store.error().message());
    return store ? std::move(store).value() : nullptr;
  }

  std::filesystem::path folder_, state_folder_;
  std::string shelf_name_;
  FakeClock clock_;
  telemetry::StopSignal stop_;
  RememberingLog log_;
  telemetry::HostServices services_{clock_, stop_, log_, 7};
  plugins::Registry registry_;
};

}  // namespace sentinel::engine::test
