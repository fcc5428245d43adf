// Addresses that people have, and the dirt that donation forms collect in their place.
#include "validate_transform/email.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sentinel::validate_transform {
namespace {

TEST(Email, AcceptsAddressesAsPeopleHaveThem) {
  for (const auto* text :
       {"donor1@example.ng", "Donor1@EXAMPLE.ng", "a@b.co", "first.last+tag@sub.example.org", "o'brien@example.com",
        "x_y-z%1@a-b.example", "1@2.com", "a@xn--bcher-kva.example", "a@1.2.3.com"})
    EXPECT_EQ(email_fault(text), "") << text;
}

TEST(Email, SaysWhatIsWrong) {
  EXPECT_EQ(email_fault(""), "is empty");
  EXPECT_EQ(email_fault("donor"), "has no @");
  EXPECT_EQ(email_fault("a@b@c.com"), "has more than one @");
  EXPECT_EQ(email_fault("@b.com"), "has nothing before the @");
  EXPECT_EQ(email_fault("a@"), "has nothing after the @");
  EXPECT_EQ(email_fault("a@localhost"), "has no dot in its domain");
  EXPECT_EQ(email_fault("donor@example.ng "), "contains a space");
  EXPECT_EQ(email_fault("a@127.0.0.1"), "has a domain that ends in a number");
}

TEST(Email, RefusesDirt) {
  for (const auto* text : {" a@b.com",
                           "a@b.com\t",
                           "a b@c.com",
                           "mailto:a@b.com",
                           ".a@b.com",
                           "a.@b.com",
                           "a..b@c.com",
                           "a@.com",
                           "a@b.",
                           "a@b..com",
                           "a@-b.com",
                           "a@b-.com",
                           "a@b_c.com",
                           "a@[127.0.0.1]",
                           "\"a b\"@c.com",
                           "a@b.com,c@d.com",
                           "A <a@b.com>",
                           "a\xC2\xA0@b.com",
                           "a\xE2\x80\x8B@b.com",
                           "ọlá@b.com",
                           "a@bü.com",
                           "a\x01@b.com"})
    EXPECT_NE(email_fault(text), "") << text;
}

TEST(Email, HoldsToTheLengths) {
  EXPECT_EQ(email_fault(std::string(64, 'a') + "@b.com"), "");
  EXPECT_NE(email_fault(std::string(65, 'a') + "@b.com"), "");
  EXPECT_EQ(email_fault("a@" + std::string(63, 'b') + ".com"), "");
  EXPECT_NE(email_fault("a@" + std::string(64, 'b') + ".com"), "");
  std::string domain;
  for (int i = 0; i < 83; ++i) domain += "bb.";
  EXPECT_EQ(email_fault("a@" + domain + "com"), "") << "254 characters";
  EXPECT_NE(email_fault("ab@" + domain + "com"), "") << "255 characters";
}

}  // namespace
}  // namespace sentinel::validate_transform
