// Reads a table's shape from PostgreSQL's pg_catalog, which knows partial indexes, expressions and identities.
#include "database/postgresql/postgresql.hpp"

#include <array>

namespace sentinel::database {
namespace {

constexpr std::array kKinds{
    NamedKind{"int2", ColumnKind::kInteger, 16},    NamedKind{"int4", ColumnKind::kInteger, 32},
    NamedKind{"int8", ColumnKind::kInteger, 64},    NamedKind{"numeric", ColumnKind::kDecimal},
    NamedKind{"float4", ColumnKind::kFloat},        NamedKind{"float8", ColumnKind::kFloat},
    NamedKind{"text", ColumnKind::kText},           NamedKind{"varchar", ColumnKind::kText},
    NamedKind{"bpchar", ColumnKind::kText},         NamedKind{"citext", ColumnKind::kText},
    NamedKind{"name", ColumnKind::kText},           NamedKind{"json", ColumnKind::kText},
    NamedKind{"jsonb", ColumnKind::kText},          NamedKind{"bytea", ColumnKind::kBinary},
    NamedKind{"bool", ColumnKind::kBoolean},        NamedKind{"date", ColumnKind::kDate},
    NamedKind{"timestamp", ColumnKind::kTimestamp}, NamedKind{"timestamptz", ColumnKind::kTimestamp},
};

// to_regclass follows search_path as a statement would.
constexpr std::string_view kTableSql =
    "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence FROM pg_class c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace "
    "WHERE c.oid = to_regclass(:1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
// A domain counts as the type below it; its own modifier and NOT NULL hold.
constexpr std::string_view kColumnsSql =
    "SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, "
    "CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, "
    "a.attnotnull OR (t.typtype = 'd' AND t.typnotnull), "
    "a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL, "
    "a.attgenerated <> '' OR a.attidentity = 'a', COALESCE(l.collname, ''), COALESCE(l.collisdeterministic, true) "
    "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
    "JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END "
    "LEFT JOIN pg_collation l ON l.oid = a.attcollation "
    "WHERE a.attrelid = CAST(:1 AS oid) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
// Only key columns (INCLUDE adds others); a deferrable or half-built index cannot answer ON CONFLICT, so it is not
// unique here.
constexpr std::string_view kIndexesSql =
    "SELECT c.relname, i.indisunique AND i.indimmediate AND i.indisvalid, i.indisprimary, i.indpred IS NOT NULL, "
    "COALESCE(a.attname, ''), COALESCE(l.collisdeterministic, true) "
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "CROSS JOIN LATERAL unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(attnum, place) "
    "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0 "
    "LEFT JOIN pg_collation l ON l.oid = i.indcollation[k.place - 1] "
    "WHERE i.indrelid = CAST(:1 AS oid) AND i.indislive AND k.place <= i.indnkeyatts ORDER BY c.relname, k.place";

constexpr std::string_view kTriggersSql =
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:1) AND NOT tgisinternal AND tgenabled <> 'D' ORDER BY "
    "1";
// 2 and 3 stand for UPDATE and INSERT.
constexpr std::string_view kRulesSql =
    "SELECT rulename FROM pg_rewrite WHERE ev_class = to_regclass(:1) AND ev_type IN ('2', '3') AND ev_enabled <> 'D' "
    "ORDER BY 1";
constexpr std::string_view kRowSecuritySql = "SELECT row_security_active(CAST(to_regclass(:1) AS oid))";

TableKind kind_of(const std::string& kind) {
  if (kind == "r" || kind == "p") return TableKind::kTable;
  return kind == "v" || kind == "m" ? TableKind::kView : TableKind::kOther;
}

Result<std::string> quoted_name(const TableName& name) {
  return quote_identifier(Dialect::kPostgresql, name.schema.empty() ? name.table : name.schema + "." + name.table);
}

Column column_of(const Row& row) {
  auto column = start_column(row, kKinds);
  const std::string type = text_of(row, 2);
  const int modifier = number_of(row, 3);
  constexpr int kHeader = 4;  // the modifier counts the length word
  if (column.kind == ColumnKind::kDecimal && modifier >= kHeader) {
    column.precision = ((modifier - kHeader) >> 16) & 0xffff;
    column.scale = (((modifier - kHeader) & 0x7ff) ^ 1024) - 1024;
  } else if (column.kind == ColumnKind::kTimestamp) {
    column.scale = modifier < 0 ? 6 : modifier;
  } else if ((type == "varchar" || type == "bpchar") && modifier >= kHeader) {
    column.length = modifier - kHeader;
  }
  column.is_nullable = !flag_of(row, 4);
  column.has_default = flag_of(row, 5);
  column.is_generated = flag_of(row, 6);
  column.collation = text_of(row, 7);
  column.is_exact = flag_of(row, 8) && type != "citext";
  column.ignores_padding = type == "bpchar";
  return column;
}

}  // namespace

Result<std::optional<Table>> describe_postgresql(Connection& connection, const TableName& name) {
  SENTINEL_ASSIGN(const auto quoted, quoted_name(name));
  SENTINEL_ASSIGN(const auto found, connection.query(kTableSql, {quoted}));
  if (found.empty()) return std::optional<Table>();
  Table table;
  table.name = name.schema.empty() ? text_of(found[0], 2) : text_of(found[0], 1) + "." + text_of(found[0], 2);
  table.kind = kind_of(text_of(found[0], 3));
  table.is_logged = text_of(found[0], 4) != "u";
  const Value oid = text_of(found[0], 0);

  SENTINEL_ASSIGN(const auto columns, connection.query(kColumnsSql, {oid}));
  for (const auto& row : columns) table.columns.push_back(column_of(row));
  SENTINEL_ASSIGN(const auto parts, connection.query(kIndexesSql, {oid}));
  for (const auto& row : parts) {
    Index index;
    index.name = text_of(row, 0);
    index.is_unique = flag_of(row, 1);
    index.is_primary = flag_of(row, 2);
    index.is_partial = flag_of(row, 3);
    index.is_exact = flag_of(row, 5);
    add_index_part(table.indexes, index, text_of(row, 4));
  }
  return std::optional<Table>(std::move(table));
}

Result<WriteHooks> hooks_postgresql(Connection& connection, const TableName& name) {
  WriteHooks hooks;
  SENTINEL_ASSIGN(const auto quoted, quoted_name(name));
  SENTINEL_ASSIGN(const auto triggers, connection.query(kTriggersSql, {quoted}));
  hooks.triggers = first_cells(triggers);
  SENTINEL_ASSIGN(const auto rules, connection.query(kRulesSql, {quoted}));
  hooks.rules = first_cells(rules);
  SENTINEL_ASSIGN(const auto security, connection.query(kRowSecuritySql, {quoted}));
  hooks.filters_rows = !security.empty() && flag_of(security[0], 0);
  return hooks;
}

}  // namespace sentinel::database
