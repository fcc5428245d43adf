// The load that the tests of outages and crashes share: a table of gifts with known dirt, and what a mirror must make
// of it.
#pragma once

#include "workspace.hpp"

namespace sentinel::integration {

// kSome: one row in 1,000 is refused, half of those by the pipeline's rules and half by the target's own limit.
enum class Dirt { kNone, kSome };

// Makes and fills the table gifts (id, donor_email, donor_name, amount_kobo) in a MariaDB or SQLite database.
void make_gifts(const Database& source, long long rows, Dirt dirt);
// The target table received_gifts, with a donor_name of at most 40 characters.
void make_gifts_target(const Database& target);
// What an account of its own needs there.
void grant_gifts(const Database& target, const Address& account);
// A pipeline file from WORDPRESS_DB to ACCOUNTING_DB; `more` is appended.
std::string gifts_pipeline(const std::string& more = "");

// Which gifts a target must show: those without dirt, or all where the rules let everything pass.
enum class Expect { kGood, kAll };

// "id email name amount" of every gift that must land, and of every row that is there.
Lines gifts_to_land(const Database& source, Expect which);
Lines landed_gifts(const Database& target);
Lines bad_gift_ids(const Database& source);

// Each of these gifts is there once with all its values, nothing else is, and the ledger is one unbroken chain.
void expect_gifts_mirrored(const Database& source, const Database& target, Expect which = Expect::kGood);
// Every bad gift has one open letter in the target and the same one in `dlq list`, and nothing is pending.
void expect_letters_are(const Database& source, const Database& target, const Workspace& workspace,
                        const std::string& pipeline);

}  // namespace sentinel::integration
