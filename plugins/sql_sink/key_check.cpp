// Each refusal names the statement that cures it.
#include "sql_sink/key_check.hpp"

#include "sql_sink/cell.hpp"
#include "sql_sink/dialect/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::sql_sink {
namespace {

using database::ColumnKind;

std::string field_names(const Target& target) {
  std::string names;
  for (const auto& column : target.columns) names += (names.empty() ? "\"" : ", \"") + column.shape.name + "\"";
  return names.empty() ? "none" : names;
}

class KeyCheck {
 public:
  KeyCheck(const database::Table& table, const TargetOptions& options, std::string where, Target& target)
      : table_(table),
        options_(options),
        where_(std::move(where)),
        target_(target),
        dialect_(sink_dialect(target.dialect)) {}

  Status run() {
    SENTINEL_TRY(match_key());
    SENTINEL_TRY(check_key_texts());
    SENTINEL_TRY(check_key_index());
    return check_other_indexes();
  }

 private:
  Status match_key() {
    for (const auto& name : options_.key) {
      const auto found =
          std::ranges::find_if(target_.columns, [&](const auto& column) { return column.shape.name == name; });
      if (found == target_.columns.end()) {
        return unfit_table(fmt::format("the key \"{}\" is not a field of the records that reach the sink; they have {}",
                                       name, field_names(target_)),
                           "key");
      }
      if (found->shape.type == Type::kFloat64)
        return unfit_table(
            fmt::format("the key \"{}\" is a float64, whose values cannot be compared exactly; choose another key",
                        name),
            "key");
      target_.keys.push_back(static_cast<std::size_t>(found - target_.columns.begin()));
    }
    return {};
  }

  // Equal to the database, though not the same: the second donation would overwrite the first.
  Status check_key_texts() const {
    for (const auto key : target_.keys) {
      const auto& matched = target_.columns[key];
      if (matched.column.kind != ColumnKind::kText || matched.column.is_exact) continue;
      return unfit_table(
          fmt::format("column \"{}\" of {}, a key, treats texts as equal that differ by case or accent ({}), so one "
                      "record would overwrite another; {}",
                      matched.column.name, where_,
                      matched.column.collation.empty() ? matched.column.type_text : matched.column.collation,
                      dialect_.make_exact(target_.quoted, matched)),
          "key");
    }
    return {};
  }

  bool is_key_index(const database::Index& index) const {
    if (!index.is_unique || index.is_partial || index.columns.size() != target_.keys.size()) return false;
    return std::ranges::all_of(target_.keys, [&](std::size_t key) {
      return std::ranges::find(index.columns, target_.columns[key].column.name) != index.columns.end();
    });
  }

  // A number of the table's own cannot collide; a constant default, or what is made from other columns, can.
  bool is_surrogate(const database::Index& index) const {
    return std::ranges::any_of(index.columns, [&](const std::string& name) {
      const auto* column = table_.find(name);
      return column != nullptr && !is_filled(*column) && column->is_numbered;
    });
  }

  bool is_filled(const database::Column& column) const {
    return std::ranges::any_of(target_.columns, [&](const auto& filled) { return filled.column.name == column.name; });
  }

  Status check_key_index() const {
    const auto& indexes = table_.indexes;
    if (std::ranges::none_of(indexes, [&](const auto& index) { return is_key_index(index); })) {
      std::string columns, plain;
      for (const auto key : target_.keys) {
        columns += (columns.empty() ? "" : ", ") + target_.columns[key].quoted;
        plain += (plain.empty() ? "" : ", ") + target_.columns[key].column.name;
      }
      const auto cure = dialect_.add_unique_key(target_.quoted, plain_table(), columns);
      return unfit_table(
          fmt::format("{} has no unique index on exactly the key ({}), so a record could land twice; run: {}", where_,
                      plain, cure),
          "key");
    }
    const auto folds = [&](const auto& index) { return is_key_index(index) && !index.is_exact; };
    const auto folding = std::ranges::find_if(indexes, folds);
    if (folding == indexes.end()) return {};
    return unfit_table(
        fmt::format("the unique index \"{}\" of {} treats keys as equal that differ by case or accent, so one "
                    "record would overwrite another; recreate it with {}",
                    folding->name, where_, dialect_.exact_collation()),
        "key");
  }

  // Where an upsert goes by the key alone, the row is refused as a conflict instead.
  Status check_other_indexes() const {
    if (!dialect_.upserts_by_any_index() || options_.mode != Mode::kUpsert) return {};
    for (const auto& index : table_.indexes) {
      if (!index.is_unique || is_key_index(index) || is_surrogate(index)) continue;
      return unfit_table(
          fmt::format(
              "{} has a second unique index \"{}\" beside the key, by which {} could update a wrong row; choose "
              "its columns as the key, or run: ALTER TABLE {} DROP INDEX {}",
              where_, index.name, database::rules_of(target_.dialect).product(), target_.quoted,
              database::quote_part(target_.dialect, index.name)),
          "key");
    }
    return {};
  }

  std::string plain_table() const {
    auto name = options_.table;
    std::ranges::replace(name, '.', '_');
    return name;
  }

  const database::Table& table_;
  const TargetOptions& options_;
  const std::string where_;
  Target& target_;
  const SinkDialect& dialect_;
};

}  // namespace

Status unfit_table(std::string message, std::string option) {
  return invalid_config(std::move(message)).native("sql", "unfit_table").at_option(std::move(option));
}

Status find_key(const database::Table& table, const TargetOptions& options, std::string where, Target& target) {
  return KeyCheck(table, options, std::move(where), target).run();
}

Status find_version(const TargetOptions& options, Target& target) {
  for (std::size_t i = 0; i < target.columns.size(); ++i) {
    const auto& shape = target.columns[i].shape;
    if (options.version_by.empty() ? shape.is_version && is_comparable_version(shape.type)
                                   : shape.name == options.version_by)
      target.version = i;
  }
  if (options.version_by.empty()) return {};
  if (target.version == Schema::npos)
    return unfit_table(fmt::format("version_by \"{}\" is not a field of the records that reach the sink; they have {}",
                                   options.version_by, field_names(target)),
                       "version_by");
  const auto& version = target.columns[target.version];
  if (version.is_key)
    return unfit_table(
        fmt::format("version_by \"{}\" is part of the key, so no record ever has a second version", options.version_by),
        "version_by");
  if (is_comparable_version(version.shape.type)) return {};
  return unfit_table(
      fmt::format("version_by \"{}\" is of the type {}, and only int64, date and timestamp say which of two "
                  "records is newer; cast it in a map transform",
                  options.version_by, version.shape.type_text()),
      "version_by");
}

}  // namespace sentinel::sql_sink
