// Reads a table of codes; the grammar of its file is the one of the csv source.
#include "map_transform/lookup.hpp"

#include "csv_source/dialect.hpp"
#include "map_transform/text.hpp"
#include "support/file/input_file.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>
#include <sentinel/text.hpp>

#include <algorithm>
#include <limits>

namespace sentinel::map_transform {
namespace {

constexpr std::size_t kMostBytes = 64u << 20;

Result<std::string> whole_file(const std::string& path) {
  SENTINEL_ASSIGN(const auto file, support::InputFile::open(path));
  SENTINEL_ASSIGN(const auto stamp, file->stamp());
  if (stamp.size > static_cast<std::int64_t>(kMostBytes))
    return invalid_config(fmt::format("\"{}\" is larger than 64 MiB, which is too large for a table of codes", path));
  std::string text(static_cast<std::size_t>(stamp.size), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    SENTINEL_ASSIGN(const auto read,
                    file->read_at(static_cast<std::int64_t>(size), {text.data() + size, text.size() - size}));
    if (read == 0) break;
    size += read;
  }
  text.resize(size);
  if (!is_utf8(text)) return invalid_config(fmt::format("\"{}\" is not UTF-8", path));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

// Returns the records one by one, each with the number of its first line.
class Records {
 public:
  explicit Records(std::string_view rest) : rest_(rest) {}

  // The fields; none after the last record, or at a fault.
  const std::vector<csv_source::CsvField>* next() {
    line_ += std::count(record_.begin(), record_.end(), '\n');
    if (rest_.empty()) return nullptr;
    csv_source::RecordScanner scanner({});
    if (!scanner.scan(rest_)) scanner.end_of_file();
    fault_ = scanner.fault();
    if (fault_ != csv_source::Fault::kNone) return nullptr;
    record_ = rest_.substr(0, static_cast<std::size_t>(scanner.size()));
    rest_.remove_prefix(record_.size());
    return &splitter_.split(record_);
  }
  std::int64_t line() const { return line_; }
  csv_source::Fault fault() const { return fault_; }
  bool is_empty_line() const { return record_.find_first_not_of("\r\n") == std::string_view::npos; }

 private:
  std::string_view rest_, record_;
  std::int64_t line_ = 1;
  csv_source::Fault fault_ = csv_source::Fault::kNone;
  csv_source::RecordSplitter splitter_{csv_source::Dialect{}};
};

Result<std::size_t> column_of(const std::string& name, const std::vector<std::string>& header,
                              const LookupOptions& options) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  return invalid_config(
      fmt::format("line 1 of \"{}\" has no column \"{}\"{}; the first line must name the columns {} and {}",
                  options.file, name, did_you_mean(name, header), options.key, options.value));
}

}  // namespace

Result<Lookup> Lookup::open(const LookupOptions& options) {
  if (options.table.empty() && options.file.empty())
    return invalid_config("a lookup needs a table or a file").at_option("table");
  Lookup lookup;
  lookup.missing_ = options.missing;
  for (const auto& [code, meaning] : options.table) SENTINEL_TRY(lookup.add(code, meaning, "the table"));
  if (options.file.empty()) return lookup;
  auto read = lookup.read(options);
  if (!read.ok()) return std::move(read).at_option("file");
  return lookup;
}

Status Lookup::read(const LookupOptions& options) {
  SENTINEL_ASSIGN(const auto text, whole_file(options.file));
  Records records(text);
  std::vector<std::string> header;
  if (const auto* fields = records.next(); fields != nullptr)
    for (const auto& field : *fields) header.emplace_back(field.text);
  SENTINEL_ASSIGN(const auto key, column_of(options.key, header, options));
  SENTINEL_ASSIGN(const auto value, column_of(options.value, header, options));
  while (const auto* fields = records.next()) {
    if (records.is_empty_line()) continue;
    const auto where = "line " + std::to_string(records.line()) + " of \"" + options.file + "\"";
    if (fields->size() != header.size())
      return invalid_config(
          fmt::format("{} has {} fields, and the first line {}", where, fields->size(), header.size()));
    SENTINEL_TRY(add((*fields)[key].text, (*fields)[value].text, where));
  }
  if (records.fault() == csv_source::Fault::kNone) return {};
  return invalid_config(
      fmt::format("line {} of \"{}\": {}", records.line(), options.file, csv_source::to_string(records.fault())));
}

Status Lookup::add(std::string_view code, std::string_view meaning, const std::string& where) {
  if (meanings_.emplace(code, meaning).second) return {};
  return invalid_config(fmt::format("{} repeats a code ({}); remove one of the two", where, shape_of(code)));
}

Result<std::optional<std::string>> Lookup::find(std::string code) const {
  const auto found = meanings_.find(code);
  if (found != meanings_.end()) return std::optional(found->second);
  if (missing_ == MissingCode::kNull) return std::optional<std::string>();
  if (missing_ == MissingCode::kKeep) return std::optional(std::move(code));
  return invalid_data(fmt::format("the lookup does not list the value ({})", shape_of(code)))
      .native("map", "unknown_code");
}

}  // namespace sentinel::map_transform
