// Which words count as a slip of the finger.
#include <sentinel/did_you_mean.hpp>

#include <gtest/gtest.h>

namespace sentinel {
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

TEST(UnknownField, NamesTheNearestAndLists) {
  const Schema in{utf8("meta.donation_ref"), utf8("meta.donor_email"), int64("meta.amount_kobo")};
  const std::string rest = "it has: meta.donation_ref, meta.donor_email, meta.amount_kobo";
  EXPECT_EQ(unknown_field("meta.donation_reff", in),
            "the input has no field \"meta.donation_reff\"; did you mean \"meta.donation_ref\"? " + rest);
  EXPECT_EQ(unknown_field("zzz", in), "the input has no field \"zzz\"; " + rest);
}

TEST(UnknownField, KnowsTheLastPartOfADottedName) {
  EXPECT_EQ(
      unknown_field("amount_kobo", Schema{utf8("amount"), int64("meta.amount_kobo")}),
      "the input has no field \"amount_kobo\"; did you mean \"meta.amount_kobo\"? it has: amount, meta.amount_kobo");
  EXPECT_EQ(unknown_field("meta.email", Schema{utf8("email")}),
            "the input has no field \"meta.email\"; did you mean \"email\"? it has: email");
}

TEST(UnknownField, ListsTwentyAtTheMost) {
  Schema in;
  for (int i = 100; i < 125; ++i) in.add(utf8("field_" + std::to_string(i)));
  const auto text = unknown_field("zzz", in);
  EXPECT_TRUE(text.ends_with("field_118, field_119 and 5 more")) << text;
}

}  // namespace
}  // namespace sentinel
