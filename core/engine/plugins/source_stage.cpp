// Calls a source, and checks the arrays, cursors and rejects of its pages.
#include "engine/plugins/source_stage.hpp"
#include "engine/plugins/normalise.hpp"
#include "engine/plugins/open_stage.hpp"
#include "engine/plugins/page_reports.hpp"

#include <sentinel/text.hpp>

#include <cassert>
#include <limits>

namespace sentinel::plugins {
struct SourceStage::Impl : OpenStage<sentinel_source_calls> {
  using OpenStage::OpenStage;
  OwnedSchema declared;  // released before the base closes the instance
  std::optional<Schema> schema;

  template <class Call>
  Result<SourcePage> page(std::string_view cursor, std::int64_t max_rows, std::int64_t max_bytes, Call&& call);
  Status check_progress(const SourcePage& page, std::string_view cursor, std::int64_t max_rows) const;
};

template <class Call>
Result<SourcePage> SourceStage::Impl::page(std::string_view cursor, std::int64_t max_rows, std::int64_t max_bytes,
                                           Call&& call) {
  assert(schema.has_value());
  PageReports reports;
  sentinel_read_request request{};
  request.struct_size = sizeof request;
  request.cursor = to_text(cursor);
  request.max_rows = max_rows;
  request.max_bytes = max_bytes;
  request.context = &reports;
  request.reject = PageReports::reject;
  request.filter = PageReports::filter;
  request.depart = PageReports::depart;
  sentinel_page answer{};
  answer.struct_size = sizeof answer;
  const auto status = run([&](sentinel_error* error) { return call(request, answer, error); });
  const auto array = std::exchange(answer.array, ArrowArray{});
  if (!status.ok()) {
    const Batch dropped(array);
    return status;
  }
  SourcePage page;
  auto batch = normalise(array, *declared, *schema);
  if (!batch) return std::move(batch).error().prefixed(prefix);
  page.batch = *std::move(batch);
  page.next = std::string(from_text(answer.next));
  page.done = answer.done != 0;
  if (!is_utf8(page.next) || page.next.find('\0') != std::string::npos) return broken("its cursor is not UTF-8 text");
  if (const auto& wrong = reports.check(page.batch.rows()); !wrong.empty()) return broken(wrong);
  page.filtered = std::move(reports.filtered);
  page.rejected = std::move(reports.rejected);
  return page;
}

Status SourceStage::Impl::check_progress(const SourcePage& page, std::string_view cursor, std::int64_t max_rows) const {
  if (page.batch.rows() > max_rows)
    return broken("gave " + std::to_string(page.batch.rows()) + " rows where " + std::to_string(max_rows) +
                  " were asked for at most");
  if (!page.done && page.next == cursor)
    return broken("gave a page that does not move its cursor, so it would never end");
  return {};
}

SourceStage::SourceStage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SourceStage::~SourceStage() = default;
const std::string& SourceStage::use() const { return impl_->use; }

Result<std::unique_ptr<SourceStage>> SourceStage::open(const sentinel_component& component, const sentinel_host& host,
                                                       const config::OptionTree& options) {
  auto impl = std::make_unique<Impl>("source", component, *component.source);
  SENTINEL_TRY(impl->open(host, options));
  return std::unique_ptr<SourceStage>(new SourceStage(std::move(impl)));
}

Result<Schema> SourceStage::schema() {
  OwnedSchema declared;
  SENTINEL_TRY(
      impl_->run([&](sentinel_error* error) { return impl_->calls->schema(impl_->instance, declared.get(), error); }));
  auto schema = normalised_schema(*declared);
  if (!schema) return std::move(schema).error().prefixed(impl_->prefix);
  impl_->declared = std::move(declared);
  impl_->schema = *schema;
  return schema;
}

Result<SourcePage> SourceStage::read(const std::string& cursor, std::int64_t max_rows, std::int64_t max_bytes) {
  SENTINEL_ASSIGN(auto page,
                  impl_->page(cursor, max_rows, max_bytes, [&](const auto& request, auto& answer, auto* error) {
                    return impl_->calls->read(impl_->instance, &request, &answer, error);
                  }));
  SENTINEL_TRY(impl_->check_progress(page, cursor, max_rows));
  return page;
}

Status SourceStage::check() {
  if (!SENTINEL_OFFERS(impl_->calls, check) || impl_->calls->check == nullptr) return {};
  auto status = impl_->run([&](sentinel_error* error) { return impl_->calls->check(impl_->instance, error); });
  return status.code() == Code::kUnsupported ? Status{} : status;
}

bool SourceStage::offers_discover() const {
  return SENTINEL_OFFERS(impl_->calls, discover) && impl_->calls->discover != nullptr;
}

Status SourceStage::discover(const std::function<void(const FoundField&)>& each) {
  if (!offers_discover()) return impl_->not_offered("discover");
  sentinel_discovery discovery{};
  discovery.struct_size = sizeof discovery;
  discovery.context = const_cast<void*>(static_cast<const void*>(&each));
  discovery.found = [](void* context, const sentinel_found_field* found) noexcept {
    if (found == nullptr || !SENTINEL_OFFERS(found, sample)) return;
    const auto& hand_on = *static_cast<const std::function<void(const FoundField&)>*>(context);
    hand_on({as_utf8(from_text(found->entity)), as_utf8(from_text(found->field)), as_utf8(from_text(found->type)),
             as_utf8(from_text(found->sample))});
  };
  return impl_->run([&](sentinel_error* error) { return impl_->calls->discover(impl_->instance, &discovery, error); });
}

Result<std::int64_t> SourceStage::count() {
  if (!SENTINEL_OFFERS(impl_->calls, count) || impl_->calls->count == nullptr) return impl_->not_offered("count");
  std::int64_t records = 0;
  SENTINEL_TRY(
      impl_->run([&](sentinel_error* error) { return impl_->calls->count(impl_->instance, &records, error); }));
  if (records < 0) return impl_->broken("counted " + std::to_string(records) + " records");
  return records;
}

bool SourceStage::offers_fetch() const {
  return SENTINEL_OFFERS(impl_->calls, fetch) && impl_->calls->fetch != nullptr;
}

Result<SourcePage> SourceStage::fetch(std::span<const std::string> keys) {
  if (!offers_fetch()) return impl_->not_offered("fetch");
  std::vector<sentinel_text> texts;
  texts.reserve(keys.size());
  for (const auto& key : keys) texts.push_back(to_text(key));
  constexpr auto kNoLimit = std::numeric_limits<std::int64_t>::max();
  return impl_->page("", kNoLimit, kNoLimit, [&](const auto& request, auto& answer, auto* error) {
    return impl_->calls->fetch(impl_->instance, texts.data(), texts.size(), &request, &answer, error);
  });
}

bool SourceStage::offers_keys() const { return SENTINEL_OFFERS(impl_->calls, keys) && impl_->calls->keys != nullptr; }

Result<SourcePage> SourceStage::keys(const std::string& cursor, std::int64_t max_rows,
                                     const std::function<void(std::string_view)>& each) {
  if (!offers_keys()) return impl_->not_offered("keys");
  sentinel_text_list list{};
  list.struct_size = sizeof list;
  list.context = const_cast<void*>(static_cast<const void*>(&each));
  list.add = [](void* context, sentinel_text key) noexcept {
    (*static_cast<const std::function<void(std::string_view)>*>(context))(as_utf8(from_text(key)));
  };
  sentinel_read_request request{};
  request.struct_size = sizeof request;
  request.cursor = to_text(cursor);
  request.max_rows = max_rows;
  request.max_bytes = std::numeric_limits<std::int64_t>::max();
  sentinel_page answer{};
  answer.struct_size = sizeof answer;
  SENTINEL_TRY(impl_->run(
      [&](sentinel_error* error) { return impl_->calls->keys(impl_->instance, &request, &list, &answer, error); }));
  SourcePage page;
  page.next = std::string(from_text(answer.next));
  page.done = answer.done != 0;
  SENTINEL_TRY(impl_->check_progress(page, cursor, max_rows));
  return page;
}

void SourceStage::cancel() {
  if (SENTINEL_OFFERS(impl_->calls, cancel) && impl_->calls->cancel != nullptr) impl_->calls->cancel(impl_->instance);
}

}  // namespace sentinel::plugins
