// Pipelines from a shelf into an SQLite database through the real SQL sink, loaded as a plugin.
#pragma once

#include "database/connection.hpp"
#include "engine/exit_code.hpp"
#include "engine/letters/discard.hpp"
#include "engine/letters/replay.hpp"
#include "engine/run/run.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace sentinel::engine::test {

class SqlPipelineTest : public PipelineTest {
 protected:
  SqlPipelineTest() : PipelineTest({SENTINEL_PLUGIN_DIR}) {}
  std::string sink_yaml() const override {
    return "sink: { use: sql, connection: \"sqlite:" + target().string() + "\", table: donations, key: [ref] }\n";
  }
  std::filesystem::path target() const { return folder_ / "target.db"; }

  RunReport run_it(const Parts& parts = {}, const RunOptions& options = {}) {
    return run(load(parts), registry_, services_, state_folder_, options);
  }
  ReplayReport replay_it(const Parts& parts = {}, const ReplayOptions& options = {}) {
    return replay(load(parts), registry_, services_, state_folder_, options);
  }

  // What stands in the target, as text: "a|b" a row; NULL is "-".
  std::vector<std::string> look(const std::string& sql) {
    auto rows = connection().query(sql);
    EXPECT_TRUE(rows) << rows.error().message();
    std::vector<std::string> lines;
    if (!rows) return lines;
    for (const auto& row : *rows) {
      auto& line = lines.emplace_back();
      for (const auto& cell : row) line += (line.empty() ? "" : "|") + cell.value_or("-");
    }
    return lines;
  }
  std::string one(const std::string& sql) {
    const auto lines = look(sql);
    return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " rows";
  }
  void execute(const std::string& sql) {
    const auto hit = connection().execute(sql);
    EXPECT_TRUE(hit) << hit.error().message();
  }
  std::string letter_state(const std::string& letter_id) {
    return one("SELECT state FROM sentinel_dead_letter WHERE letter_id = '" + letter_id + "'");
  }
  // Letters of the store with one of these states; the open ones if none is named.
  std::vector<store::StoredLetter> letters(std::vector<store::LetterStatus> status = {}) {
    store::LetterFilter filter;
    filter.status = std::move(status);
    auto list = open_store()->list(filter);
    EXPECT_TRUE(list);
    return list ? *list : std::vector<store::StoredLetter>{};
  }
  static std::uint64_t count(const Balance& balance, BalanceLine line) { return balance.records(line); }

 private:
  database::Connection& connection() {
    if (!connection_) {
      database::Url url;
      url.database = target().string();
      auto opened = database::Connection::open(url, {});
      if (!opened) throw std::runtime_error(opened.error().message());
      connection_ = std::move(*opened);
    }
    return *connection_;
  }
  std::unique_ptr<database::Connection> connection_;
};

inline const std::string kRejectR = "  - { use: choose, reject: R }\n";

}  // namespace sentinel::engine::test
