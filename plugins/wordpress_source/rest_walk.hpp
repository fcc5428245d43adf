// Walks the posts of a type by id while posts are created and deleted, and misses none that exists throughout.
//
// The API has no "id greater than": it pages by offset, and a deleted post moves all after it one place forward. But
// ids never change and order the list without ties. So each page begins one place before the next post, and if that
// place does not hold a post that was read, the list has shifted, and the walk steps back until it does. Nothing can be
// between such a page and what was read before it, and the cursor alone is sufficient to resume.
#pragma once

#include "wordpress_source/options.hpp"
#include "wordpress_source/rest_api.hpp"
#include "wordpress_source/rest_cursor.hpp"
#include "wordpress_source/rest_type.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// A part of the list, ascending by id.
struct RestStretch {
  std::unique_ptr<const std::string> body;  // stable in memory, even if short
  std::vector<support::JsonObject> items;   // borrow from the body
  RestCursor next;
};

class RestWalk {
 public:
  // `fields`: the members of a post that are asked for, "id" among them.
  RestWalk(RestApi& api, const RestType& type, Incremental incremental, std::chrono::milliseconds overlap,
           std::string fields);

  // The posts after `from`, at most `max_rows`, and no more once `max_bytes` are reached. Errors: those of the api;
  // kUnavailable where the list changes faster than it can be read; kRefused where the site ignores the requested
  // paging, or shows fewer posts than it counts.
  Result<RestStretch> next(const RestCursor& from, std::int64_t max_rows, std::int64_t max_bytes);
  // The posts with these ids that exist; at most kMostAtOnce ids.
  Result<RestStretch> with_ids(const std::string& ids);
  // How many posts there are now.
  Result<std::int64_t> count();

  static constexpr std::int64_t kMostAtOnce = 100;  // the API's limit

 private:
  struct ListPage {
    std::unique_ptr<const std::string> body;
    std::vector<support::JsonObject> items;
    std::vector<std::int64_t> ids;
    std::int64_t offset = 0, total = 0;
    bool reaches_end() const { return offset + std::ssize(ids) >= total; }
  };
  Result<RestCursor> begin_pass(const RestCursor& former);
  Result<ListPage> page_that_fits(RestCursor& pass, std::int64_t limit);
  // The page that holds the first post after pass.after, and one before it, if there is one.
  Result<ListPage> seamless_page(RestCursor& pass, std::int64_t limit);
  Status check_offset(RestCursor& pass, const ListPage& page);
  RestStretch take(const RestCursor& pass, ListPage page, std::int64_t max_rows, std::int64_t max_bytes) const;
  Result<ListPage> list(std::int64_t offset, std::int64_t limit, support::http::Query more);
  Status check_page(const ListPage& page, std::int64_t limit);
  Status odd(const std::string& words);

  RestApi& api_;
  const std::string route_, statuses_, fields_;
  const Incremental incremental_;
  const std::chrono::milliseconds overlap_;
};

}  // namespace sentinel::wordpress_source
