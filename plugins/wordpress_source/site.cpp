// Finds the tables of a WordPress site, and checks that they have the columns that the source needs.
#include "wordpress_source/site.hpp"

#include "database/catalogue.hpp"
#include "database/statement.hpp"
#include "support/cell.hpp"
#include "wordpress_source/preset.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sentinel::wordpress_source {
namespace {

constexpr std::size_t kTablesShown = 20;
constexpr const char* kOrdersInTables = "woocommerce_custom_orders_table_enabled";

// The prefixes, such as "wp_", of all pairs of tables that end in posts and postmeta.
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
    text += fmt::format("tables exist with prefix \"{}\"", fmt::join(prefixes, "\", \""));
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

Status no_preset(const Options& options, std::string_view table) {
  const auto preset = *options.preset;
  const auto* cure =
      preset == Preset::kWoocommerce ? "; an older shop stores its orders as posts: woocommerce_legacy" : "";
  return invalid_config(
             fmt::format("the site has no table \"{}\", which preset {} reads{}", table, name_of(preset), cure))
      .at_option("preset");
}

// WooCommerce stores orders in one of two ways, may leave stale copies in the other, and records which one is
// authoritative.
Status check_authority(database::Connection& connection, const Options& options) {
  if (*options.preset == Preset::kGivewp) return {};
  SENTINEL_ASSIGN(const auto table, database::describe_table(connection, options.prefix + "options"));
  if (!table) return {};
  SENTINEL_ASSIGN(const auto quoted, database::quote_identifier(connection.dialect(), options.prefix + "options"));
  SENTINEL_ASSIGN(
      const auto rows,
      select(connection, fmt::format("SELECT option_value FROM {} WHERE option_name = ?", quoted), {kOrdersInTables}));
  const bool is_in_tables = !rows.empty() && rows[0][0] == "yes";
  const auto counting = is_in_tables ? Preset::kWoocommerce : Preset::kWoocommerceLegacy;
  if (counting == *options.preset) return {};
  return invalid_config(fmt::format("this shop's orders are stored {} ({} is {}); set preset: {}",
                                    is_in_tables ? "in tables of their own" : "as posts", kOrdersInTables,
                                    rows.empty() ? "not set" : rows[0][0], name_of(counting)))
      .at_option("preset");
}

Status check_amounts(const database::Table& table, const SiteDialect& dialect) {
  const auto* amount = table.find("total_amount");
  if (dialect.keeps_amounts || amount == nullptr || amount->kind == database::ColumnKind::kText) return {};
  return invalid_config(fmt::format("this copy stores total_amount of \"{}\" as {}, which loses digits in {}; copy "
                                    "it into a text column",
                                    table.name, amount->type_text, database::rules_of(dialect.dialect).product()))
      .at_option("connection");
}

// An existing table, quoted, with the effect of its engine on the site.
struct Found {
  std::string quoted;
  std::optional<database::Table> table;
};
Result<Found> look_up(database::Connection& connection, const std::string& name, Site& site) {
  Found found;
  SENTINEL_ASSIGN(found.quoted, database::quote_identifier(connection.dialect(), name));
  SENTINEL_ASSIGN(found.table, database::describe_table(connection, name));
  const auto engine = site.dialect->snapshot_engine;
  if (found.table && !engine.empty() && found.table->engine != engine) site.has_snapshots = false;
  return found;
}

Status find_preset_tables(database::Connection& connection, const Options& options, Site& site) {
  const auto layout = layout_of(options);
  const auto find = [&](const char* name) -> Result<std::string> {
    SENTINEL_ASSIGN(auto found, look_up(connection, options.prefix + name, site));
    if (!found.table) return no_preset(options, options.prefix + name);
    SENTINEL_TRY(check_amounts(*found.table, *site.dialect));
    return std::move(found.quoted);
  };
  SENTINEL_ASSIGN(site.records, find(layout.table));
  SENTINEL_ASSIGN(site.meta, find(layout.meta_table));
  for (const auto& joined : layout.joined) {
    SENTINEL_ASSIGN(auto quoted, find(joined.table));
    site.joined.push_back(std::move(quoted));
  }
  return check_authority(connection, options);
}

}  // namespace

Result<Site> find_site(database::Connection& connection, const Options& options) {
  Site site;
  site.dialect = site_dialect(connection.dialect());
  if (site.dialect == nullptr)
    return invalid_config(fmt::format("WordPress stores its tables in MySQL or MariaDB; this is a {} database",
                                      database::rules_of(connection).product()))
        .at_option("connection");
  SENTINEL_ASSIGN(const auto posts, look_up(connection, options.prefix + "posts", site));
  SENTINEL_ASSIGN(const auto meta, look_up(connection, options.prefix + "postmeta", site));
  if (!posts.table || !meta.table) {
    SENTINEL_ASSIGN(auto tables, database::list_tables(connection));
    return no_tables(connection, options.prefix, std::move(tables));
  }
  site.posts = site.records = posts.quoted;
  site.postmeta = site.meta = meta.quoted;
  if (options.preset) SENTINEL_TRY(find_preset_tables(connection, options, site));
  return site;
}

Result<std::vector<Preset>> find_presets(database::Connection& connection, const std::string& prefix) {
  std::vector<Preset> presets;
  for (const auto& [preset, table] :
       {std::pair(Preset::kGivewp, "give_donationmeta"), std::pair(Preset::kWoocommerce, "wc_orders")}) {
    SENTINEL_ASSIGN(const auto found, database::describe_table(connection, prefix + table));
    if (found) presets.push_back(preset);
  }
  return presets;
}

Result<std::vector<std::string>> find_meta_keys(database::Connection& connection, const Site& site,
                                                const std::string& type) {
  const auto sql = fmt::format(
      "SELECT DISTINCT {} FROM {} m JOIN {} p ON p.ID = m.post_id WHERE p.post_type = ? AND m.meta_key IS NOT NULL "
      "AND m.meta_key <> '' AND SUBSTR(m.meta_key, 1, 1) <> '_' LIMIT {}",
      site.dialect->key_bytes, site.postmeta, site.posts, kMostMetaKeys + 1);
  SENTINEL_ASSIGN(const auto rows, select(connection, sql, {type}));
  if (rows.size() > kMostMetaKeys)
    return invalid_config(
               fmt::format("posts of type \"{}\" have more than {} meta keys; list those to read in \"meta\"", type,
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

Result<std::vector<FoundMeta>> find_all_meta(database::Connection& connection, const Site& site,
                                             const Options& options) {
  const auto layout = layout_of(options);
  SENTINEL_ASSIGN(
      const auto rows,
      select(connection,
             fmt::format("SELECT r.{1}, {0}, MAX(SUBSTR(m.meta_value, 1, 80)) FROM {2} m JOIN {3} r ON "
                         "r.{4} = m.{5} WHERE m.meta_key IS NOT NULL GROUP BY r.{1}, {0} ORDER BY r.{1}, {0}",
                         site.dialect->key_bytes, layout.type, site.meta, site.records, layout.id, layout.meta_owner),
             {}));
  std::vector<FoundMeta> found;
  for (const auto& row : rows)
    if (is_utf8(row[1])) found.push_back({row[0], row[1], is_utf8(row[2]) ? row[2] : std::string()});
  return found;
}

}  // namespace sentinel::wordpress_source
