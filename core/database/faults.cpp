// The fault tables, as data: one line a class, numbers as the servers' own headers list them.
#include "database/faults.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace sentinel::database {
namespace {

// Lock waits, deadlocks, resources that come back: the whole transaction again.
constexpr unsigned kMysqlTransient[] = {1020, 1037, 1038, 1041, 1205, 1206, 1213, 1317, 1412,
                                        1613, 1614, 1615, 1637, 1969, 3024, 3101, 3572};
// The link or the server is gone or full: client numbers (2xxx, 5xxx) and the server's last words.
constexpr unsigned kMysqlUnavailable[] = {1040, 1047, 1053, 1077, 1079, 1080, 1129, 1152, 1158, 1159,
                                          1160, 1161, 1184, 1203, 1226, 1836, 1927, 2002, 2003, 2005,
                                          2006, 2012, 2013, 2014, 2027, 2055, 5013, 5014};
// ERROR_DURING_COMMIT.
constexpr unsigned kMysqlUnknown[] = {1180};
// Another row stands in the way: unique keys, foreign keys in both directions.
constexpr unsigned kMysqlConflict[] = {1022, 1062, 1169, 1216, 1217, 1451, 1452, 1586, 1761, 1762, 1859};
// The values of this row do not fit.
constexpr unsigned kMysqlInvalidData[] = {1048, 1118, 1153, 1264, 1265, 1292, 1300, 1364, 1365, 1366,
                                          1367, 1406, 1411, 1525, 1644, 1690, 1977, 3819, 4025};
// Statement and table do not go together.
constexpr unsigned kMysqlInvalidConfig[] = {1046, 1050, 1051, 1054, 1060, 1061, 1064, 1072, 1109,
                                            1136, 1146, 1193, 1210, 1231, 1267, 1271, 1273, 1305,
                                            1461, 1526, 1651, 2019, 2031, 2034, 2049};
// Password, permission, certificate, unknown database.
constexpr unsigned kMysqlRefused[] = {1044, 1045, 1049, 1130, 1131, 1132, 1133, 1141, 1142, 1143, 1148, 1227, 1251,
                                      1290, 1298, 1370, 1524, 1698, 1792, 1820, 1862, 2026, 2059, 2061, 2068, 4166};
// Disk full, tables damaged.
constexpr unsigned kMysqlStorage[] = {1021, 1030, 1034, 1114, 1194, 1195, 1196, 1712, 1877, 1878, 1932};

struct NumberClass {
  std::span<const unsigned> numbers;
  Code code;
};
constexpr NumberClass kMysql[] = {
    {kMysqlTransient, Code::kTransient},     {kMysqlUnavailable, Code::kUnavailable},
    {kMysqlUnknown, Code::kUnknownOutcome},  {kMysqlConflict, Code::kConflict},
    {kMysqlInvalidData, Code::kInvalidData}, {kMysqlInvalidConfig, Code::kInvalidConfig},
    {kMysqlRefused, Code::kRefused},         {kMysqlStorage, Code::kStorage},
};

struct StateClass {
  std::string_view prefix;
  Code code;
};
// The first line whose prefix fits wins, so single states stand before their class.
constexpr StateClass kStates[] = {
    // class 08, 57P: the link, the server
    {"08007", Code::kUnknownOutcome},
    {"08P01", Code::kInternal},
    {"08", Code::kUnavailable},
    {"57014", Code::kTransient},
    {"57P04", Code::kRefused},
    {"57P", Code::kUnavailable},
    {"25P03", Code::kUnavailable},
    {"53300", Code::kUnavailable},
    {"53100", Code::kStorage},
    {"53", Code::kTransient},
    // transactions
    {"40003", Code::kUnknownOutcome},
    {"40002", Code::kConflict},
    {"40", Code::kTransient},
    {"55P03", Code::kTransient},
    {"55006", Code::kTransient},
    {"55", Code::kInvalidConfig},
    {"72000", Code::kTransient},
    {"25006", Code::kRefused},
    {"25", Code::kInternal},
    // rows
    {"22", Code::kInvalidData},
    {"23503", Code::kConflict},
    {"23505", Code::kConflict},
    {"23P01", Code::kConflict},
    {"23", Code::kInvalidData},
    {"44000", Code::kInvalidData},
    {"54", Code::kInvalidData},
    {"P0001", Code::kInvalidData},
    {"21", Code::kInvalidConfig},
    // permission
    {"28", Code::kRefused},
    {"3D000", Code::kRefused},
    {"42501", Code::kRefused},
    // statement and schema
    {"42", Code::kInvalidConfig},
    {"3F000", Code::kInvalidConfig},
    {"0A000", Code::kInvalidConfig},
    {"26000", Code::kInternal},
    {"F0000", Code::kInvalidConfig},
    {"2BP01", Code::kInvalidConfig},
    // storage
    {"58", Code::kStorage},
    {"XX001", Code::kStorage},
    {"XX002", Code::kStorage},
    {"XX000", Code::kStorage},
};

struct ResultCode {
  int result;
  std::string_view name;  // behind SQLITE_
  Code code;
};
// Extended codes stand before the primary code that they refine (low byte).
constexpr ResultCode kSqlite[] = {
    {1032, "READONLY_DBMOVED", Code::kStorage},
    {1555, "CONSTRAINT_PRIMARYKEY", Code::kConflict},
    {2067, "CONSTRAINT_UNIQUE", Code::kConflict},
    {2579, "CONSTRAINT_ROWID", Code::kConflict},
    {787, "CONSTRAINT_FOREIGNKEY", Code::kConflict},
    {3, "PERM", Code::kRefused},
    {5, "BUSY", Code::kTransient},
    {6, "LOCKED", Code::kTransient},
    {7, "NOMEM", Code::kStorage},
    {8, "READONLY", Code::kRefused},
    {9, "INTERRUPT", Code::kTransient},
    {10, "IOERR", Code::kStorage},
    {11, "CORRUPT", Code::kStorage},
    {13, "FULL", Code::kStorage},
    {14, "CANTOPEN", Code::kInvalidConfig},
    {15, "PROTOCOL", Code::kTransient},
    {17, "SCHEMA", Code::kTransient},
    {18, "TOOBIG", Code::kInvalidData},
    {19, "CONSTRAINT", Code::kInvalidData},  // NOT NULL, CHECK, DATATYPE, triggers
    {20, "MISMATCH", Code::kInvalidData},
    {22, "NOLFS", Code::kStorage},
    {23, "AUTH", Code::kRefused},
    {25, "RANGE", Code::kInvalidConfig},
    {26, "NOTADB", Code::kStorage},
    {1, "ERROR", Code::kInvalidConfig},  // the statement does not fit the schema
};

}  // namespace

Code classify_mysql(unsigned number, Flavour flavour) {
  // CLIENT_INTERACTION_TIMEOUT of MySQL; MariaDB uses the number for something else.
  if (number == 4031) return flavour == Flavour::kMysql ? Code::kUnavailable : Code::kInternal;
  for (const auto& entry : kMysql) {
    if (std::ranges::find(entry.numbers, number) != entry.numbers.end()) return entry.code;
  }
  return Code::kInternal;
}

Code classify_sqlstate(std::string_view sqlstate) {
  for (const auto& entry : kStates) {
    if (sqlstate.starts_with(entry.prefix)) return entry.code;
  }
  return Code::kInternal;
}

Code classify_sqlite(int extended_result) {
  for (const auto& entry : kSqlite) {
    if (entry.result == extended_result || entry.result == (extended_result & 0xff)) return entry.code;
  }
  return Code::kInternal;
}

std::vector<FaultLine> fault_lines() {
  std::vector<FaultLine> lines;
  for (const auto& entry : kMysql)
    for (const auto number : entry.numbers) lines.push_back({"mysql", std::to_string(number), "", entry.code});
  for (const auto& entry : kStates) lines.push_back({"sqlstate", std::string(entry.prefix), "", entry.code});
  for (const auto& entry : kSqlite) lines.push_back({"sqlite", std::to_string(entry.result), entry.name, entry.code});
  return lines;
}

std::string_view fault_domain(Dialect dialect) {
  switch (dialect) {
    case Dialect::kMysql: return "mysql";
    case Dialect::kPostgresql: return "sqlstate";
    case Dialect::kSqlite: return "sqlite";
  }
  return "sqlite";
}

}  // namespace sentinel::database
