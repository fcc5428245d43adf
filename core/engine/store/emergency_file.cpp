// Each add is one write and one fsync; a failed one is cut off again, because its letters were never promised.
#include "engine/store/emergency_file.hpp"

#include "engine/ledger/content_hash.hpp"
#include "engine/ledger/lossless_json.hpp"
#include "engine/store/letter_rows.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>

namespace sentinel::store {
namespace {

using Json = nlohmann::json;
using ledger::lossless_json;

constexpr std::array<std::pair<const char*, std::string StoredLetter::*>, 14> kTexts = {{
    {"letter_id", &StoredLetter::letter_id},
    {"pipeline", &StoredLetter::pipeline},
    {"source_id", &StoredLetter::source_id},
    {"source_key", &StoredLetter::source_key},
    {"record_hash", &StoredLetter::record_hash},
    {"record", &StoredLetter::record},
    {"schema", &StoredLetter::schema},
    {"raw", &StoredLetter::raw},
    {"position", &StoredLetter::position},
    {"stage", &StoredLetter::stage},
    {"plugin", &StoredLetter::plugin},
    {"plugin_version", &StoredLetter::plugin_version},
    {"minor", &StoredLetter::minor},
    {"currency", &StoredLetter::currency},
}};
constexpr std::array<std::pair<const char*, std::int64_t StoredLetter::*>, 3> kNumbers = {{
    {"first_seen_ms", &StoredLetter::first_seen_ms},
    {"last_seen_ms", &StoredLetter::last_seen_ms},
    {"next_attempt_ms", &StoredLetter::next_attempt_ms},
}};

std::string letter_line(std::string_view delivery, const StoredLetter& letter) {
  nlohmann::ordered_json line = {{"delivery", lossless_json(delivery)}};
  for (const auto& [name, member] : kTexts) line[name] = lossless_json(letter.*member);
  line["code"] = sentinel::to_string(letter.reason.code());
  line["domain"] = lossless_json(letter.reason.domain());
  line["native_code"] = lossless_json(letter.reason.native_code());
  line["message"] = lossless_json(letter.reason.message());
  for (const auto& [name, member] : kNumbers) line[name] = letter.*member;
  return line.dump() + "\n";
}

std::optional<std::string> take_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  const auto bytes = found->is_object() ? found->find("$base64") : found->end();
  if (!found->is_object() || bytes == found->end() || !bytes->is_string()) return std::nullopt;
  return ledger::from_base64(bytes->get<std::string>());
}

std::optional<EmergencyLine> parse_line(std::string_view text) {
  const auto object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  EmergencyLine line;
  const auto delivery = take_text(object, "delivery");
  if (!delivery) return std::nullopt;
  line.delivery = *delivery;
  if (const auto fate = take_text(object, "fate")) {
    line.fate = *fate;
    return line;
  }
  for (const auto& [name, member] : kTexts) {
    auto value = take_text(object, name);
    if (!value) return std::nullopt;
    line.letter.*member = std::move(*value);
  }
  for (const auto& [name, member] : kNumbers) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_integer()) return std::nullopt;
    line.letter.*member = found->get<std::int64_t>();
  }
  line.letter.reason =
      fault_of(take_text(object, "code").value_or(""), take_text(object, "domain").value_or(""),
               take_text(object, "native_code").value_or(""), take_text(object, "message").value_or(""));
  return line;
}

Result<std::vector<EmergencyLine>> parse_lines(std::string_view content, const std::filesystem::path& path) {
  std::vector<EmergencyLine> lines;
  std::size_t number = 0;
  while (true) {
    const auto end = content.find('\n');
    if (end == std::string_view::npos) return lines;
    auto line = ++number == 1 ? EmergencyLine{} : parse_line(content.substr(0, end)).value_or(EmergencyLine{});
    if (number > 1 && line.delivery.empty())
      return Status{Code::kStorage,
                    fmt::format("line {} of the emergency file \"{}\" is damaged; repair or move the file, "
                                "its dead letters are not in the store yet",
                                number, path.string())};
    if (number > 1) lines.push_back(std::move(line));  // the first line only makes the file's content unique
    content.remove_prefix(end + 1);
  }
}

Result<std::string> random_name() {
  std::array<char, 8> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return Status{Code::kStorage, "the system gives no random numbers"};
  return ledger::content_hash({bytes.data(), bytes.size()}).substr(0, 16);
}

std::string prefix_of(std::string_view store_id) { return "letters-" + std::string(store_id) + "-"; }

// Nothing if another process holds the file, or has just taken it in.
Result<std::optional<EmergencyContent>> read_file(const std::filesystem::path& path) {
  EmergencyContent content;
  content.path = path;
  SENTINEL_ASSIGN(content.file, open_private(path, O_RDWR));
  if (flock(content.file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<EmergencyContent>();
    return file_fault("lock", path);
  }
  if (access(path.c_str(), F_OK) != 0) return std::optional<EmergencyContent>();
  SENTINEL_ASSIGN(const auto bytes, read_all(content.file.get(), path));
  content.content_hash = ledger::content_hash(bytes);
  SENTINEL_ASSIGN(content.lines, parse_lines(bytes, path));
  return std::optional<EmergencyContent>(std::move(content));
}

}  // namespace

std::filesystem::path emergency_folder(const std::filesystem::path& state_folder) {
  const char* chosen = std::getenv("SENTINEL_EMERGENCY_DIR");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return state_folder.parent_path() / "sentinel-emergency";
}

Status EmergencyFile::ensure_open() {
  if (file_.is_open()) return {};
  SENTINEL_ASSIGN(folder_, private_folder(folder_));
  SENTINEL_ASSIGN(const auto random, random_name());
  path_ = folder_ / (prefix_of(store_id_) + random + ".jsonl");
  SENTINEL_ASSIGN(auto file, open_private(path_, O_CREAT | O_EXCL | O_RDWR));
  const auto header = "{\"file\":\"" + random + "\"}\n";
  auto status = flock(file.get(), LOCK_EX | LOCK_NB) == 0 ? Status() : file_fault("lock", path_);
  if (status.ok()) status = write_all(file.get(), header, path_);
  if (status.ok()) status = sync_file(file.get(), path_);
  if (status.ok()) status = sync_folder(folder_);
  if (!status.ok()) {
    unlink(path_.c_str());
    return status;
  }
  file_ = std::move(file);
  size_ = header.size();
  return {};
}

Status EmergencyFile::append(const std::string& lines) {
  SENTINEL_TRY(ensure_open());
  auto status = write_all(file_.get(), lines, path_);
  if (status.ok()) status = sync_file(file_.get(), path_);
  if (status.ok()) {
    size_ += lines.size();
    return {};
  }
  // Half a line in the middle would damage the file: cut it off, or never write to this file again.
  if (ftruncate(file_.get(), static_cast<off_t>(size_)) != 0 || lseek(file_.get(), 0, SEEK_END) < 0) close();
  return status;
}

Status EmergencyFile::add(std::string_view delivery, std::span<const StoredLetter> letters) {
  std::string lines;
  for (const auto& letter : letters) lines += letter_line(delivery, letter);
  SENTINEL_TRY(append(lines));
  deliveries_.emplace(delivery);
  return {};
}

Status EmergencyFile::add_fate(std::string_view delivery, std::string_view fate) {
  const nlohmann::ordered_json line = {{"delivery", lossless_json(delivery)}, {"fate", fate}};
  return append(line.dump() + "\n");
}

void EmergencyFile::close() {
  file_ = Descriptor();
  deliveries_.clear();
}

Status take_emergency_files(const std::filesystem::path& folder, std::string_view store_id,
                            const std::function<Status(const EmergencyContent&)>& take) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error) && !error) return {};
  SENTINEL_ASSIGN(const auto real, private_folder(folder));
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator entry(real, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name.starts_with(prefix_of(store_id)) && name.ends_with(".jsonl")) paths.push_back(entry->path());
  }
  if (error) return {Code::kStorage, "cannot list the folder \"" + real.string() + "\": " + error.message()};
  std::ranges::sort(paths);
  for (const auto& path : paths) {
    SENTINEL_ASSIGN(const auto content, read_file(path));
    if (!content) continue;
    SENTINEL_TRY(take(*content));
    auto taken = path;
    taken += ".taken";
    if (rename(path.c_str(), taken.c_str()) != 0) return file_fault("rename", path);
    SENTINEL_TRY(sync_folder(real));
  }
  return {};
}

}  // namespace sentinel::store
