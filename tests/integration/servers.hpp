// Databases and WordPress sites of the tests, reached through their own command line clients: the judge shares no code
// with what it judges.
#pragma once

#include "harness.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sentinel::integration {

enum class Kind { kMariadb, kPostgresql, kSqlite };
std::string name_of(Kind kind);

// Where a server listens and who may enter, from a URL without escapes.
struct Address {
  Kind kind = Kind::kMariadb;
  std::string user, password, host, port, database;

  static Address parse(const std::string& url);
  std::string url() const;
};

using Lines = std::vector<std::string>;

// A database of its own, gone at the end of the test.
class Database {
 public:
  // On the shared server of this kind; an SQLite file in a folder of its own.
  explicit Database(Kind kind);
  // On another server.
  explicit Database(const Address& server);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Kind kind() const { return address_.kind; }
  const Address& address() const { return address_; }
  const std::string& name() const { return address_.database; }
  std::string url() const { return address_.url(); }
  // The same for another port, as of a proxy in front of the server.
  std::string url_at(int port) const;

  // Runs statements and answers the rows, their values joined by a tab; NULL prints as the client does. Throws on any
  // error.
  Lines rows(const std::string& sql) const;
  // The only value of the only row.
  std::string value(const std::string& sql) const;
  long long number(const std::string& sql) const { return std::stoll(value(sql)); }
  void run_file(const std::filesystem::path& path, const std::string& before = "") const;
  bool has_table(const std::string& table) const;
  Lines tables() const;

  // An account that only this test uses, with all rights here; answers the address with it.
  Address make_account();
  // Ends all connections of that account, and answers how many there were.
  int cut_connections(const Address& account) const;

 private:
  std::string ask(const std::string& sql) const;

  TempFolder folder_;
  Address server_, address_;
  std::vector<std::string> accounts_;
};

// What `sentinel.…` tables say about a pipeline, asked by SQL of our own.
struct Ledger {
  long long batches = 0, breaks = 0;  // breaks: gaps in seq, cursors that do not join, epochs that fall
  long long open_letters = 0;
};
Ledger read_ledger(const Database& target);

// A copy of the seeded WordPress, to be edited freely.
class Site {
 public:
  Site();
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  std::string url() const;  // read only
  Lines rows(const std::string& sql) const;
  // What the seed says must become of the donations: "clean", "dirty", "left_out".
  const nlohmann::json& expected() const { return expected_; }
  // One line a good donation: reference, e-mail, name, amount, currency, status, time. `mended_too`: after mend().
  Lines good_donations(bool mended_too = false) const;
  nlohmann::json edit(int add_kobo, const std::vector<std::string>& post_ids, bool meta_only) const;
  nlohmann::json mend() const;
  void trash(const std::vector<std::string>& post_ids) const;
  void restore(std::vector<std::string> post_ids) const;
  void delete_for_good(std::vector<std::string> post_ids) const;

 private:
  nlohmann::json run_php(const std::string& script, const std::vector<std::string>& words) const;

  std::string name_;
  Address admin_;
  nlohmann::json expected_;
};
// The same line a donation from the accounting table that a WordPress pipeline fills.
Lines landed_donations(const Database& target);

// Equal lists, or a failure that shows the first lines that differ.
void expect_same_lines(const Lines& expected, const Lines& found);

}  // namespace sentinel::integration
