// Rows of departed records: marked once, deleted, cleared, and never those of a newer version; on every database.
#include "target.hpp"

namespace sentinel::sql_sink::test {
namespace {

class DepartingRows : public TargetTest {
 protected:
  DepartingRows() { donations_.set_departures(true, true); }
  Batch rows(const std::vector<std::string>& refs, std::int64_t version = 1) const {
    BatchBuilder builder(donations_);
    for (const auto& ref : refs) builder.append(ref, Decimal{500, 2}, version);
    return builder.finish();
  }
  // In a batch of their own.
  std::vector<bool> depart(SqlSink& sink, const Batch& batch, Departure action) {
    const auto nothing = BatchBuilder(donations_).finish();
    const auto claim = next_claim();
    EXPECT_TRUE(write(sink, donations_, nothing, claim).status.ok());
    const std::vector<Departure> actions(static_cast<std::size_t>(batch.rows()), action);
    std::vector<bool> left(actions.size(), false);
    const auto status = sink.depart(batch.view(donations_), actions, left);
    EXPECT_TRUE(status.ok()) << status.message();
    const auto committed = sink.commit(seal_of(claim));
    EXPECT_TRUE(committed.ok()) << committed.message();
    ++lane_.seq;
    return left;
  }
  std::string marked() { return one("SELECT COUNT(*) FROM " + table() + " WHERE left_at IS NOT NULL"); }

  Schema donations_{utf8("ref").key(), decimal("naira", 10, 2), int64("revision").version()};
};

TEST_P(DepartingRows, AreMarkedOnceAndClearedWhenTheyAreBack) {
  auto sink = ready_sink(donations_, {"ref"});
  EXPECT_EQ(land(*sink, donations_, rows({"a", "b", "c"})).count(Outcome::kInserted), 3u);
  EXPECT_EQ(depart(*sink, rows({"b", "nobody", "c"}), Departure::kMark), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(marked(), "2");
  EXPECT_EQ(depart(*sink, rows({"b"}), Departure::kMark), std::vector<bool>{false});
  EXPECT_EQ(land(*sink, donations_, rows({"a", "b"})).count(Outcome::kUpdated), 1u);
  EXPECT_EQ(marked(), "1");
  EXPECT_EQ(land(*sink, donations_, rows({"a", "b"})).count(Outcome::kUnchanged), 2u);
}

TEST_P(DepartingRows, AreDeletedByKey) {
  auto sink = ready_sink(donations_, {"ref"});
  land(*sink, donations_, rows({"a", "b", "c"}));
  EXPECT_EQ(depart(*sink, rows({"c", "a"}), Departure::kDelete), (std::vector<bool>{true, true}));
  EXPECT_EQ(one("SELECT MIN(ref) FROM " + table()), "b");
  EXPECT_EQ(one("SELECT COUNT(*) FROM " + table()), "1");
}

TEST_P(DepartingRows, StayWhereTheyAreOfANewerVersion) {
  auto sink = ready_sink(donations_, {"ref"});
  land(*sink, donations_, rows({"a"}, 5));
  EXPECT_EQ(depart(*sink, rows({"a"}, 4), Departure::kDelete), std::vector<bool>{false});
  EXPECT_EQ(depart(*sink, rows({"a"}, 5), Departure::kDelete), std::vector<bool>{true});
}

SENTINEL_ON_ALL_DATABASES(DepartingRows);

}  // namespace
}  // namespace sentinel::sql_sink::test
