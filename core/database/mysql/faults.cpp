// The faults of MySQL and MariaDB: their numbers as data, and which parts of their messages quote the row.
#include "database/mysql/faults.hpp"

#include "database/fault_text.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace sentinel::database {
namespace {

// Lock waits, deadlocks, resources that become free again: repeat the whole transaction.
constexpr unsigned kMysqlTransient[] = {1020, 1037, 1038, 1041, 1205, 1206, 1213, 1317, 1412,
                                        1613, 1614, 1615, 1637, 1969, 3024, 3101, 3572};
// The link or the server is gone or full: client numbers (2xxx, 5xxx) and what a server sends before it closes.
constexpr unsigned kMysqlUnavailable[] = {1040, 1047, 1053, 1077, 1079, 1080, 1129, 1152, 1158, 1159,
                                          1160, 1161, 1184, 1203, 1226, 1836, 1927, 2002, 2003, 2005,
                                          2006, 2012, 2013, 2014, 2027, 2055, 5013, 5014};
// ERROR_DURING_COMMIT.
constexpr unsigned kMysqlUnknown[] = {1180};
// Another row conflicts: unique keys, foreign keys in both directions.
constexpr unsigned kMysqlConflict[] = {1022, 1062, 1169, 1216, 1217, 1451, 1452, 1586, 1761, 1762, 1859};
// The values of this row do not fit.
constexpr unsigned kMysqlInvalidData[] = {1048, 1118, 1153, 1264, 1265, 1292, 1300, 1364, 1365, 1366,
                                          1367, 1406, 1411, 1525, 1644, 1690, 1977, 3819, 4025};
// Statement and table do not fit.
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

constexpr std::array<std::string_view, 4> kDataFollows{"entry '", "value: '", "string: '", "out of range in '"};
// Row faults whose quotes hold names only.
constexpr std::array kNamesOnly{1048u, 1169u, 1216u, 1217u, 1264u, 1265u, 1364u,
                                1365u, 1406u, 1451u, 1452u, 3819u, 4025u};

// Replaces what stands between the quote at `begin` and the last one that can close it.
std::string hide_quoted(std::string_view text, std::size_t begin) {
  auto end = text.rfind("' for ");
  if (end == std::string_view::npos || end < begin) end = text.rfind('\'');
  if (end == std::string_view::npos || end < begin) end = text.size();
  return std::string(text.substr(0, begin)) + std::string(kHidden) +
         (end < text.size() ? std::string(text.substr(end + 1)) : std::string());
}

}  // namespace

Code classify_mysql(unsigned number, Flavour flavour) {
  // CLIENT_INTERACTION_TIMEOUT of MySQL; MariaDB uses the number for something else.
  if (number == 4031) return flavour == Flavour::kMysql ? Code::kUnavailable : Code::kInternal;
  for (const auto& entry : kMysql) {
    if (std::ranges::find(entry.numbers, number) != entry.numbers.end()) return entry.code;
  }
  return Code::kInternal;
}

FaultGuide mysql_fault_guide() {
  FaultGuide guide{
      .domain = kMysqlDomain,
      .title = "MySQL and MariaDB",
      .explanation = "By error number. 4031 is `unavailable` on MySQL only. Any other number is `internal`.",
      .heading = "numbers"};
  for (const auto& entry : kMysql)
    for (const auto number : entry.numbers) guide.lines.push_back({std::to_string(number), "", entry.code});
  return guide;
}

std::string mysql_fault_text(unsigned number, std::string_view raw, bool has_pasted_values) {
  if (number == 1064 && has_pasted_values) return clean_text(cut_before(raw, "near '"));
  const Code code = classify_mysql(number, Flavour::kMariadb);
  if (!is_row_fault(code) || number == 1644) return clean_text(raw);
  if (std::ranges::find(kNamesOnly, number) != kNamesOnly.end()) return clean_text(raw);
  for (const auto mark : kDataFollows) {
    if (const auto at = raw.find(mark); at != std::string_view::npos) {
      return clean_text(hide_quoted(raw, at + mark.size() - 1));
    }
  }
  return clean_text(cut_before(raw, "'"));
}

Status mysql_fault(unsigned number, Flavour flavour, std::string_view raw, bool has_pasted_values) {
  return Status(classify_mysql(number, flavour), mysql_fault_text(number, raw, has_pasted_values))
      .native(std::string(kMysqlDomain), std::to_string(number));
}

}  // namespace sentinel::database
