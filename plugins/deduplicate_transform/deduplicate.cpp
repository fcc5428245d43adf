// Finds the records of a batch that are duplicates, and which of them passes.
#include "deduplicate_transform/deduplicate.hpp"

#include "support/passing_rows.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>

namespace sentinel::deduplicate_transform {
namespace {

// Exact, and without a scale: values of one column are compared by it.
std::string text_of(const ColumnView& column, std::int64_t row) {
  switch (column.type()) {
    case Type::kBool: return column.boolean(row) ? "true" : "false";
    case Type::kInt64: return std::to_string(column.int64(row));
    case Type::kDate: return std::to_string(column.date(row));
    case Type::kTimestamp: return std::to_string(column.timestamp(row));
    case Type::kDecimal: return to_string(column.decimal(row).unscaled);
    default: return std::string(column.text(row));
  }
}

bool is_ordered(Type type) {
  return type == Type::kInt64 || type == Type::kDecimal || type == Type::kDate || type == Type::kTimestamp;
}

}  // namespace

Result<std::unique_ptr<Deduplicate>> Deduplicate::open(Options options, Host&) {
  if (options.by.empty())
    return invalid_config("no field to compare by; name the target's key, as in by: [donation_ref]").at_option("by");
  if (std::set<std::string_view>(options.by.begin(), options.by.end()).size() != options.by.size())
    return invalid_config("a field is listed twice").at_option("by");
  if (options.keep == Keep::kNewest && options.newest_by.empty())
    return invalid_config("keep: newest needs a field to compare, such as newest_by: modified_at").at_option("keep");
  if (options.keep != Keep::kNewest && !options.newest_by.empty())
    return invalid_config("newest_by is for keep: newest only").at_option("newest_by");
  return std::unique_ptr<Deduplicate>(new Deduplicate(std::move(options)));
}

Result<Schema> Deduplicate::bind(const Schema& in) {
  in_ = in;
  by_.clear();
  source_key_.clear();
  fields_.clear();
  for (std::size_t i = 0; i < options_.by.size(); ++i) {
    const auto& name = options_.by[i];
    const auto path = "by." + std::to_string(i);
    by_.push_back(in.find(name));
    if (by_.back() == Schema::npos) return invalid_config(unknown_field(name, in)).at_option(path);
    if (in[by_.back()].type == Type::kFloat64)
      return invalid_config(fmt::format("the field \"{}\" is float64, which is not exact enough to compare", name))
          .at_option(path);
    fields_ += (fields_.empty() ? "" : ", ") + name;
  }
  for (std::size_t i = 0; i < in.size(); ++i)
    if (in[i].is_key) source_key_.push_back(i);
  if (options_.keep != Keep::kNewest) return in;
  newest_by_ = in.find(options_.newest_by);
  if (newest_by_ == Schema::npos) return invalid_config(unknown_field(options_.newest_by, in)).at_option("newest_by");
  if (!is_ordered(in[newest_by_].type))
    return invalid_config(fmt::format("the field \"{}\" is {}, which cannot show what is newer; cast it to timestamp "
                                      "or integer with map first",
                                      options_.newest_by, in[newest_by_].type_text()))
        .at_option("newest_by");
  return in;
}

// Empty where a value is null. The length in front of each value keeps ("a", "bc") and ("ab", "c") apart.
std::optional<std::string> Deduplicate::identity(const BatchView& rows, std::int64_t row) const {
  std::string all;
  for (const auto i : by_) {
    const auto column = rows.column(i);
    if (column.is_null(row)) return std::nullopt;
    const auto value = text_of(column, row);
    all += std::to_string(value.size()) + ":" + value;
  }
  return all;
}

std::optional<int128> Deduplicate::version(const BatchView& rows, std::int64_t row) const {
  const auto column = rows.column(newest_by_);
  if (column.is_null(row)) return std::nullopt;
  switch (column.type()) {
    case Type::kDecimal: return column.decimal(row).unscaled;
    case Type::kDate: return column.date(row);
    case Type::kTimestamp: return column.timestamp(row);
    default: return column.int64(row);
  }
}

bool Deduplicate::takes_the_place(const BatchView& rows, std::int64_t later, std::int64_t earlier) const {
  if (options_.keep != Keep::kNewest) return options_.keep == Keep::kLast;
  return version(rows, later) > version(rows, earlier);  // nothing is less than any version
}

// By row, the row that passes for it: itself if it passes.
std::vector<std::int64_t> Deduplicate::keepers(const BatchView& rows) const {
  std::vector<std::int64_t> group(static_cast<std::size_t>(rows.rows()));
  std::iota(group.begin(), group.end(), 0);
  std::vector<std::int64_t> kept = group;  // by the first row of a group
  std::unordered_map<std::string, std::int64_t> firsts;
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    auto same = identity(rows, row);
    if (!same) continue;
    const auto first = firsts.emplace(std::move(*same), row).first->second;
    group[static_cast<std::size_t>(row)] = first;
    auto& keeper = kept[static_cast<std::size_t>(first)];
    if (row != first && takes_the_place(rows, row, keeper)) keeper = row;
  }
  for (auto& row : group) row = kept[static_cast<std::size_t>(row)];
  return group;
}

std::string Deduplicate::reason(const BatchView& rows, std::int64_t kept) const {
  std::string record;
  for (const auto i : source_key_)
    if (const auto column = rows.column(i); !column.is_null(kept))
      record += (record.empty() ? "" : ", ") + rows.schema()[i].name + " " + text_of(column, kept);
  return "has the same " + fields_ + " as " +
         (record.empty() ? "another record of its batch, which passes" : "the record that passes: " + record);
}

Result<Applied> Deduplicate::apply(Batch in, RowRejects& rows) {
  const auto view = in.view(in_);
  const auto kept = keepers(view);
  std::vector<std::int64_t> passes;
  for (std::int64_t row = 0; row < view.rows(); ++row) {
    const auto keeper = kept[static_cast<std::size_t>(row)];
    if (keeper == row)
      passes.push_back(row);
    else
      rows.filter(row, reason(view, keeper));
  }
  return support::pass_rows(in, view, std::move(passes));
}

}  // namespace sentinel::deduplicate_transform
