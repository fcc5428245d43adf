// The judge itself: each fault that a broken engine could leave behind, planted by hand, must be seen.
#include "gifts.hpp"

#include <gtest/gtest-spi.h>

#include <functional>

namespace sentinel::integration {
namespace {

// How many failures the judgement reports.
int failures_of(const std::function<void()>& judgement) {
  testing::TestPartResultArray results;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    judgement();
  }
  return results.size();
}

class Judge : public testing::TestWithParam<Kind> {
 protected:
  Judge() : target_(GetParam()) {
    make_gifts(source_, 12000, Dirt::kSome);
    make_gifts_target(target_);
    pipeline_ = workspace_.write("gifts.yaml", gifts_pipeline());
    workspace_.json({"run", pipeline_});
  }
  int judge_rows() const {
    return failures_of([this] { expect_gifts_mirrored(source_, target_); });
  }
  int judge_letters() const {
    return failures_of([this] { expect_letters_are(source_, target_, workspace_, pipeline_); });
  }

  Database source_{Kind::kSqlite}, target_;
  Workspace workspace_{source_.url(), target_.url()};
  std::string pipeline_;
};

TEST_P(Judge, AcceptsWhatIsRight) {
  EXPECT_EQ(judge_rows(), 0);
  EXPECT_EQ(judge_letters(), 0);
}

TEST_P(Judge, SeesALostRow) {
  target_.rows("DELETE FROM received_gifts WHERE gift_id = 5001");
  EXPECT_GT(judge_rows(), 0);
}

TEST_P(Judge, SeesARowThatIsNotInTheSource) {
  target_.rows(
      "INSERT INTO received_gifts (gift_id, email, donor_name, amount_naira) VALUES (99999, 'a@b.ng', '', '1.00')");
  EXPECT_GT(judge_rows(), 0);
}

TEST_P(Judge, SeesAnAmountThatIsOneKoboOff) {
  source_.rows("UPDATE gifts SET amount_kobo = amount_kobo + 1 WHERE id = 42");
  EXPECT_GT(judge_rows(), 0);
}

TEST_P(Judge, SeesABatchMissingInTheLedger) {
  target_.rows("DELETE FROM sentinel_batch WHERE seq = 2");
  EXPECT_GT(judge_rows(), 0);
}

TEST_P(Judge, SeesCursorsThatDoNotJoin) {
  target_.rows("UPDATE sentinel_batch SET cursor_from = 'elsewhere' WHERE seq = 2");
  EXPECT_GT(judge_rows(), 0);
}

TEST_P(Judge, SeesALostLetter) {
  target_.rows("DELETE FROM sentinel_dead_letter WHERE source_key = '2007'");
  EXPECT_GT(judge_letters(), 0);
}

TEST_P(Judge, SeesALetterThatIsOnlyInTheTarget) {
  must_run({"sqlite3", (workspace_.state_folder() / "sentinel.db").string(),
            "DELETE FROM letter WHERE source_key = '2007'"});
  EXPECT_GT(judge_letters(), 0);
}

INSTANTIATE_TEST_SUITE_P(Of, Judge, testing::Values(Kind::kMariadb, Kind::kPostgresql, Kind::kSqlite),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace sentinel::integration
