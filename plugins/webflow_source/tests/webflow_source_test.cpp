#include "webflow_source/webflow_source.hpp"

#include "support/tests/source_probe.hpp"
#include "webflow_source/tests/standin.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <regex>
#include <set>

namespace sentinel::webflow_source {
namespace {

using support::fetch_keys;
using support::read_pass;
using support::RejectLog;
using support::Taken;

// A host whose clock, and with it that of the service, moves only when somebody waits.
class Bench {
 public:
  Bench() {
    host.on_wait = [this](std::int64_t ms) { service.advance(ms); };
    options.token = "canary";
    options.content = "donations";
    options.url = service.url();
    options.requests_per_minute = 100000;
    service.settings(R"({"limit_per_minute": 100000})");
  }
  std::unique_ptr<WebflowSource> open() {
    auto source = WebflowSource::open(options, host.host);
    EXPECT_TRUE(source) << source.error().message();
    return std::move(*source);
  }
  std::string refusal() {
    const auto source = WebflowSource::open(options, host.host);
    if (!source) return source.error().option_path() + ": " + source.error().message();
    const auto schema = (*source)->schema();
    return schema ? "" : schema.error().option_path() + ": " + schema.error().message();
  }

  Standin service;
  Options options;
  support::TestHost host;
};

std::string collection_json(const std::string& more_fields = "") {
  return R"({"sites": [{"id": "s1", "shortName": "clinic", "displayName": "The Clinic"}],
 "collections": [{"id": "c1", "siteId": "s1", "slug": "donations", "displayName": "Donations", "fields": [
   {"id": "f1", "slug": "name", "type": "PlainText", "isRequired": true},
   {"id": "f2", "slug": "slug", "type": "PlainText", "isRequired": true},
   {"id": "f3", "slug": "amount-kobo", "type": "Number", "isRequired": false})" +
         more_fields + "]}]";
}

// `count` donations, made a second apart.
std::string many(int from, int count) {
  std::string items;
  for (int i = from; i < from + count; ++i)
    items += fmt::format(
        R"({}{{"id": "i{:05}", "createdOn": "2026-01-{:02}T{:02}:{:02}:{:02}.000Z", "fieldData": {{"name": "D-{}", "slug": "d-{}", "amount-kobo": {}}}}})",
        items.empty() ? "" : ",", i, 1 + i / 86400, i / 3600 % 24, i / 60 % 60, i % 60, i, i, i * 100);
  return "[" + items + "]";
}

void load_many(Bench& bench, int count) {
  bench.service.load(collection_json() + R"(, "items": {"c1": )" + many(0, count) + "}}");
}

std::set<std::string> ids_of(const Taken& taken) {
  const auto ids = taken.all("id");
  return {ids.begin(), ids.end()};
}

TEST(WebflowSource, ItemsArriveWithEveryDigitAndTheirState) {
  Bench bench;
  bench.service.load(collection_json(R"(,
   {"id": "f4", "slug": "is-test", "type": "Switch"}, {"id": "f5", "slug": "given-at", "type": "DateTime"},
   {"id": "f6", "slug": "photo", "type": "Image"})") +
                     R"(, "items": {"c1": [
   {"id": "a", "createdOn": "2026-01-01T00:00:00.001Z", "lastUpdated": "2026-02-01T00:00:00.250Z",
    "lastPublished": "2026-02-02T00:00:00.000Z", "fieldData": {"name": "\u00c1da \ud83d\ude00", "slug": "a",
    "amount-kobo": 9007199254740993, "is-test": true, "given-at": "2026-01-01T10:00:00.000Z",
    "photo": {"url": "https://x/y.png", "alt": null}}},
   {"id": "b", "createdOn": "2026-01-02T00:00:00.000Z", "fieldData": {"name": "B", "slug": "b", "amount-kobo": 150000.50}},
   {"id": "c", "createdOn": "2026-01-03T00:00:00.000Z", "isDraft": true, "fieldData": {"name": "C", "slug": "c"}},
   {"id": "d", "createdOn": "2026-01-04T00:00:00.000Z", "isDraft": true, "lastPublished": null, "fieldData": {"name": "D", "slug": "d"}},
   {"id": "e", "createdOn": "2026-01-05T00:00:00.000Z", "isArchived": true, "fieldData": {"name": "E", "slug": "e"}}]}})");
  const auto taken = read_pass(*bench.open());
  ASSERT_EQ(taken.rows.size(), 5u);
  EXPECT_TRUE(taken.rejects.empty());
  const auto& first = taken.rows[0];
  EXPECT_EQ(first.at("fieldData.amount-kobo"), "9007199254740993");
  EXPECT_EQ(first.at("fieldData.name"), "Áda 😀");
  EXPECT_EQ(first.at("fieldData.is-test"), "true");
  EXPECT_EQ(first.at("fieldData.given-at"), "2026-01-01 10:00:00");
  EXPECT_EQ(first.at("fieldData.photo"), R"({"url": "https://x/y.png", "alt": null})");
  EXPECT_EQ(first.at("updated"), "2026-02-01 00:00:00.250000");
  EXPECT_EQ(taken.rows[1].at("fieldData.amount-kobo"), "150000.50");
  EXPECT_EQ(taken.rows[1].at("fieldData.is-test"), "null");
  EXPECT_EQ(taken.all("status"), (std::vector<std::string>{"published", "published", "changed", "draft", "archived"}));
  EXPECT_EQ(taken.filtered, (std::map<std::int64_t, std::string>{{3, "status is draft"}, {4, "status is archived"}}));
}

TEST(WebflowSource, WhatIsWrongWithAnItemIsADeadLetterAndItsNeighboursPass) {
  Bench bench;
  bench.service.load(collection_json() + R"(, "items": {"c1": [
   {"id": "a", "createdOn": "2026-01-01T00:00:00.000Z", "fieldData": {"name": "A", "slug": "a", "amount-kobo": "₦5,000"}},
   {"id": "b", "createdOn": "2026-01-02T00:00:00.000Z", "fieldData": {"slug": "b"}},
   {"id": "c", "createdOn": "2026-01-03T00:00:00.000Z", "fieldData": {"name": "C", "slug": "c", "surprise": 1}},
   {"id": "d", "createdOn": "2026-01-04T00:00:00.000Z", "isArchived": true, "fieldData": {"slug": "d", "surprise": 1}},
   {"id": "e", "createdOn": "2026-01-05T00:00:00.000Z", "fieldData": {"name": "E", "slug": "e"}}]}})");
  const auto taken = read_pass(*bench.open());
  EXPECT_EQ(ids_of(taken), (std::set<std::string>{"d", "e"}));
  ASSERT_EQ(taken.rejects.size(), 3u);
  EXPECT_EQ(taken.rejects[0].message, "field \"amount-kobo\" is a Number, but holds a text");
  EXPECT_EQ(taken.rejects[1].message, "field \"name\" is required, but missing");
  EXPECT_EQ(taken.rejects[2].message, "the item has a field \"surprise\" that its collection does not describe");
  EXPECT_EQ(taken.rejects[0].key, "a");
  EXPECT_EQ(taken.rejects[0].position, "item a");
  EXPECT_NE(taken.rejects[0].raw.find("fieldData"), std::string::npos);
}

TEST(WebflowSource, ANewFieldChangesTheSchemaBeforeAnythingIsRead) {
  Bench bench;
  load_many(bench, 3);
  const auto source = bench.open();
  ASSERT_TRUE(source->schema());
  bench.service.load(collection_json(R"(, {"id": "f9", "slug": "fund", "type": "PlainText"})") +
                     R"(, "items": {"c1": [{"id": "a", "fieldData": {"name": "A", "slug": "a", "fund": "well"}}]}})");
  Taken taken;
  RejectLog log(taken);
  const auto page = source->read({}, {}, log.rejects);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code(), Code::kSchemaChanged);
  EXPECT_TRUE(taken.rejects.empty());
  EXPECT_EQ(read_pass(*source).all("fieldData.fund"), std::vector<std::string>{"well"});
}

std::string without_amounts(std::string text) {
  const std::regex amount(R"(, "amount-kobo": \d+)");
  return std::regex_replace(text, amount, "");
}

TEST(WebflowSource, AFieldRemovedInMidPassIsNoColumnOfNulls) {
  const std::string fund = R"(, {"id": "f9", "slug": "fund", "type": "PlainText"})";
  auto fewer = collection_json();
  fewer.erase(fewer.find(R"(,
   {"id": "f3")"));
  fewer += "]}]";
  const struct {
    int items;
    std::string before, after;
    const char* when;
  } kWays[] = {{350, collection_json(), fewer, "every item had it, none of the next page has"},
               {150, collection_json(fund), collection_json(), "no item had it; seen at the end of the pass"}};
  for (const auto& [items, before, after, when] : kWays) {
    Bench bench;
    bench.service.load(before + R"(, "items": {"c1": )" + many(0, items) + "}}");
    const auto source = bench.open();
    const auto first = support::read_page(*source, {});
    bench.service.load(after + R"(, "items": {"c1": )" + without_amounts(many(0, items)) + "}}");
    Taken taken;
    RejectLog log(taken);
    const auto page = source->read(first.next, {}, log.rejects);
    ASSERT_FALSE(page) << when;
    EXPECT_EQ(page.error().code(), Code::kSchemaChanged) << when;
    EXPECT_EQ(page.error().message(), "the fields of the collection \"donations\" have changed");
    EXPECT_EQ(read_pass(*source, first.next).rows.size() + first.rows.size(), static_cast<std::size_t>(items)) << when;
  }
}

TEST(WebflowSource, ItemsThatMoveWhileTheyAreReadAreAllRead) {
  const struct {
    std::size_t items;
    bool is_one_walk;  // each item once
    const char* way;
  } kWays[] = {{5000, true, R"({"touch": 50, "seed": 7})"},
               {5000, false, R"({"honour_sort": false, "touch": 50, "seed": 8})"},
               {1000, false, R"({"refuse_sort": true, "touch": 200, "seed": 9})"},
               {500, false, R"({"shuffle": true, "seed": 10})"}};
  for (const auto& [items, is_one_walk, way] : kWays) {
    Bench bench;
    load_many(bench, static_cast<int>(items));
    bench.service.settings(way);
    const auto taken = read_pass(*bench.open());
    EXPECT_EQ(ids_of(taken).size(), items) << way;
    EXPECT_TRUE(taken.rejects.empty()) << way;
    if (is_one_walk) {
      EXPECT_EQ(taken.rows.size(), items) << way;
    }
  }
}

TEST(WebflowSource, ItemsThatVanishOrAppearBetweenPagesHideNoOther) {
  for (const bool honour_sort : {true, false}) {
    Bench bench;
    load_many(bench, 1000);
    bench.service.settings(fmt::format(R"({{"honour_sort": {}}})", honour_sort));
    const auto source = bench.open();
    ASSERT_TRUE(source->schema());
    std::set<std::string> seen;
    Cursor cursor;
    int gone = 0;
    for (bool done = false; !done;) {
      Taken taken;
      RejectLog log(taken);
      const auto page = source->read(cursor, {}, log.rejects);
      ASSERT_TRUE(page) << page.error().message();
      add_page(taken, *source->schema(), *page);
      seen.merge(ids_of(taken));
      cursor = page->next;
      done = page->done;
      if (gone >= 100) continue;
      // Seven of those that were read first, and as many new ones.
      std::string ids;
      for (int i = 0; i < 7; ++i) ids += fmt::format("{}\"i{:05}\"", ids.empty() ? "" : ",", gone++);
      bench.service.remove("[" + ids + "]");
      bench.service.put(many(2000 + gone, 7));
    }
    for (int i = gone; i < 1000; ++i) EXPECT_TRUE(seen.contains(fmt::format("i{:05}", i))) << i << " " << honour_sort;
  }
}

TEST(WebflowSource, EveryCursorResumesInAnotherProcess) {
  for (const char* way : {R"({})", R"({"honour_sort": false})"}) {
    Bench bench;
    load_many(bench, 450);
    bench.service.settings(way);
    const auto source = bench.open();
    ASSERT_TRUE(source->schema());
    std::set<std::string> before;
    Cursor cursor;
    for (bool done = false; !done;) {
      Taken taken;
      RejectLog log(taken);
      const auto page = source->read(cursor, {120, 4 << 20}, log.rejects);
      ASSERT_TRUE(page) << page.error().message();
      EXPECT_LE(page->batch.rows(), 120);
      add_page(taken, *source->schema(), *page);
      before.merge(ids_of(taken));
      cursor = page->next;
      done = page->done;
      if (done) break;
      auto all = ids_of(read_pass(*bench.open(), cursor));
      all.insert(before.begin(), before.end());
      EXPECT_EQ(all.size(), 450u) << way << " from " << cursor.text();
    }
  }
}

TEST(WebflowSource, SmallPagesAndEqualTimesLoseNothing) {
  Bench bench;
  std::string items;
  for (int i = 0; i < 60; ++i)
    items += fmt::format(
        R"({}{{"id": "i{}", "createdOn": "2026-01-01T00:00:0{}.000Z", "fieldData": {{"name": "x", "slug": "x"}}}})",
        i == 0 ? "" : ",", i, i / 20);
  bench.service.load(collection_json() + R"(, "items": {"c1": [)" + items + "]}}");
  for (const std::int64_t rows : {1, 2, 7, 19, 20, 21, 100}) {
    const auto taken = read_pass(*bench.open(), {}, {rows, 4 << 20});
    EXPECT_EQ(ids_of(taken).size(), 60u) << rows;
    EXPECT_EQ(taken.rows.size(), 60u) << "each item once, in pages of " << rows;
  }
  EXPECT_EQ(ids_of(read_pass(*bench.open(), {}, {100, 1})).size(), 60u);
}

TEST(WebflowSource, TheRateLimitIsNeverExceeded) {
  Bench bench;
  load_many(bench, 5000);
  bench.options.requests_per_minute = 60;
  bench.service.settings(R"({"limit_per_minute": 20})");
  EXPECT_EQ(ids_of(read_pass(*bench.open())).size(), 5000u);
  EXPECT_EQ(bench.service.stat("refused"), 0);
  EXPECT_EQ(bench.service.stat("most_in_a_minute"), 20);
}

TEST(WebflowSource, EveryFaultOfTheServiceIsOneAndNeverAnEndOfData) {
  const struct {
    const char* kind;
    Code code;
    const char* words;
  } kFaults[] = {{"throttle", Code::kThrottled, "answered 429 (too_many_requests"},
                 {"unavailable", Code::kUnavailable, "answered 503"},
                 {"error", Code::kUnavailable, "answered 500 (internal_error"},
                 {"html", Code::kUnavailable, "\"text/html\" that are not a JSON object"},
                 {"truncate", Code::kUnavailable, "incomplete answer"},
                 {"no_list", Code::kUnavailable, "not a JSON object with \"items\""},
                 {"empty_page", Code::kUnavailable, "reports 300 items, but its page at offset 98 is empty"},
                 {"revoked", Code::kRefused, "the token is not accepted"}};
  Bench bench;
  load_many(bench, 300);
  const auto source = bench.open();
  const auto first = support::read_page(*source, {});
  for (const auto& fault : kFaults) {
    bench.service.faults(fmt::format(R"([{{"kind": "{}", "path": "/items"}}])", fault.kind));
    Taken taken;
    RejectLog log(taken);
    const auto page = source->read(first.next, {}, log.rejects);
    ASSERT_FALSE(page) << fault.kind;
    EXPECT_EQ(page.error().code(), fault.code) << fault.kind;
    EXPECT_NE(page.error().message().find(fault.words), std::string::npos) << page.error().message();
    EXPECT_EQ(page.error().message().find("canary"), std::string::npos);
    auto all = ids_of(read_pass(*source, first.next));
    all.merge(ids_of(first));
    EXPECT_EQ(all.size(), 300u) << fault.kind;
  }
}

TEST(WebflowSource, APageOfHtmlThreeTimesInARowIsNoOutage) {
  Bench bench;
  load_many(bench, 3);
  const auto source = bench.open();
  ASSERT_TRUE(source->schema());
  bench.service.faults(R"([{"kind": "html", "times": 3}])");
  Taken taken;
  RejectLog log(taken);
  EXPECT_EQ(source->read({}, {}, log.rejects).error().code(), Code::kUnavailable);
  EXPECT_EQ(source->read({}, {}, log.rejects).error().code(), Code::kUnavailable);
  const auto third = source->read({}, {}, log.rejects);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code(), Code::kRefused);
  EXPECT_NE(third.error().message().find("3 times in a row"), std::string::npos);
}

TEST(WebflowSource, AWindowTakesOnlyWhatChangedEvenIfTheServiceDropsTheFilter) {
  for (const char* way : {R"({})", R"({"ignore_filter": true})"}) {
    Bench bench;
    load_many(bench, 250);
    bench.options.incremental = Incremental::kModified;
    bench.options.overlap = std::chrono::milliseconds(1000);
    bench.service.settings(way);
    bench.service.advance(10'000);
    const auto source = bench.open();
    const auto first = read_pass(*source);
    EXPECT_EQ(first.rows.size(), 250u);
    bench.service.advance(3600'000);
    bench.service.put(R"([{"id": "i00042", "fieldData": {"amount-kobo": 7}}])");
    const auto second = read_pass(*source, first.next);
    EXPECT_EQ(second.all("id"), std::vector<std::string>{"i00042"}) << way;
    EXPECT_EQ(second.all("fieldData.amount-kobo"), std::vector<std::string>{"7"});
  }
}

TEST(WebflowSource, OptionsAndReferencesHaveNamesOnRequest) {
  Bench bench;
  bench.service.load(R"({"sites": [{"id": "s1", "shortName": "clinic", "displayName": "The Clinic"}],
 "collections": [{"id": "c1", "siteId": "s1", "slug": "donations", "displayName": "Donations", "fields": [
   {"slug": "name", "type": "PlainText"}, {"slug": "method", "type": "Option", "validations": {"options": [
     {"id": "o1", "name": "Card"}, {"id": "o2", "name": "Bank transfer"}]}},
   {"slug": "fund", "type": "Reference", "validations": {"collectionId": "c2"}},
   {"slug": "tags", "type": "MultiReference", "validations": {"collectionId": "c2"}}]},
  {"id": "c2", "siteId": "s1", "slug": "funds", "displayName": "Funds", "fields": [{"slug": "name", "type": "PlainText"}]}],
 "items": {"c1": [
   {"id": "a", "createdOn": "2026-01-01T00:00:00.000Z", "fieldData": {"name": "A", "method": "o2", "fund": "w", "tags": ["w", "s"]}},
   {"id": "b", "createdOn": "2026-01-02T00:00:00.000Z", "fieldData": {"name": "B", "fund": "gone"}},
   {"id": "c", "createdOn": "2026-01-03T00:00:00.000Z", "fieldData": {"name": "C", "tags": "w"}},
   {"id": "d", "createdOn": "2026-01-04T00:00:00.000Z", "fieldData": {"name": "D", "method": "o9"}}],
  "c2": [{"id": "w", "fieldData": {"name": "Well"}}, {"id": "s", "fieldData": {"name": "School \"A\""}}]}})");
  bench.options.resolve = {"method", "fund", "tags"};
  const auto taken = read_pass(*bench.open());
  ASSERT_EQ(taken.rows.size(), 1u);
  EXPECT_EQ(taken.rows[0].at("fieldData.method"), "Bank transfer");
  EXPECT_EQ(taken.rows[0].at("fieldData.fund"), "Well");
  EXPECT_EQ(taken.rows[0].at("fieldData.tags"), R"(["Well","School \"A\""])");
  ASSERT_EQ(taken.rejects.size(), 3u);
  EXPECT_EQ(taken.rejects[0].message, "field \"fund\" points to \"gone\", which does not exist");
  EXPECT_EQ(taken.rejects[1].message, "field \"tags\" is a MultiReference, but holds a text");
  EXPECT_EQ(taken.rejects[2].message, "field \"method\" points to \"o9\", which does not exist");
  bench.options.resolve = {"name"};
  EXPECT_EQ(bench.refusal(),
            "resolve.0: field \"name\" is a PlainText; only options and references have names to resolve");
  bench.options.resolve = {"foo"};
  EXPECT_EQ(bench.refusal(), "resolve.0: the collection \"donations\" has no field \"foo\"");
}

std::multiset<std::string> keys_of(WebflowSource& source) {
  std::multiset<std::string> keys;
  Cursor cursor;
  for (bool done = false; !done;) {
    const auto page = source.keys(cursor, {}, [&](std::string_view key) { keys.emplace(key); });
    EXPECT_TRUE(page) << page.error().message();
    if (!page) break;
    cursor = page->next;
    done = page->done;
  }
  return keys;
}

TEST(WebflowSource, KeysFetchAndCountAgree) {
  Bench bench;
  load_many(bench, 230);
  bench.service.put(
      R"([{"id": "i00003", "isArchived": true}, {"id": "i00004", "isDraft": true, "lastPublished": null}])");
  const auto source = bench.open();
  EXPECT_EQ(keys_of(*source).size(), 230u) << "each once, whatever its status";
  EXPECT_EQ(source->count().value_or(-1), 230);
  EXPECT_EQ(ids_of(fetch_keys(*source, {"i00007", "nobody", "i00229"})), (std::set<std::string>{"i00007", "i00229"}));
}

TEST(WebflowSource, KeysAreCompleteWhereWindowsOrTheOrderFail) {
  Bench bench;
  load_many(bench, 500);
  bench.options.incremental = Incremental::kModified;
  const auto source = bench.open();
  const auto pass = read_pass(*source);
  bench.service.advance(3600'000);
  bench.service.settings(R"({"honour_sort": false, "touch": 50})");
  const auto keys = keys_of(*source);
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 500u);
  bench.service.faults(R"([{"kind": "empty_page", "path": "/items"}])");
  EXPECT_FALSE(source->keys({}, {}, [](std::string_view) {})) << "half a list is no list";
}

TEST(WebflowSource, ACollectionThatIsGoneIsNoVanishedItem) {
  Bench bench;
  load_many(bench, 3);
  const auto source = bench.open();
  ASSERT_TRUE(source->schema());
  bench.service.load(R"({"sites": [], "collections": []})");
  Taken taken;
  RejectLog log(taken);
  const std::vector<std::string> keys = {"i00001"};
  const auto page = source->fetch(keys, log.rejects);
  ASSERT_FALSE(page);
  EXPECT_NE(page.error().message().find("404 (collection_not_found"), std::string::npos) << page.error().message();
  EXPECT_FALSE(source->keys({}, {}, [](std::string_view) {}));
}

TEST(WebflowSource, LocalesAreAPartOfTheKey) {
  Bench bench;
  auto content = collection_json();
  content.insert(content.find(R"("shortName")"), R"("locales": {"primary": {"cmsLocaleId": "en", "tag": "en-NG"},
   "secondary": [{"cmsLocaleId": "fr", "tag": "fr-NE"}, {"cmsLocaleId": "ha", "tag": "ha-NG", "displayName": "Hausa"}]}, )");
  bench.service.load(content + R"(, "items": {"c1": [
   {"id": "a", "createdOn": "2026-01-01T00:00:00.000Z", "fieldData": {"name": "Well", "slug": "a"}},
   {"id": "a", "createdOn": "2026-01-01T00:00:00.000Z", "cmsLocaleId": "fr", "fieldData": {"name": "Puits", "slug": "a"}},
   {"id": "b", "createdOn": "2026-01-01T00:00:00.000Z", "cmsLocaleId": "fr", "fieldData": {"name": "Pont", "slug": "b"}},
   {"id": "b", "createdOn": "2026-01-02T00:00:00.000Z", "cmsLocaleId": "ha", "fieldData": {"name": "Gada", "slug": "b"}},
   {"id": "c", "createdOn": "2026-01-03T00:00:00.000Z", "cmsLocaleId": "ha", "fieldData": {"slug": "c"}}]}})");
  EXPECT_EQ(read_pass(*bench.open()).all("fieldData.name"), std::vector<std::string>{"Well"}) << "the primary one";
  bench.options.locales = {"fr-NE", "Hausa"};
  const auto source = bench.open();
  const auto taken = read_pass(*source, {}, {1, 4 << 20});
  EXPECT_EQ(taken.all("fieldData.name"), (std::vector<std::string>{"Puits", "Pont", "Gada"}));
  ASSERT_EQ(taken.rejects.size(), 1u);
  EXPECT_EQ(taken.rejects[0].key, R"(["c","ha"])");
  EXPECT_EQ(taken.all("locale"), (std::vector<std::string>{"fr", "fr", "ha"}));
  EXPECT_EQ(keys_of(*source),
            (std::multiset<std::string>{R"(["a","fr"])", R"(["b","fr"])", R"(["b","ha"])", R"(["c","ha"])"}));
  EXPECT_EQ(fetch_keys(*source, {R"(["b","ha"])", R"(["a","ha"])"}).all("fieldData.name"),
            std::vector<std::string>{"Gada"});
  bench.options.locales = {"ha", "fr-NG"};
  EXPECT_EQ(bench.refusal(),
            "locales.1: no \"fr-NG\" among the locales that the token can see; did you mean \"fr-NE\"?");
}

TEST(WebflowSource, DiscoverSaysFieldsTypesAndSamplesOfEveryCollection) {
  Bench bench;
  bench.service.load(
      collection_json(R"(, {"id": "f4", "slug": "given-at", "type": "DateTime"}]},
   {"id": "c2", "siteId": "s1", "slug": "funds", "displayName": "Funds", "fields": [{"slug": "name", "type": "PlainText"})") +
      R"(, "items": {"c1": [{"id": "a", "fieldData": {"name": "A", "slug": "a", "amount-kobo": 150.50}}]}})");
  std::vector<std::string> lines;
  const auto status = bench.open()->discover([&](const FoundField& found) {
    if (found.field.starts_with("fieldData.") || found.field == "id")
      lines.push_back(fmt::format("{} {} {} {}", found.entity, found.field, found.type, found.sample));
  });
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(lines, (std::vector<std::string>{"donations id utf8 ", "donations fieldData.amount-kobo utf8 150.50",
                                             "donations fieldData.given-at timestamp ",
                                             "donations fieldData.name utf8 A", "donations fieldData.slug utf8 a",
                                             "funds id utf8 ", "funds fieldData.name utf8 "}));
}

TEST(WebflowSource, MistakesInTheFileNameWhatThereIs) {
  Bench bench;
  load_many(bench, 1);
  bench.options.content = "donation";
  EXPECT_EQ(bench.refusal(),
            "content: no \"donation\" among the collections that the token can see; did you mean \"donations\"?");
  bench.options.content = "Donations";
  EXPECT_EQ(bench.refusal(), "");
  bench.options.site = "blog";
  EXPECT_EQ(bench.refusal(), "site: no \"blog\" among the sites that the token can see; there are: \"clinic\"");
  bench.options.site = "clinic";
  bench.options.statuses = {"publish"};
  EXPECT_EQ(bench.refusal(),
            "statuses.0: \"publish\" is not a status of an item; use published, changed, queued, draft or archived");
  bench.options.statuses = {"published"};
  bench.options.url = "http://example.ng";
  EXPECT_EQ(bench.refusal(), "url: http would send credentials unencrypted; use https");
}

TEST(WebflowSource, AnEmptyCollectionEndsWithAWord) {
  Bench bench;
  load_many(bench, 0);
  const auto taken = read_pass(*bench.open());
  EXPECT_TRUE(taken.done);
  EXPECT_EQ(bench.host.lines, std::vector<std::string>{"the collection has no items collection=donations"});
}

TEST(WebflowSource, CancelEndsAReadThatHangs) {
  Bench bench;
  load_many(bench, 3);
  const auto source = bench.open();
  ASSERT_TRUE(source->schema());
  bench.service.faults(R"([{"kind": "hang"}])");
  Taken taken;
  RejectLog log(taken);
  auto code = std::async(std::launch::async, [&] { return source->read({}, {}, log.rejects).error().code(); });
  source->cancel();
  EXPECT_EQ(code.get(), Code::kCancelled);
}

}  // namespace
}  // namespace sentinel::webflow_source
