// Cursors keep their place over a restart, and one reading window follows another without a gap.
#include "support/walk_cursor.hpp"

#include <gtest/gtest.h>

namespace sentinel::support {
namespace {

using Kind = KeyValue::Kind;

const Windows kHour{"modified", std::chrono::hours(1)};

std::function<Result<std::string>()> clock_at(std::string time) {
  return [time]() -> Result<std::string> { return time; };
}

// The cursor with which a pass over the window ends.
Cursor ended(const WalkCursor& walk) { return WalkCursor{{}, walk.by, "", walk.until, true}.to_cursor(); }

WalkCursor next(const Cursor& cursor, const Windows& windows, std::string time) {
  auto walk = continue_walk(cursor, 1, windows, clock_at(std::move(time)));
  EXPECT_TRUE(walk) << walk.error().message();
  return *walk;
}

TEST(WalkCursor, KeepsEveryKindOfKey) {
  const WalkCursor walk{{{Kind::kInteger, "18446744073709551615"},
                         {Kind::kText, "Olúwáṣeun \"x\""},
                         {Kind::kBytes, std::string("\x00\xFF", 2)},
                         {Kind::kText, "\xFFlatin"}},
                        "m",
                        "a",
                        "b",
                        false};
  const auto back = parse_cursor(walk.to_cursor(), 4);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->after, walk.after);
  EXPECT_EQ(back->by + back->from + back->until, "mab");
}

TEST(WalkCursor, RefusesWhatIsNoCursorOfThisKey) {
  const auto two = WalkCursor{{{Kind::kText, "a"}, {Kind::kText, "b"}}, "", "", "", false}.to_cursor();
  for (const auto& text : {std::string("17"), std::string("{}"), std::string("{\"after\":[{\"hex\":\"0\"}]}"),
                           std::string("{\"after\":[7]}"), std::string("garbage"), two.text()}) {
    const auto walk = parse_cursor(Cursor(text), 1);
    ASSERT_FALSE(walk) << text;
    EXPECT_EQ(walk.error().code(), Code::kInvalidConfig);
  }
}

TEST(Windows, TheFirstPassReadsEverythingAndTheNextOnesOverlap) {
  const auto first = next(Cursor(), kHour, "2026-01-01 12:00:00");
  EXPECT_EQ(first.from, "");
  EXPECT_EQ(first.until, "2026-01-01 12:00:00");
  const auto second = next(ended(first), kHour, "2026-01-02 00:00:00.5");
  EXPECT_EQ(second.from, "2026-01-01 11:00:00");
  EXPECT_EQ(second.until, "2026-01-02 00:00:00.5");
  const auto third = next(ended(second), kHour, "2026-01-03 00:00:00");
  EXPECT_EQ(third.from, "2026-01-01 23:00:00.500000");
}

TEST(Windows, AreFrozenWhileThePassGoesOn) {
  auto walk = next(ended(next(Cursor(), kHour, "2026-01-01 12:00:00")), kHour, "2026-01-01 13:00:00");
  walk.after = {{Kind::kInteger, "5"}};
  const auto later = next(walk.to_cursor(), kHour, "2026-01-01 19:00:00");
  EXPECT_EQ(later.from, "2026-01-01 11:00:00");
  EXPECT_EQ(later.until, "2026-01-01 13:00:00");
}

TEST(Windows, AClockThatWasSetBackCostsAFullPass) {
  const auto walk = next(ended(next(Cursor(), kHour, "2026-01-01 12:00:00")), kHour, "2026-01-01 11:59:59");
  EXPECT_EQ(walk.from, "");
}

TEST(Windows, AnotherColumnStartsWithAFullPass) {
  const auto done = ended(next(Cursor(), kHour, "2026-01-01 12:00:00"));
  EXPECT_EQ(next(done, {"updated_at", std::chrono::hours(1)}, "2026-01-02 00:00:00").from, "");
  EXPECT_EQ(next(done, {}, "2026-01-02 00:00:00").until, "");
  auto middle = next(done, kHour, "2026-01-02 00:00:00");
  middle.after = {{Kind::kInteger, "5"}};
  EXPECT_TRUE(next(middle.to_cursor(), {}, "").after.empty());
  EXPECT_EQ(next(middle.to_cursor(), kHour, "").after.size(), 1u);
}

TEST(Windows, AFailingClockIsAFailure) {
  const auto walk =
      continue_walk(Cursor(), 1, kHour, []() -> Result<std::string> { return Status(Code::kUnavailable, "gone"); });
  ASSERT_FALSE(walk);
  EXPECT_EQ(walk.error().code(), Code::kUnavailable);
}

TEST(KeyText, ComesBackForOneAndForSeveralColumns) {
  EXPECT_EQ(key_text({{Kind::kInteger, "42"}}), "42");
  EXPECT_EQ(parse_key_text("42", 1)->front().text, "42");
  const std::vector<KeyValue> key{{Kind::kInteger, "42"}, {Kind::kText, "a\"b"}};
  EXPECT_EQ(key_text(key), R"(["42","a\"b"])");
  EXPECT_EQ(parse_key_text(key_text(key), 2)->at(1).text, "a\"b");
  EXPECT_FALSE(parse_key_text("42", 2));
  EXPECT_FALSE(parse_key_text(R"(["42"])", 2));
}

}  // namespace
}  // namespace sentinel::support
