// What every source must do: pages that can be read again, from any cursor, in any size.
#pragma once

#include <sentinel/testkit/arrays.hpp>
#include <sentinel/testkit/instance.hpp>

#include <sentinel/option.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <thread>
#include <type_traits>

namespace sentinel::testkit {
namespace detail {

using SourceInstance = Instance<sentinel_source_calls>;

// One page as the host sees it, and what the source reported beside it.
struct PageSeen {
  Batch batch;
  std::string next;
  bool is_done = false;
  Lines rows, rejects, filtered;
  std::string wrong;  // with its reports

  std::set<std::int64_t> filtered_rows;

  std::size_t records() const { return rows.size() + rejects.size(); }
  static PageSeen& at(void* context) { return *static_cast<PageSeen*>(context); }
  static void reject(void* context, const sentinel_source_reject* reject) noexcept {
    auto& self = at(context);
    if (reject == nullptr || !SENTINEL_OFFERS(reject, error)) {
      self.wrong = "it rejects a record with a truncated report";
      return;
    }
    const auto why = reported_reason(reject->error);
    if (!is_row_fault(why.code()))
      self.wrong = "it rejects a record with a code that is no fault of a record: " + why.message();
    self.rejects.push_back(std::string(from_text(reject->key)) + " at " + std::string(from_text(reject->position)) +
                           ": " + why.message() + " " + std::string(from_text(reject->raw)));
  }
  static void filter(void* context, std::int64_t row, sentinel_text reason) noexcept {
    auto& self = at(context);
    if (!self.filtered_rows.insert(row).second) self.wrong = "it filters row " + std::to_string(row) + " twice";
    if (from_text(reason).empty()) self.wrong = "it filters row " + std::to_string(row) + " without a reason";
  }
  static void depart(void* context, std::int64_t row, std::int32_t action, sentinel_text reason) noexcept {
    filter(context, row, reason);
    if (action != SENTINEL_DEPARTURE_MARK && action != SENTINEL_DEPARTURE_DELETE)
      at(context).wrong = "it makes row " + std::to_string(row) + " depart by an unknown action";
  }
};

inline sentinel_read_request read_request(PageSeen& page, std::string_view cursor, std::int64_t rows,
                                          std::int64_t bytes) {
  return {sizeof(sentinel_read_request),
          to_text(cursor),
          rows,
          bytes,
          &page,
          PageSeen::reject,
          PageSeen::filter,
          PageSeen::depart};
}

// Checks what came back, and prints it row by row. Errors: kInternal where it breaks the contract.
inline Status take_page(sentinel_page& given, const Schema& schema, PageSeen& page) {
  page.batch = Batch(std::exchange(given.array, ArrowArray{}));
  page.next = from_text(given.next);
  page.is_done = given.done != 0;
  if (auto wrong = wrong_array(page.batch.array(), schema); !wrong.empty()) return internal_error(wrong);
  if (!page.filtered_rows.empty() &&
      (*page.filtered_rows.begin() < 0 || *page.filtered_rows.rbegin() >= page.batch.rows()))
    return internal_error("it filters a row that the page does not have");
  if (!page.wrong.empty()) return internal_error(page.wrong);
  const auto rows = page.batch.view(schema);
  for (std::int64_t row = 0; row < rows.rows(); ++row)
    page.rows.push_back(row_text(rows, row) + (page.filtered_rows.contains(row) ? " (filtered)" : ""));
  return {};
}

class SourceSuite {
 public:
  SourceSuite(const sentinel_component& component, const sentinel_value& options, Report& report)
      : component_(component), calls_(*component.source), options_(options), report_(report) {}

  void run() {
    report_.run("open", "opens with these options", [&] { return opens(); });
    report_.run("schema", "declares its fields in types that Sentinel supports", [&] { return has_schema(); });
    report_.run("schema.money", "declares money in an exact type, with a currency field that exists",
                [&] { return with_schema(money()); });
    report_.run("read.array", "returns well-formed pages that fit the schema", [&] { return reads_all(); });
    report_.run("read.end", "moves its cursor with each page, and comes to an end", [&] { return needs(end_); });
    report_.run("read.keys", "returns each key once", [&] { return needs(keys_); });
    report_.run("read.max_rows", "returns no more rows than requested", [&] { return honours_rows(); });
    report_.run("read.max_bytes", "returns one record even if that exceeds the limit of bytes",
                [&] { return honours_bytes(); });
    report_.run("read.size", "returns the same records in pages of any size", [&] { return any_size(); });
    report_.run("read.repeat", "returns the same page for the same cursor", [&] { return repeats(); });
    report_.run("read.resume", "continues from the cursor of every page after a restart", [&] { return resumes(); });
    report_.run("read.lifetime", "keeps a page valid during later reads, and releases it on any thread",
                [&] { return pages_live(); });
    report_.run("read.foreign_cursor", "answers a foreign cursor without an internal error",
                [&] { return foreign_cursor(); });
    report_.run("fetch", "fetches exactly the records with the given keys", [&] { return fetches(); });
    report_.run("keys", "lists the key of every record that it reads, and comes to an end", [&] { return lists(); });
    report_.run("read.throttled", "when throttled, leaves the wait to the engine and continues after it",
                [&] { return throttle_.found("read"); });
    report_.run("stop", "ends within a second once it is asked to stop", [&] { return stops(); });
    report_.run("options.odd", "answers unusual option values with a code and a message", [&] {
      return survives_odd_options(component_, calls_, options_, [&](SourceInstance& source) {
        auto schema = ask_schema(source);
        return schema ? Status() : schema.error();
      });
    });
    report_.run("close", "leaves no file open when it is closed", [&] {
      return needs(closes_what_it_opens(calls_, options_, [&](SourceInstance& source) {
        auto schema = ask_schema(source);
        return schema ? Status() : schema.error();
      }));
    });
  }

 private:
  static constexpr std::int64_t kManyRows = 1000;
  static constexpr std::int64_t kManyBytes = 4 << 20;
  static constexpr std::size_t kMostPages = 400;  // of a larger source the beginning is tested

  // Every page from the empty cursor.
  struct Reading {
    Lines keys;                    // one per row; "" where no field is a key
    Lines rows, rejects, cursors;  // cursors[i]: what page i was asked with
    std::vector<Lines> pages;
    bool is_done = false;
  };

  Finding opens() {
    auto opened = open();
    return opened ? Finding{} : failed(opened.error().message());
  }
  Finding has_schema() {
    auto source = open();
    if (!source) return not_applicable("it does not open");
    auto first = ask_schema(**source), second = ask_schema(**source);
    if (!first) return failed(first.error().message());
    if (first->size() == 0) return failed("it has no field");
    if (!second || !(*first == *second)) return failed("asked again, it says another schema");
    schema_ = *first;
    return {};
  }
  Finding money() const { return schema_ ? unless_wrong(wrong_money(*schema_)) : Finding{}; }
  Finding with_schema(Finding found) const { return schema_ ? found : not_applicable("its schema cannot be read"); }
  // Checks that build on a whole reading.
  Finding needs(Finding found) const {
    return reading_ ? std::move(found) : not_applicable("it cannot be read to begin with");
  }

  Finding reads_all() {
    if (!schema_) return not_applicable("its schema cannot be read");
    auto reading = read_all(7);
    if (!reading) return failed(reading.error().message());
    reading_ = std::move(*reading);
    keys_ = each_key_once();
    for (std::size_t i = 0; i + 1 < reading_->cursors.size(); ++i)
      if (reading_->cursors[i] == reading_->cursors[i + 1] && reading_->pages[i].empty())
        end_ = failed("a page without records has the cursor it was asked with, and is not the end");
    const std::set<std::string> apart(reading_->cursors.begin(), reading_->cursors.end());
    if (apart.size() != reading_->cursors.size()) end_ = failed("two pages of one reading have the same cursor");
    if (!reading_->is_done && reading_->rows.empty() && reading_->rejects.empty())
      end_ = failed("no record and no end in " + std::to_string(kMostPages) + " pages");
    return {};
  }
  Finding each_key_once() const {
    if (std::none_of(schema_->begin(), schema_->end(), [](const Field& field) { return field.is_key; }))
      return not_applicable("no field of its schema is a key");
    std::set<std::string> seen;
    for (const auto& key : reading_->keys)
      if (!seen.insert(key).second)
        return failed("two records of one reading have the key " + key +
                      ": what identifies a record of the source must be its own");
    return {};
  }
  Finding honours_rows() {
    if (!reading_) return needs({});
    for (const std::int64_t most : {1, 3}) {
      auto page = read_once("", most, kManyBytes);
      if (!page) return failed(page.error().message());
      if (page->batch.rows() > most)
        return failed("asked for " + std::to_string(most) + " rows, it gave " + std::to_string(page->batch.rows()));
    }
    return {};
  }
  Finding honours_bytes() {
    if (!reading_) return needs({});
    auto page = read_once("", kManyRows, 1);
    if (!page) return failed(page.error().message());
    return page->batch.rows() <= 1
               ? Finding{}
               : failed("asked for 1 byte, it gave " + std::to_string(page->batch.rows()) + " rows");
  }
  Finding any_size() {
    if (!reading_) return needs({});
    for (const std::int64_t size : {std::int64_t{1}, kManyRows}) {
      auto other = read_all(size);
      if (!other) return failed(other.error().message());
      auto wrong = difference(reading_->rows, other->rows, reading_->is_done && other->is_done);
      if (wrong.empty()) wrong = difference(reading_->rejects, other->rejects, reading_->is_done && other->is_done);
      if (!wrong.empty()) return failed("in pages of " + std::to_string(size) + ", not of 7: " + wrong);
    }
    return {};
  }
  Finding repeats() {
    if (!reading_) return needs({});
    auto source = open_bound();
    if (!source) return failed(source.error().message());
    for (std::size_t i = 0; i < reading_->cursors.size(); ++i)
      for (int time = 0; time < 2; ++time) {
        auto page = read(**source, reading_->cursors[i], 7, kManyBytes);
        if (!page) return failed(page.error().message());
        const auto wrong = difference(reading_->pages[i], page->rows, true);
        if (!wrong.empty()) return failed("page " + std::to_string(i) + " read again: " + wrong);
      }
    return {};
  }
  Finding resumes() {
    if (!reading_) return needs({});
    if (reading_->cursors.size() < 2) return not_applicable("it has but one page of 7 records");
    for (std::size_t i = 1; i < reading_->cursors.size(); ++i) {
      auto page = read_once(reading_->cursors[i], 7, kManyBytes);
      if (!page) return failed(page.error().message());
      const auto wrong = difference(reading_->pages[i], page->rows, true);
      if (!wrong.empty()) return failed("page " + std::to_string(i) + " after a restart: " + wrong);
    }
    return {};
  }
  Finding pages_live() {
    if (!reading_) return needs({});
    auto source = open_bound();
    if (!source) return failed(source.error().message());
    auto first = read(**source, "", 7, kManyBytes);
    if (!first) return failed(first.error().message());
    auto second = read(**source, first->next, 7, kManyBytes);
    if (!second) return failed(second.error().message());
    const auto rows = first->batch.view(*schema_);
    for (std::int64_t row = 0; row < rows.rows(); ++row)
      if (!first->rows[static_cast<std::size_t>(row)].starts_with(row_text(rows, row)))
        return failed("the second read changed row " + std::to_string(row) + " of the first page");
    std::thread([&] {
      first->batch = Batch();
      second->batch = Batch();
    }).join();
    return {};
  }
  Finding foreign_cursor() {
    if (!reading_) return needs({});
    for (const std::string cursor : {"no cursor of yours", "-1", "99999999999999999999", "{\"a\":", "\xff\x01"}) {
      auto page = read_once(cursor, 7, kManyBytes);
      if (page) continue;
      if (const auto wrong = wrong_error(page.error()); !wrong.empty())
        return failed("for the cursor \"" + cursor + "\" it " + wrong);
    }
    return {};
  }
  Finding fetches() {
    if (!SENTINEL_OFFERS(&calls_, fetch) || calls_.fetch == nullptr) return not_applicable("it does not offer fetch");
    if (!reading_) return needs({});
    const auto key = std::find_if(schema_->begin(), schema_->end(), [](const Field& field) { return field.is_key; });
    if (key == schema_->end()) return failed("it offers fetch, and no field of its schema is a key");
    auto source = open_bound();
    if (!source) return failed(source.error().message());
    auto page = read(**source, "", 7, kManyBytes);
    if (!page) return failed(page.error().message());
    const auto keys = printed_keys(*page);
    if (!keys) return not_applicable("its key is more than one field, or neither text nor whole");
    auto again = patiently([&] { return fetch(**source, *keys); });
    if (!again) {
      return again.error().code() == Code::kUnsupported ? not_applicable("with these options it does not offer fetch")
                                                        : failed(again.error().message());
    }
    auto wrong = difference(sorted(page->rows), sorted(again->rows), true);
    if (!wrong.empty()) return failed("fetched by key: " + wrong);
    auto none = patiently([&] { return fetch(**source, {"no-such-key-5150"}); });
    if (none && none->batch.rows() > 0) return failed("for a key that is not there it fetched a record");
    return {};
  }
  Finding lists() {
    if (!SENTINEL_OFFERS(&calls_, keys) || calls_.keys == nullptr) return not_applicable("it does not offer keys");
    if (!reading_) return needs({});
    auto source = open_bound();
    if (!source) return failed(source.error().message());
    auto page = read(**source, "", kManyRows, kManyBytes);
    if (!page) return failed(page.error().message());
    const auto read_keys = printed_keys(*page);
    if (!read_keys) return not_applicable("its key is more than one field, or neither text nor whole");
    for (const std::int64_t size : {std::int64_t{7}, kManyRows}) {
      auto listed = patiently([&] { return list_keys(**source, size); });
      if (!listed) {
        return listed.error().code() == Code::kUnsupported ? not_applicable("with these options it does not offer keys")
                                                           : failed(listed.error().message());
      }
      if (!*listed) continue;  // too many to be compared
      for (const auto& key : *read_keys)
        if (!(*listed)->contains(key))
          return failed("in pages of " + std::to_string(size) + " it does not list " + key + ", which it reads");
    }
    return {};
  }
  // What a read did that was asked to stop: before it, or in its first sleep.
  struct Stopped {
    Status ended;
    int broken_sleeps = 0;
    std::chrono::steady_clock::duration took{};  // of real time
  };
  Result<Stopped> read_and_stop(bool in_sleep) {
    TestHost host;
    SENTINEL_ASSIGN(auto source, SourceInstance::open(calls_, host, options_));
    SENTINEL_ASSIGN([[maybe_unused]] const auto schema, ask_schema(*source));
    if (in_sleep) {
      host.request_stop_in_sleep();
    } else {
      host.request_stop();
      if (SENTINEL_OFFERS(&calls_, cancel) && calls_.cancel != nullptr)
        std::thread([&] { calls_.cancel(source->self()); }).join();
    }
    Stopped stopped;
    Throttle throttle;
    stopped.ended = throttle.wait_out(host, [&]() -> Status {
      const auto before = std::chrono::steady_clock::now();
      auto page = read_page(*source, "", 7, kManyBytes);
      stopped.took = std::max(stopped.took, std::chrono::steady_clock::now() - before);
      return page ? Status() : std::move(page).error();
    });
    stopped.broken_sleeps = host.broken_sleeps();
    return stopped;
  }
  Finding stops() {
    if (!reading_) return needs({});
    for (const bool in_sleep : {false, true}) {
      auto stopped = read_and_stop(in_sleep);
      if (stopped && stopped->took > std::chrono::seconds(1)) stopped = read_and_stop(in_sleep);  // on a busy machine?
      if (!stopped) return failed(stopped.error().message());
      if (stopped->broken_sleeps > 1) return failed("it went on to sleep after it was asked to stop");
      if (stopped->took > std::chrono::seconds(1)) return failed("it went on for more than a second");
      if (!stopped->ended.ok() && stopped->ended.code() != Code::kCancelled)
        return failed("asked to stop, it answered: " + stopped->ended.message());
    }
    return {};
  }

  Result<std::unique_ptr<SourceInstance>> open() { return SourceInstance::open(calls_, host_, options_); }
  static Result<Schema> ask_schema(SourceInstance& source) {
    ArrowSchema filled{};
    SENTINEL_TRY(
        source.call([&](sentinel_error* error) { return source.calls().schema(source.self(), &filled, error); }));
    return taken(filled);
  }
  // The host asks for the schema before it reads.
  Result<std::unique_ptr<SourceInstance>> open_bound() {
    auto source = open();
    if (!source) return source;
    SENTINEL_ASSIGN([[maybe_unused]] const auto schema, ask_schema(**source));
    return source;
  }
  template <class Call>
  std::invoke_result_t<Call&> patiently(Call&& call) {
    std::optional<std::invoke_result_t<Call&>> answer;
    static_cast<void>(throttle_.wait_out(host_, [&]() -> Status {
      answer.emplace(call());
      return *answer ? Status() : answer->error();
    }));
    return *std::move(answer);
  }
  Result<PageSeen> read(SourceInstance& source, const std::string& cursor, std::int64_t rows, std::int64_t bytes) {
    return patiently([&] { return read_page(source, cursor, rows, bytes); });
  }
  Result<PageSeen> read_page(SourceInstance& source, const std::string& cursor, std::int64_t rows, std::int64_t bytes) {
    PageSeen page;
    sentinel_page given{};
    given.struct_size = sizeof given;
    const auto request = read_request(page, cursor, rows, bytes);
    SENTINEL_TRY(
        source.call([&](sentinel_error* error) { return calls_.read(source.self(), &request, &given, error); }));
    SENTINEL_TRY(take_page(given, *schema_, page));
    return page;
  }
  Result<PageSeen> fetch(SourceInstance& source, const Lines& keys) {
    PageSeen page;
    sentinel_page given{};
    given.struct_size = sizeof given;
    const auto request = read_request(page, "", kManyRows, kManyBytes);
    std::vector<sentinel_text> lent;
    for (const auto& key : keys) lent.push_back(to_text(key));
    SENTINEL_TRY(source.call([&](sentinel_error* error) {
      return calls_.fetch(source.self(), lent.data(), lent.size(), &request, &given, error);
    }));
    SENTINEL_TRY(take_page(given, *schema_, page));
    return page;
  }
  // Nothing where there is no end in kMostPages.
  Result<std::optional<std::set<std::string>>> list_keys(SourceInstance& source, std::int64_t size) {
    struct Listed {
      std::set<std::string> keys;
      std::int64_t in_page = 0;
    } listed;
    const sentinel_text_list list{sizeof(sentinel_text_list), 0, &listed,
                                  [](void* context, sentinel_text key) noexcept {
                                    auto& all = *static_cast<Listed*>(context);
                                    all.keys.emplace(from_text(key));
                                    ++all.in_page;
                                  }};
    std::string cursor;
    for (std::size_t pages = 0; pages < kMostPages; ++pages) {
      PageSeen page;
      sentinel_page given{};
      given.struct_size = sizeof given;
      listed.in_page = 0;
      const auto request = read_request(page, cursor, size, kManyBytes);
      SENTINEL_TRY(source.call(
          [&](sentinel_error* error) { return calls_.keys(source.self(), &request, &list, &given, error); }));
      if (listed.in_page > size)
        return internal_error("asked for " + std::to_string(size) + " keys, it gave " + std::to_string(listed.in_page));
      if (given.done != 0) return std::optional(std::move(listed.keys));
      if (from_text(given.next) == cursor) return internal_error("a page of keys does not move its cursor");
      cursor = from_text(given.next);
    }
    return std::optional<std::set<std::string>>();
  }
  Result<PageSeen> read_once(const std::string& cursor, std::int64_t rows, std::int64_t bytes) {
    SENTINEL_ASSIGN(auto source, open_bound());
    auto page = read(*source, cursor, rows, bytes);
    if (page)
      page->batch = select_rows(page->batch.view(*schema_), all_rows(page->batch.rows()));  // outlives the source
    return page;
  }
  static std::vector<std::int64_t> all_rows(std::int64_t count) {
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < count; ++row) rows.push_back(row);
    return rows;
  }
  Result<Reading> read_all(std::int64_t size) {
    SENTINEL_ASSIGN(auto source, open_bound());
    Reading reading;
    std::string cursor;
    while (reading.pages.size() < kMostPages) {
      SENTINEL_ASSIGN(auto page, read(*source, cursor, size, kManyBytes));
      reading.cursors.push_back(cursor);
      for (std::int64_t row = 0; row < page.batch.rows(); ++row) reading.keys.push_back(key_text(page.batch, row));
      reading.rows.insert(reading.rows.end(), page.rows.begin(), page.rows.end());
      reading.rejects.insert(reading.rejects.end(), page.rejects.begin(), page.rejects.end());
      reading.pages.push_back(std::move(page.rows));
      reading.is_done = page.is_done;
      if (page.is_done) break;
      cursor = page.next;
    }
    return reading;
  }
  std::string key_text(const Batch& batch, std::int64_t row) const {
    std::string text;
    const auto view = batch.view(*schema_);
    for (std::size_t i = 0; i < schema_->size(); ++i)
      if ((*schema_)[i].is_key) text += (text.empty() ? "" : ", ") + value_text(view.column(i), row);
    return text;
  }
  // Nothing where the key is more than one field, or of a type whose printing is the host's.
  std::optional<Lines> printed_keys(const PageSeen& page) const {
    std::size_t at = Schema::npos;
    for (std::size_t i = 0; i < schema_->size(); ++i) {
      if (!(*schema_)[i].is_key) continue;
      const auto type = (*schema_)[i].type;
      if (at != Schema::npos || (type != Type::kUtf8 && type != Type::kInt64)) return std::nullopt;
      at = i;
    }
    const auto column = page.batch.view(*schema_).column(at);
    Lines keys;
    for (std::int64_t row = 0; row < page.batch.rows(); ++row)
      keys.push_back(column.type() == Type::kInt64 ? std::to_string(column.int64(row)) : std::string(column.text(row)));
    return keys;
  }
  static Lines sorted(Lines lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  // Where two readings part; of readings that were cut short only what both have counts.
  static std::string difference(const Lines& one, const Lines& other, bool are_whole) {
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
      if (one[i] != other[i]) return "record " + std::to_string(i) + " is " + other[i] + " in place of " + one[i];
    if (!are_whole || one.size() == other.size()) return {};
    return std::to_string(other.size()) + " records in place of " + std::to_string(one.size());
  }

  const sentinel_component& component_;
  const sentinel_source_calls& calls_;
  const sentinel_value& options_;
  Report& report_;
  TestHost host_;
  std::optional<Schema> schema_;
  std::optional<Reading> reading_;
  Finding end_, keys_;
  Throttle throttle_;
};

}  // namespace detail
}  // namespace sentinel::testkit
