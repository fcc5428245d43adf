// What the tests of transforms share: the host's side of an apply, and arrays of every legal shape.
#pragma once

#include <sentinel/transform.hpp>

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace sentinel::probe {

// Takes the rejects of one transform, by row. A filtered row fails the test.
struct Reported {
  std::map<std::int64_t, Status> rejected;
  std::map<std::int64_t, RejectedAmount> amounts;  // of the rejects that carry one
  sentinel_apply_request request{};
  Reported() {
    request.struct_size = sizeof request;
    request.filter = [](void*, std::int64_t, sentinel_text) noexcept { ADD_FAILURE() << "a row was filtered"; };
    request.reject = [](void* self, const sentinel_row_reject* reject) noexcept {
      auto& reported = *static_cast<Reported*>(self);
      const auto why = from_error(reject->error->code, *reject->error);
      EXPECT_TRUE(reported.rejected.emplace(reject->row, why).second) << "row " << reject->row << " twice";
      if (reject->has_amount != 0)
        reported.amounts[reject->row] = {reject->minor, std::string(from_text(reject->currency))};
    };
  }

  // Applies the transform; an error fails the test.
  template <class Transform>
  Applied apply(Transform& transform, Batch batch) {
    request.context = this;
    RowRejects rejects(&request);
    auto applied = transform.apply(std::move(batch), rejects);
    EXPECT_TRUE(applied.has_value());
    return std::move(applied).value();
  }
};

// What `open` made, bound to `in`; a refusal fails the test.
template <class Transform>
Schema bind_opened(Result<std::unique_ptr<Transform>> opened, const Schema& in, std::unique_ptr<Transform>& transform) {
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message());
  transform = std::move(opened).value();
  auto out = transform->bind(in);
  EXPECT_TRUE(out.has_value()) << (out ? "" : out.error().message());
  return std::move(out).value();
}

// Why the transform is refused at open or at bind; acceptance fails the test.
template <class Transform>
Status refusal(Result<std::unique_ptr<Transform>> opened, const Schema& in) {
  if (!opened) return std::move(opened).error();
  auto out = opened.value()->bind(in);
  EXPECT_FALSE(out.has_value());
  return out ? Status() : std::move(out).error();
}

// The last `rows` rows of `batch` behind an offset of the struct, offsets of the children, and null counts that nobody
// counted. REQUIRES: the batch has struct_offset + child_offset rows more.
inline Batch behind_offsets(Batch batch, std::int64_t rows, std::int64_t struct_offset, std::int64_t child_offset) {
  auto array = batch.release();
  array.length = rows;
  array.offset = struct_offset;
  array.null_count = -1;
  for (std::int64_t i = 0; i < array.n_children; ++i) {
    array.children[i]->offset = child_offset;
    array.children[i]->length -= child_offset;
    array.children[i]->null_count = -1;
  }
  return Batch(array);
}

}  // namespace sentinel::probe
