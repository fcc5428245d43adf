// Which words count as a slip of the finger.
#include "engine/config/did_you_mean.hpp"

#include <gtest/gtest.h>

namespace sentinel::config {
namespace {

TEST(DidYouMean, FindsOneWrongMissingOrSwappedLetter) {
  const std::vector<std::string> words{"table", "base_url", "connection"};
  EXPECT_EQ(nearest("tabel", words), "table");
  EXPECT_EQ(nearest("base_uri", words), "base_url");
  EXPECT_EQ(nearest("base-url", words), "base_url");
  EXPECT_EQ(nearest("Table", words), "table");
  EXPECT_EQ(nearest("conection", words), "connection");
}

TEST(DidYouMean, AllowsAThirdOfALongWord) {
  EXPECT_EQ(nearest("max_fail_rate", {"max_failure_rate"}), "max_failure_rate");
  EXPECT_EQ(nearest("max_rate", {"max_failure_rate"}), std::nullopt);
}

TEST(DidYouMean, DoesNotGuessWhenNothingIsLeftOfTheWord) {
  EXPECT_EQ(nearest("to", {"as", "of"}), std::nullopt);
  EXPECT_EQ(nearest("", {"a"}), std::nullopt);
  EXPECT_EQ(nearest("colour", {"table"}), std::nullopt);
}

TEST(DidYouMean, TakesTheNearestAndThenTheFirst) {
  EXPECT_EQ(nearest("tble", {"cable", "table"}), "table");
  EXPECT_EQ(nearest("able", {"cable", "table"}), "cable");
}

TEST(DidYouMean, IgnoresEndlessWords) {
  EXPECT_EQ(nearest(std::string(100000, 'a'), {std::string(100001, 'a')}), std::nullopt);
}

TEST(DidYouMean, EndsASentence) {
  EXPECT_EQ(did_you_mean("tabel", {"table"}), "; did you mean \"table\"?");
  EXPECT_EQ(did_you_mean("xyz", {"table"}), "");
}

}  // namespace
}  // namespace sentinel::config
