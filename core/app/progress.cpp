// Composes the line of progress, and limits how often it is printed.
#include "app/progress.hpp"

#include "app/report.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

constexpr std::int64_t kLineEveryMs = 10000, kRewriteEveryMs = 200;

// A longer line would wrap, and what is wrapped cannot be rewritten.
std::string fitted(std::string line) {
  winsize size{};
  constexpr std::size_t kUsual = 80;
  const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  const auto columns = is_known ? static_cast<std::size_t>(size.ws_col) - 1 : kUsual - 1;
  if (line.size() > columns) line.resize(columns);
  return line;
}

}  // namespace

ProgressStyle progress_style() {
  const char* terminal = std::getenv("TERM");
  const bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb" || *terminal == '\0';
  return isatty(STDERR_FILENO) == 1 && !is_dumb ? ProgressStyle::kTerminal : ProgressStyle::kLines;
}

std::string progress_text(const std::string& pipeline, const engine::RunProgress& progress, std::int64_t elapsed_ms) {
  const auto rate = elapsed_ms > 0 ? progress.records * 1000 / static_cast<std::uint64_t>(elapsed_ms) : 0;
  const auto expected = static_cast<std::uint64_t>(progress.expected.value_or(0));
  auto text = fmt::format("{}   {}", pipeline, engine::count_text(progress.records));
  // The source may grow while it is read, so the count is an estimate.
  const bool has_rest = expected > progress.records;
  if (has_rest) text += fmt::format(" of {}", engine::count_text(expected));
  text += " records";
  if (has_rest) text += fmt::format(" ({} %)", progress.records * 100 / expected);
  if (rate > 0) text += fmt::format("   {} records/s", engine::count_text(rate));
  if (progress.new_letters > 0) text += fmt::format("   {} dead letters", engine::count_text(progress.new_letters));
  if (has_rest && rate > 0)
    text += fmt::format("   {} left", age_text(static_cast<std::int64_t>((expected - progress.records) / rate) * 1000));
  return text;
}

void Progress::update(const engine::RunProgress& progress) {
  const auto now = clock_.steady_ms();
  const bool on_terminal = style_ == ProgressStyle::kTerminal;
  if (now - shown_ms_ < (on_terminal ? kRewriteEveryMs : kLineEveryMs)) return;
  shown_ms_ = now;
  const auto text = progress_text(pipeline_, progress, now - began_ms_);
  if (on_terminal)
    terminal_.show(fitted(text));
  else
    log_.info(text);
}

}  // namespace sentinel::app
