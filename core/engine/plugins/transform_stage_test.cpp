// A transform behind raw C calls: after apply every input row is somewhere, exactly once.
#include "engine/plugins/transform_stage.hpp"
#include "engine/plugins/raw_arrays_for_tests.hpp"

#include <sentinel/boundary.hpp>
#include <sentinel/transform.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace sentinel::plugins {
namespace {

std::function<std::int32_t(const sentinel_apply_request&, sentinel_applied&, sentinel_error&)> on_apply;
const auto kIn = raw_batch(raw_int64({1, 2, 3, 4}));

std::int32_t open_transform(const sentinel_host*, const sentinel_value*, void**, sentinel_error*) noexcept {
  return SENTINEL_OK;
}
void close_transform(void*) noexcept {}
std::int32_t bind(void*, const ArrowSchema* in, ArrowSchema* out, sentinel_error*) noexcept {
  if (in->n_children != 1) return SENTINEL_INVALID_CONFIG;
  *out = kIn.schema();
  return SENTINEL_OK;
}
std::int32_t apply(void*, const sentinel_apply_request* request, sentinel_applied* applied,
                   sentinel_error* error) noexcept {
  return on_apply(*request, *applied, *error);
}

class TransformStageTest : public ReleaseTest {
 protected:
  Result<AppliedBatch> apply_four_rows() {
    static const sentinel_transform_calls calls{sizeof calls, 0, open_transform, close_transform, bind, apply};
    static const sentinel_component component{sizeof component,
                                              SENTINEL_KIND_TRANSFORM,
                                              "choose",
                                              "A transform under test.",
                                              &no_options(),
                                              0,
                                              0,
                                              nullptr,
                                              &calls,
                                              nullptr,
                                              0};
    auto stage = TransformStage::open(component, quiet_host(), {});
    EXPECT_TRUE(stage);
    EXPECT_TRUE((*stage)->bind(Schema{int64("amount")}));
    return (*stage)->apply(Batch(kIn.array()));
  }
  std::string refusal() {
    auto applied = apply_four_rows();
    if (applied) return "accepted";
    EXPECT_EQ(applied.error().code(), Code::kInternal);
    return applied.error().message();
  }
  // Gives out new rows with these origins; the input stays where it is.
  static std::int32_t give(sentinel_applied& applied, std::initializer_list<std::int64_t> origin) {
    static std::vector<std::int64_t> kept;
    kept = origin;
    RawColumn column = raw_int64({});
    column.length = static_cast<std::int64_t>(origin.size());
    column.buffers[1] = bytes_of(origin);
    applied.array = raw_batch(column).array();
    static const std::int64_t none = 0;
    applied.origin = kept.empty() ? &none : kept.data();
    return SENTINEL_OK;
  }
  static void reject(const sentinel_apply_request& request, std::int64_t row, Code code = Code::kInvalidData) {
    const auto error = to_error(Status(code, "too small"));
    const sentinel_row_reject reject{sizeof reject, row == 2 ? 1 : 0, row, &error, -5, to_text("NGN")};
    request.reject(request.context, &reject);
  }
  static void filter(const sentinel_apply_request& request, std::int64_t row) {
    request.filter(request.context, row, to_text("not ours"));
  }
};

TEST_F(TransformStageTest, FillsOriginsWhereRowsStayAsTheyAre) {
  on_apply = [](const auto& request, auto& applied, auto&) {
    applied.array = std::exchange(*request.in, ArrowArray{});
    return std::int32_t{SENTINEL_OK};
  };
  auto applied = apply_four_rows();
  ASSERT_TRUE(applied) << applied.error().message();
  EXPECT_EQ(applied->origin, (std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST_F(TransformStageTest, AccountsForEveryRow) {
  on_apply = [](const auto& request, auto& applied, auto&) {
    filter(request, 0);
    reject(request, 2);
    return give(applied, {1, 3});
  };
  auto applied = apply_four_rows();
  ASSERT_TRUE(applied) << applied.error().message();
  EXPECT_EQ(applied->origin, (std::vector<std::int64_t>{1, 3}));
  ASSERT_EQ(applied->filtered.size(), 1u);
  EXPECT_EQ(applied->filtered[0].reason, "not ours");
  ASSERT_EQ(applied->rejected.size(), 1u);
  EXPECT_EQ(applied->rejected[0].row, 2);
  EXPECT_EQ(applied->rejected[0].why.message(), "too small");
  EXPECT_EQ(applied->rejected[0].why.code(), Code::kInvalidData);
  EXPECT_EQ(applied->rejected[0].amount, (RejectedAmount{-5, "NGN"}));
  on_apply = [](const auto& request, auto& applied, auto&) {
    for (const int row : {3, 1, 0, 2}) reject(request, row);
    return give(applied, {});
  };
  applied = apply_four_rows();
  ASSERT_TRUE(applied) << applied.error().message();
  EXPECT_EQ(applied->batch.rows(), 0);
}

TEST_F(TransformStageTest, RefusesAccountsThatDoNotAddUp) {
  const std::string prefix = "transform choose: ";
  on_apply = [](const auto&, auto& applied, auto&) { return give(applied, {0, 1, 3}); };
  EXPECT_EQ(refusal(), prefix + "lost row 2: it was neither given out nor filtered nor rejected");
  on_apply = [](const auto& r, auto& applied, auto&) {
    filter(r, 2);
    reject(r, 2);
    return give(applied, {0, 1, 3});
  };
  EXPECT_EQ(refusal(), prefix + "rejected row 2, which it also filtered");
  on_apply = [](const auto& r, auto& applied, auto&) {
    filter(r, 3);
    return give(applied, {0, 1, 2, 3});
  };
  EXPECT_EQ(refusal(), prefix + "filtered row 3, which it also gave out");
  on_apply = [](const auto& r, auto& applied, auto&) {
    reject(r, 2);
    reject(r, 2);
    return give(applied, {0, 1, 3});
  };
  EXPECT_EQ(refusal(), prefix + "rejected row 2 twice");
  on_apply = [](const auto& r, auto& applied, auto&) {
    reject(r, 4);
    return give(applied, {0, 1, 2, 3});
  };
  EXPECT_EQ(refusal(), prefix + "rejected row 4 of a batch of 4");
  on_apply = [](const auto& r, auto& applied, auto&) {
    filter(r, -1);
    return give(applied, {0, 1, 2, 3});
  };
  EXPECT_EQ(refusal(), prefix + "filtered row -1 of a batch of 4");
  on_apply = [](const auto&, auto& applied, auto&) { return give(applied, {0, 1, 2, 7}); };
  EXPECT_EQ(refusal(), prefix + "gave out row 7 of a batch of 4");
  on_apply = [](const auto&, auto& applied, auto&) { return give(applied, {0, 1, 1, 2}); };
  EXPECT_EQ(refusal(), prefix + "gave out row 1 twice");
  on_apply = [](const auto&, auto& applied, auto&) { return give(applied, {0, 2, 1, 3}); };
  EXPECT_EQ(refusal(), prefix + "gave out row 1 after row 2: origins must ascend");
  on_apply = [](const auto&, auto& applied, auto&) { return give(applied, {0, 0, 1, 2, 3}); };
  EXPECT_EQ(refusal(), prefix + "gave out 5 rows for 4 without saying where they come from");
  on_apply = [](const auto&, auto& applied, auto&) {
    give(applied, {0, 1, 2});
    applied.origin = nullptr;
    return std::int32_t{SENTINEL_OK};
  };
  EXPECT_EQ(refusal(), prefix + "gave out 3 rows for 4 without saying where they come from");
  on_apply = [](const auto& r, auto& applied, auto&) {
    reject(r, 2, Code::kTransient);
    return give(applied, {0, 1, 3});
  };
  EXPECT_EQ(refusal(), prefix + "rejected row 2 with code transient, which is no fault of a row: too small");
  on_apply = [](const auto& r, auto& applied, auto&) {
    const sentinel_row_reject reject{sizeof reject, 0, 2, nullptr, 0, {}};
    r.reject(r.context, &reject);
    return give(applied, {0, 1, 3});
  };
  EXPECT_EQ(refusal(), prefix + "rejected row 2 with code internal, which is no fault of a row: gave no reason");
  on_apply = [](const auto&, auto&, auto&) { return std::int32_t{SENTINEL_OK}; };
  EXPECT_EQ(refusal(), prefix + "its array is already released");
}

TEST_F(TransformStageTest, ReleasesEverythingWhenApplyFails) {
  on_apply = [](const auto&, auto& applied, auto&) {
    give(applied, {0});
    return std::int32_t{SENTINEL_STORAGE};
  };
  auto applied = apply_four_rows();
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code(), Code::kStorage);
  EXPECT_EQ(applied.error().message(), "transform choose: failed without saying why");
}

// Through the C++ face: what a transform throws arrives as a message.
class Thrower final : public Transform {
 public:
  struct Options {};
  static constexpr auto options = sentinel::options<Options>();
  Thrower(Options, Host&) {}
  Result<Schema> bind(const Schema& in) override { return in; }
  Result<Applied> apply(Batch, RowRejects&) override { throw std::runtime_error("out of ink"); }
};

TEST_F(TransformStageTest, CarriesTheWordsOfAnException) {
  const auto component = transform<Thrower>("thrower", "Throws.");
  auto stage = TransformStage::open(component, quiet_host(), {});
  ASSERT_TRUE(stage) << stage.error().message();
  ASSERT_TRUE((*stage)->bind(Schema{int64("amount")}));
  auto applied = (*stage)->apply(Batch(kIn.array()));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code(), Code::kInternal);
  EXPECT_EQ(applied.error().message(), "transform thrower: threw: out of ink");
}

}  // namespace
}  // namespace sentinel::plugins
