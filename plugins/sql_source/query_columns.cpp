// Checks that the `query` option is one SELECT, and asks the database for its columns.
#include "sql_source/query_columns.hpp"

#include "database/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace sentinel::sql_source {
namespace {

Status refused(std::string_view why) {
  return invalid_config(fmt::format("the query must be one SELECT statement: {}", why)).at_option("query");
}

// Where the quoted text, comment or dollar quote that begins at `at` ends; `at` itself if none begins there.
std::size_t skip_quoted(std::string_view sql, std::size_t at) {
  const auto behind = [&](std::string_view mark, std::size_t from) {
    const auto found = sql.find(mark, from);
    return found == std::string_view::npos ? sql.size() : found + mark.size();
  };
  const auto rest = sql.substr(at);
  if (rest.starts_with("--") || rest.starts_with('#')) return behind("\n", at);
  if (rest.starts_with("/*")) return behind("*/", at + 2);
  if (rest[0] == '\'' || rest[0] == '"' || rest[0] == '`') return behind(rest.substr(0, 1), at + 1);
  return at;
}

std::string first_word(std::string_view sql) {
  std::size_t at = 0;
  while (at < sql.size()) {
    const auto end = sql[at] == '-' || sql[at] == '/' || sql[at] == '#' ? skip_quoted(sql, at) : at;
    if (end == at && std::isspace(static_cast<unsigned char>(sql[at])) == 0) break;
    at = std::max(end, at + 1);
  }
  std::string word;
  for (; at < sql.size() && std::isalpha(static_cast<unsigned char>(sql[at])) != 0; ++at)
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(sql[at])));
  return word;
}

}  // namespace

Result<std::string> query_as_table(std::string_view query) {
  while (!query.empty() && (std::isspace(static_cast<unsigned char>(query.back())) != 0 || query.back() == ';'))
    query.remove_suffix(1);
  const auto word = first_word(query);
  if (word != "select" && word != "with") return refused("it begins with neither SELECT nor WITH");
  int depth = 0;
  for (std::size_t at = 0; at < query.size();) {
    if (const auto end = skip_quoted(query, at); end != at) {
      at = end;
      continue;
    }
    if (query[at] == ';') return refused("a second statement follows the first");
    if (query[at] == '(') ++depth;
    if (query[at] == ')' && --depth < 0) break;
    ++at;
  }
  if (depth != 0) return refused("its brackets do not match");
  // The line end closes a comment that the query may end with.
  return fmt::format("({}\n) AS sentinel_query", query);
}

Result<std::vector<database::Column>> query_columns(database::Connection& connection, const std::string& from) {
  const auto sql = fmt::format("SELECT * FROM {} LIMIT 0", from);
  // Preparing it first reports what is wrong with the query with the message and the code of the database.
  const auto statement = database::Statement::prepare(connection, sql);
  if (!statement) return Status(statement.error()).at_option("query");
  if (statement->parameter_count() != 0) return refused("it holds a placeholder for a value");
  return database::describe_query(connection, sql);
}

}  // namespace sentinel::sql_source
