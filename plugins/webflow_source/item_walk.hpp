// Walks a list of items that changes while it is read, and misses none that exists throughout.
//
// The API pages by offset, so an item that is deleted, created or moved shifts the pages after it. Two ways:
//
// 1. By creation time, which never changes, ascending. New items come last. A page begins one item before the first of
//    those that share the latest time read; if that item is not older, the list has shifted, and the walk steps back
//    until it is. So nothing between two pages can be skipped, and the cursor alone is sufficient to resume.
// 2. Where the service does not keep that order, or more items than a page holds share one time: complete walks, until
//    one of them finds no new item and as many were found as exist. An instance that did not begin the pass itself
//    restarts it. A collection that fits one page is read in one answer.
#pragma once

#include "webflow_source/api.hpp"
#include "webflow_source/options.hpp"
#include "webflow_source/pass_cursor.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sentinel::webflow_source {

struct Item {
  Object object;
  std::string_view raw;  // borrows from the stretch's body
};

// A part of the list, in its order.
struct Stretch {
  std::string body;
  std::vector<Item> items;
  PassCursor next;
};

class ItemWalk {
 public:
  ItemWalk(Api& api, const Options& options, std::string collection_id);

  // The items after `from`, at most `max_rows`, and no more once `max_bytes` are reached. Errors: those of the api;
  // kUnavailable where the list changes faster than it can be walked.
  Result<Stretch> next(const PassCursor& from, std::int64_t max_rows, std::int64_t max_bytes);
  // How many items there are now.
  Result<std::int64_t> count();

 private:
  struct ListPage {
    std::string body;
    std::vector<Item> items;
    std::int64_t offset = 0, total = 0;
    std::string server_time;
    bool reaches_end() const { return offset + std::ssize(items) >= total; }
  };
  Result<ListPage> list(const PassCursor& pass, std::int64_t offset, std::int64_t limit);
  Result<ListPage> read_list(const PassCursor& pass, std::int64_t offset, std::int64_t limit, bool sorted);
  Result<PassCursor> begin_pass(const PassCursor& former) const;
  Result<Stretch> next_by_creation(PassCursor pass, std::int64_t max_rows, std::int64_t max_bytes);
  // The page that holds the first item not older than pass.created, and an older one, if there is one.
  Result<ListPage> seamless_page(PassCursor& pass, std::int64_t limit);
  Stretch take_by_creation(const PassCursor& pass, ListPage page, std::int64_t max_rows, std::int64_t max_bytes);
  Result<Stretch> next_of_walk(PassCursor pass, std::int64_t max_rows, std::int64_t max_bytes);
  // The first complete walk of the same pass.
  PassCursor first_walk(const PassCursor& pass);
  Stretch distrust_order(const PassCursor& pass, ListPage page, std::int64_t max_rows);
  Status end_of_walk(PassCursor& pass, std::int64_t total);
  bool is_in_window(const PassCursor& pass, const Item& item) const;

  Api& api_;
  const Options& options_;
  const std::string path_;
  bool is_sort_refused_ = false;
  // Of the current pass, for complete walks only; valid as long as cursors come back in order.
  std::unordered_set<std::string> seen_;
  std::size_t new_in_walk_ = 0;
  PassCursor expected_;
};

}  // namespace sentinel::webflow_source
