// Walks posts by id over pages by offset, and steps back when the list has shifted.
#include "wordpress_source/rest_walk.hpp"

#include <sentinel/civil_time.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace sentinel::wordpress_source {
namespace {

using support::JsonKind;
using support::JsonObject;
using support::http::Query;

constexpr int kMostSteps = 1000;
// The API compares the site's local time, which repeats an hour when summer time ends, and excludes the boundary
// second.
constexpr std::int64_t kLocalTimeMicros = (3600 + 1) * std::int64_t{1'000'000};

std::string zone_of(const JsonObject& site) {
  const auto name = site.text("timezone_string");
  const auto* offset = site.find("gmt_offset");
  return !name.empty() || offset == nullptr ? name : std::string(offset->raw);
}

// The site's answer is not filtered: a post too many is found unchanged, one too few would be lost.
Query window_of(const RestCursor& pass) {
  const auto from = pass.from.empty() ? std::nullopt : parse_timestamp(pass.from);
  if (!from) return {};
  return {{"modified_after", timestamp_text(*from - kLocalTimeMicros, TimestampForm::kIso)}};
}

}  // namespace

RestWalk::RestWalk(RestApi& api, const RestType& type, Incremental incremental, std::chrono::milliseconds overlap,
                   std::string fields)
    : api_(api),
      route_(type.route),
      statuses_(fmt::format("{}", fmt::join(type.statuses, ","))),
      fields_(std::move(fields)),
      incremental_(incremental),
      overlap_(overlap) {}

Result<std::int64_t> RestWalk::count() {
  SENTINEL_ASSIGN(const auto page, list(0, 1, {}));
  return page.total;
}

Result<RestStretch> RestWalk::with_ids(const std::string& ids) {
  SENTINEL_ASSIGN(auto page, list(0, kMostAtOnce, {{"include", ids}}));
  RestStretch stretch;
  stretch.items = std::move(page.items);
  stretch.body = std::move(page.body);
  return stretch;
}

Result<RestStretch> RestWalk::next(const RestCursor& from, std::int64_t max_rows, std::int64_t max_bytes) {
  auto pass = from;
  // A pass within a window skipped posts that a full pass must read.
  const bool is_narrower = incremental_ == Incremental::kFull && !from.from.empty();
  const bool is_new = from.after == 0 && from.offset == 0 && from.until.empty();
  if (from.is_done || is_narrower || is_new) {
    SENTINEL_ASSIGN(pass, begin_pass(from));
  }
  // One more than requested, since the first is known.
  const auto limit = std::clamp<std::int64_t>(max_rows, 1, kMostAtOnce - 1) + 1;
  SENTINEL_ASSIGN(auto page, page_that_fits(pass, limit));
  api_.has_listed();
  return take(pass, std::move(page), max_rows, max_bytes);
}

// An answer that is too large is requested in halves, down to a single new post.
Result<RestWalk::ListPage> RestWalk::page_that_fits(RestCursor& pass, std::int64_t limit) {
  auto page = seamless_page(pass, limit);
  while (!page && page.error().code() == Code::kInvalidData && limit > 2) {
    limit = std::max<std::int64_t>(limit / 2, 2);
    page = seamless_page(pass, limit);
  }
  return page;
}

// Everything is read where there is no previous window, or where the site's clock or zone was changed since: posts
// written then have times outside the window.
Result<RestCursor> RestWalk::begin_pass(const RestCursor& former) {
  RestCursor pass;
  if (incremental_ == Incremental::kFull) return pass;
  SENTINEL_ASSIGN(const auto reply, api_.site());
  SENTINEL_ASSIGN(const auto site, JsonObject::parse(reply.body));
  pass.zone = zone_of(site);
  if (!reply.server_ms) return pass;
  const auto now = *reply.server_ms * 1000;
  pass.until = timestamp_text(now, TimestampForm::kIso);
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  const auto last = parse_timestamp(former.until).value_or(kNever);
  if (!former.is_done || now < last || pass.zone != former.zone) return pass;
  const auto begin = last - overlap_.count() * 1000;
  if (is_calendar_timestamp(begin - kLocalTimeMicros)) pass.from = timestamp_text(begin, TimestampForm::kIso);
  return pass;
}

Result<RestWalk::ListPage> RestWalk::seamless_page(RestCursor& pass, std::int64_t limit) {
  const auto window = window_of(pass);
  auto offset = std::max<std::int64_t>(pass.offset - 1, 0);
  auto stride = limit / 2;
  for (int step = 0; step < kMostSteps; ++step) {
    SENTINEL_ASSIGN(auto page, list(offset, limit, window));
    SENTINEL_TRY(check_offset(pass, page));
    const bool begins_known = !page.ids.empty() && page.ids.front() <= pass.after;
    const bool ends_known = !page.ids.empty() && page.ids.back() <= pass.after;
    if (offset > 0 && !begins_known) {  // posts before it were deleted
      offset = std::max<std::int64_t>(offset - stride, 0);
      stride *= 2;
    } else if (ends_known && !page.reaches_end()) {
      offset += std::ssize(page.ids) - 1;  // items were added before it
    } else {
      return page;
    }
  }
  return Status(Code::kUnavailable,
                fmt::format("the posts at {} change faster than they can be read: {} pages did not continue from post "
                            "{}",
                            route_, kMostSteps, pass.after))
      .native("wordpress", "moving");
}

// A site that ignores the offset would return its first posts as the last ones.
Status RestWalk::check_offset(RestCursor& pass, const ListPage& page) {
  if (page.ids.empty()) return {};
  if (page.offset > 0 && page.ids.front() == pass.first) {
    SENTINEL_ASSIGN(const auto beginning, list(0, 1, window_of(pass)));
    pass.first = beginning.ids.empty() ? 0 : beginning.ids.front();
    if (page.ids.front() == pass.first) return odd("the site answers every offset with its first posts");
  }
  if (page.offset == 0) pass.first = page.ids.front();
  return {};
}

RestStretch RestWalk::take(const RestCursor& pass, ListPage page, std::int64_t max_rows, std::int64_t max_bytes) const {
  RestStretch stretch;
  auto& next = stretch.next = pass;
  std::int64_t bytes = 0;
  std::size_t i = 0;
  for (; i < page.ids.size(); ++i) {
    if (page.ids[i] <= pass.after) continue;
    const bool is_full = std::ssize(stretch.items) == max_rows || (bytes >= max_bytes && !stretch.items.empty());
    if (is_full) break;
    for (const auto& member : page.items[i].members()) bytes += std::ssize(member.raw);
    stretch.items.push_back(std::move(page.items[i]));
    next.after = page.ids[i];
  }
  next.offset = page.offset + static_cast<std::int64_t>(i);
  if (i == page.ids.size() && page.reaches_end()) next = {0, 0, 0, pass.from, pass.until, pass.zone, true};
  stretch.body = std::move(page.body);
  return stretch;
}

Result<RestWalk::ListPage> RestWalk::list(std::int64_t offset, std::int64_t limit, Query more) {
  Query query{{"context", "edit"},
              {"orderby", "id"},
              {"order", "asc"},
              {"status", statuses_},
              {"_fields", fields_},
              {"offset", std::to_string(offset)},
              {"per_page", std::to_string(limit)}};
  query.insert(query.end(), more.begin(), more.end());
  SENTINEL_ASSIGN(auto reply, api_.get(route_, JsonKind::kArray, query));
  ListPage page;
  page.offset = offset;
  page.body = std::make_unique<const std::string>(std::move(reply.body));
  if (!reply.total) return odd("the answer has no header X-WP-Total");
  page.total = *reply.total;
  SENTINEL_ASSIGN(const auto elements, support::parse_json_array(*page.body));
  for (const auto& element : elements) {
    auto item = JsonObject::parse(element.raw);
    const auto id = item ? item->integer("id") : std::nullopt;
    if (!id || *id < 1) return odd("the list holds something that is not a post with an id");
    page.ids.push_back(*id);
    page.items.push_back(std::move(*item));
  }
  SENTINEL_TRY(check_page(page, limit));
  return page;
}

Status RestWalk::check_page(const ListPage& page, std::int64_t limit) {
  if (std::ranges::adjacent_find(page.ids, std::greater_equal<>()) != page.ids.end())
    return odd("the posts are not in the requested order of their ids: some plugin reorders them");
  // Past the end the API reports that the whole list is empty.
  if (page.ids.empty() && page.offset > 0) return {};
  const auto expected = std::clamp<std::int64_t>(page.total - page.offset, 0, limit);
  if (std::ssize(page.ids) == expected) return {};
  return odd(
      fmt::format("the site counts {} posts and shows {} where there should be {}: this user may not edit all of them, "
                  "or some plugin hides posts",
                  page.total, page.ids.size(), expected));
}

// A post that is deleted during the request may cause this once.
Status RestWalk::odd(const std::string& words) { return api_.strange(fmt::format("{}: {}", route_, words)); }

}  // namespace sentinel::wordpress_source
