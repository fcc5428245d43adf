// The program, its settings and its answers.
#include "workspace.hpp"

#include <stdexcept>

namespace sentinel::integration {

std::filesystem::path program() { return SENTINEL_PROGRAM; }

std::string shipped_pipeline(const std::string& name) { return (source_folder() / "pipelines" / name).string(); }

Workspace::Workspace(std::string source_url, std::string target_url)
    : variables_{{"WORDPRESS_DB", std::move(source_url)},
                 {"ACCOUNTING_DB", std::move(target_url)},
                 {"SENTINEL_STATE_DIR", state_folder().string()}} {}

std::string Workspace::write(const std::string& name, const std::string& yaml) const {
  const auto path = folder() / name;
  write_file(path, yaml);
  return path.string();
}

std::unique_ptr<Process> Workspace::start(const std::vector<std::string>& words, const Variables& more) const {
  std::vector<std::string> command = {program().string()};
  command.insert(command.end(), words.begin(), words.end());
  auto variables = more;
  variables.insert(variables_.begin(), variables_.end());
  return std::make_unique<Process>(command, variables);
}

Finished Workspace::sentinel(const std::vector<std::string>& words, const Variables& more) const {
  return start(words, more)->wait();
}

Json Workspace::json(std::vector<std::string> words, int exit_code) const {
  words.push_back("--json");
  const auto finished = sentinel(words);
  EXPECT_EQ(finished.exit_code, exit_code) << finished;
  auto answer = Json::parse(finished.out, nullptr, false);
  if (answer.is_discarded()) throw std::runtime_error("no JSON: " + finished.out + finished.err);
  return answer;
}

long long Workspace::pending_letters() const {
  return std::stoll(must_run(
      {"sqlite3", "-batch", (state_folder() / "sentinel.db").string(), "SELECT COUNT(*) FROM pending_letter"}));
}

long long records(const Json& run, const std::string& line) {
  const auto& lines = run.at("balance").at("records");
  if (line == "landed") return records(run, "inserted") + records(run, "updated");
  return lines.at(line).get<long long>();
}

long long naira_kobo(const Json& run, const std::string& line) {
  const auto& money = run.at("balance").at("money");
  if (!money.contains("NGN")) return 0;
  if (line == "landed") return naira_kobo(run, "inserted") + naira_kobo(run, "updated");
  return std::stoll(money.at("NGN").at(line).get<std::string>());
}

// `left` is the deprecated name of `departed` and stands beside it.
bool is_counted(const std::string& line) { return line != "read" && line != "left"; }

void expect_balanced(const Json& run) {
  const auto& balance = run.at("balance");
  long long accounted = 0;
  for (const auto& [line, count] : balance.at("records").items())
    if (is_counted(line)) accounted += count.get<long long>();
  EXPECT_EQ(records(run, "read"), accounted) << balance.dump();
  for (const auto& [currency, lines] : balance.at("money").items()) {
    long long minor = 0;
    for (const auto& [line, amount] : lines.items())
      if (is_counted(line)) minor += std::stoll(amount.get<std::string>());
    EXPECT_EQ(std::stoll(lines.at("read").get<std::string>()), minor) << currency << ": " << balance.dump();
  }
}

}  // namespace sentinel::integration
