// Files that a test writes and changes, and how a source of files splits them.
#pragma once

#include "support/file/file_cursor.hpp"
#include "support/tests/source_probe.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

namespace sentinel::support {

class TestFile {
 public:
  explicit TestFile(std::string_view text = {}) {
    std::string pattern = (std::filesystem::temp_directory_path() / "sentinel-file.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    folder_ = pattern;
    write(text);
  }
  ~TestFile() { std::filesystem::remove_all(folder_); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;

  std::string path() const { return (folder_ / "records").string(); }
  const std::filesystem::path& folder() const { return folder_; }
  void write(std::string_view text) const { put(text, std::ios::trunc); }
  void append(std::string_view text) const { put(text, std::ios::app); }

 private:
  void put(std::string_view text, std::ios::openmode mode) const {
    std::ofstream file(path(), std::ios::binary | mode);
    file << text;
    ASSERT_TRUE(file.flush());
  }
  std::filesystem::path folder_;
};

inline std::int64_t offset_in(const Cursor& cursor) {
  const auto parsed = parse_file_cursor(cursor);
  if (!parsed) ADD_FAILURE() << parsed.error().message();
  return parsed ? parsed->place.offset : -1;
}

// Reads the file one record at a time, and hands each with all the bytes that it took to `check`; checks that these lie
// one after the other, and that a reject shows exactly its own.
inline void expect_every_byte_once(Source& source, std::string_view bytes,
                                   const std::function<void(std::string_view bytes, const Taken& one)>& check) {
  Cursor at;
  auto begin = std::size_t{0};
  while (true) {
    const auto one = read_page(source, at, {1, 1 << 30});
    if (testing::Test::HasFailure()) return;
    ASSERT_LE(one.rows.size() + one.rejects.size(), 1u);
    // The last line stays before the cursor where no line break ends it.
    const auto end = one.done ? bytes.size() : static_cast<std::size_t>(offset_in(one.next));
    ASSERT_TRUE(begin <= end && end <= bytes.size());
    const auto part = bytes.substr(begin, end - begin);
    for (const auto& reject : one.rejects) {
      const auto byte = std::stoull(reject.position.substr(reject.position.find("byte ") + 5));
      ASSERT_TRUE(byte >= begin && byte < end) << reject.position;
      ASSERT_EQ(reject.raw, bytes.substr(byte, std::min<std::size_t>(end - byte, 64u << 10)));
    }
    check(part, one);
    if (one.done) return;
    begin = end;
    at = one.next;
  }
}

// A seed of this run, or SENTINEL_SEED; printed, so that a failure can be repeated.
inline std::uint64_t printed_seed() {
  const char* given = std::getenv("SENTINEL_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::uint64_t{20261125};
  std::cout << "SENTINEL_SEED=" << seed << "\n";
  return seed;
}

// `text` with a few bytes changed, dropped, doubled or put in from `alphabet`.
inline std::string spoilt(std::string text, std::string_view alphabet, std::mt19937_64& random) {
  const auto below = [&](std::size_t limit) { return random() % std::max<std::size_t>(limit, 1); };
  for (auto changes = below(6); changes > 0; --changes) {
    const auto at = below(text.size() + 1);
    const char c = alphabet[below(alphabet.size())];
    switch (below(4)) {
      case 0: text.insert(at, 1, c); break;
      case 1: text.erase(std::min(at, text.size()), below(8)); break;
      case 2: text.insert(at, text.substr(below(text.size() + 1), below(40))); break;
      default:
        if (at < text.size()) text[at] = c;
    }
  }
  return text;
}

}  // namespace sentinel::support
