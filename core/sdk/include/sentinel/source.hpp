// What a source is: records in pages, each page with the cursor that resumes after it.
#pragma once

#include <sentinel/batch.hpp>
#include <sentinel/component.hpp>
#include <sentinel/host.hpp>

#include <charconv>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel {

// A source's opaque resume token. Empty: the very beginning. The engine keeps it with the batch it belongs to and gives
// it back unchanged; only the source knows what it says.
class Cursor {
 public:
  Cursor() = default;
  explicit Cursor(std::string text) : text_(std::move(text)) {}
  explicit Cursor(std::int64_t number) : text_(std::to_string(number)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  std::optional<std::int64_t> as_int64() const {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (text_.empty() || error != std::errc{} || end != text_.data() + text_.size()) return std::nullopt;
    return number;
  }

 private:
  std::string text_;
};

// How much one page may hold. A single record may be larger than max_bytes.
struct Limits {
  std::int64_t max_rows = 1000;
  std::int64_t max_bytes = 4 << 20;
  // True while the page may take one more record; a first one always.
  bool has_room(const BatchBuilder& page) const {
    return page.rows() == 0 || (page.rows() < max_rows && page.bytes() < max_bytes);
  }
};

// One page: a batch in the source's schema, where to go on, and whether that is the end for now.
struct Page {
  Batch batch;
  Cursor next;
  bool done = false;
};

// Where read() and fetch() report the records that do not pass, each with a reason. Valid for the length of that call.
class Rejects {
 public:
  explicit Rejects(const sentinel_read_request* request) : request_(request) {}
  // A record that could not become a row. `key` as the key fields would print it, `raw` its bytes as found, `amount`
  // its money where that could be read.
  void reject(std::string_view key, std::string_view position, std::string_view raw, const Status& why,
              const std::optional<RejectedAmount>& amount = {}) {
    const auto error = to_error(why);
    sentinel_source_reject reject{};
    reject.struct_size = sizeof reject;
    reject.key = to_text(key);
    reject.position = to_text(position);
    reject.raw = to_text(raw);
    reject.error = &error;
    detail::lend_amount(amount, reject);
    request_->reject(request_->context, &reject);
  }
  // A row of this page's batch that the source's own options leave out.
  void filter(std::int64_t row, std::string_view reason) { request_->filter(request_->context, row, to_text(reason)); }
  // The same, and its row in the target is marked or removed. The schema must say so (Schema::set_departures).
  void depart(std::int64_t row, Departure action, std::string_view reason) {
    if (action == Departure::kKeep || !SENTINEL_OFFERS(request_, depart) || request_->depart == nullptr)
      return filter(row, reason);
    request_->depart(request_->context, row, static_cast<std::int32_t>(action), to_text(reason));
  }

 private:
  const sentinel_read_request* request_;
};

struct FoundField {
  std::string entity, field, type, sample;
};

// Derive, hold your Options and the Host, and override what you offer. One thread at a time, cancel() excepted.
//
// Errors of read: kUnavailable and kThrottled pause the pipeline and are tried again with the same cursor; kRefused and
// kInvalidConfig stop it; a fault of one record is no error but Rejects::reject. Do not retry inside: that is the
// engine's.
class Source {
 public:
  virtual ~Source() = default;
  // Called once before the first read, and again after kSchemaChanged. The key fields identify a record for ever.
  virtual Result<Schema> schema() = 0;
  // Reads on from `from`. REQUIRES of the answer: the same cursor gives the same records as long as they have not
  // changed; `next` lies after every record of the page; a page may be empty and still move on.
  virtual Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) = 0;

  virtual Status check() { return {Code::kUnsupported, "not offered"}; }
  virtual Status discover(const std::function<void(const FoundField&)>&) { return {Code::kUnsupported, "not offered"}; }
  virtual Result<std::int64_t> count() { return Status{Code::kUnsupported, "not offered"}; }
  // The records with these keys (as the key fields print them), in one page, in any order; a key that no longer exists
  // is simply not in it. What the options filter is fetched too, and reported as filtered.
  virtual Result<Page> fetch(std::span<const std::string> /*keys*/, Rejects&) {
    return Status{Code::kUnsupported, "not offered"};
  }
  // Up to `max_rows` keys of existing records, in any order, from a cursor of this call's own; the batch stays empty.
  virtual Result<Page> keys(const Cursor&, const Limits&, const std::function<void(std::string_view)>&) {
    return Status{Code::kUnsupported, "not offered"};
  }
  // Any thread: makes a read that blocks return kCancelled soon.
  virtual void cancel() {}
};

namespace detail {

template <class T>
struct SourceInstance {
  SourceInstance(const sentinel_host* c_host) : host(c_host) {}
  Host host;
  std::unique_ptr<T> self;
  std::string next;

  Status hand_over(Page&& page, const Schema& fields, sentinel_page* out) {
    SENTINEL_TRY(page.batch.fault());
    if (!page.batch.has_array()) page.batch = BatchBuilder(fields).finish();
    next = page.next.text();
    out->array = page.batch.release();
    out->next = to_text(next);
    out->done = page.done ? 1 : 0;
    return {};
  }
  Schema schema;
};

template <class T>
struct SourceCalls {
  using Instance = SourceInstance<T>;
  static Instance& at(void* instance) { return *static_cast<Instance*>(instance); }

  static std::int32_t schema(void* instance, ArrowSchema* out, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(at(instance).schema, at(instance).self->schema());
      export_schema(at(instance).schema, out);
      return {};
    });
  }
  static std::int32_t read(void* instance, const sentinel_read_request* request, sentinel_page* page,
                           sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      Rejects rejects(request);
      SENTINEL_ASSIGN(auto answer, at(instance).self->read(Cursor(std::string(from_text(request->cursor))),
                                                           {request->max_rows, request->max_bytes}, rejects));
      return at(instance).hand_over(std::move(answer), at(instance).schema, page);
    });
  }
  static std::int32_t check(void* instance, sentinel_error* error) noexcept {
    return fenced(error, [&] { return at(instance).self->check(); });
  }
  static std::int32_t discover(void* instance, const sentinel_discovery* discovery, sentinel_error* error) noexcept {
    return fenced(error, [&] {
      return at(instance).self->discover([&](const FoundField& found) {
        const sentinel_found_field field{sizeof(sentinel_found_field), to_text(found.entity), to_text(found.field),
                                         to_text(found.type), to_text(found.sample)};
        discovery->found(discovery->context, &field);
      });
    });
  }
  static std::int32_t count(void* instance, std::int64_t* rows, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(*rows, at(instance).self->count());
      return {};
    });
  }
  static std::int32_t fetch(void* instance, const sentinel_text* keys, std::uint64_t key_count,
                            const sentinel_read_request* request, sentinel_page* page, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      std::vector<std::string> wanted;
      for (std::uint64_t i = 0; i < key_count; ++i) wanted.emplace_back(from_text(keys[i]));
      Rejects rejects(request);
      SENTINEL_ASSIGN(auto answer, at(instance).self->fetch(wanted, rejects));
      return at(instance).hand_over(std::move(answer), at(instance).schema, page);
    });
  }
  static std::int32_t keys(void* instance, const sentinel_read_request* request, const sentinel_text_list* list,
                           sentinel_page* page, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(auto answer,
                      at(instance).self->keys(Cursor(std::string(from_text(request->cursor))),
                                              {request->max_rows, request->max_bytes},
                                              [&](std::string_view key) { list->add(list->context, to_text(key)); }));
      at(instance).next = answer.next.text();
      page->next = to_text(at(instance).next);
      page->done = answer.done ? 1 : 0;
      return {};
    });
  }
  static void cancel(void* instance) noexcept {
    fenced(nullptr, [&]() -> Status {
      at(instance).self->cancel();
      return {};
    });
  }

  // A call that T does not override is not offered.
  static const sentinel_source_calls* table() {
    static const sentinel_source_calls calls = [] {
      sentinel_source_calls c{};
      c.struct_size = sizeof c;
      c.open = open_instance<T, Instance>;
      c.close = close_instance<Instance>;
      c.schema = schema;
      c.read = read;
      if constexpr (!std::is_same_v<decltype(&T::check), decltype(&Source::check)>) c.check = check;
      if constexpr (!std::is_same_v<decltype(&T::discover), decltype(&Source::discover)>) c.discover = discover;
      if constexpr (!std::is_same_v<decltype(&T::count), decltype(&Source::count)>) c.count = count;
      if constexpr (!std::is_same_v<decltype(&T::fetch), decltype(&Source::fetch)>) c.fetch = fetch;
      if constexpr (!std::is_same_v<decltype(&T::keys), decltype(&Source::keys)>) c.keys = keys;
      if constexpr (!std::is_same_v<decltype(&T::cancel), decltype(&Source::cancel)>) c.cancel = cancel;
      return c;
    }();
    return &calls;
  }
};

}  // namespace detail

// Describes a source for SENTINEL_PLUGIN. T has `static constexpr auto options` and a constructor T(Options, Host&), or
// `static Result<std::unique_ptr<T>> open(Options, Host&)` where opening can fail. Raise `cursor_version` when cursors
// written by an earlier version of the plugin no longer mean the same.
template <class T>
sentinel_component source(const char* use, const char* doc, std::int32_t cursor_version = 1) {
  auto component = detail::describe<T>(SENTINEL_KIND_SOURCE, use, doc);
  component.cursor_version = cursor_version;
  component.source = detail::SourceCalls<T>::table();
  return component;
}

}  // namespace sentinel
