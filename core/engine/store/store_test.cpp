// The life of letters as the engine sees it: pending, confirmed, dropped, found, closed, and small state beside them.
#include "engine/store/store_test_support.hpp"

#include <set>

namespace sentinel::store {
namespace {

class StoreTest : public StoreFolder {
 protected:
  void SetUp() override {
    StoreFolder::SetUp();
    store_ = open();
    ASSERT_NE(store_, nullptr);
  }
  void land(const StoredLetter& letter, const std::string& delivery) {
    ASSERT_OK(store_->add_pending(delivery, std::span(&letter, 1)));
    ASSERT_OK(store_->confirm(delivery));
  }
  StoredLetter get(const StoredLetter& letter) {
    auto found = store_->find(letter.letter_id);
    EXPECT_TRUE(found) << found.error().message();
    return found ? *found : StoredLetter{};
  }
  void close(const StoredLetter& letter, LetterStatus status, std::string_view note = "") {
    ASSERT_OK(store_->close(std::span(&letter.letter_id, 1), status, note));
  }
  std::vector<std::string> events_of(const StoredLetter& letter) {
    auto rows = look("SELECT what FROM letter_event WHERE letter_id = :1 ORDER BY rowid", {letter.letter_id});
    std::vector<std::string> events;
    for (const auto& row : rows) events.push_back(*row[0]);
    return events;
  }
  std::unique_ptr<Store> store_;
};

LetterFilter where(const std::function<void(LetterFilter&)>& set) {
  LetterFilter filter;
  set(filter);
  return filter;
}

using Events = std::vector<std::string>;

TEST_F(StoreTest, ALetterComesBackAsItWasPutIn) {
  auto letter = make_letter("7");
  letter.source_key = std::string("7\0'; DROP TABLE letter; --", 26);
  land(letter, "d1");
  const auto back = get(letter);
  EXPECT_EQ(back.source_key, letter.source_key);
  EXPECT_EQ(back.record, letter.record);
  EXPECT_EQ(back.schema, letter.schema);
  EXPECT_EQ(back.raw, letter.raw);
  EXPECT_EQ(back.position, letter.position);
  EXPECT_EQ(back.record_hash, letter.record_hash);
  EXPECT_EQ(back.stage + back.plugin + back.plugin_version, "validatevalidate1.0.0");
  EXPECT_EQ(back.reason.code(), Code::kInvalidData);
  EXPECT_EQ(back.reason.domain(), "sqlite");
  EXPECT_EQ(back.reason.native_code(), "275");
  EXPECT_EQ(back.reason.message(), "no e-mail address");
  EXPECT_EQ(back.minor + back.currency, "500000NGN");
  EXPECT_EQ(back.status, LetterStatus::kWaiting);
  EXPECT_EQ(back.first_seen_ms, kNow);
  EXPECT_EQ(store_->letters_of_key("donations", "cms:1", letter.source_key)->size(), 1u);
}

TEST_F(StoreTest, PendingIsNotAFactUntilConfirmed) {
  const auto letter = make_letter("7");
  ASSERT_OK(store_->add_pending("d1", std::span(&letter, 1)));
  EXPECT_EQ(store_->unconfirmed("donations").value(), std::vector<std::string>{"d1"});
  EXPECT_TRUE(store_->unconfirmed("other")->empty());
  EXPECT_EQ(store_->pending_of("d1")->size(), 1u);
  EXPECT_TRUE(store_->letters_of_key("donations", "cms:1", "7")->empty());
  EXPECT_TRUE(store_->list(LetterFilter{})->empty());
  EXPECT_EQ(store_->list(where([&](auto& f) { f.status = {LetterStatus::kPending}; }))->size(), 1u);
  EXPECT_EQ(get(letter).status, LetterStatus::kPending);
  ASSERT_OK(store_->confirm("d1"));
  EXPECT_TRUE(store_->unconfirmed("donations")->empty());
  EXPECT_TRUE(store_->pending_of("d1")->empty());
  EXPECT_EQ(store_->list(LetterFilter{})->size(), 1u);
  ASSERT_OK(store_->confirm("d1"));  // again: nothing more happens
  ASSERT_OK(store_->drop("d1"));
  EXPECT_EQ(get(letter).status, LetterStatus::kWaiting);
  EXPECT_EQ(events_of(letter), (Events{"pending", "waiting"}));
}

TEST_F(StoreTest, DropLeavesNoTraceOfANewLetter) {
  const auto letter = make_letter("7");
  ASSERT_OK(store_->add_pending("d1", std::span(&letter, 1)));
  ASSERT_OK(store_->drop("d1"));
  EXPECT_FALSE(store_->find(letter.letter_id));
  EXPECT_TRUE(store_->unconfirmed("donations")->empty());
  EXPECT_EQ(events_of(letter), (Events{"pending", "dropped"}));
}

TEST_F(StoreTest, AClosedLetterComesBackAndDropRestoresIt) {
  for (const auto closed : {LetterStatus::kRecovered, LetterStatus::kSuperseded}) {
    auto letter = make_letter(std::string(to_string(closed)));
    land(letter, "d1");
    ASSERT_OK(store_->failed_again(letter.letter_id, invalid_data("still"), "sql", 5, false, "m1"));
    close(letter, closed, "by run 1");
    letter.reason = invalid_data("another reason");
    ASSERT_OK(store_->add_pending("d2", std::span(&letter, 1)));
    EXPECT_EQ(get(letter).status, LetterStatus::kPending);
    EXPECT_EQ(store_->list(where([&](auto& f) { f.status = {closed}; }))->size(), 0u);
    EXPECT_TRUE(store_->letters_of_key("donations", "cms:1", letter.source_key)->empty());
    ASSERT_OK(store_->drop("d2"));
    auto back = get(letter);
    EXPECT_EQ(back.status, closed);
    EXPECT_EQ(back.note, "by run 1");
    EXPECT_EQ(back.reason.message(), "still");
    EXPECT_EQ(back.attempts, 1);
    EXPECT_FALSE(store_->letters_of_key("donations", "cms:1", letter.source_key)->at(0).settles());
    now_ms_ += 1000;
    land(letter, "d3");
    back = get(letter);
    EXPECT_EQ(back.status, LetterStatus::kWaiting);
    EXPECT_EQ(back.attempts, 0);
    EXPECT_EQ(back.reason.message(), "another reason");
    EXPECT_EQ(back.note, "");
    EXPECT_EQ(back.first_seen_ms, now_ms_);  // owed anew
    EXPECT_EQ(back.last_seen_ms, now_ms_);
    now_ms_ = kNow;
    close(letter, LetterStatus::kDiscarded);
  }
}

TEST_F(StoreTest, OpenAndDiscardedLettersAreOnlySeenAgain) {
  const auto open_letter = make_letter("1"), discarded = make_letter("2"), quarantined = make_letter("3");
  for (const auto& letter : {open_letter, discarded, quarantined}) land(letter, "d1");
  close(discarded, LetterStatus::kDiscarded, "test data");
  ASSERT_OK(store_->failed_again(quarantined.letter_id, invalid_data("again"), "sql", 9, true, "m1"));
  now_ms_ += 5000;
  for (auto letter : {open_letter, discarded, quarantined}) {
    const auto before = get(letter);
    letter.reason = invalid_data("changed");
    ASSERT_OK(store_->add_pending("d2", std::span(&letter, 1)));
    EXPECT_TRUE(store_->pending_of("d2")->empty());
    ASSERT_OK(store_->confirm("d2"));
    const auto after = get(letter);
    EXPECT_EQ(after.status, before.status);
    EXPECT_EQ(after.reason.message(), before.reason.message());
    EXPECT_EQ(after.note, before.note);
    EXPECT_EQ(after.last_seen_ms, now_ms_);
  }
}

TEST_F(StoreTest, TwoDeliveriesOfOneLetterMakeOneLetter) {
  const auto letter = make_letter("7");
  ASSERT_OK(store_->add_pending("d1", std::span(&letter, 1)));
  ASSERT_OK(store_->add_pending("d2", std::span(&letter, 1)));
  EXPECT_EQ(store_->list(where([&](auto& f) { f.status = {LetterStatus::kPending}; }))->size(), 1u);
  ASSERT_OK(store_->drop("d1"));
  EXPECT_EQ(get(letter).status, LetterStatus::kPending);
  ASSERT_OK(store_->confirm("d2"));
  EXPECT_EQ(store_->list(LetterFilter{})->size(), 1u);
}

TEST_F(StoreTest, CloseChangesOpenLettersOnly) {
  const auto waiting = make_letter("1"), discarded = make_letter("2"), pending = make_letter("3");
  land(waiting, "d1");
  land(discarded, "d1");
  close(discarded, LetterStatus::kDiscarded, "first");
  ASSERT_OK(store_->add_pending("d2", std::span(&pending, 1)));
  const std::vector<std::string> ids{waiting.letter_id, discarded.letter_id, pending.letter_id, "no such letter"};
  ASSERT_OK(store_->close(ids, LetterStatus::kRecovered, "second"));
  EXPECT_EQ(get(waiting).status, LetterStatus::kRecovered);
  EXPECT_EQ(get(waiting).note, "second");
  EXPECT_EQ(get(discarded).status, LetterStatus::kDiscarded);
  EXPECT_EQ(get(discarded).note, "first");
  EXPECT_EQ(get(pending).status, LetterStatus::kPending);
  EXPECT_EQ(events_of(waiting), (Events{"pending", "waiting", "recovered"}));
  EXPECT_EQ(events_of(discarded), (Events{"pending", "waiting", "discarded"}));
  EXPECT_FALSE(store_->close(ids, LetterStatus::kWaiting, "").ok());
}

TEST_F(StoreTest, FailedReplays) {
  const auto letter = make_letter("1");
  land(letter, "d1");
  ASSERT_OK(store_->failed_again(letter.letter_id, Status(Code::kConflict, "there already").native("mysql", "1062"),
                                 "sql", 77, false, "m1"));
  auto back = get(letter);
  EXPECT_EQ(back.attempts, 1);
  EXPECT_EQ(back.reason.code(), Code::kConflict);
  EXPECT_EQ(back.reason.native_code(), "1062");
  EXPECT_EQ(back.stage, "sql");
  EXPECT_EQ(back.next_attempt_ms, 77);
  ASSERT_OK(store_->failed_again(letter.letter_id, invalid_data("x"), "sql", 78, true, "m1"));
  EXPECT_EQ(get(letter).status, LetterStatus::kQuarantined);
  close(letter, LetterStatus::kRecovered);
  ASSERT_OK(store_->failed_again(letter.letter_id, invalid_data("late"), "sql", 79, false, "m1"));
  back = get(letter);
  EXPECT_EQ(back.status, LetterStatus::kRecovered);
  EXPECT_EQ(back.attempts, 2);
  EXPECT_EQ(events_of(letter), (Events{"pending", "waiting", "quarantined", "recovered"}));
}

TEST_F(StoreTest, Filters) {
  auto a = make_letter("1"), b = make_letter("2"), c = make_letter("3", "orders");
  b.reason = Status(Code::kConflict, "there").native("mysql", "1062");
  b.stage = "sql";
  b.next_attempt_ms = 100;
  c.source_id = "other:1";
  for (const auto* letter : {&a, &b, &c}) land(*letter, "d1");
  const auto keys = [&](const LetterFilter& filter) {
    std::string out;
    const auto letters = store_->list(filter).value();
    for (const auto& letter : letters) out += letter.source_key;
    return out;
  };
  EXPECT_EQ(keys(where([&](auto& f) { f.pipeline = "orders"; })), "3");
  EXPECT_EQ(keys(where([&](auto& f) { f.source_id = "other:1"; })), "3");
  EXPECT_EQ(keys(where([&](auto& f) {
              f.pipeline = "donations";
              f.code = "conflict";
            })),
            "2");
  EXPECT_EQ(keys(where([&](auto& f) { f.code = "1062"; })), "2");
  EXPECT_EQ(keys(where([&](auto& f) { f.stage = "sql"; })), "2");
  EXPECT_EQ(keys(where([&](auto& f) { f.source_key = "1"; })), "1");
  EXPECT_EQ(keys(where([&](auto& f) { f.source_key = "1' OR '1'='1"; })), "");
  EXPECT_EQ(keys(where([&](auto& f) {
              f.pipeline = "donations";
              f.due_before_ms = 99;
            })),
            "1");
  EXPECT_EQ(keys(where([&](auto& f) {
              f.pipeline = "donations";
              f.due_before_ms = 100;
            })).size(),
            2u);
  EXPECT_EQ(keys(where([&](auto& f) { f.limit = 2; })).size(), 2u);
  close(a, LetterStatus::kDiscarded);
  EXPECT_EQ(keys(where([&](auto& f) { f.status = {LetterStatus::kDiscarded}; })), "1");
  EXPECT_EQ(keys(where([&](auto& f) { f.status = {LetterStatus::kDiscarded, LetterStatus::kWaiting}; })).size(), 3u);
}

TEST_F(StoreTest, FindByPrefix) {
  auto a = make_letter("1"), b = make_letter("2");
  a.letter_id = "abcd" + std::string(28, '0');
  b.letter_id = "abcd" + std::string(28, 'f');
  land(a, "d1");
  land(b, "d1");
  EXPECT_EQ(store_->find("ABCD0")->source_key, "1");
  EXPECT_EQ(store_->find(b.letter_id)->source_key, "2");
  const auto several = store_->find("abcd");
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code(), Code::kInvalidConfig);
  EXPECT_NE(several.error().message().find(a.letter_id + ", " + b.letter_id), std::string::npos);
  for (const auto* bad : {"abc", "abcd1", "abcg", "%%%%", "", "abcd00000000000000000000000000000"}) {
    const auto none = store_->find(bad);
    ASSERT_FALSE(none) << bad;
    EXPECT_EQ(none.error().code(), Code::kInvalidConfig);
  }
}

TEST_F(StoreTest, EachKeyGoesThroughAllPages) {
  std::vector<StoredLetter> letters;
  std::set<std::string> expected;
  for (int i = 0; i < 2500; ++i) {
    letters.push_back(make_letter(std::to_string(i)));
    expected.insert(std::to_string(i));
  }
  auto odd = make_letter("odd");
  odd.source_key = std::string("zero\0byte", 9);
  letters.push_back(odd);
  expected.insert(odd.source_key);
  letters.push_back(make_letter("empty"));
  letters.back().source_key.clear();
  expected.insert("");
  ASSERT_OK(store_->add_pending("d1", letters));
  ASSERT_OK(store_->confirm("d1"));
  close(letters[0], LetterStatus::kRecovered);
  close(letters[1], LetterStatus::kDiscarded);
  expected.erase("0");
  std::vector<std::string> seen;
  ASSERT_OK(store_->each_key("donations", "cms:1", [&](std::string_view key) {
    EXPECT_TRUE(!seen.empty() || store_->set_state("p", "n", "from inside").ok());
    seen.emplace_back(key);
  }));
  EXPECT_EQ(seen.size(), expected.size());
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), expected);
}

TEST_F(StoreTest, SchemasAreKeptOnce) {
  std::vector<StoredLetter> letters;
  for (int i = 0; i < 10; ++i) letters.push_back(make_letter(std::to_string(i)));
  letters[3].schema = "[]";
  ASSERT_OK(store_->add_pending("d1", letters));
  EXPECT_EQ(look("SELECT count(*) FROM record_schema").at(0)[0], "2");
  EXPECT_EQ(store_->find(letters[3].letter_id)->schema, "[]");
}

TEST_F(StoreTest, StateAndRuns) {
  EXPECT_EQ(store_->state("donations", "breaker").value(), std::nullopt);
  ASSERT_OK(store_->set_state("donations", "breaker", std::string_view("a\0\xff", 3)));
  ASSERT_OK(store_->set_state("donations", "breaker", std::string_view("b\0\xff", 3)));
  EXPECT_EQ(store_->state("donations", "breaker").value(), std::string("b\0\xff", 3));
  EXPECT_EQ(store_->state("orders", "breaker").value(), std::nullopt);
  for (int i = 1; i <= 3; ++i)
    ASSERT_OK(
        store_->record_run({"r" + std::to_string(i), i == 2 ? "orders" : "donations", "s", "run", i, 0, 0, "", ""}));
  ASSERT_OK(store_->record_run({"r1", "donations", "s", "run", 1, 9, 4, "breaker open", "{}"}));
  const auto all = store_->last_runs("", 10).value();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].run_id, "r3");
  EXPECT_EQ(all[2].exit_code, 4);
  EXPECT_EQ(all[2].reason + all[2].balance, "breaker open{}");
  EXPECT_EQ(store_->last_runs("donations", 1)->size(), 1u);
  EXPECT_EQ(store_->last_runs("orders", 5)->at(0).run_id, "r2");
}

TEST_F(StoreTest, AnEditIsKeptBesideTheRecordAndItsFieldsAreNoted) {
  const auto letter = make_letter("1");
  land(letter, "d1");
  ASSERT_OK(store_->failed_again(letter.letter_id, invalid_data("x"), "sql", kNow + 99, true, "m1"));
  ASSERT_OK(store_->edit(letter.letter_id, "{\"id\":1}", "by ada (uid 7): email"));
  const auto edited = get(letter);
  EXPECT_EQ(edited.record, letter.record);
  EXPECT_EQ(edited.record_to_send(), "{\"id\":1}");
  EXPECT_EQ(edited.status, LetterStatus::kWaiting);
  EXPECT_EQ(edited.attempts, 0);
  EXPECT_EQ(edited.next_attempt_ms, now_ms_);
  EXPECT_EQ(look("SELECT note FROM letter_event WHERE what = 'edited'").at(0)[0], "by ada (uid 7): email");
  close(letter, LetterStatus::kRecovered);
  EXPECT_TRUE(store_->letters_of_key("donations", "cms:1", "1")->at(0).settles());
  std::vector<std::string> keys;
  ASSERT_OK(store_->each_key("donations", "cms:1", [&](std::string_view key) { keys.emplace_back(key); }));
  EXPECT_EQ(keys, std::vector<std::string>{"1"});
  EXPECT_EQ(store_->edit(letter.letter_id, "{}", "").code(), Code::kInvalidConfig) << "it is closed";
  close(letter, LetterStatus::kSuperseded);
  EXPECT_EQ(get(letter).status, LetterStatus::kSuperseded) << "another version of the record came";
}

TEST_F(StoreTest, PagesGoThroughAllLettersWhileTheyChange) {
  std::vector<StoredLetter> letters;
  for (int i = 0; i < 1201; ++i) letters.push_back(make_letter(std::to_string(i)));
  ASSERT_OK(store_->add_pending("d1", letters));
  ASSERT_OK(store_->confirm("d1"));
  std::set<std::string> seen;
  std::vector<std::size_t> sizes;
  ASSERT_OK(store_->each_page({}, [&](auto page) -> Status {
    sizes.push_back(page.size());
    for (const auto& letter : page) seen.insert(letter.letter_id);
    return store_->close(std::span(&page.front().letter_id, 1), LetterStatus::kRecovered, "");
  }));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{500, 500, 201}));
  EXPECT_EQ(seen.size(), 1201u);
  EXPECT_EQ(store_->count_open("donations").value(), 1198);
}

TEST_F(StoreTest, FiltersByClassAndAge) {
  land(make_letter("1"), "d1");
  auto late = make_letter("2");
  late.first_seen_ms = kNow + 5000;
  late.reason = Status(Code::kConflict, "there");
  land(late, "d2");
  EXPECT_EQ(store_->list(where([](auto& f) { f.codes = {Code::kInvalidData}; }))->at(0).source_key, "1");
  EXPECT_EQ(store_->list(where([](auto& f) { f.codes = {Code::kInvalidData, Code::kConflict}; }))->size(), 2u);
  EXPECT_EQ(store_->list(where([](auto& f) { f.first_seen_before_ms = kNow + 5000; }))->at(0).source_key, "1");
  EXPECT_EQ(store_->list(where([](auto& f) { f.first_seen_after_ms = kNow + 5000; }))->at(0).source_key, "2");
}

TEST_F(StoreTest, ALetterTriedUnderAnotherMappingIsDue) {
  const auto letter = make_letter("1");
  land(letter, "d1");
  ASSERT_OK(store_->failed_again(letter.letter_id, invalid_data("x"), "sql", kNow + 99, false, "m1"));
  const auto due = [&](const std::string& mapping) {
    return store_
        ->list(where([&](auto& f) {
          f.due_before_ms = kNow;
          f.unless_tried_under = mapping;
        }))
        ->size();
  };
  EXPECT_EQ(due("m1"), 0u);
  EXPECT_EQ(due("m2"), 1u);
  EXPECT_EQ(store_->next_due_ms("donations", "m1").value(), kNow + 99);
  EXPECT_EQ(store_->next_due_ms("donations", "m2").value(), 0);
  EXPECT_EQ(store_->next_due_ms("others", "m1").value(), std::nullopt);
}

TEST_F(StoreTest, ErasureLeavesNoByteInAnyFile) {
  std::vector<StoredLetter> letters;
  for (int i = 0; i < 50; ++i) letters.push_back(make_letter(std::to_string(i)));
  letters[7].record = "{\"id\":7,\"email\":\"sensitive-canary@example.org\"}";
  letters[7].raw = "raw of sensitive-canary";
  letters[7].reason = invalid_data("duplicate entry 'sensitive-canary'");
  ASSERT_OK(store_->add_pending("d1", letters));
  ASSERT_OK(store_->confirm("d1"));
  ASSERT_OK(store_->edit(letters[7].letter_id, "{\"email\":\"edited sensitive-canary\"}", "by ada: email"));
  close(letters[7], LetterStatus::kDiscarded, "erased");
  const auto holds_canary = [&] {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top_))
      if (entry.is_regular_file() && bytes_of(entry.path()).find("sensitive-canary") != std::string::npos) return true;
    return false;
  };
  ASSERT_TRUE(holds_canary());
  EXPECT_EQ(store_->erase("donations", "7", "by ada (uid 7)").value(), 1);
  EXPECT_FALSE(holds_canary());
  const auto left = get(letters[7]);
  EXPECT_EQ(left.minor + left.currency, "500000NGN");
  EXPECT_EQ(left.payload_gone_ms, now_ms_);
  EXPECT_EQ(look("SELECT note FROM letter_event WHERE what = 'erased'").at(0)[0], "by ada (uid 7)");
  EXPECT_EQ(get(letters[8]).record, letters[8].record);
}

TEST_F(StoreTest, RetentionRemovesOnlyWhatWasClosedBefore) {
  const auto open = make_letter("1"), old = make_letter("2"), young = make_letter("3");
  for (const auto& letter : {open, old, young}) land(letter, "d" + letter.source_key);
  close(old, LetterStatus::kRecovered);
  now_ms_ += 1000;
  close(young, LetterStatus::kDiscarded, "why");
  const auto pruned = store_->prune("donations", now_ms_);
  ASSERT_TRUE(pruned);
  EXPECT_EQ(pruned->payloads, 1);
  EXPECT_EQ(get(old).record, "");
  EXPECT_EQ(get(old).minor, "500000");
  EXPECT_TRUE(events_of(old).empty());
  EXPECT_EQ(get(young).record, young.record);
  EXPECT_EQ(get(open).record, open.record);
  ASSERT_EQ(store_->prune("donations", now_ms_ + 1)->payloads, 1);
  EXPECT_EQ(events_of(young), Events{"discarded"}) << "what a person did stays";
  EXPECT_EQ(get(open).record, open.record);
  close(open, LetterStatus::kSuperseded);
  EXPECT_EQ(store_->prune("donations", now_ms_ + 1)->schemas, 1) << "nothing uses it any more";
}

TEST_F(StoreTest, ALetterNeedsAnIdAndAReason) {
  auto letter = make_letter("1");
  letter.reason = Status();
  EXPECT_EQ(store_->add_pending("d1", std::span(&letter, 1)).code(), Code::kInternal);
  EXPECT_TRUE(store_->unconfirmed("donations")->empty());
}

}  // namespace
}  // namespace sentinel::store
