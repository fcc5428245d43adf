// What the sources of files share: one pass from the beginning to the end, resumed behind any record, begun anew when
// the file is another one. A format says what precedes the records, and where each of them ends.
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
  kLastLine,  // the same, but the file ends without a line break: it may still be written
  kNothing,   // the file has no more
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

  // At the beginning of the file: passes what precedes the records, and says what these are like.
  virtual Result<Schema> begin(ByteFeed& feed) = 0;
  // Passes one record and hands it to `intake`. Errors: kSchemaChanged, with nothing passed, where the schema does not
  // hold it and the next begin() will.
  virtual Result<Passed> take_record(ByteFeed& feed, RecordIntake& intake) = 0;

  const std::string& path() const { return path_; }
  const Schema& current_schema() const { return schema_; }

 private:
  Status open_at(const FileCursor& cursor);
  Status begin_anew();
  Result<FileStamp> trusted_stamp() const;
  // Takes records until a limit is reached; true at the end of the file. `next` is set to where reading goes on.
  Result<bool> take_page(RecordIntake& intake, const Limits& limits, Place& next);

  const std::string path_;
  Host& host_;
  Schema schema_;
  std::int64_t records_begin_ = 0;  // the offset behind what precedes the records
  std::unique_ptr<InputFile> file_;
  std::unique_ptr<ByteFeed> feed_;
  std::string stands_at_;  // the cursor behind which feed_ stands
};

// The fields with those in `key` marked. Errors, at option "key": kInvalidConfig if one is not there or named twice.
Result<Schema> with_key(std::vector<Field> fields, const std::vector<std::string>& key);

}  // namespace sentinel::support
