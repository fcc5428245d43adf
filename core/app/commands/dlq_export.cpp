// sentinel dlq export: writes letters with their records for another program.
#include "app/letters.hpp"
#include "app/report.hpp"
#include "engine/telemetry/clock.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

// RFC 4180.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

constexpr std::string_view kCsvHead =
    "letter_id,pipeline,source_id,source_key,status,minor,currency,stage,code,native_code,message,attempts,first_seen,"
    "last_seen,record,edited\r\n";

std::string csv_line(const store::StoredLetter& l) {
  std::string line;
  for (const auto& cell :
       {l.letter_id, l.pipeline, l.source_id, l.source_key, std::string(to_string(l.status)), l.minor, l.currency,
        l.stage, std::string(to_string(l.reason.code())), std::string(l.reason.native_code()),
        std::string(l.reason.message()), fmt::format("{}", l.attempts), telemetry::utc_text(l.first_seen_ms),
        telemetry::utc_text(l.last_seen_ms), l.record, l.edited})
    line += fmt::format("{}{}", line.empty() ? "" : ",", csv_cell(cell));
  line += "\r\n";
  return line;
}

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// Never over a file that is there: it may be read by others, or be a link.
Result<File> open_output(const Arguments& arguments) {
  if (!arguments.has("output")) return File(stdout);
  const auto path = arguments.text("output");
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return invalid_config(fmt::format("cannot create {}: {}{}", path, std::strerror(errno),
                                      errno == EEXIST ? "; name a file that does not exist yet" : ""));
  return File(fdopen(descriptor, "wb"));
}

Status write_out(std::FILE* file, const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file) == text.size()) return {};
  return {Code::kStorage, fmt::format("the export could not be written completely: {}", std::strerror(errno))};
}

Status export_letters(Context& context, const Arguments& arguments) {
  const auto format = arguments.text("format");
  SENTINEL_ASSIGN(auto store, open_store(context));
  auto filter = filter_of(arguments, context.services.clock().now_unix_ms());
  if (!arguments.positionals().empty()) {
    SENTINEL_ASSIGN(filter.pipeline, pipeline_of(arguments.positionals().front(), context));
  }
  SENTINEL_ASSIGN(const auto file, open_output(arguments));
  if (format == "csv") SENTINEL_TRY(write_out(file.get(), std::string(kCsvHead)));
  SENTINEL_TRY(store->each_page(filter, [&](auto page) -> Status {
    std::string text;
    for (const auto& letter : page)
      text += format == "csv" ? csv_line(letter) : fmt::format("{}\n", json_text(letter_json(letter, true)));
    return write_out(file.get(), text);
  }));
  if (std::fflush(file.get()) == 0) return {};
  return {Code::kStorage, fmt::format("the export could not be written completely: {}", std::strerror(errno))};
}

}  // namespace

Command dlq_export_command() {
  return {.name = "dlq export",
          .summary = "Write the open dead letters with their records: personal data.",
          .example = "sentinel dlq export donations --format csv --output letters.csv",
          .positionals = {{"FILE|PIPELINE", 0, 1}},
          .options = OptionSet()
                         .choice("format", "FORMAT", {"csv", "json_lines"}, "how they are written", "json_lines")
                         .path("output", "PATH", "a new file, created with mode 0600; else standard output")
                         .add(filter_options()),
          .run = run_status<export_letters>};
}

}  // namespace sentinel::app
