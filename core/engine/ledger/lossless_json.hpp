// Bytes as JSON and back without loss: text as a string, anything that is not UTF-8 as {"$base64": "…"}.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sentinel::ledger {

std::string to_base64(std::string_view bytes);
// Nothing if `text` is not padded base64.
std::optional<std::string> from_base64(std::string_view text);

// A JSON string, or {"$base64": "…"}, whichever holds the bytes.
nlohmann::ordered_json lossless_json(std::string_view bytes);

// The same as text, for snapshots and keys: letter ids are hashes over it, so it must never change. nlohmann-json would
// write \b and \f for \u0008 and \u000c.
// Appends a JSON string. REQUIRES: is_utf8(text)
void append_json_string(std::string& out, std::string_view text);
// Appends {"$base64": "…"}.
void append_json_bytes(std::string& out, std::string_view bytes);
// Appends whichever of the two fits.
void append_json_text(std::string& out, std::string_view bytes);

}  // namespace sentinel::ledger
