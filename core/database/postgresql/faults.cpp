// The faults of PostgreSQL: SQLSTATEs as data, and what of a message may be shown.
#include "database/postgresql/faults.hpp"

#include "database/fault_text.hpp"

namespace sentinel::database {
namespace {

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

}  // namespace

Code classify_sqlstate(std::string_view sqlstate) {
  for (const auto& entry : kStates) {
    if (sqlstate.starts_with(entry.prefix)) return entry.code;
  }
  return Code::kInternal;
}

FaultGuide postgresql_fault_guide() {
  FaultGuide guide{.domain = kSqlstateDomain,
                   .title = "PostgreSQL",
                   .explanation = "By SQLSTATE; the first line that it begins with decides. Any other is `internal`.",
                   .heading = "SQLSTATE",
                   .is_in_order = true};
  for (const auto& entry : kStates) guide.lines.push_back({std::string(entry.prefix), "", entry.code});
  return guide;
}

std::string postgresql_fault_text(std::string_view sqlstate, std::string_view raw) {
  if (const auto severity = raw.find(":  "); severity != std::string_view::npos && severity < 60) {
    raw.remove_prefix(severity + 3);
  }
  if (sqlstate.starts_with("22")) return clean_text(cut_before(raw, "\""));
  return clean_text(raw.substr(0, raw.find('\n')));
}

Status postgresql_fault(std::string_view sqlstate, std::string_view raw) {
  return Status(classify_sqlstate(sqlstate), postgresql_fault_text(sqlstate, raw))
      .native(std::string(kSqlstateDomain), std::string(sqlstate));
}

}  // namespace sentinel::database
