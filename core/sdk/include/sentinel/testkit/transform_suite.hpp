// What every transform must do: account for each row, and treat it alone.
#pragma once

#include <sentinel/testkit/arrays.hpp>
#include <sentinel/testkit/instance.hpp>
#include <sentinel/testkit/samples.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace sentinel::testkit {
namespace detail {

inline constexpr const char* kFiltered = "filtered: ";
inline constexpr const char* kRejected = "rejected: ";

using TransformInstance = Instance<sentinel_transform_calls>;

// What one apply made of its input, row by row: the output row, "filtered: …" or "rejected: …".
struct ApplySeen {
  std::map<std::int64_t, std::string> fate;
  std::string wrong;

  void settle(std::int64_t row, std::int64_t rows, std::string what) {
    if (row < 0 || row >= rows)
      wrong = "it reports on row " + std::to_string(row) + " of a batch of " + std::to_string(rows);
    else if (!fate.emplace(row, std::move(what)).second)
      wrong = "it accounts for row " + std::to_string(row) + " twice";
  }
};

struct ApplyReports {
  ApplySeen& seen;
  std::int64_t rows;
  static void filter(void* context, std::int64_t row, sentinel_text reason) noexcept {
    auto& self = *static_cast<ApplyReports*>(context);
    if (from_text(reason).empty()) self.seen.wrong = "it filters row " + std::to_string(row) + " without a reason";
    self.seen.settle(row, self.rows, kFiltered + std::string(from_text(reason)));
  }
  static void depart(void* context, std::int64_t row, std::int32_t action, sentinel_text reason) noexcept {
    filter(context, row, reason);
    if (action != SENTINEL_DEPARTURE_MARK && action != SENTINEL_DEPARTURE_DELETE)
      static_cast<ApplyReports*>(context)->seen.wrong =
          "it makes row " + std::to_string(row) + " depart by an unknown action";
  }
  static void reject(void* context, const sentinel_row_reject* reject) noexcept {
    auto& self = *static_cast<ApplyReports*>(context);
    if (reject == nullptr || !SENTINEL_OFFERS(reject, error)) {
      self.seen.wrong = "it rejects a row with a truncated report";
      return;
    }
    const auto row = reject->row;
    const auto why = reported_reason(reject->error);
    if (!is_row_fault(why.code()))
      self.seen.wrong =
          "it rejects row " + std::to_string(row) + " with a code that is no fault of a row: " + why.message();
    self.seen.settle(row, self.rows, kRejected + why.message());
  }
};

class TransformSuite {
 public:
  TransformSuite(const sentinel_component& component, const sentinel_value& options, const Samples& samples,
                 Report& report)
      : component_(component),
        calls_(*component.transform),
        options_(options),
        samples_(samples),
        in_(samples.fields()),
        rows_(samples.given_count()),
        report_(report) {}

  void run() {
    const auto prepare = [&](TransformInstance& transform) {
      auto out = bind(transform);
      return out ? Status() : out.error();
    };
    report_.run("open", "opens with these options", [&] { return opens(); });
    report_.run("bind", "declares the same output for the same input, in types that Sentinel supports",
                [&] { return binds(); });
    report_.run("bind.money", "declares money in an exact type, with a currency field that exists",
                [&] { return needs([&] { return unless_wrong(wrong_money(*out_)); }); });
    report_.run("apply.array", "returns well-formed output that fits the schema that bind declared",
                [&] { return needs([&] { return applies(); }); });
    report_.run("apply.account", "returns, filters or rejects every input row exactly once",
                [&] { return with_fate([&] { return account_; }); });
    report_.run("apply.pass", "passes the expected rows with their values, and at least one row",
                [&] { return with_fate([&] { return passes(); }); });
    report_.run("apply.repeat", "gives the same result for the same rows",
                [&] { return with_fate([&] { return same_as_first(sample(), "applied again"); }); });
    report_.run("apply.isolation", "gives the same result for a row alone as among others",
                [&] { return with_fate([&] { return isolates(); }); });
    report_.run("apply.offset", "honours the offset of its input",
                [&] { return with_fate([&] { return honours_offset(); }); });
    report_.run("apply.empty", "accepts a batch without rows",
                [&] { return with_fate([&] { return takes_nothing(); }); });
    report_.run("apply.release", "releases all of its input exactly once",
                [&] { return with_fate([&] { return releases(); }); });
    report_.run("options.odd", "answers unusual option values with a code and a message",
                [&] { return survives_odd_options(component_, calls_, options_, prepare); });
    report_.run("close", "leaves no file open when it is closed",
                [&] { return needs([&] { return closes_what_it_opens(calls_, options_, prepare); }); });
  }

 private:
  template <class Body>
  Finding needs(Body&& body) const {
    return out_ ? body() : not_applicable("it does not bind to the fields it was given");
  }
  template <class Body>
  Finding with_fate(Body&& body) const {
    return first_ ? body() : not_applicable("it cannot be applied to begin with");
  }

  Finding opens() {
    auto opened = TransformInstance::open(calls_, host_, options_);
    return opened ? Finding{} : failed(opened.error().message());
  }
  Finding binds() {
    auto transform = TransformInstance::open(calls_, host_, options_);
    if (!transform) return not_applicable("it does not open");
    auto out = bind(**transform), again = bind(**transform);
    if (!out) return failed(out.error().message());
    if (!again || !(*out == *again)) return failed("bound again to the same fields, it says another output");
    out_ = *out;
    return {};
  }
  Finding applies() {
    auto seen = apply(sample());
    if (!seen) return failed(seen.error().message());
    if (!seen->wrong.empty()) account_ = failed(seen->wrong);
    for (std::int64_t row = 0; row < rows_ && account_.reason.empty(); ++row)
      if (!seen->fate.contains(row))
        account_ = failed("row " + std::to_string(row) + " is neither in the output nor filtered nor rejected");
    first_ = std::move(*seen);
    return {};
  }
  static bool is_passed(const std::string& fate) {
    return !fate.starts_with(kFiltered) && !fate.starts_with(kRejected);
  }
  // The first row that does not pass, and why; empty: all pass.
  std::string first_refusal() const {
    for (const auto& [row, fate] : first_->fate)
      if (!is_passed(fate)) return "row " + std::to_string(row) + " is " + fate;
    return {};
  }
  Finding passes() const {
    Lines passed;
    for (const auto& [row, fate] : first_->fate)
      if (is_passed(fate)) passed.push_back(fate);
    if (samples_.expected() != nullptr) return passes_as_expected(passed, *samples_.expected());
    return !passed.empty() ? Finding{}
                           : failed("of " + std::to_string(rows_) + " rows none passes, and " + first_refusal() +
                                    "; give it rows of its own kind: --fields and --rows, or Samples");
  }
  Finding passes_as_expected(const Lines& passed, const Batch& expected) const {
    if (const auto wrong = wrong_array(expected.array(), *out_); !wrong.empty())
      return failed("the rows that are expected do not fit its output: " + wrong);
    const auto rows = expected.view(*out_);
    for (std::int64_t row = 0; row < std::min(rows.rows(), std::ssize(passed)); ++row)
      if (const auto& found = passed[static_cast<std::size_t>(row)]; found != row_text(rows, row))
        return failed("output row " + std::to_string(row) + " is " + found + " in place of " + row_text(rows, row));
    if (std::ssize(passed) == rows.rows()) return {};
    const auto refusal = first_refusal();
    return failed(std::to_string(passed.size()) + " rows pass in place of " + std::to_string(rows.rows()) +
                  (refusal.empty() ? "" : "; " + refusal));
  }
  Finding same_as_first(ArrowArray batch, const std::string& how) {
    auto seen = apply(batch);
    if (!seen) return failed(how + ": " + seen.error().message());
    for (const auto& [row, fate] : first_->fate)
      if (const auto other = seen->fate.find(row); other == seen->fate.end() || other->second != fate)
        return failed(how + ", row " + std::to_string(row) + " is " +
                      (other == seen->fate.end() ? "lost" : other->second) + " in place of " + fate);
    return {};
  }
  Finding isolates() {
    const auto all = samples_.as_given();
    for (const auto& [row, fate] : first_->fate) {
      auto seen = apply(select_rows(all.view(in_), std::vector<std::int64_t>{row}).release());
      if (!seen) return failed("row " + std::to_string(row) + " alone: " + seen.error().message());
      if (seen->fate[0] != fate)
        return failed("row " + std::to_string(row) + " alone is " + seen->fate[0] + ", and among others " + fate);
    }
    return {};
  }
  // The rows after an offset of the struct and one of each column.
  Finding honours_offset() {
    BatchBuilder builder(in_);
    const auto all = samples_.as_given();
    const auto before = samples_.fresh("before", 3);
    for (std::size_t i = 0; i < in_.size(); ++i) {
      for (std::int64_t row = 0; row < 3; ++row) builder.column(i).append_from(before.view(in_).column(i), row);
      for (std::int64_t row = 0; row < rows_; ++row) builder.column(i).append_from(all.view(in_).column(i), row);
    }
    auto array = builder.finish().release();
    array.length = rows_;
    array.offset = 2;
    for (std::int64_t i = 0; i < array.n_children; ++i) {
      array.children[i]->offset = 1;
      array.children[i]->length -= 1;
      if (array.children[i]->null_count > 0) array.children[i]->null_count = -1;
    }
    return same_as_first(array, "after an offset");
  }
  Finding takes_nothing() {
    auto seen = apply(samples_.fresh("conformance", 0).release());
    if (!seen) return failed(seen.error().message());
    return seen->fate.empty() && seen->wrong.empty() ? Finding{} : failed("it makes rows of none");
  }
  Finding releases() {
    ReleaseWatch watch;
    auto seen = apply(watch.watch(samples_.as_given()));
    if (!seen) return failed(seen.error().message());
    if (watch.was_released_twice()) return failed("it releases an array of its input twice");
    return watch.alive() == 0
               ? Finding{}
               : failed(std::to_string(watch.alive()) + " arrays of its input are not released when its output is");
  }

  ArrowArray sample() const { return samples_.as_given().release(); }
  Result<Schema> bind(TransformInstance& transform) const {
    ArrowSchema lent{}, filled{};
    export_schema(in_, &lent);
    const auto status =
        transform.call([&](sentinel_error* error) { return calls_.bind(transform.self(), &lent, &filled, error); });
    lent.release(&lent);
    if (!status.ok()) return status;
    return taken(filled);
  }
  // Takes `array`. Errors: those of the transform, and an output that is not well formed.
  Result<ApplySeen> apply(ArrowArray array) {
    const auto rows = array.length;
    Batch in(array);
    SENTINEL_ASSIGN(auto transform, TransformInstance::open(calls_, host_, options_));
    SENTINEL_ASSIGN([[maybe_unused]] const auto out, bind(*transform));
    ApplySeen seen;
    ApplyReports reports{seen, rows};
    auto lent = in.release();
    sentinel_apply_request request{sizeof request,      &lent, &reports, ApplyReports::filter, ApplyReports::reject,
                                   ApplyReports::depart};
    sentinel_applied applied{};
    applied.struct_size = sizeof applied;
    const auto status = transform->call(
        [&](sentinel_error* error) { return calls_.apply(transform->self(), &request, &applied, error); });
    const Batch rest(lent), output(applied.array);
    SENTINEL_TRY(status);
    if (auto wrong = wrong_array(output.array(), *out_); !wrong.empty()) return internal_error(wrong);
    note_output(output, applied.origin, rows, seen);
    return seen;
  }
  void note_output(const Batch& output, const std::int64_t* origin, std::int64_t rows, ApplySeen& seen) const {
    if (origin == nullptr && output.rows() != rows && output.rows() > 0)
      seen.wrong = "without origins it gives " + std::to_string(output.rows()) + " rows for " + std::to_string(rows);
    const auto view = output.view(*out_);
    for (std::int64_t row = 0; row < view.rows(); ++row) {
      const auto from = origin == nullptr ? row : origin[row];
      if (origin != nullptr && row > 0 && origin[row] <= origin[row - 1])
        seen.wrong = "its origins do not ascend at output row " + std::to_string(row);
      seen.settle(from, rows, row_text(view, row));
    }
  }

  const sentinel_component& component_;
  const sentinel_transform_calls& calls_;
  const sentinel_value& options_;
  const Samples& samples_;
  const Schema& in_;
  std::int64_t rows_;
  Report& report_;
  TestHost host_;
  std::optional<Schema> out_;
  std::optional<ApplySeen> first_;
  Finding account_;
};

}  // namespace detail
}  // namespace sentinel::testkit
