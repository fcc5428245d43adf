// Which keys the source has: those that were read, those that it lists, and those of open letters. In a temporary
// file: millions of keys in bounded memory.
#pragma once

#include "database/connection.hpp"
#include "database/statement.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace sentinel::engine {

class SourceKeys {
 public:
  static Result<std::unique_ptr<SourceKeys>> open(const std::filesystem::path& folder);

  Status add_read(std::string_view key);
  Status add_listed(std::string_view key);
  Status add_owed(std::string_view key, std::string_view letter_id);

  // Calls `each` with every key that is listed and was not read. It may add keys that were read now.
  Status each_unread(const std::function<Status(std::string_view key)>& each);
  // Calls `each` with the letters of keys that were neither read nor listed.
  Status each_obsolete_letter(const std::function<Status(std::string_view letter_id)>& each);

 private:
  SourceKeys() = default;
  std::unique_ptr<database::Connection> connection_;
  std::optional<database::Statement> add_read_, add_listed_, add_owed_;  // die before the connection
};

}  // namespace sentinel::engine
