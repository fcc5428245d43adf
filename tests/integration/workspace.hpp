// A place where the program runs: a state folder and pipeline files of its own, and its answers as JSON.
#pragma once

#include "harness.hpp"
#include "servers.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sentinel::integration {

using Json = nlohmann::json;

class Workspace {
 public:
  // The two settings that the shipped pipelines need.
  Workspace(std::string source_url, std::string target_url);

  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path state_folder() const { return folder_.path() / "state"; }
  Variables& variables() { return variables_; }

  // Writes a pipeline file and answers its path.
  std::string write(const std::string& name, const std::string& yaml) const;

  Finished sentinel(const std::vector<std::string>& words, const Variables& more = {}) const;
  std::unique_ptr<Process> start(const std::vector<std::string>& words, const Variables& more = {}) const;
  // Runs `sentinel … --json`, expects that exit code, and answers what it printed.
  Json json(std::vector<std::string> words, int exit_code = 0) const;

  // How many letters the store holds that are neither open nor closed yet, asked by the client sqlite3.
  long long pending_letters() const;

 private:
  TempFolder folder_;
  Variables variables_;
};

std::filesystem::path program();
std::string shipped_pipeline(const std::string& name);

// Lines of the balance of `run --json`; "landed" is inserted and updated together.
long long records(const Json& run, const std::string& line);
long long naira_kobo(const Json& run, const std::string& line);
// read is the sum of all others, in records and in every currency.
void expect_balanced(const Json& run);

}  // namespace sentinel::integration
