// Runs one pass over a file: resumes after the last record, or starts over where the file is not the same one.
#include "support/file/file_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace sentinel::support {
namespace {

constexpr std::size_t kSampleBytes = 80;
constexpr auto kUnlimited = std::numeric_limits<std::int64_t>::max();
// Two writes within one tick of the file system's clock get the same time.
constexpr std::int64_t kTrustedAfterMs = 2000;

// Ignores the rejects of a scan: they occur again when the file is read.
sentinel_read_request deaf_request() {
  sentinel_read_request request{};
  request.struct_size = sizeof request;
  request.reject = [](void*, const sentinel_source_reject*) noexcept {};
  request.filter = [](void*, std::int64_t, sentinel_text) noexcept {};
  return request;
}

}  // namespace

Status FileSource::begin_anew() {
  feed_ = std::make_unique<ByteFeed>(*file_, Place{});
  SENTINEL_ASSIGN(auto found, begin(*feed_));
  schema_ = std::move(found);
  records_begin_ = feed_->place().offset;
  return {};
}

Result<Schema> FileSource::schema() {
  stands_at_.clear();
  SENTINEL_ASSIGN(file_, InputFile::open(path_));
  SENTINEL_TRY(begin_anew());
  return schema_;
}

Status FileSource::check() {
  const auto found = schema();
  return found ? Status() : found.error();
}

Status FileSource::open_at(const FileCursor& cursor) {
  SENTINEL_ASSIGN(file_, InputFile::open(path_));
  SENTINEL_ASSIGN(const auto continuity, compare(cursor, *file_));
  if (continuity != Continuity::kReplaced && cursor.place.offset > 0) {
    feed_ = std::make_unique<ByteFeed>(*file_, cursor.place);
    return {};
  }
  if (cursor.place.offset > 0)
    host_.log(LogLevel::kWarning,
              "the part of the file that was read before has changed: it is read from the beginning",
              {{"path", path_}});
  const auto bound = schema_;
  SENTINEL_TRY(begin_anew());
  if (bound != schema_) return {Code::kSchemaChanged, "\"" + path_ + "\" has different fields now"};
  return {};
}

Result<FileStamp> FileSource::trusted_stamp() const {
  SENTINEL_ASSIGN(auto stamp, file_->stamp());
  if (host_.now_unix_ms() - stamp.modified_ns / 1'000'000 < kTrustedAfterMs) stamp.modified_ns = 0;
  return stamp;
}

Result<bool> FileSource::take_page(RecordIntake& intake, const Limits& limits, Place& next) {
  while (intake.records() < limits.max_rows && intake.bytes() < limits.max_bytes) {
    next = feed_->place();
    auto taken = take_record(*feed_, intake);
    if (!taken && taken.error().code() == Code::kSchemaChanged && intake.records() > 0) return false;
    if (!taken) return std::move(taken).error();
    if (*taken != Passed::kRecord) return true;
  }
  next = feed_->place();
  return false;
}

Result<Page> FileSource::read(const Cursor& from, const Limits& limits, Rejects& rejects) {
  if (feed_ == nullptr || from.empty() || from.text() != stands_at_) {
    SENTINEL_ASSIGN(const auto cursor, parse_file_cursor(from));
    SENTINEL_TRY(open_at(cursor));
    SENTINEL_ASSIGN(const auto stamp, file_->stamp());
    if (cursor.is_done && stamp == cursor.stamp) return Page{{}, from, true};
  }
  SENTINEL_ASSIGN(const auto stamp, trusted_stamp());
  RecordIntake intake(schema_, rejects);
  FileCursor next;
  auto is_done = take_page(intake, limits, next.place);
  if (!is_done) {
    stands_at_.clear();
    return std::move(is_done).error();
  }
  next.stamp = stamp;
  next.is_done = *is_done;
  // What precedes the records is read again until there is a record: it, too, may have been half written.
  if (next.is_done && next.place.offset == records_begin_) next.place = Place{};
  const auto cursor = next.to_cursor();
  stands_at_ = next.is_done ? std::string() : cursor.text();
  return Page{intake.finish(), cursor, next.is_done};
}

Result<Page> FileSource::fetch(std::span<const std::string> keys, Rejects& rejects) {
  SENTINEL_ASSIGN([[maybe_unused]] const auto found, schema());
  const std::set<std::string> wanted(keys.begin(), keys.end());
  RecordIntake intake(schema_, rejects, &wanted);
  Place end;
  SENTINEL_ASSIGN([[maybe_unused]] const bool is_done, take_page(intake, {kUnlimited, kUnlimited}, end));
  return Page{intake.finish(), Cursor(), true};
}

Status FileSource::discover(const std::function<void(const FoundField&)>& found) {
  SENTINEL_ASSIGN([[maybe_unused]] const auto schema_now, schema());
  const auto request = deaf_request();
  Rejects rejects(&request);
  RecordIntake intake(schema_, rejects);
  Place end;
  SENTINEL_ASSIGN([[maybe_unused]] const bool is_done, take_page(intake, {1, kUnlimited}, end));
  const auto batch = intake.finish();
  const auto view = batch.view(schema_);
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const auto column = view.column(i);
    const bool is_shown = view.rows() > 0 && !column.is_null(0) && column.text(0).size() <= kSampleBytes;
    found({path_, schema_[i].name, schema_[i].is_json ? "json" : "utf8",
           is_shown ? std::string(column.text(0)) : std::string()});
  }
  return {};
}

Result<Schema> with_key(std::vector<Field> fields, const std::vector<std::string>& key) {
  const auto at = [](std::size_t i) { return "key." + std::to_string(i); };
  if (key.empty())
    return invalid_config(
               "name the fields that identify a record; its line number is not a key, since it changes with every line "
               "inserted before it")
        .at_option("key");
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto found = std::ranges::find(fields, key[i], &Field::name);
    if (found == fields.end()) {
      std::string names;
      for (const auto& field : fields) names += (names.empty() ? "" : ", ") + field.name;
      return invalid_config(fmt::format("the file has no field \"{}\"; it has {}", key[i], names)).at_option(at(i));
    }
    if (found->is_key) return invalid_config(fmt::format("\"{}\" is listed twice in the key", key[i])).at_option(at(i));
    found->is_key = true;
    found->is_nullable = false;
  }
  return Schema(std::move(fields));
}

}  // namespace sentinel::support
