// Reads a table's shape from PostgreSQL's pg_catalog, which knows partial indexes, expressions and identities.
#include "database/catalogue_impl.hpp"

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
    "SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.oid = to_regclass(:1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
// A domain counts as the type below it; its own modifier and NOT NULL hold.
constexpr std::string_view kColumnsSql =
    "SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, "
    "CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, "
    "a.attnotnull OR (t.typtype = 'd' AND t.typnotnull), a.atthasdef OR a.attidentity <> '', "
    "a.attgenerated <> '' OR a.attidentity = 'a', COALESCE(l.collname, '') "
    "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
    "JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END "
    "LEFT JOIN pg_collation l ON l.oid = a.attcollation "
    "WHERE a.attrelid = CAST(:1 AS oid) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
// Only key columns (INCLUDE adds others); a deferrable or half-built index cannot answer ON CONFLICT, so it is not
// unique here.
constexpr std::string_view kIndexesSql =
    "SELECT c.relname, i.indisunique AND i.indimmediate AND i.indisvalid, i.indisprimary, i.indpred IS NOT NULL, "
    "COALESCE(a.attname, '') "
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "CROSS JOIN LATERAL unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(attnum, place) "
    "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0 "
    "WHERE i.indrelid = CAST(:1 AS oid) AND i.indislive AND k.place <= i.indnkeyatts ORDER BY c.relname, k.place";

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
  return column;
}

}  // namespace

Result<std::optional<Table>> describe_postgresql(Connection& connection, const TableName& name) {
  const std::string dotted = name.schema.empty() ? name.table : name.schema + "." + name.table;
  SENTINEL_ASSIGN(const auto quoted, quote_identifier(Dialect::kPostgresql, dotted));
  SENTINEL_ASSIGN(const auto found, connection.query(kTableSql, {quoted}));
  if (found.empty()) return std::optional<Table>();
  Table table;
  table.name = name.schema.empty() ? text_of(found[0], 2) : text_of(found[0], 1) + "." + text_of(found[0], 2);
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
    add_index_part(table.indexes, index, text_of(row, 4));
  }
  return std::optional<Table>(std::move(table));
}

}  // namespace sentinel::database
