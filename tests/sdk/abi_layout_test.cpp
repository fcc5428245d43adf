// The layout again, by the C++ compiler; and that the struct sizes which the SDK writes are those.
#include "abi_layout.h"

#include <sentinel/plugin.hpp>

#include <gtest/gtest.h>

namespace sentinel {
namespace {

TEST(AbiLayout, EmptyErrorCarriesItsSize) {
  const auto error = empty_error();
  EXPECT_EQ(error.struct_size, 1280u);
  EXPECT_EQ(error.retry_after_ms, -1);
}

TEST(AbiLayout, OffersFollowsTheSizeThatTheOtherSideWrote) {
  sentinel_source_calls calls{};
  calls.struct_size = offsetof(sentinel_source_calls, check);
  EXPECT_TRUE(SENTINEL_OFFERS(&calls, read));
  EXPECT_FALSE(SENTINEL_OFFERS(&calls, check));
  calls.struct_size = offsetof(sentinel_source_calls, check) + 7;  // half a pointer is none
  EXPECT_FALSE(SENTINEL_OFFERS(&calls, check));
  calls.struct_size = offsetof(sentinel_source_calls, check) + 8;
  EXPECT_TRUE(SENTINEL_OFFERS(&calls, check));
}

}  // namespace
}  // namespace sentinel
