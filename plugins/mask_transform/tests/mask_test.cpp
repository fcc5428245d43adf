// The mask transform: what each way of hiding lets through, and what is refused.
#include "mask_transform/mask.hpp"
#include "mask_transform/masking.hpp"
#include "transform_probe.hpp"

#include <gtest/gtest.h>

namespace sentinel::mask_transform {
namespace {

Host no_host(nullptr);
const std::string kSecret = "0123456789abcdef";

FieldOptions by(How how, std::optional<std::int64_t> length = {}) { return {how, {}, length, {}}; }
FieldOptions cut(std::int64_t characters) { return {{}, characters, {}, {}}; }

// RFC 4231, test case 2.
TEST(Mask, HashIsHmacSha256) {
  EXPECT_EQ(pseudonym("Jefe", "what do ya want for nothing?", 64),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(pseudonym("Jefe", "what do ya want for nothing?", 16), "5bdcc146bf60754e");
}

TEST(Mask, PartialShowsOneCharacterOfThreeOrMore) {
  EXPECT_EQ(partial("ada@example.ng"), "a***@example.ng");
  EXPECT_EQ(partial("ad@example.ng"), "***@example.ng");
  EXPECT_EQ(partial("Ọládélé"), "Ọ***");
  EXPECT_EQ(partial("\U0001F600bc"), "\U0001F600***");
  EXPECT_EQ(partial("ab"), "***");
  EXPECT_EQ(partial("@example.ng"), "@***") << "there is nobody before the @";
  EXPECT_EQ(partial(R"("a@b"@example.ng)"), R"("***@example.ng)");
  EXPECT_EQ(partial(""), "");
}

TEST(Mask, TruncateCountsCodePoints) {
  EXPECT_EQ(truncated("Ọládélé", 3), "Ọlá");
  EXPECT_EQ(truncated("\U0001F600\U0001F600", 1), "\U0001F600");
  EXPECT_EQ(truncated("ab", 5), "ab");
}

TEST(Mask, HidesFieldsAndMovesTheOthers) {
  auto count = int64("id").key();
  const Schema in{count, utf8("email"), utf8("name"), utf8("note"), utf8("phone"), money("kobo", "NGN", 2)};
  Options options;
  options.key = kSecret;
  options.fields = {{"id", by(How::kHash)},
                    {"email", by(How::kPartial)},
                    {"name", cut(1)},
                    {"note", by(How::kRedact)},
                    {"phone", by(How::kNone)}};
  std::unique_ptr<Mask> mask;
  const auto out = probe::bind_opened(Mask::open(options, no_host), in, mask);
  EXPECT_TRUE(out[0].is_key && out[0].type == Type::kUtf8);
  EXPECT_EQ(out[5], in[5]);
  BatchBuilder builder(in);
  builder.append(7, "ada@example.ng", "Ada", "private", "080", 500);
  builder.append(8, nullptr, nullptr, nullptr, nullptr, nullptr);
  auto batch = builder.finish();
  const auto* kobo = batch.array().children[5]->buffers[1];
  probe::Reported reported;
  const auto applied = reported.apply(*mask, std::move(batch));
  const auto view = applied.batch.view(out);
  EXPECT_EQ(view.column(0).text(0), pseudonym(kSecret, "7", 64));
  EXPECT_EQ(view.column(1).text(0), "a***@example.ng");
  EXPECT_EQ(view.column(2).text(0), "A");
  EXPECT_EQ(view.column(3).text(0), "[redacted]");
  EXPECT_TRUE(view.column(4).is_null(0));
  for (std::size_t i = 1; i < out.size(); ++i) EXPECT_TRUE(view.column(i).is_null(1)) << out[i].name;
  EXPECT_EQ(applied.batch.array().children[5]->buffers[1], kobo) << "a column that stays is moved";
}

TEST(Mask, RefusesWhatWouldNotHideOrWouldMerge) {
  const Schema in{utf8("ref").key(), utf8("email"), date("born")};
  const auto refusal = [&](const std::string& name, FieldOptions field, const std::string& key = kSecret) {
    Options options;
    options.fields.emplace_back(name, std::move(field));
    options.key = key;
    const auto status = probe::refusal(Mask::open(options, no_host), in);
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    EXPECT_EQ(key.empty() ? 0 : status.message().find(key) != std::string::npos, 0) << "the secret is shown";
    return status.option_path();
  };
  EXPECT_EQ(refusal("email", by(How::kHash), ""), "key");
  EXPECT_EQ(refusal("email", by(How::kHash), "short secret"), "key");
  EXPECT_EQ(refusal("email", {}), "fields.email");
  EXPECT_EQ(refusal("email", {How::kPartial, 3, {}, {}}), "fields.email");
  EXPECT_EQ(refusal("email", {How::kPartial, {}, {}, "x"}), "fields.email.text");
  EXPECT_EQ(refusal("ref", cut(3)), "fields.ref");
  EXPECT_EQ(refusal("email", by(How::kPartial, 3)), "fields.email.length");
  EXPECT_EQ(refusal("born", by(How::kPartial)), "fields.born");
  EXPECT_EQ(refusal("mail", by(How::kPartial)), "fields.mail");
  EXPECT_EQ(refusal("ref", by(How::kPartial)), "fields.ref");
  EXPECT_EQ(refusal("ref", by(How::kHash, 16)), "fields.ref.length");
  EXPECT_EQ(probe::refusal(Mask::open({}, no_host), in).option_path(), "fields");
}

}  // namespace
}  // namespace sentinel::mask_transform
