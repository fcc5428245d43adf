// Sinks of both levels: outcomes and rejects must agree, and what crosses must arrive unchanged.
#include "engine/plugins/sink_stage.hpp"
#include "engine/plugins/raw_arrays_for_tests.hpp"

#include <sentinel/boundary.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace sentinel::plugins {
namespace {

std::function<std::int32_t(const sentinel_write_request&)> on_write;

class SinkStageTest : public ReleaseTest {
 protected:
  void SetUp() override {
    ReleaseTest::SetUp();
    calls_.struct_size = sizeof calls_;
    calls_.open = [](const sentinel_host*, const sentinel_value*, void**, sentinel_error*) noexcept -> std::int32_t {
      return SENTINEL_OK;
    };
    calls_.close = [](void*) noexcept {};
    calls_.bind = [](void*, const ArrowSchema*, sentinel_error*) noexcept -> std::int32_t { return SENTINEL_OK; };
    calls_.write = [](void*, const sentinel_write_request* request, sentinel_error*) noexcept {
      return on_write(*request);
    };
    component_ = {sizeof component_,
                  SENTINEL_KIND_SINK,
                  "pile",
                  "A sink under test.",
                  &no_options(),
                  0,
                  SENTINEL_SINK_WRITE_ONLY,
                  nullptr,
                  nullptr,
                  &calls_,
                  0};
  }
  std::unique_ptr<SinkStage> open() {
    auto stage = SinkStage::open(component_, quiet_host(), {});
    EXPECT_TRUE(stage);
    EXPECT_TRUE((*stage)->bind(Schema{int64("amount")}).ok());
    return *std::move(stage);
  }
  Result<WrittenBatch> write(const Claim* claim = nullptr) {
    return open()->write(Batch(raw_batch(raw_int64({1, 2, 3})).array()), claim);
  }
  std::string refusal() {
    auto written = write();
    if (written) return "accepted";
    EXPECT_EQ(written.error().code(), Code::kInternal);
    return written.error().message();
  }
  static std::int32_t outcomes(const sentinel_write_request& request, std::initializer_list<int> values) {
    std::int64_t row = 0;
    for (const int value : values) request.outcome[row++] = static_cast<std::uint8_t>(value);
    return SENTINEL_OK;
  }
  static void reject(const sentinel_write_request& request, std::int64_t row, Code code = Code::kConflict) {
    const auto error = to_error(Status(code, "duplicate remote_id"));
    request.reject(request.context, row, &error);
  }
  sentinel_sink_calls calls_{};
  sentinel_component component_{};
};

TEST_F(SinkStageTest, GivesAnOutcomeForEveryRow) {
  on_write = [](const auto& request) {
    EXPECT_EQ(request.claim, nullptr);
    reject(request, 2);
    return outcomes(request, {1, 3, 5});
  };
  auto written = write();
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(written->outcome, (std::vector<Outcome>{Outcome::kInserted, Outcome::kUnchanged, Outcome::kRejected}));
  ASSERT_EQ(written->rejected.size(), 1u);
  EXPECT_EQ(written->rejected[0].row, 2);
  EXPECT_EQ(written->rejected[0].why.code(), Code::kConflict);
}

TEST_F(SinkStageTest, RefusesOutcomesThatDoNotAddUp) {
  on_write = [](const auto& r) { return outcomes(r, {1, 0, 1}); };
  EXPECT_EQ(refusal(), "sink pile: left row 1 without an outcome");
  on_write = [](const auto& r) { return outcomes(r, {1, 1, 9}); };
  EXPECT_EQ(refusal(), "sink pile: gave row 2 the unknown outcome 9");
  on_write = [](const auto& r) { return outcomes(r, {1, 6, 1}); };
  EXPECT_EQ(refusal(), "sink pile: gave row 1 the outcome closed, though it comes from no dead letter");
  on_write = [](const auto& r) { return outcomes(r, {1, 5, 1}); };
  EXPECT_EQ(refusal(), "sink pile: gave row 1 the outcome rejected without a reason");
  on_write = [](const auto& r) {
    reject(r, 1);
    return outcomes(r, {1, 2, 1});
  };
  EXPECT_EQ(refusal(), "sink pile: rejected row 1, but gave it the outcome 2");
  on_write = [](const auto& r) {
    reject(r, 1);
    reject(r, 1);
    return outcomes(r, {1, 5, 1});
  };
  EXPECT_EQ(refusal(), "sink pile: rejected row 1 twice");
  on_write = [](const auto& r) {
    reject(r, 3);
    return outcomes(r, {1, 1, 1});
  };
  EXPECT_EQ(refusal(), "sink pile: rejected row 3 of a batch of 3");
  on_write = [](const auto& r) {
    reject(r, 1, Code::kTransient);
    return outcomes(r, {1, 5, 1});
  };
  EXPECT_EQ(refusal(),
            "sink pile: rejected row 1 with code transient, which is no fault of a row: duplicate remote_id");
  on_write = [](const auto&) { return std::int32_t{1234}; };
  EXPECT_EQ(refusal(), "sink pile: answered the unknown code 1234: failed without saying why");
}

TEST_F(SinkStageTest, OffersLevel2OnlyWhereItIsClaimed) {
  auto stage = open();
  EXPECT_FALSE(stage->is_transactional());
  EXPECT_EQ(stage->resume({}).error().code(), Code::kUnsupported);
  EXPECT_EQ(stage->commit({}).message(), "sink pile: does not offer commit");
  EXPECT_EQ(stage->create(Schema{}).code(), Code::kUnsupported);
  EXPECT_TRUE(stage->check().ok());
  const Claim claim{0, 1, 1, "d", {}};
  on_write = [](const auto& request) {
    EXPECT_EQ(request.claim, nullptr) << "level 1 gets no claim";
    return outcomes(request, {1, 1, 1});
  };
  EXPECT_TRUE(write(&claim));
}

// What each call was given, and where it stops: the row at which the service goes away.
struct Service {
  std::vector<std::vector<std::int64_t>> calls;
  std::vector<std::int64_t> taken;
  std::int64_t goes_away_at = -1;  // the value; never where it is not met
  bool says_partial = true;

  std::int32_t write(const sentinel_write_request& request) {
    const Schema schema{int64("amount")};
    const BatchView batch(*request.batch, schema);
    auto& given = calls.emplace_back();
    for (std::int64_t row = 0; row < batch.rows(); ++row) given.push_back(batch.column(0).int64(row));
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      const auto value = given[static_cast<std::size_t>(row)];
      if (value == goes_away_at) {
        if (says_partial) *request.is_partial = 1;
        return SENTINEL_UNAVAILABLE;
      }
      if (value == 13) {
        const auto error = to_error(Status(Code::kInvalidData, "thirteen"));
        request.outcome[row] = SENTINEL_OUTCOME_REJECTED;
        request.reject(request.context, row, &error);
        continue;
      }
      request.outcome[row] = SENTINEL_OUTCOME_INSERTED;
      taken.push_back(value);
    }
    return SENTINEL_OK;
  }
};

TEST_F(SinkStageTest, NeverSendsAgainWhatWasAccepted) {
  Service service;
  on_write = [&](const auto& request) { return service.write(request); };
  auto stage = open();
  const Batch batch(raw_batch(raw_int64({1, 13, 3, 4})).array());
  WriteProgress progress;
  service.goes_away_at = 3;
  EXPECT_EQ(stage->write(batch, nullptr, &progress).error().code(), Code::kUnavailable);
  service.goes_away_at = 4;
  EXPECT_EQ(stage->write(batch, nullptr, &progress).error().code(), Code::kUnavailable);
  service.goes_away_at = -1;
  const auto written = stage->write(batch, nullptr, &progress);
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(service.calls, (std::vector<std::vector<std::int64_t>>{{1, 13, 3, 4}, {3, 4}, {4}}));
  EXPECT_EQ(service.taken, (std::vector<std::int64_t>{1, 3, 4}));
  EXPECT_EQ(written->outcome[1], Outcome::kRejected);
  ASSERT_EQ(written->rejected.size(), 1u);
  EXPECT_EQ(written->rejected[0].row, 1) << "as it stands in the whole batch";
}

TEST_F(SinkStageTest, AnErrorAloneMeansThatNothingWasAccepted) {
  Service service;
  service.says_partial = false;
  service.goes_away_at = 3;
  on_write = [&](const auto& request) { return service.write(request); };
  auto stage = open();
  const Batch batch(raw_batch(raw_int64({1, 3})).array());
  WriteProgress progress;
  EXPECT_FALSE(stage->write(batch, nullptr, &progress));
  service.goes_away_at = -1;
  ASSERT_TRUE(stage->write(batch, nullptr, &progress));
  EXPECT_EQ(service.calls.back(), (std::vector<std::int64_t>{1, 3}));
}

TEST_F(SinkStageTest, GivesNoMoreRowsThanASinkTakes) {
  Service service;
  component_.max_rows = 2;
  on_write = [&](const auto& request) { return service.write(request); };
  auto stage = open();
  const Batch batch(raw_batch(raw_int64({1, 2, 3, 13, 5})).array());
  WriteProgress progress;
  service.goes_away_at = 5;
  EXPECT_FALSE(stage->write(batch, nullptr, &progress));
  service.goes_away_at = -1;
  const auto written = stage->write(batch, nullptr, &progress);
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(service.calls, (std::vector<std::vector<std::int64_t>>{{1, 2}, {3, 13}, {5}, {5}}));
  ASSERT_EQ(written->rejected.size(), 1u);
  EXPECT_EQ(written->rejected[0].row, 3);
  component_.struct_size = offsetof(sentinel_component, max_rows);  // an older plugin: what follows is not its memory
  service.calls.clear();
  ASSERT_TRUE(open()->write(batch, nullptr));
  EXPECT_EQ(service.calls, (std::vector<std::vector<std::int64_t>>{{1, 2, 3, 13, 5}}));
}

TEST_F(SinkStageTest, NamesARowOfAPartByItsPlaceInTheBatch) {
  component_.max_rows = 2;
  const auto refusal_at_second_call = [&](const std::function<void(const sentinel_write_request&)>& second) {
    int calls = 0;
    on_write = [&](const auto& request) {
      outcomes(request, {1, 1});
      if (++calls == 2) second(request);
      return SENTINEL_OK;
    };
    return open()->write(Batch(raw_batch(raw_int64({1, 2, 3, 4})).array()), nullptr).error().message();
  };
  EXPECT_EQ(refusal_at_second_call([](const auto& r) {
              outcomes(r, {1, 0});
            }),
            "sink pile: left row 3 without an outcome");
  EXPECT_EQ(refusal_at_second_call([](const auto& r) {
              outcomes(r, {9, 1});
            }),
            "sink pile: gave row 2 the unknown outcome 9");
  EXPECT_EQ(refusal_at_second_call([](const auto& r) {
              outcomes(r, {1, 6});
            }),
            "sink pile: gave row 3 the outcome closed, though it comes from no dead letter");
  EXPECT_EQ(refusal_at_second_call([](const auto& r) {
              outcomes(r, {1, 5});
            }),
            "sink pile: gave row 3 the outcome rejected without a reason");
  EXPECT_EQ(refusal_at_second_call([](const auto& r) { reject(r, 1); }),
            "sink pile: rejected row 3, but gave it the outcome 1");
  EXPECT_EQ(refusal_at_second_call([](const auto& r) {
              outcomes(r, {5, 1});
              reject(r, 0, Code::kTransient);
            }),
            "sink pile: rejected row 2 with code transient, which is no fault of a row: duplicate remote_id");
  EXPECT_EQ(refusal_at_second_call([](const auto& r) {
              outcomes(r, {1, 5});
              reject(r, 1);
              reject(r, 1);
            }),
            "sink pile: rejected row 3 twice");
  EXPECT_EQ(refusal_at_second_call([](const auto& r) { reject(r, 2); }), "sink pile: rejected row 2 of a part of 2");
}

std::function<void(const sentinel_read_request&, sentinel_page&)> on_scan;

class ScanTest : public SinkStageTest {
 protected:
  void SetUp() override {
    SinkStageTest::SetUp();
    calls_.key_fields = [](void*, const sentinel_text_list*, sentinel_error*) noexcept -> std::int32_t {
      return SENTINEL_OK;
    };
    calls_.scan = [](void*, const sentinel_read_request* request, sentinel_page* page,
                     sentinel_error*) noexcept -> std::int32_t {
      page->array = raw_batch(raw_int64({1, 2})).array();
      page->next = to_text("2");
      on_scan(*request, *page);
      return SENTINEL_OK;
    };
  }
  std::string refusal_of(std::function<void(const sentinel_read_request&, sentinel_page&)> scan) {
    on_scan = std::move(scan);
    auto page = open()->scan("1", 2);
    return page ? "accepted" : page.error().message();
  }
};

TEST_F(ScanTest, TakesAPageAndItsRejects) {
  on_scan = [](const auto& request, auto&) {
    const auto error = to_error(Status(Code::kInvalidData, "no number"));
    sentinel_source_reject reject{};
    reject.struct_size = sizeof reject;
    reject.key = to_text("7");
    reject.error = &error;
    request.reject(request.context, &reject);
  };
  auto page = open()->scan("1", 2);
  ASSERT_TRUE(page) << page.error().message();
  EXPECT_EQ(page->batch.rows(), 2);
  ASSERT_EQ(page->rejected.size(), 1u);
  EXPECT_EQ(page->rejected[0].key, "7");
  EXPECT_EQ(page->rejected[0].why.message(), "no number");
}

TEST_F(ScanTest, ChecksWhatItReports) {
  const auto rejecting = [](auto change) {
    return [change](const sentinel_read_request& request, sentinel_page&) {
      auto error = to_error(Status(Code::kInvalidData, "no number"));
      sentinel_source_reject reject{};
      reject.struct_size = sizeof reject;
      reject.key = to_text("7");
      reject.error = &error;
      change(reject, error);
      request.reject(request.context, &reject);
    };
  };
  EXPECT_EQ(refusal_of([](const auto& request, auto&) { request.reject(request.context, nullptr); }),
            "sink pile: rejected a record with a truncated report");
  EXPECT_EQ(
      refusal_of(rejecting([](auto& reject, auto&) { reject.struct_size = offsetof(sentinel_source_reject, error); })),
      "sink pile: rejected a record with a truncated report");
  EXPECT_EQ(refusal_of(rejecting([](auto& reject, auto&) { reject.error = nullptr; })),
            "sink pile: rejected the record \"7\" with code internal, which is no fault of a record: gave no reason");
  EXPECT_EQ(refusal_of(rejecting([](auto&, auto& error) { error.code = SENTINEL_TRANSIENT; })),
            "sink pile: rejected the record \"7\" with code transient, which is no fault of a record: no number");
  EXPECT_EQ(refusal_of(rejecting([](auto& reject, auto& error) {
              reject.key = to_text("a\xff");
              error.code = SENTINEL_STORAGE;
            })),
            "sink pile: rejected the record \"a\\xff\" with code storage, which is no fault of a record: no number");
}

TEST_F(ScanTest, ChecksThePage) {
  EXPECT_EQ(refusal_of([](const auto& request, auto&) { request.filter(request.context, 1, to_text("old")); }),
            "sink pile: filtered row 1 of a scan, which leaves no row of the target out");
  EXPECT_EQ(refusal_of([](const auto& request, auto&) { request.filter(request.context, 2, to_text("old")); }),
            "sink pile: filtered row 2 of a page of 2");
  EXPECT_EQ(refusal_of([](const auto&, auto& page) { page.next = to_text("1"); }),
            "sink pile: scanned a page that does not move its cursor");
  EXPECT_EQ(refusal_of([](const auto&, auto& page) { page.next = to_text("\xff"); }),
            "sink pile: scanned a page whose cursor is not UTF-8 text");
  on_scan = [](const auto&, auto&) {};
  auto page = open()->scan("1", 1);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().message(), "sink pile: scanned 2 rows where at most 1 were asked for");
}

TEST_F(SinkStageTest, HandsClaimAndLettersOver) {
  component_.sink_level = SENTINEL_SINK_TRANSACTIONAL;
  on_write = [](const auto& request) {
    EXPECT_EQ(request.claim->lane, -1);
    EXPECT_EQ(request.claim->epoch, 4);
    EXPECT_EQ(request.claim->seq, 9);
    EXPECT_EQ(from_text(request.claim->delivery_id), "d-1");
    EXPECT_EQ(from_text(request.claim->letter_ids[2]), "l3");
    return outcomes(request, {1, 6, 1});
  };
  const Claim claim{-1, 4, 9, "d-1", {"l1", "l2", "l3"}};
  auto written = write(&claim);
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(written->outcome[1], Outcome::kClosed);
}

std::function<void(const sentinel_seal&)> on_commit;
std::int32_t verdict = 0;
sentinel_lane resumed{};
std::int32_t letter_state = SENTINEL_LETTER_OPEN;

class Level2Test : public SinkStageTest {
 protected:
  void SetUp() override {
    SinkStageTest::SetUp();
    component_.sink_level = SENTINEL_SINK_TRANSACTIONAL;
    calls_.commit = [](void*, const sentinel_seal* seal, sentinel_error*) noexcept -> std::int32_t {
      on_commit(*seal);
      return SENTINEL_OK;
    };
    calls_.resolve = [](void*, const sentinel_claim*, std::int32_t* out, sentinel_error*) noexcept -> std::int32_t {
      *out = verdict;
      return SENTINEL_OK;
    };
    calls_.resume = [](void*, const sentinel_resume_request*, sentinel_lane* const* lanes,
                       sentinel_error*) noexcept -> std::int32_t {
      resumed.struct_size = lanes[0]->struct_size;
      *lanes[0] = resumed;
      return SENTINEL_OK;
    };
    calls_.letters = [](void*, const sentinel_letters_request* request, sentinel_error*) noexcept -> std::int32_t {
      const sentinel_letter letter{sizeof letter,   letter_state,   to_text("id"), to_text("key"),
                                   to_text("hash"), to_text("500"), to_text("NGN")};
      request->letter(request->context, to_text("ledger/1/x"), &letter);
      return SENTINEL_OK;
    };
  }
};

TEST_F(Level2Test, SealArrivesWhole) {
  Seal seal;
  seal.claim = {0, 2, 3, "d-2", {}};
  seal.next_cursor = "after 7";
  seal.letters = {{LetterState::kOpen, "a", "k1", "h1", "100", "NGN"},
                  {LetterState::kSuperseded, "b", "k2", "h2", "", ""}};
  seal.records = {9, 8, 7, 6, 5, 4, 3, 2, 1};
  seal.amount_unknown = 11;
  seal.money.push_back({"NGN", {"-170141183460469231731687303715884105728", "1", "2", "3", "4", "5", "6", "7", "8"}});
  on_commit = [&](const sentinel_seal& lent) {
    const auto back = detail::import_seal(lent);
    EXPECT_EQ(back.claim.delivery_id, "d-2");
    EXPECT_EQ(back.next_cursor, "after 7");
    ASSERT_EQ(back.letters.size(), 2u);
    EXPECT_EQ(back.letters[1].letter_id, "b");
    EXPECT_EQ(back.letters[1].state, LetterState::kSuperseded);
    EXPECT_EQ(back.records, seal.records);
    EXPECT_EQ(back.amount_unknown, 11u);
    ASSERT_EQ(back.money.size(), 1u);
    EXPECT_EQ(back.money[0].minor, seal.money[0].minor);
  };
  EXPECT_TRUE(open()->commit(seal).ok());
}

TEST(BalanceLines, BothSidesTakeTheLinesThatTheyKnow) {
  const sentinel_claim lent_claim{sizeof lent_claim, 0, 1, 1, {}, nullptr};
  std::array<std::uint64_t, kBalanceLines + 1> records{};
  records[0] = records[kBalanceLines] = 4;
  std::array<sentinel_text, kBalanceLines + 1> minor{};
  minor[0] = to_text("400");
  const sentinel_money_line line{sizeof line, 1, to_text("NGN"), minor.data()};
  const sentinel_money_line* const lines[] = {&line};
  sentinel_seal seal{};
  seal.struct_size = sizeof seal;
  seal.claim = &lent_claim;
  seal.records = records.data();
  seal.line_count = records.size();
  seal.money = lines;
  seal.money_count = 1;
  const auto newer_host = detail::import_seal(seal);
  EXPECT_EQ(newer_host.records[0], 4u);
  EXPECT_EQ(newer_host.money[0].minor[0], "400");
  EXPECT_EQ(newer_host.money[0].minor[1], "") << "an older host gave one line only";
}

TEST_F(Level2Test, RefusesVerdictsLanesAndLettersThatAreNone) {
  auto stage = open();
  verdict = SENTINEL_VERDICT_FENCED;
  EXPECT_EQ(*stage->resolve({}), Verdict::kFenced);
  for (const std::int32_t unknown : {0, 4}) {
    verdict = unknown;
    EXPECT_EQ(stage->resolve({}).error().message(),
              "sink pile: resolved a claim with the unknown verdict " + std::to_string(unknown));
  }
  resumed = {0, 0, 3, 7, to_text("c7")};
  auto lanes = stage->resume({});
  ASSERT_TRUE(lanes) << lanes.error().message();
  EXPECT_EQ((*lanes)[0].cursor, "c7");
  EXPECT_EQ((*lanes)[0].seq, 7);
  resumed.lane = 2;
  EXPECT_EQ(stage->resume({}).error().message(), "sink pile: resumed lane 2 in place of lane 0");
  resumed = {0, 0, 0, 0, {}};
  EXPECT_EQ(stage->resume({}).error().message(), "sink pile: resumed lane 0 at epoch 0, batch 0");

  std::vector<std::string> seen;
  const auto each = [&](std::string_view source_id, const Letter& letter) {
    seen.push_back(std::string(source_id) + " " + letter.letter_id + " " + letter.minor);
  };
  EXPECT_TRUE(stage->letters("donations", each).ok());
  EXPECT_EQ(seen, std::vector<std::string>{"ledger/1/x id 500"});
  letter_state = 17;
  EXPECT_EQ(stage->letters("donations", each).message(), "sink pile: reported a letter in the unknown state 17");
  letter_state = SENTINEL_LETTER_OPEN;
}

}  // namespace
}  // namespace sentinel::plugins
