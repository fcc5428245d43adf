// What file sources share: one pass from beginning to end, resumed after any record, restarted when the file has been
// replaced. A format defines what precedes the records, and where each of them ends.
#pragma once

#include "support/file/file_cursor.hpp"
#include "support/file/record_intake.hpp"

#include <sentinel/plugin.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sentinel::support {

enum class Passed {
  kRecord,    // one record, one reject or one blank line
  kLastLine,  // the same, but the file ends without a line break: it may be incomplete
  kNothing,   // the end of the file
};

class FileSource : public Source {
 public:
  Result<Schema> schema() final;
  Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) final;
  Status check() final;
  Status discover(const std::function<void(const FoundField&)>& found) final;
  // Reads the whole file. Records that share a key come in the order of the file.
  Result<Page> fetch(std::span<const std::string> keys, Rejects& rejects) final;

 protected:
  FileSource(std::string path, Host& host) : path_(std::move(path)), host_(host) {}

  // At the beginning of the file: skips what precedes the records, and returns their schema.
  virtual Result<Schema> begin(ByteFeed& feed) = 0;
  // Reads one record and hands it to `intake`. Errors: kSchemaChanged, with nothing read, where it does not fit the
  // schema but will after the next begin().
  virtual Result<Passed> take_record(ByteFeed& feed, RecordIntake& intake) = 0;

  const std::string& path() const { return path_; }
  const Schema& current_schema() const { return schema_; }

 private:
  Status open_at(const FileCursor& cursor);
  Status begin_anew();
  Result<FileStamp> trusted_stamp() const;
  // Takes records until a limit is reached; true at the end of the file. `next` is set to where reading continues.
  Result<bool> take_page(RecordIntake& intake, const Limits& limits, Place& next);

  const std::string path_;
  Host& host_;
  Schema schema_;
  std::int64_t records_begin_ = 0;  // the offset of the first record
  std::unique_ptr<InputFile> file_;
  std::unique_ptr<ByteFeed> feed_;
  std::string stands_at_;  // the cursor of feed_'s position
};

// The fields with those in `key` marked. Errors, at option "key": kInvalidConfig if one is missing or named twice.
Result<Schema> with_key(std::vector<Field> fields, const std::vector<std::string>& key);

}  // namespace sentinel::support
