// Checks a batch rule by rule; only a batch with rejects is rebuilt.
#include "validate_transform/validate.hpp"

#include "support/passing_rows.hpp"
#include "validate_transform/email.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>
#include <sentinel/text.hpp>

#include <re2/re2.h>

#include <algorithm>

namespace sentinel::validate_transform {
// A value that breaks a rule. `why` follows the field's name in the message and never holds the value.
struct Fault {
  const char* native_code = nullptr;
  std::string why;
};

namespace {

// -1, 0 or 1 if the number is less than, equal to or greater than `limit`; exact at any scale.
int compare(const Decimal& number, std::int64_t limit) {
  int128 unit = 1;
  for (int i = 0; i < number.scale; ++i) unit *= 10;
  const auto whole = number.unscaled / unit;
  const auto rest = number.unscaled % unit;  // has the sign of the number
  if (whole != limit) return whole < limit ? -1 : 1;
  return rest < 0 ? -1 : rest > 0 ? 1 : 0;
}

Decimal number_at(const ColumnView& column, std::int64_t row) {
  return column.type() == Type::kInt64 ? Decimal{column.int64(row), 0} : column.decimal(row);
}

std::string limit_text(std::int64_t limit, const Field& field) {
  return std::to_string(limit) + (field.is_money() && field.type == Type::kInt64 ? " minor units" : "");
}

// The rules on the value itself, in the order of the option table; `report` gets each one broken.
template <class Report>
void check_number(const RuleOptions& rule, const Field& field, const ColumnView& column, std::int64_t row,
                  Report report) {
  const auto number = number_at(column, row);
  if (rule.min && compare(number, *rule.min) < 0)
    report(Fault{"out_of_range", "is less than " + limit_text(*rule.min, field)});
  if (rule.max && compare(number, *rule.max) > 0)
    report(Fault{"out_of_range", "is more than " + limit_text(*rule.max, field)});
  if (rule.one_of && std::find(rule.one_of->begin(), rule.one_of->end(), number.to_string()) == rule.one_of->end())
    report(Fault{"not_allowed", "is not one of the allowed values"});
}

template <class Report>
void check_text(const RuleOptions& rule, const re2::RE2* pattern, std::string_view text, Report report) {
  if (rule.type == Format::kEmail)
    if (const auto fault = email_fault(text); !fault.empty())
      report(Fault{"bad_email", "is not an e-mail address: it " + std::string(fault)});
  if (rule.min_length && code_points(text) < *rule.min_length)
    report(Fault{"too_short", "has fewer than " + std::to_string(*rule.min_length) + " characters"});
  if (rule.max_length && code_points(text) > *rule.max_length)
    report(Fault{"too_long", "has more than " + std::to_string(*rule.max_length) + " characters"});
  if (pattern != nullptr && !re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern))
    report(Fault{"no_match", "does not match its pattern"});
  if (rule.one_of && std::find(rule.one_of->begin(), rule.one_of->end(), text) == rule.one_of->end())
    report(Fault{"not_allowed", "is not one of the allowed values"});
}

// A limit that no value can meet is a mistake.
Status check_limits(const RuleOptions& rule, const std::string& path) {
  if (rule.min && rule.max && *rule.min > *rule.max)
    return invalid_config("min is larger than max").at_option(path + ".min");
  if (rule.min_length && rule.max_length && *rule.min_length > *rule.max_length)
    return invalid_config("min_length is larger than max_length").at_option(path + ".min_length");
  if (rule.one_of && rule.one_of->empty())
    return invalid_config("one_of is empty, so no value is allowed").at_option(path + ".one_of");
  return {};
}

// Checks that every rule suits the type of the field.
Status check_types(const RuleOptions& rule, const Field& field, const std::string& path) {
  const bool is_text = field.type == Type::kUtf8;
  const bool is_number = field.type == Type::kInt64 || field.type == Type::kDecimal;
  const auto refuse = [&](const char* option, const char* wanted) {
    return invalid_config(fmt::format("the field \"{}\" is {}; {} is for {}, so cast it with map first", field.name,
                                      field.type_text(), option, wanted))
        .at_option(path + "." + option);
  };
  if (rule.type == Format::kEmail && !is_text) return refuse("type", "text");
  if (rule.min && !is_number) return refuse("min", "integers and decimals");
  if (rule.max && !is_number) return refuse("max", "integers and decimals");
  if (rule.min_length && !is_text) return refuse("min_length", "text");
  if (rule.max_length && !is_text) return refuse("max_length", "text");
  if (rule.pattern && !is_text) return refuse("pattern", "text");
  if (rule.one_of && !is_text && field.type != Type::kInt64) return refuse("one_of", "text and integers");
  return {};
}

}  // namespace

// The first broken rule of each row, and how many more there are.
class Validate::Faults {
 public:
  explicit Faults(std::int64_t rows) : rows_(rows) {}
  void add(std::int64_t row, const std::string& field, Fault fault) {
    if (by_row_.empty()) by_row_.resize(static_cast<std::size_t>(rows_));
    auto& broken = by_row_[static_cast<std::size_t>(row)];
    if (++broken.count == 1) {
      broken.first = std::move(fault);
      broken.field = &field;
    }
  }
  bool empty() const { return by_row_.empty(); }
  // Reports every row with a broken rule and returns the others.
  std::vector<std::int64_t> report(RowRejects& rows) const {
    std::vector<std::int64_t> good;
    for (std::int64_t row = 0; row < rows_; ++row) {
      const auto& broken = by_row_[static_cast<std::size_t>(row)];
      if (broken.count == 0)
        good.push_back(row);
      else
        rows.reject(row, status_of(broken));
    }
    return good;
  }

 private:
  struct Broken {
    const std::string* field = nullptr;
    Fault first;
    int count = 0;
  };
  static Status status_of(const Broken& broken) {
    auto text = "field \"" + *broken.field + "\" " + broken.first.why;
    if (broken.count == 2) text += "; 1 more rule is broken";
    if (broken.count > 2) text += "; " + std::to_string(broken.count - 1) + " more rules are broken";
    return invalid_data(std::move(text)).native("validate", broken.first.native_code);
  }
  std::int64_t rows_;
  std::vector<Broken> by_row_;  // empty until there is one
};

Validate::~Validate() = default;

Result<std::unique_ptr<Validate>> Validate::open(Options options, Host&) {
  if (options.rules.empty())
    return invalid_config("no rule; name fields under rules, as in rules: { email: email }").at_option("rules");
  auto self = std::unique_ptr<Validate>(new Validate());
  for (auto& [name, rule_options] : options.rules) {
    const auto path = "rules." + name;
    SENTINEL_TRY(check_limits(rule_options, path));
    Rule rule{name, std::move(rule_options), nullptr, Schema::npos};
    if (rule.options.pattern) {
      re2::RE2::Options re2_options;
      re2_options.set_log_errors(false);
      rule.pattern = std::make_unique<re2::RE2>(*rule.options.pattern, re2_options);
      if (!rule.pattern->ok())
        return invalid_config("the pattern is not valid: " + rule.pattern->error()).at_option(path + ".pattern");
    }
    self->rules_.push_back(std::move(rule));
  }
  return self;
}

Result<Schema> Validate::bind(const Schema& in) {
  auto fields = in.fields();
  for (auto& rule : rules_) {
    const auto path = "rules." + rule.field;
    rule.column = in.find(rule.field);
    if (rule.column == Schema::npos) return invalid_config(unknown_field(rule.field, in)).at_option(path);
    SENTINEL_TRY(check_types(rule.options, in[rule.column], path));
    if (rule.options.required) fields[rule.column].is_nullable = false;
  }
  in_ = in;
  return Schema(std::move(fields));
}

void Validate::check(const Rule& rule, const Field& field, const ColumnView& column, std::int64_t rows,
                     Faults& faults) {
  const bool is_text = column.type() == Type::kUtf8;
  const auto& options = rule.options;
  const bool has_number_rules = options.min || options.max || options.one_of;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto report = [&](Fault fault) { faults.add(row, rule.field, std::move(fault)); };
    if (column.is_null(row) || (is_text && column.text(row).empty() && options.required)) {
      if (options.required)
        report({"required", column.is_null(row) ? "is null but required" : "is empty but required"});
      continue;
    }
    if (is_text)
      check_text(options, rule.pattern.get(), column.text(row), report);
    else if (has_number_rules)
      check_number(options, field, column, row, report);
  }
}

Result<Applied> Validate::apply(Batch in, RowRejects& rows) {
  const auto view = in.view(in_);
  Faults faults(view.rows());
  for (const auto& rule : rules_) check(rule, in_[rule.column], view.column(rule.column), view.rows(), faults);
  if (!faults.empty()) return support::pass_rows(in, view, faults.report(rows));
  Applied applied;
  applied.batch = std::move(in);
  return applied;
}

}  // namespace sentinel::validate_transform
