// What source and target hold, by key, in a temporary SQLite file: millions of rows in bounded memory.
#pragma once

#include "database/connection.hpp"
#include "database/statement.hpp"
#include "engine/flow/chain.hpp"

#include <sentinel/batch.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::engine {

// 32 hex digits over the values of a row; equal for equal rows, however their arrays represent them.
std::string row_hash(const BatchView& rows, std::int64_t row);

// Everything known of one key. Of several records with one key the last one read counts, as in a delivery.
struct KeyFacts {
  std::string key, source_key;
  std::string source_hash, target_hash;  // empty: not there
  Amount amount;                         // of the source's record
  std::uint64_t records = 0;             // of the source with this key
  bool is_held = false;  // a record of the source with this key was filtered or rejected before it reached the sink
};

enum class Difference { kMissing, kDifferent, kExtra };

class KeyTable {
 public:
  static Result<std::unique_ptr<KeyTable>> open(const std::filesystem::path& folder);

  Status add_source(std::string_view key, std::string_view source_key, std::string_view hash, const Amount& amount);
  Status add_held(std::string_view key);
  Status add_target(std::string_view key, std::string_view hash);
  // Every key once, in order. `each` may note differences.
  Status compare(const std::function<Status(const KeyFacts&)>& each);

  Status note(Difference kind, std::string_view key, std::string_view source_key);
  // Up to `most` differences of the source's records after number `after`, in the order they were noted.
  struct Noted {
    std::int64_t number = 0;
    Difference kind{};
    std::string key, source_key;
  };
  Result<std::vector<Noted>> noted(std::int64_t after, std::int64_t most);
  // It was not a difference: the record, or its row, changed while they were read.
  Status forget(std::int64_t number);

 private:
  KeyTable() = default;
  Status add(int side, std::string_view key, std::string_view hash, std::string_view source_key, const Amount& amount);

  std::unique_ptr<database::Connection> connection_;
  std::optional<database::Statement> add_, note_;  // die before the connection
};

}  // namespace sentinel::engine
