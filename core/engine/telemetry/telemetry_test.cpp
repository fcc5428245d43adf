// What plugins get from the host, what a log line may hold, and waits that a stop cuts short.
#include "engine/telemetry/clock.hpp"
#include "engine/telemetry/host_services.hpp"
#include "engine/telemetry/log.hpp"

#include <sentinel/host.hpp>
#include <sentinel/text.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <vector>

namespace sentinel::telemetry {
namespace {

class Lines final : public Log {
 public:
  void write(LogLevel level, std::string_view text) override { lines.emplace_back(level, text); }
  std::vector<std::pair<LogLevel, std::string>> lines;
};

// Stands still, but for waits.
class StillClock final : public Clock {
 public:
  std::int64_t now_unix_ms() override { return 1'700'000'000'123; }
  std::int64_t steady_ms() override { return steady; }
  bool wait_until(std::int64_t steady_ms, StopSignal& stop) override {
    if (stop.requested()) return true;
    steady = steady_ms;
    return false;
  }
  std::int64_t steady = 42;
};

class HostServicesTest : public ::testing::Test {
 protected:
  StillClock clock_;
  StopSignal stop_;
  Lines log_;
  HostServices services_{clock_, stop_, log_, 1};
  Host host_{&services_.host()};
};

TEST_F(HostServicesTest, GivesTheClockOfTheEngine) {
  EXPECT_EQ(host_.now_unix_ms(), 1'700'000'000'123);
  EXPECT_EQ(host_.steady_ms(), 42);
  EXPECT_TRUE(host_.sleep_for(std::chrono::milliseconds(8)));
  EXPECT_EQ(host_.steady_ms(), 50);
  EXPECT_FALSE(host_.stop_requested());
  stop_.request(15);
  EXPECT_TRUE(host_.stop_requested());
  EXPECT_FALSE(host_.sleep_for(std::chrono::milliseconds(8)));
  EXPECT_EQ(host_.steady_ms(), 50);
}

TEST_F(HostServicesTest, LogsALineWithItsFields) {
  host_.log(LogLevel::kWarning, "page refused", {{"status", "503"}, {"page", "7"}});
  ASSERT_EQ(log_.lines.size(), 1u);
  EXPECT_EQ(log_.lines[0].first, LogLevel::kWarning);
  EXPECT_EQ(log_.lines[0].second, "page refused status=503 page=7");
}

TEST_F(HostServicesTest, CountersAddUpOverThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([this] {
      for (int j = 0; j < 500; ++j) host_.count("pages");
    });
  for (auto& thread : threads) thread.join();
  host_.count("bytes", -3);
  EXPECT_EQ(services_.counters(), (std::map<std::string, std::int64_t>{{"bytes", -3}, {"pages", 2000}}));
}

TEST_F(HostServicesTest, RandomnessComesFromTheSeed) {
  HostServices same(clock_, stop_, log_, 1), other(clock_, stop_, log_, 2);
  const auto hex = services_.random_hex(32);
  EXPECT_EQ(hex.size(), 32u);
  EXPECT_EQ(hex.find_first_not_of("0123456789abcdef"), std::string::npos) << hex;
  EXPECT_EQ(same.random_hex(32), hex);
  EXPECT_NE(other.random_hex(32), hex);
  EXPECT_EQ(services_.random_hex(4).size(), 4u);
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(host_.random());
  EXPECT_EQ(drawn.size(), 100u);
}

TEST(HostServices, AStopWakesASleeper) {
  SystemClock clock;
  StopSignal stop;
  Lines log;
  HostServices services(clock, stop, log, 1);
  const Host host(&services.host());
  bool slept = true;
  std::thread sleeper([&] { slept = host.sleep_for(std::chrono::hours(1)); });
  stop.request(2);
  sleeper.join();
  EXPECT_FALSE(slept);
  EXPECT_EQ(stop.signal(), 2);
}

TEST(StopSignal, TheFirstSignalStays) {
  StopSignal stop;
  EXPECT_FALSE(stop.requested());
  EXPECT_EQ(stop.signal(), 0);
  stop.request(2);
  stop.request(15);
  EXPECT_EQ(stop.signal(), 2);
  EXPECT_TRUE(stop.wait_until(SystemClock().steady_ms() + 3600000));
}

TEST(StopSignal, AWaitEndsAtItsTimeAndNotBefore) {
  StopSignal stop;
  SystemClock clock;
  const auto until = clock.steady_ms() + 20;
  EXPECT_FALSE(clock.wait_until(until, stop));
  EXPECT_GE(clock.steady_ms(), until);
}

TEST(Log, ControlBytesAreMadeVisible) {
  EXPECT_EQ(printable("a\nsentinel: forged\r\x1b[2J\t\x7f" + std::string(1, '\0')),
            "a\\x0asentinel: forged\\x0d\\x1b[2J\\x09\\x7f\\x00");
  EXPECT_EQ(printable("₦5,000 – Adé"), "₦5,000 – Adé");
}

TEST(Log, ControlCharactersBeyondAsciiAreMadeVisibleToo) {
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\\xc2\\x9b"
            "2J")
      << "U+009B begins a terminal's command like ESC [";
  EXPECT_EQ(printable("\xc2\xa0\xc2\xa9"), "\xc2\xa0\xc2\xa9");
}

TEST(Log, StandardErrorTakesWholeLinesOfItsLevel) {
  ::testing::internal::CaptureStderr();
  StandardErrorLog log(LogLevel::kWarning);
  log.info("left out");
  log.warn("two\nlines");
  log.write(LogLevel::kError, "bad");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "sentinel: warning: two\\x0alines\nsentinel: error: bad\n");
}

TEST(Log, ALineBelowTheLogIsTakenAwayForALogLineAndPutBack) {
  ::testing::internal::CaptureStderr();
  StandardErrorLog log;
  log.show("half");
  log.info("a fact");
  log.show("");
  log.show("");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "\r\033[Khalf\r\033[Ksentinel: a fact\nhalf\r\033[K");
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(FileLog, AppendsWithTimesForItsOwnerOnlyAndFollowsARotation) {
  char name[] = "/tmp/sentinel-log-test-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  const std::filesystem::path folder = name, path = folder / "log";
  StillClock clock;
  Lines next;
  const auto log = FileLog::open(path, clock, next);
  ASSERT_TRUE(log) << log.error().message();
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  (*log)->warn("two\nlines");
  (*log)->note(LogLevel::kInfo, "one\nother\n");
  std::filesystem::rename(path, folder / "log.1");
  (*log)->write(LogLevel::kError, "bad");
  const std::string time = "2023-11-14T22:13:20Z";
  EXPECT_EQ(content_of(folder / "log.1"),
            time + " warning two\\x0alines\n" + time + " info one\n" + time + " info other\n");
  EXPECT_EQ(content_of(path), time + " error bad\n");
  EXPECT_EQ(next.lines.size(), 2u) << "what is noted stays in the file";
  std::filesystem::remove_all(folder);
}

TEST(FileLog, AFileThatCannotBeWrittenIsNamed) {
  StillClock clock;
  Lines next;
  const auto log = FileLog::open("/nowhere/log", clock, next);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().message(), "the log file /nowhere/log cannot be written: No such file or directory");
}

TEST(Clock, TimesAreWrittenInUtc) {
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_text(1'700'000'000'999), "2023-11-14T22:13:20Z");
}

}  // namespace
}  // namespace sentinel::telemetry
