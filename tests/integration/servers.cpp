// Clients, accounts and PHP.
#include "servers.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace sentinel::integration {

std::string name_of(Kind kind) {
  return kind == Kind::kMariadb ? "Mariadb" : kind == Kind::kPostgresql ? "Postgresql" : "Sqlite";
}

Address Address::parse(const std::string& url) {
  Address address;
  const auto fail = [&] {
    return std::runtime_error("not a URL of the form scheme://user:password@host:port/database");
  };
  const auto scheme = url.find("://"), at = url.rfind('@'), slash = url.rfind('/');
  if (scheme == std::string::npos || at == std::string::npos || slash < at) throw fail();
  address.kind = url.starts_with("mysql") ? Kind::kMariadb : Kind::kPostgresql;
  const auto account = url.substr(scheme + 3, at - scheme - 3), place = url.substr(at + 1, slash - at - 1);
  address.user = account.substr(0, account.find(':'));
  address.password = account.substr(account.find(':') + 1);
  address.host = place.substr(0, place.find(':'));
  address.port = place.substr(place.find(':') + 1);
  address.database = url.substr(slash + 1, url.find('?') - slash - 1);
  return address;
}

std::string Address::url() const {
  if (kind == Kind::kSqlite) return "sqlite:" + database;
  return (kind == Kind::kMariadb ? "mysql://" : "postgresql://") + user + ":" + password + "@" + host + ":" + port +
         "/" + database;
}

namespace {

std::string ask_client(const Address& address, const std::string& sql) {
  switch (address.kind) {
    case Kind::kMariadb:
      return must_run({"mariadb", "--no-defaults", "--protocol=tcp", "-h" + address.host, "-P" + address.port,
                       "-u" + address.user, "--default-character-set=utf8mb4", "-BN", "--raw", address.database},
                      {{"MYSQL_PWD", address.password}}, sql);
    case Kind::kPostgresql:
      return must_run({"psql", "-X", "-qAt", "-F", "\t", "-P", "null=NULL", "-v", "ON_ERROR_STOP=1", "-h", address.host,
                       "-p", address.port, "-U", address.user, "-d", address.database},
                      {{"PGPASSWORD", address.password}, {"PGOPTIONS", "-c client_min_messages=warning"}}, sql);
    case Kind::kSqlite:
      return must_run({"sqlite3", "-batch", "-bail", "-noheader", "-separator", "\t", "-nullvalue", "NULL", "-cmd",
                       ".timeout 60000", address.database},
                      {}, sql);
  }
  return {};
}

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

Address shared_server(Kind kind) {
  if (kind == Kind::kSqlite) return {kind, "", "", "", "", ""};
  return Address::parse(
      require_environment(kind == Kind::kMariadb ? "SENTINEL_TEST_MYSQL" : "SENTINEL_TEST_POSTGRESQL"));
}

}  // namespace

Database::Database(Kind kind) : Database(shared_server(kind)) {}

Database::Database(const Address& server) : server_(server), address_(server) {
  if (server.kind == Kind::kSqlite) {
    address_.database = (folder_.path() / "data.db").string();
    return;
  }
  address_.database = unique_name("sentinel_e2e");
  const bool is_mariadb = server.kind == Kind::kMariadb;
  ask_client(server_, "CREATE DATABASE " + name() + (is_mariadb ? " CHARACTER SET utf8mb4" : ""));
}

Database::~Database() {
  if (kind() == Kind::kSqlite) return;
  const bool is_mariadb = kind() == Kind::kMariadb;
  try {
    ask_client(server_, "DROP DATABASE " + name() + (is_mariadb ? "" : " WITH (FORCE)"));
    for (const auto& account : accounts_)
      ask_client(server_, is_mariadb ? "DROP USER '" + account + "'@'127.0.0.1'" : "DROP ROLE " + account);
  } catch (const std::exception& thrown) {
    ADD_FAILURE() << "cleaning up: " << thrown.what();
  }
}

std::string Database::url_at(int port) const {
  auto address = address_;
  address.port = std::to_string(port);
  return address.url();
}

std::string Database::ask(const std::string& sql) const { return ask_client(address_, sql); }

Lines Database::rows(const std::string& sql) const { return lines_of(ask(sql)); }

std::string Database::value(const std::string& sql) const {
  const auto found = rows(sql);
  if (found.size() != 1) throw std::runtime_error("not one row but " + std::to_string(found.size()) + ": " + sql);
  return found[0];
}

void Database::run_file(const std::filesystem::path& path, const std::string& before) const {
  ask(before + "\n" + read_file(path));
}

Lines Database::tables() const {
  switch (kind()) {
    case Kind::kMariadb: return rows("SHOW TABLES");
    case Kind::kPostgresql: return rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    case Kind::kSqlite:
      return rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1");
  }
  return {};
}

bool Database::has_table(const std::string& table) const {
  const auto all = tables();
  return std::find(all.begin(), all.end(), table) != all.end();
}

Address Database::make_account() {
  auto account = address_;
  account.user = unique_name("sink");
  account.password = "sink-local-only";
  if (kind() == Kind::kMariadb) {
    ask("CREATE USER '" + account.user + "'@'127.0.0.1' IDENTIFIED BY '" + account.password + "';\nGRANT ALL ON " +
        name() + ".* TO '" + account.user + "'@'127.0.0.1'");
  } else {
    ask("CREATE ROLE " + account.user + " LOGIN PASSWORD '" + account.password + "';\nGRANT ALL ON SCHEMA public TO " +
        account.user);
  }
  accounts_.push_back(account.user);
  return account;
}

int Database::cut_connections(const Address& account) const {
  if (kind() == Kind::kPostgresql)
    return static_cast<int>(
        rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + account.user + "'").size());
  const auto ids = rows("SELECT id FROM information_schema.processlist WHERE user = '" + account.user + "'");
  int cut = 0;
  for (const auto& id : ids) {
    try {
      ask("KILL " + id);
      ++cut;
    } catch (const std::exception&) {  // it was gone before
    }
  }
  return cut;
}

Ledger read_ledger(const Database& target) {
  Ledger ledger;
  ledger.batches = target.number("SELECT COUNT(*) FROM sentinel_batch");
  ledger.open_letters = target.number("SELECT COUNT(*) FROM sentinel_dead_letter WHERE state = 'open'");
  ledger.breaks = target.number(
      "SELECT COUNT(*) FROM (SELECT seq, epoch, cursor_from, "
      "LAG(seq) OVER w AS seq_before, LAG(epoch) OVER w AS epoch_before, LAG(cursor_to) OVER w AS cursor_before "
      "FROM sentinel_batch WINDOW w AS (PARTITION BY pipeline, source_id, lane ORDER BY seq)) AS chain "
      "WHERE seq <> COALESCE(seq_before, 0) + 1 OR epoch < COALESCE(epoch_before, 0) "
      "OR (seq_before IS NOT NULL AND cursor_from <> cursor_before)");
  return ledger;
}

// --- WordPress

Site::Site() : name_(unique_name("wordpress_e2e")) {
  require_environment("SENTINEL_TEST_WORDPRESS");
  admin_ = Address::parse(require_environment("SENTINEL_TEST_WORDPRESS_ADMIN"));
  require_environment("SENTINEL_TEST_WORDPRESS_DIR");
  const std::filesystem::path folder = require_environment("SENTINEL_TEST_DIR");
  must_run({(source_folder() / "tests/servers/wordpress.sh").string(), "copy", name_});
  admin_.database = name_;
  expected_ = nlohmann::json::parse(read_file(folder / "wordpress_expected.json"));
}

Site::~Site() {
  try {
    ask_client(admin_, "DROP DATABASE " + name_);
  } catch (const std::exception& thrown) {
    ADD_FAILURE() << "cleaning up: " << thrown.what();
  }
}

std::string Site::url() const {
  auto address = Address::parse(require_environment("SENTINEL_TEST_WORDPRESS"));
  address.database = name_;
  return address.url();
}

Lines Site::rows(const std::string& sql) const { return lines_of(ask_client(admin_, sql)); }

Lines Site::good_donations(bool mended_too) const {
  std::string dirty = "0";
  if (!mended_too)
    for (const auto& post : expected_.at("dirty").at("posts"))
      dirty += "," + std::to_string(post.at("post_id").get<long long>());
  const auto meta = [](const std::string& key) {
    return "(SELECT m.meta_value FROM wp_postmeta m WHERE m.post_id = p.ID AND m.meta_key = '" + key + "')";
  };
  const auto kobo = "CAST(" + meta("amount_kobo") + " AS UNSIGNED)";
  return rows("SELECT " + meta("donation_ref") + ", LOWER(TRIM(REPLACE(" + meta("donor_email") + ", CHAR(9), ' '))), " +
              meta("donor_name") + ", CONCAT(" + kobo + " DIV 100, '.', LPAD(" + kobo + " MOD 100, 2, '0')), " +
              meta("currency") +
              ", p.post_status, DATE_FORMAT(p.post_date_gmt, '%Y-%m-%d %H:%i:%s') FROM wp_posts p "
              "WHERE p.post_type = 'donation' AND p.post_status = 'publish' AND p.ID NOT IN (" +
              dirty + ") ORDER BY 1");
}

nlohmann::json Site::run_php(const std::string& script, const std::vector<std::string>& words) const {
  std::vector<std::string> command = {"php", "-d", "display_errors=stderr",
                                      (source_folder() / "tests/wordpress" / script).string()};
  command.insert(command.end(), words.begin(), words.end());
  return nlohmann::json::parse(must_run(command, {{"SENTINEL_TEST_WORDPRESS_DATABASE", name_}}));
}

nlohmann::json Site::edit(int add_kobo, const std::vector<std::string>& post_ids, bool meta_only) const {
  std::vector<std::string> words;
  if (meta_only) words.push_back("--meta-only");
  words.push_back(std::to_string(add_kobo));
  words.insert(words.end(), post_ids.begin(), post_ids.end());
  return run_php("edit.php", words);
}

void Site::trash(const std::vector<std::string>& post_ids) const { run_php("trash.php", post_ids); }

void Site::restore(std::vector<std::string> post_ids) const {
  post_ids.insert(post_ids.begin(), "--restore");
  run_php("trash.php", post_ids);
}

void Site::delete_for_good(std::vector<std::string> post_ids) const {
  post_ids.insert(post_ids.begin(), "--delete");
  run_php("trash.php", post_ids);
}

nlohmann::json Site::mend() const {
  return run_php("mend.php", {require_environment("SENTINEL_TEST_DIR") + "/wordpress_expected.json"});
}

Lines landed_donations(const Database& target) {
  const std::string time = target.kind() == Kind::kMariadb ? "DATE_FORMAT(donated_at, '%Y-%m-%d %H:%i:%s')"
                           : target.kind() == Kind::kPostgresql
                               ? "to_char(donated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
                               : "strftime('%Y-%m-%d %H:%M:%S', donated_at)";
  const std::string by = target.kind() == Kind::kPostgresql ? "donation_ref COLLATE \"C\"" : "donation_ref";
  return target.rows("SELECT donation_ref, email, donor_name, amount_naira, currency, status, " + time +
                     " FROM donations ORDER BY " + by);
}

void expect_same_lines(const Lines& expected, const Lines& found) {
  EXPECT_EQ(expected.size(), found.size());
  int shown = 0;
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()) && shown < 5; ++i) {
    const auto& left = i < expected.size() ? expected[i] : "(nothing)";
    const auto& right = i < found.size() ? found[i] : "(nothing)";
    if (left == right) continue;
    ADD_FAILURE() << "line " << i << "\n  expected " << left << "\n  found    " << right;
    ++shown;
  }
}

}  // namespace sentinel::integration
