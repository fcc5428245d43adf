// A source behind raw C calls: what it may answer, what it may not, and that nothing leaks either way.
#include "engine/plugins/source_stage.hpp"
#include "engine/plugins/raw_arrays_for_tests.hpp"

#include <sentinel/boundary.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace sentinel::plugins {
namespace {

// What the source under test does; set by each test.
std::function<std::int32_t(const sentinel_read_request&, sentinel_page&, sentinel_error&)> on_read;
int open_instances = 0;
const auto kAmounts = raw_batch(raw_int64({100, 200, 300}));

std::int32_t open_source(const sentinel_host*, const sentinel_value* options, void** instance,
                         sentinel_error* error) noexcept {
  if (options->kind != SENTINEL_VALUE_MAP || options->count > 0) {
    fill_error(error, invalid_config("takes no options").at_option("anything"));
    return SENTINEL_INVALID_CONFIG;
  }
  ++open_instances;
  *instance = &open_instances;
  return SENTINEL_OK;
}
void close_source(void*) noexcept { --open_instances; }
std::int32_t schema(void*, ArrowSchema* out, sentinel_error*) noexcept {
  *out = kAmounts.schema();
  return SENTINEL_OK;
}
std::int32_t read(void*, const sentinel_read_request* request, sentinel_page* page, sentinel_error* error) noexcept {
  return on_read(*request, *page, *error);
}
std::int32_t fetch(void*, const sentinel_text* keys, std::uint64_t count, const sentinel_read_request*,
                   sentinel_page* page, sentinel_error*) noexcept {
  if (count != 2 || from_text(keys[0]) != "7" || from_text(keys[1]) != "ö") return SENTINEL_INTERNAL;
  page->array = kAmounts.array();
  return SENTINEL_OK;
}

class SourceStageTest : public ReleaseTest {
 protected:
  void SetUp() override {
    ReleaseTest::SetUp();
    open_instances = 0;
    calls_.struct_size = sizeof calls_;
    calls_.open = open_source;
    calls_.close = close_source;
    calls_.schema = schema;
    calls_.read = read;
    component_ = {sizeof component_,
                  SENTINEL_KIND_SOURCE,
                  "ledger",
                  "A source under test.",
                  &no_options(),
                  1,
                  0,
                  &calls_,
                  nullptr,
                  nullptr,
                  0};
  }
  void TearDown() override {
    EXPECT_EQ(open_instances, 0);
    ReleaseTest::TearDown();
  }
  Result<SourcePage> read_page(std::int64_t max_rows = 10) {
    auto stage = SourceStage::open(component_, quiet_host(), {});
    EXPECT_TRUE(stage);
    EXPECT_TRUE((*stage)->schema());
    return (*stage)->read("from", max_rows, 1 << 20);
  }
  std::string refusal() {
    auto page = read_page();
    if (page) return "accepted";
    EXPECT_EQ(page.error().code(), Code::kInternal);
    return page.error().message();
  }
  static std::int32_t answer(sentinel_page& page, std::string_view next = "to", bool done = false) {
    page.array = kAmounts.array();
    page.next = to_text(next);
    page.done = done ? 1 : 0;
    return SENTINEL_OK;
  }
  sentinel_source_calls calls_{};
  sentinel_component component_{};
};

TEST_F(SourceStageTest, GivesPageCursorFilteredAndRejected) {
  on_read = [](const auto& request, auto& page, auto&) {
    EXPECT_EQ(from_text(request.cursor), "from");
    EXPECT_EQ(request.max_rows, 10);
    request.filter(request.context, 1, to_text("status is draft"));
    const auto error = to_error(invalid_data("not a number").native("ledger", "bad_number"));
    const sentinel_source_reject reject{
        sizeof reject, 1,    to_text("inv\xff"), to_text("line 7"), to_text(std::string_view("\0\xff", 2)),
        &error,        1250, to_text("NGN")};
    request.reject(request.context, &reject);
    return answer(page, "to", true);
  };
  auto page = read_page();
  ASSERT_TRUE(page) << page.error().message();
  EXPECT_EQ(page->batch.rows(), 3);
  EXPECT_EQ(page->next, "to");
  EXPECT_TRUE(page->done);
  ASSERT_EQ(page->filtered.size(), 1u);
  EXPECT_EQ(page->filtered[0].row, 1);
  EXPECT_EQ(page->filtered[0].reason, "status is draft");
  ASSERT_EQ(page->rejected.size(), 1u);
  EXPECT_EQ(page->rejected[0].key, "inv\\xff");
  EXPECT_EQ(page->rejected[0].raw, std::string("\0\xff", 2));
  EXPECT_EQ(page->rejected[0].why.native_code(), "bad_number");
  EXPECT_EQ(page->rejected[0].amount, (RejectedAmount{1250, "NGN"}));
}

TEST_F(SourceStageTest, NamesItselfInTheErrorsOfItsCalls) {
  on_read = [](const auto&, auto& page, auto& error) {
    page.array = kAmounts.array();  // left behind although the call failed
    fill_error(
        &error,
        Status(Code::kThrottled, "slow\xff down").retry_after(std::chrono::milliseconds(1500)).native("http", "429"));
    return static_cast<std::int32_t>(SENTINEL_THROTTLED);
  };
  auto page = read_page();
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code(), Code::kThrottled);
  EXPECT_EQ(page.error().message(), "source ledger: slow\\xff down");
  EXPECT_EQ(page.error().retry_after()->count(), 1500);
  EXPECT_EQ(page.error().native_code(), "429");

  on_read = [](const auto&, auto&, auto&) { return std::int32_t{-77}; };
  EXPECT_EQ(refusal(), "source ledger: answered the unknown code -77: failed without saying why");
  on_read = [](const auto&, auto&, auto& error) {
    std::memset(error.message, 'x', sizeof error.message);  // no terminating zero
    return std::int32_t{99};
  };
  EXPECT_EQ(refusal(), "source ledger: answered the unknown code 99: " + std::string(1024, 'x'));
}

TEST_F(SourceStageTest, SaysWhyItCannotOpen) {
  using config::OptionTree;
  auto stage = SourceStage::open(component_, quiet_host(), OptionTree::map({{"anything", OptionTree::integer(1)}}));
  ASSERT_FALSE(stage);
  EXPECT_EQ(stage.error().message(), "source ledger: takes no options");
  EXPECT_EQ(stage.error().option_path(), "anything");
}

TEST_F(SourceStageTest, RefusesPagesThatBreakTheContract) {
  on_read = [](const auto&, auto&, auto&) { return std::int32_t{SENTINEL_OK}; };
  EXPECT_EQ(refusal(), "source ledger: its array is already released");
  on_read = [](const auto&, auto& page, auto&) { return answer(page, "from"); };
  EXPECT_EQ(refusal(), "source ledger: gave a page that does not move its cursor, so it would never end");
  on_read = [](const auto&, auto& page, auto&) { return answer(page, "to\xc3"); };
  EXPECT_EQ(refusal(), "source ledger: its cursor is not UTF-8 text");
  on_read = [](const auto& request, auto& page, auto&) {
    request.filter(request.context, 3, to_text("draft"));
    return answer(page);
  };
  EXPECT_EQ(refusal(), "source ledger: filtered row 3 of a page of 3");
  on_read = [](const auto& request, auto& page, auto&) {
    request.filter(request.context, 2, to_text("draft"));
    request.filter(request.context, 2, to_text("draft"));
    return answer(page);
  };
  EXPECT_EQ(refusal(), "source ledger: filtered row 2 twice");
  on_read = [](const auto&, auto& page, auto&) { return answer(page); };
  auto page = read_page(2);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().message(), "source ledger: gave 3 rows where 2 were asked for at most");
}

TEST_F(SourceStageTest, RefusesRejectsThatAreNone) {
  on_read = [](const auto& request, auto& page, auto&) {
    const auto error = to_error(Status(Code::kUnavailable, "server gone"));
    const sentinel_source_reject reject{sizeof reject, 0, to_text("k1"), {}, {}, &error, 0, {}};
    request.reject(request.context, &reject);
    return answer(page);
  };
  EXPECT_EQ(
      refusal(),
      "source ledger: rejected the record \"k1\" with code unavailable, which is no fault of a record: server gone");
  on_read = [](const auto& request, auto& page, auto&) {
    const sentinel_source_reject reject{sizeof reject, 0, to_text("k1"), {}, {}, nullptr, 0, {}};
    request.reject(request.context, &reject);
    return answer(page);
  };
  EXPECT_EQ(
      refusal(),
      "source ledger: rejected the record \"k1\" with code internal, which is no fault of a record: gave no reason");
  on_read = [](const auto& request, auto& page, auto&) {
    const sentinel_source_reject reject{8, 0, {}, {}, {}, nullptr, 0, {}};
    request.reject(request.context, &reject);
    return answer(page);
  };
  EXPECT_EQ(refusal(), "source ledger: rejected a record with a truncated report");
}

TEST_F(SourceStageTest, LooksAtOptionalCallsOnlyWhereTheTableReachesThem) {
  calls_.fetch = fetch;
  calls_.check = [](void*, sentinel_error*) noexcept -> std::int32_t { return SENTINEL_UNAVAILABLE; };
  auto stage = SourceStage::open(component_, quiet_host(), {});
  ASSERT_TRUE(stage);
  ASSERT_TRUE((*stage)->schema());
  const std::string keys[] = {"7", "ö"};
  ASSERT_TRUE((*stage)->offers_fetch());
  auto page = (*stage)->fetch(keys);
  ASSERT_TRUE(page) << page.error().message();
  EXPECT_EQ(page->batch.rows(), 3);
  EXPECT_EQ((*stage)->check().code(), Code::kUnavailable);

  calls_.struct_size = offsetof(sentinel_source_calls, check);  // an older plugin: what follows is not its memory
  EXPECT_FALSE((*stage)->offers_fetch());
  EXPECT_EQ((*stage)->fetch(keys).error().code(), Code::kUnsupported);
  EXPECT_TRUE((*stage)->check().ok());
  (*stage)->cancel();
}

}  // namespace
}  // namespace sentinel::plugins
