// Walks items by creation time, or repeats the walk until it finds no new item, while the list changes.
#include "webflow_source/item_walk.hpp"

#include <sentinel/civil_time.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::webflow_source {
namespace {

constexpr std::int64_t kMostAtOnce = 100;  // the API's limit
constexpr int kMostWalks = 40;

const char* changed_name(Items items) { return items == Items::kLive ? "lastPublished" : "lastUpdated"; }

std::string created_of(const Item& item) { return item.object.text("createdOn"); }

bool is_ascending(const std::vector<Item>& items) {
  return std::ranges::is_sorted(items, [](const Item& a, const Item& b) { return created_of(a) < created_of(b); }) &&
         std::ranges::none_of(items, [](const Item& item) { return created_of(item).empty(); });
}

std::string identity_of(const Item& item) { return item.object.text("id") + "/" + item.object.text("cmsLocaleId"); }

PassCursor done(const PassCursor& pass) {
  PassCursor end;
  end.from = pass.from;
  end.until = pass.until;
  end.is_done = true;
  return end;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

}  // namespace

ItemWalk::ItemWalk(Api& api, const Options& options, std::string collection_id)
    : api_(api),
      options_(options),
      path_(fmt::format("/collections/{}/items{}", support::http::percent_encoded(collection_id),
                        options.items == Items::kLive ? "/live" : "")) {}

Result<std::int64_t> ItemWalk::count() {
  SENTINEL_ASSIGN(const auto page, read_list({}, 0, 1, false));
  return page.total;
}

Result<Stretch> ItemWalk::next(const PassCursor& from, std::int64_t max_rows, std::int64_t max_bytes) {
  auto pass = from;
  if (pass.is_done || pass == PassCursor()) {
    SENTINEL_ASSIGN(pass, begin_pass(from));
  }
  if (is_sort_refused_ && pass.walk == 0) pass = first_walk(pass);
  if (pass.walk == 0) return next_by_creation(std::move(pass), max_rows, max_bytes);
  // What was read before a restart, or before the engine went back, is unknown here.
  if (!(from == expected_)) {
    pass.walk = 1;
    pass.offset = 0;
  }
  return next_of_walk(std::move(pass), max_rows, max_bytes);
}

Result<PassCursor> ItemWalk::begin_pass(const PassCursor& former) const {
  PassCursor pass;
  if (options_.incremental == Incremental::kFull || former.until.empty()) return pass;
  const auto until = parse_timestamp(former.until);
  if (!until) return invalid_config("the checkpoint holds no time; start over with sentinel run --full");
  pass.from = timestamp_text(*until - options_.overlap.count() * 1000, TimestampForm::kIso);
  return pass;
}

Result<ItemWalk::ListPage> ItemWalk::list(const PassCursor& pass, std::int64_t offset, std::int64_t limit) {
  if (is_sort_refused_) return read_list(pass, offset, limit, false);
  auto page = read_list(pass, offset, limit, true);
  // Older versions of the API cannot sort by creation time.
  if (page || page.error().native_code() != "400") return page;
  is_sort_refused_ = true;
  return read_list(pass, offset, limit, false);
}

Result<ItemWalk::ListPage> ItemWalk::read_list(const PassCursor& pass, std::int64_t offset, std::int64_t limit,
                                               bool sorted) {
  support::http::Query query{{"offset", std::to_string(offset)}, {"limit", std::to_string(limit)}};
  if (sorted) query.insert(query.end(), {{"sortBy", "createdOn"}, {"sortOrder", "asc"}});
  if (!options_.locales.empty()) query.emplace_back("cmsLocaleId", joined(options_.locales));
  if (!pass.from.empty()) query.emplace_back(fmt::format("{}[gte]", changed_name(options_.items)), pass.from);
  SENTINEL_ASSIGN(auto reply, api_.get(path_, "items", query));
  ListPage page;
  page.offset = offset;
  page.body = std::move(reply.body);
  SENTINEL_ASSIGN(const auto answer, Object::parse(page.body));
  SENTINEL_ASSIGN(auto objects, objects_of(answer, "items"));
  const auto* list = answer.find("items");
  SENTINEL_ASSIGN(const auto texts, support::parse_json_array(list->raw));
  for (std::size_t i = 0; i < objects.size(); ++i) page.items.push_back({std::move(objects[i]), texts[i].raw});
  const auto* member = answer.find("pagination");
  const auto pagination = member == nullptr ? Result<Object>(invalid_data("")) : Object::parse(member->raw);
  const auto total = pagination ? pagination->integer("total") : std::nullopt;
  if (!total)
    return Status(Code::kUnavailable, "the list does not report the number of items in \"pagination.total\"")
        .native("http", "strange_answer");
  page.total = *total;
  // Never a silent end of data.
  if (page.items.empty() && offset < page.total)
    return Status(Code::kUnavailable,
                  fmt::format("the list reports {} items, but its page at offset {} is empty", page.total, offset))
        .native("http", "strange_answer");
  if (reply.server_ms) page.server_time = timestamp_text(*reply.server_ms * 1000, TimestampForm::kIso);
  return page;
}

Result<Stretch> ItemWalk::next_by_creation(PassCursor pass, std::int64_t max_rows, std::int64_t max_bytes) {
  // More than requested, since the page begins with an older item and with those of the same time that were read
  // already.
  const auto limit = std::min(std::max<std::int64_t>(max_rows, 1) + 1 + std::ssize(pass.read), kMostAtOnce);
  SENTINEL_ASSIGN(auto page, seamless_page(pass, limit));
  if (is_sort_refused_ || !is_ascending(page.items)) return distrust_order(pass, std::move(page), max_rows);
  return take_by_creation(pass, std::move(page), max_rows, max_bytes);
}

Result<ItemWalk::ListPage> ItemWalk::seamless_page(PassCursor& pass, std::int64_t limit) {
  auto offset = std::max<std::int64_t>(pass.offset - 1, 0);
  while (true) {
    SENTINEL_ASSIGN(auto page, list(pass, offset, limit));
    if (pass.until.empty()) pass.until = page.server_time;
    if (is_sort_refused_ || !is_ascending(page.items)) return page;
    const bool begins_older = !page.items.empty() && created_of(page.items.front()) < pass.created;
    const bool ends_older = !page.items.empty() && created_of(page.items.back()) < pass.created;
    if (offset > 0 && !begins_older)
      offset = std::max<std::int64_t>(offset - limit / 2, 0);  // items before it were deleted
    else if (ends_older && !page.reaches_end())
      offset += std::ssize(page.items) - 1;  // items were added before it
    else
      return page;
  }
}

Stretch ItemWalk::take_by_creation(const PassCursor& pass, ListPage page, std::int64_t max_rows,
                                   std::int64_t max_bytes) {
  Stretch stretch;
  auto& next = stretch.next = pass;
  std::int64_t bytes = 0;
  bool is_full = false;
  for (std::size_t i = 0; i < page.items.size() && !is_full; ++i) {
    auto& item = page.items[i];
    const auto created = created_of(item);
    const auto identity = identity_of(item);
    if (created < pass.created || std::ranges::find(next.read, identity) != next.read.end()) continue;
    is_full = std::ssize(stretch.items) == max_rows || bytes >= max_bytes;
    if (is_full) break;
    if (created > next.created) {
      next.created = created;
      next.offset = page.offset + static_cast<std::int64_t>(i);
      next.read.clear();
    }
    next.read.push_back(identity);
    bytes += std::ssize(item.raw);
    if (is_in_window(pass, item)) stretch.items.push_back(std::move(item));
  }
  if (page.reaches_end() && !is_full)
    next = done(pass);
  else if (next == pass)  // one moment fills the page
    next = first_walk(pass);
  stretch.body = std::move(page.body);
  return stretch;
}

PassCursor ItemWalk::first_walk(const PassCursor& pass) {
  seen_.clear();
  new_in_walk_ = 0;
  expected_ = PassCursor();
  expected_.from = pass.from;
  expected_.until = pass.until;
  expected_.walk = 1;
  return expected_;
}

// The rows read so far are valid; the pass continues with complete walks, from the start.
Stretch ItemWalk::distrust_order(const PassCursor& pass, ListPage page, std::int64_t max_rows) {
  Stretch stretch;
  stretch.next = first_walk(pass);
  const bool is_whole = page.offset == 0 && page.reaches_end() && std::ssize(page.items) <= max_rows;
  // A list that fits one answer needs no second walk.
  if (is_whole) stretch.next = done(pass);
  for (auto& item : page.items)
    if (is_whole && is_in_window(pass, item)) stretch.items.push_back(std::move(item));
  stretch.body = std::move(page.body);
  return stretch;
}

Result<Stretch> ItemWalk::next_of_walk(PassCursor pass, std::int64_t max_rows, std::int64_t max_bytes) {
  if (pass.walk == 1 && pass.offset == 0) static_cast<void>(first_walk(pass));
  SENTINEL_ASSIGN(auto page, list(pass, pass.offset, std::clamp<std::int64_t>(max_rows, 1, kMostAtOnce)));
  if (pass.until.empty()) pass.until = page.server_time;
  Stretch stretch;
  std::int64_t bytes = 0;
  std::size_t taken = 0;
  while (taken < page.items.size() && (taken == 0 || bytes < max_bytes)) {
    auto& item = page.items[taken++];
    bytes += std::ssize(item.raw);
    if (seen_.insert(identity_of(item)).second) ++new_in_walk_;
    if (is_in_window(pass, item)) stretch.items.push_back(std::move(item));
  }
  const bool is_whole = pass.offset == 0 && taken == page.items.size();
  const bool is_end = page.reaches_end() && taken == page.items.size();
  pass.offset += static_cast<std::int64_t>(taken);
  if (is_end && is_whole)
    pass = done(pass);
  else if (is_end)
    SENTINEL_TRY(end_of_walk(pass, page.total));
  stretch.body = std::move(page.body);
  stretch.next = expected_ = pass;
  return stretch;
}

Status ItemWalk::end_of_walk(PassCursor& pass, std::int64_t total) {
  const bool is_complete = pass.walk > 1 && new_in_walk_ == 0 && std::ssize(seen_) >= total;
  if (!is_complete && pass.walk >= kMostWalks)
    return Status(Code::kUnavailable,
                  fmt::format("the collection changes faster than it can be read: {} items were found in {} passes "
                              "over the list, and each pass still found new ones",
                              seen_.size(), pass.walk))
        .native("webflow", "moving");
  new_in_walk_ = 0;
  pass.offset = 0;
  ++pass.walk;
  if (is_complete) pass = done(pass);
  return {};
}

// The service's own filter is requested, but not trusted: some versions ignore it silently.
bool ItemWalk::is_in_window(const PassCursor& pass, const Item& item) const {
  if (pass.from.empty()) return true;
  const auto changed = parse_timestamp(item.object.text(changed_name(options_.items)));
  const auto from = parse_timestamp(pass.from);
  return !changed || !from || *changed >= *from;
}

}  // namespace sentinel::webflow_source
