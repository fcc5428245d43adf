// Names content by what it is: 128-bit hashes of bytes, as the 32 hex digits that stand in ledgers, letters and file
// names.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::ledger {

// XXH3_128 of `bytes` in canonical (big-endian) order. Not a signature: it finds equal content, it proves nothing.
std::string content_hash(std::string_view bytes);

}  // namespace sentinel::ledger
