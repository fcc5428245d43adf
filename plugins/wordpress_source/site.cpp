// The tables of a WordPress site: see the header.
#include "wordpress_source/site.hpp"

#include "database/catalogue.hpp"
#include "database/statement.hpp"
#include "support/cell.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sentinel::wordpress_source {
namespace {

using database::Dialect;

constexpr std::size_t kTablesShown = 20;

// "wp_" for every pair of tables that ends in posts and postmeta.
std::vector<std::string> prefixes_of(const std::vector<std::string>& tables) {
  std::vector<std::string> prefixes;
  for (const auto& table : tables) {
    if (!table.ends_with("postmeta")) continue;
    const auto prefix = table.substr(0, table.size() - 8);
    if (std::find(tables.begin(), tables.end(), prefix + "posts") != tables.end()) prefixes.push_back(prefix);
  }
  return prefixes;
}

Status no_tables(const database::Connection& connection, const std::string& prefix, std::vector<std::string> tables) {
  auto text = fmt::format("no WordPress tables with prefix \"{}\" in {}; ", prefix, connection.url().display());
  if (const auto prefixes = prefixes_of(tables); !prefixes.empty()) {
    text += fmt::format("there are some with prefix \"{}\"", fmt::join(prefixes, "\", \""));
  } else {
    const bool is_cut = tables.size() > kTablesShown;
    if (is_cut) tables.resize(kTablesShown);
    text += fmt::format("tables found: {}{}", tables.empty() ? "none" : fmt::format("{}", fmt::join(tables, ", ")),
                        is_cut ? ", …" : "");
  }
  return invalid_config(std::move(text)).at_option("prefix");
}

using TextRows = std::vector<std::vector<std::string>>;

Result<TextRows> select(database::Connection& connection, const std::string& sql,
                        const std::vector<std::string>& parameters) {
  SENTINEL_ASSIGN(auto statement, database::Statement::prepare(connection, sql));
  for (std::size_t i = 0; i < parameters.size(); ++i) statement.bind_text(i, parameters[i]);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement.execute());
  TextRows rows;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement.step());
    if (!has_row) return rows;
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < statement.column_count(); ++i) row.emplace_back(statement.text(i).value_or(""));
  }
}

// The meta key as bytes: WordPress's collation holds Amount and amount for the same, WordPress itself does not.
const char* exact_key(Dialect dialect) {
  return dialect == Dialect::kSqlite ? "CAST(m.meta_key AS BLOB)" : "CAST(m.meta_key AS BINARY)";
}

}  // namespace

Result<Site> find_site(database::Connection& connection, const std::string& prefix) {
  Site site;
  site.dialect = connection.dialect();
  if (site.dialect == Dialect::kPostgresql)
    return invalid_config("WordPress keeps its tables in MySQL or MariaDB; this is a PostgreSQL database")
        .at_option("connection");
  const auto look_up = [&](const char* name, std::string& quoted) -> Result<bool> {
    SENTINEL_ASSIGN(quoted, database::quote_identifier(site.dialect, prefix + name));
    SENTINEL_ASSIGN(const auto table, database::describe_table(connection, prefix + name));
    if (table && site.dialect == Dialect::kMysql && table->engine != "InnoDB") site.has_snapshots = false;
    return table.has_value();
  };
  SENTINEL_ASSIGN(const bool has_posts, look_up("posts", site.posts));
  SENTINEL_ASSIGN(const bool has_meta, look_up("postmeta", site.postmeta));
  if (has_posts && has_meta) return site;
  SENTINEL_ASSIGN(auto tables, database::list_tables(connection));
  return no_tables(connection, prefix, std::move(tables));
}

Result<std::vector<std::string>> find_meta_keys(database::Connection& connection, const Site& site,
                                                const std::string& type) {
  const auto sql = fmt::format(
      "SELECT DISTINCT {} FROM {} m JOIN {} p ON p.ID = m.post_id WHERE p.post_type = ? AND m.meta_key IS NOT NULL "
      "AND m.meta_key <> '' AND SUBSTR(m.meta_key, 1, 1) <> '_' LIMIT {}",
      exact_key(site.dialect), site.postmeta, site.posts, kMostMetaKeys + 1);
  SENTINEL_ASSIGN(const auto rows, select(connection, sql, {type}));
  if (rows.size() > kMostMetaKeys)
    return invalid_config(
               fmt::format("posts of type \"{}\" carry more than {} meta keys; list those to read in \"meta\"", type,
                           kMostMetaKeys))
        .at_option("meta");
  std::vector<std::string> keys;
  for (const auto& row : rows)
    if (is_utf8(row[0]) && row[0].find('\0') == std::string::npos) keys.push_back(row[0]);
  std::sort(keys.begin(), keys.end());
  return keys;
}

Result<std::vector<std::pair<std::string, std::string>>> find_types(database::Connection& connection,
                                                                    const Site& site) {
  SENTINEL_ASSIGN(const auto rows, select(connection,
                                          fmt::format("SELECT post_type, COUNT(*) FROM {} GROUP BY post_type ORDER BY "
                                                      "COUNT(*) DESC, post_type",
                                                      site.posts),
                                          {}));
  std::vector<std::pair<std::string, std::string>> types;
  for (const auto& row : rows) types.emplace_back(row[0], row[1]);
  return types;
}

Result<std::vector<FoundMeta>> find_all_meta(database::Connection& connection, const Site& site) {
  SENTINEL_ASSIGN(const auto rows,
                  select(connection,
                         fmt::format("SELECT p.post_type, {0}, MAX(SUBSTR(m.meta_value, 1, 80)) FROM {1} m "
                                     "JOIN {2} p ON p.ID = m.post_id WHERE m.meta_key IS NOT NULL "
                                     "GROUP BY p.post_type, {0} ORDER BY p.post_type, {0}",
                                     exact_key(site.dialect), site.postmeta, site.posts),
                         {}));
  std::vector<FoundMeta> found;
  for (const auto& row : rows)
    if (is_utf8(row[1])) found.push_back({row[0], row[1], is_utf8(row[2]) ? row[2] : std::string()});
  return found;
}

}  // namespace sentinel::wordpress_source
