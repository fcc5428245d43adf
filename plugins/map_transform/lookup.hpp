// Codes and their meanings: from the pipeline file, from a CSV file, or from both.
#pragma once

#include "map_transform/options.hpp"

#include <sentinel/status.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sentinel::map_transform {

class Lookup {
 public:
  // Reads the file, once. Errors: kInvalidConfig for no table, a file that is missing or not as declared, and a
  // repeated code, with its line; option paths are relative to the lookup: "file".
  static Result<Lookup> open(const LookupOptions& options);

  // The meaning of the code. Errors: kInvalidData, domain "map", native code unknown_code, if it is not listed and
  // missing is reject.
  Result<std::optional<std::string>> find(std::string code) const;
  bool may_be_null() const { return missing_ == MissingCode::kNull; }

 private:
  Status add(std::string_view code, std::string_view meaning, const std::string& where);
  Status read(const LookupOptions& options);

  MissingCode missing_ = MissingCode::kReject;
  std::unordered_map<std::string, std::string> meanings_;
};

}  // namespace sentinel::map_transform
