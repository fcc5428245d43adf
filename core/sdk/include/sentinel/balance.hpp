// The lines of the balance and what they are called: every record of a batch is counted once as read, and once on one
// of the other lines.
#pragma once

#include <sentinel/abi.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace sentinel {

// In the order in which they cross the boundary.
enum class BalanceLine : std::size_t {
  kRead = SENTINEL_BALANCE_READ,
  kInserted = SENTINEL_BALANCE_INSERTED,
  kUpdated = SENTINEL_BALANCE_UPDATED,
  kUnchanged = SENTINEL_BALANCE_UNCHANGED,
  kDeadLettered = SENTINEL_BALANCE_DEAD_LETTERED,
  kFiltered = SENTINEL_BALANCE_FILTERED,
  kDeparted = SENTINEL_BALANCE_DEPARTED,
  kSuperseded = SENTINEL_BALANCE_SUPERSEDED,
  kSettled = SENTINEL_BALANCE_SETTLED,
};
inline constexpr std::size_t kBalanceLines = SENTINEL_BALANCE_LINES;

struct BalanceLineNames {
  std::string_view name;    // in reports and in JSON
  std::string_view column;  // in the ledger: <column>_records, <column>_minor
};
// By BalanceLine.
inline constexpr std::array<BalanceLineNames, kBalanceLines> kBalanceLineNames = {{
    {"read", "read"},
    {"inserted", "inserted"},
    {"updated", "updated"},
    {"unchanged", "unchanged"},
    {"dead-lettered", "dead_lettered"},
    {"filtered", "filtered"},
    {"departed", "left"},
    {"superseded", "superseded"},
    {"settled", "settled"},
}};
static_assert(!kBalanceLineNames.back().column.empty(), "a line of the balance has no name");

}  // namespace sentinel
