// An SQLite connection in memory in which an expression can reckon and nothing else: no file, no other database, no
// setting, no extension, no chance and no clock of its own, and no end later than kSteps.
#pragma once

#include <sentinel/host.hpp>
#include <sentinel/schema.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace sentinel::sql_transform {

struct CloseConnection {
  void operator()(sqlite3* connection) const;
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// What an expression is made of.
struct Analysis {
  std::set<std::size_t> reads;       // fields
  std::size_t plain = Schema::npos;  // the field that it is, if it is nothing else
};

class Sandbox {
 public:
  // Steps of SQLite's machine that one record may take.
  static constexpr std::int64_t kSteps = 1'000'000;

  // Borrows both; `in` is what expressions may name. Errors: kInvalidConfig for fields that SQL cannot tell apart.
  static Result<std::unique_ptr<Sandbox>> open(const Schema& in, const Host& host);

  // Errors: kInvalidConfig with SQLite's own words for what is no expression, unknown or not allowed.
  Result<Analysis> analyse(const std::string& expression);
  Result<Statement> prepare(const std::string& sql);
  // Before each record: its steps are counted anew.
  void start_record() { ticks_ = 0; }
  // Why a step failed. Errors: kInvalidData if the record is at fault, kCancelled after a stop, kInternal.
  Status fault(int result) const;

 private:
  Sandbox(const Schema& in, const Host& host) : in_(in), host_(host) {}
  Status make_record_table();
  void lock();
  Status explain() const;
  static int authorize(void* self, int action, const char* first, const char* second, const char*, const char*);
  static int tick(void* self);

  const Schema& in_;
  const Host& host_;
  std::unique_ptr<sqlite3, CloseConnection> connection_;
  std::set<std::size_t> reads_;  // of what is being prepared
  std::int64_t ticks_ = 0;
  bool is_stopped_ = false;
};

std::string quoted(std::string_view name);
// In brackets that it cannot leave.
std::string enclosed(std::string_view expression);

}  // namespace sentinel::sql_transform
