// The text of faults: a server's message without the data that it quotes.
//
// Every message passes three steps:
//  - control characters become spaces, so that no message can forge a log line;
//  - what the dialect quotes from the row is removed (its faults.hpp says by which rules);
//  - every bound text of 3 bytes and more that is left in the message is replaced.
#pragma once

#include "database/connection.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sentinel::database {

// Stands in a message where data was.
inline constexpr std::string_view kHidden = "(hidden)";

std::string clean_text(std::string_view raw);
// The text before the first `mark`, without the spaces and colons at its end.
std::string cut_before(std::string_view text, std::string_view mark);
// Removes `value` from `message`, wherever it stands.
void hide_value(std::string& message, std::string_view value);
Status without_values(Status fault, std::span<const Value> values);

}  // namespace sentinel::database
