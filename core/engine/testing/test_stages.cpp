// Implements the test stages behind the same boundary as every plugin.
#include "engine/testing/test_stages.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

namespace sentinel::engine::test {

Shelf& shelf(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Shelf>> shelves;
  const std::lock_guard lock(mutex);
  auto& found = shelves[name];
  if (!found) found = std::make_unique<Shelf>();
  return *found;
}

namespace {

struct RecordsOptions {
  std::string shelf;
  bool text_amounts = false;
};

class Records final : public Source {
 public:
  static constexpr auto options = sentinel::options<RecordsOptions>(
      option("shelf", &RecordsOptions::shelf, "Which shelf.").required().identity(),
      option("text_amounts", &RecordsOptions::text_amounts, "Whether amounts are text in a field amount_text."));
  Records(RecordsOptions options, Host&)
      : shelf_(test::shelf(options.shelf)), has_text_amounts_(options.text_amounts) {}

  Result<Schema> schema() override {
    Schema schema{utf8("ref").key(), has_text_amounts_ ? utf8("amount_text") : int64("amount"), utf8("currency"),
                  int64("revision").version()};
    if (has_grown_) schema.add(utf8("note"));
    schema.set_read_once(shelf_.is_read_once);
    schema.set_departures(shelf_.marks, shelf_.removes);
    return schema;
  }

  Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) override {
    std::unique_lock lock(shelf_.mutex);
    ++shelf_.reads;
    shelf_.changed.notify_all();
    shelf_.changed.wait(lock, [&] { return !shelf_.blocks || is_cancelled_; });
    // Like the connections of real sources: a cancel stays until a read has seen it.
    if (std::exchange(is_cancelled_, false)) return Status(Code::kCancelled, "reading was cancelled");
    if (!shelf_.read_faults.empty()) {
      auto fault = std::move(shelf_.read_faults.front());
      shelf_.read_faults.pop_front();
      return fault;
    }
    auto at = from.as_int64().value_or(0);
    if (!has_grown_ && shelf_.grows_at >= 0 && at >= shelf_.grows_at) {
      has_grown_ = true;
      return Status(Code::kSchemaChanged, "there is a note now");
    }
    SENTINEL_ASSIGN(const auto schema, this->schema());
    BatchBuilder batch(schema);
    const auto most = std::min(limits.max_rows, shelf_.page_rows);
    auto end = static_cast<std::int64_t>(shelf_.records.size());
    const bool is_cut = !has_grown_ && shelf_.grows_at >= 0 && shelf_.grows_at < end;
    if (is_cut) end = shelf_.grows_at;
    for (std::int64_t taken = 0; at < end && taken < most; ++at, ++taken)
      if (!shelf_.records[static_cast<std::size_t>(at)].is_passed_over) add(batch, at, rejects);
    Page page{batch.finish(), Cursor(at), at >= end && !is_cut};
    if (shelf_.after_read) shelf_.after_read();
    return page;
  }

  Result<Page> fetch(std::span<const std::string> keys, Rejects& rejects) override {
    const std::lock_guard lock(shelf_.mutex);
    SENTINEL_ASSIGN(const auto schema, this->schema());
    BatchBuilder batch(schema);
    for (std::size_t at = 0; at < shelf_.records.size(); ++at)
      if (std::ranges::find(keys, shelf_.records[at].ref) != keys.end())
        add(batch, static_cast<std::int64_t>(at), rejects);
    return Page{batch.finish(), Cursor(), true};
  }

  Result<Page> keys(const Cursor& from, const Limits& limits,
                    const std::function<void(std::string_view)>& found) override {
    const std::lock_guard lock(shelf_.mutex);
    auto at = from.as_int64().value_or(0);
    const auto end = static_cast<std::int64_t>(shelf_.records.size());
    for (std::int64_t taken = 0; at < end && taken < limits.max_rows; ++at, ++taken)
      found(shelf_.records[static_cast<std::size_t>(at)].ref);
    return Page{{}, Cursor(at), at >= end};
  }

  void cancel() override {
    const std::lock_guard lock(shelf_.mutex);
    ++shelf_.cancels;
    is_cancelled_ = true;
    shelf_.changed.notify_all();
  }

 private:
  void add(BatchBuilder& batch, std::int64_t at, Rejects& rejects) {
    const auto& record = shelf_.records[static_cast<std::size_t>(at)];
    if (record.is_unreadable)
      return rejects.reject(record.ref, "place " + std::to_string(at), "raw bytes of " + record.ref,
                            invalid_data("no record"));
    batch.column(0).append(record.ref);
    if (!has_text_amounts_)
      batch.column(1).append(record.amount);
    else
      batch.column(1).append(record.amount ? std::optional(std::to_string(*record.amount))
                                           : std::optional<std::string>("much"));
    batch.column(2).append(record.currency);
    batch.column(3).append(record.revision);
    if (has_grown_) batch.column(4).append("note of " + record.ref);
    if (record.is_left_out) rejects.depart(batch.rows() - 1, record.leaves, "left out");
  }

  Shelf& shelf_;
  const bool has_text_amounts_;
  bool has_grown_ = false;
  bool is_cancelled_ = false;  // guarded by the shelf's mutex
};

// Every column of `in`, moved.
std::vector<ArrowArray> take_all(Batch& in, std::size_t count) {
  std::vector<ArrowArray> columns;
  for (std::size_t i = 0; i < count; ++i) columns.push_back(in.take_column(i));
  return columns;
}

struct ChooseOptions {
  std::string filter, reject;
};

// Filters or rejects by the beginning of `ref`.
class Choose final : public Transform {
 public:
  static constexpr auto options =
      sentinel::options<ChooseOptions>(option("filter", &ChooseOptions::filter, "Left out: what begins with it."),
                                       option("reject", &ChooseOptions::reject, "Refused: what begins with it."));
  Choose(ChooseOptions options, Host&) : options_(std::move(options)) {}
  Result<Schema> bind(const Schema& in) override {
    if (in.find("ref") == Schema::npos) return invalid_config("there is no field \"ref\"").at_option("reject");
    return schema_ = in;
  }
  Result<Applied> apply(Batch in, RowRejects& rows) override {
    const auto view = in.view(schema_);
    const auto refs = view.column(schema_.find("ref"));
    std::vector<std::int64_t> kept;
    for (std::int64_t row = 0; row < in.rows(); ++row) {
      const auto ref = refs.text(row);
      if (!options_.filter.empty() && ref.starts_with(options_.filter))
        rows.filter(row, "not wanted");
      else if (!options_.reject.empty() && ref.starts_with(options_.reject))
        rows.reject(row, invalid_data("refused by rule"));
      else
        kept.push_back(row);
    }
    const auto count = in.rows();
    if (kept.size() == static_cast<std::size_t>(count))
      return Applied{assemble(count, take_all(in, schema_.size())), {}};
    return Applied{select_rows(view, kept), kept};
  }

 private:
  const ChooseOptions options_;
  Schema schema_;
};

struct DigitsOptions {
  std::string from, to;
};

// Turns a text field of digits into an integer field.
class Digits final : public Transform {
 public:
  static constexpr auto options =
      sentinel::options<DigitsOptions>(option("from", &DigitsOptions::from, "The text field.").required(),
                                       option("to", &DigitsOptions::to, "Its new name.").required());
  Digits(DigitsOptions options, Host&) : options_(std::move(options)) {}
  Result<Schema> bind(const Schema& in) override {
    in_ = in;
    at_ = in.find(options_.from);
    if (at_ == Schema::npos) return invalid_config("there is no field \"" + options_.from + "\"").at_option("from");
    auto fields = in.fields();
    fields[at_] = int64(options_.to);
    return out_ = Schema(std::move(fields));
  }
  Result<Applied> apply(Batch in, RowRejects& rows) override {
    const auto texts = in.view(in_).column(at_);
    ColumnBuilder numbers(out_[at_]);
    std::vector<std::int64_t> kept;
    for (std::int64_t row = 0; row < in.rows(); ++row) {
      std::int64_t number = 0;
      const auto text = texts.is_null(row) ? std::string_view() : texts.text(row);
      if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{} || text.empty()) {
        rows.reject(row, invalid_data("no number"));
        continue;
      }
      numbers.append_int64(number);
      kept.push_back(row);
    }
    Batch rest = select_rows(in.view(in_), kept);
    auto columns = take_all(rest, in_.size());
    columns[at_].release(&columns[at_]);
    columns[at_] = numbers.finish();
    return Applied{assemble(static_cast<std::int64_t>(kept.size()), std::move(columns)), kept};
  }

 private:
  const DigitsOptions options_;
  Schema in_, out_;
  std::size_t at_ = 0;
};

struct LieOptions {
  std::string field;
  std::int64_t by = 1;
};

// Changes an amount on its way: what no transform may do.
class Lie final : public Transform {
 public:
  static constexpr auto options =
      sentinel::options<LieOptions>(option("field", &LieOptions::field, "The amount.").required(),
                                    option("by", &LieOptions::by, "How much is added."));
  Lie(LieOptions options, Host&) : options_(std::move(options)) {}
  Result<Schema> bind(const Schema& in) override { return schema_ = in; }
  Result<Applied> apply(Batch in, RowRejects&) override {
    const auto at = schema_.find(options_.field);
    const auto amounts = in.view(schema_).column(at);
    ColumnBuilder changed(schema_[at]);
    for (std::int64_t row = 0; row < in.rows(); ++row)
      amounts.is_null(row) ? changed.append_null() : changed.append_int64(amounts.int64(row) + options_.by);
    const auto count = in.rows();
    auto columns = take_all(in, schema_.size());
    columns[at].release(&columns[at]);
    columns[at] = changed.finish();
    return Applied{assemble(count, std::move(columns)), {}};
  }

 private:
  const LieOptions options_;
  Schema schema_;
};

struct PileOptions {
  std::string shelf;
};

// Level 1: writes every row, and refuses those whose ref begins with "X".
class Pile final : public Sink {
 public:
  static constexpr auto options =
      sentinel::options<PileOptions>(option("shelf", &PileOptions::shelf, "Which shelf.").required());
  Pile(PileOptions options, Host&) : shelf_(test::shelf(options.shelf)) {}
  Status bind(const Schema&) override { return {}; }
  Status write(const BatchView& batch, const Claim* claim, RowOutcomes& outcomes) override {
    const std::lock_guard lock(shelf_.mutex);
    if (claim != nullptr) return internal_error("a claim for a sink of level 1");
    if (!shelf_.write_faults.empty()) {
      auto fault = std::move(shelf_.write_faults.front());
      shelf_.write_faults.pop_front();
      return fault;
    }
    const auto refs = batch.column(batch.schema().find("ref"));
    auto most = batch.rows();
    if (!shelf_.stops.empty()) {
      most = shelf_.stops.front();
      shelf_.stops.pop_front();
    }
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      if (row == most) return outcomes.stopped({Code::kTransient, "the pile went away"});
      if (refs.text(row).starts_with("X")) {
        outcomes.reject(row, Status(Code::kConflict, "the pile refuses it"));
        continue;
      }
      shelf_.pile.emplace_back(refs.text(row));
      outcomes.set(row, Outcome::kInserted);
    }
    return {};
  }

 private:
  Shelf& shelf_;
};

// Level 1, whole runs: what was written counts once the run finished.
class Book final : public Sink {
 public:
  static constexpr auto options =
      sentinel::options<PileOptions>(option("shelf", &PileOptions::shelf, "Which shelf.").required());
  Book(PileOptions options, Host&) : shelf_(test::shelf(options.shelf)) {}
  Status bind(const Schema&) override { return {}; }
  Status write(const BatchView& batch, const Claim*, RowOutcomes& outcomes) override {
    const std::lock_guard lock(shelf_.mutex);
    if (!shelf_.write_faults.empty()) {
      auto fault = std::move(shelf_.write_faults.front());
      shelf_.write_faults.pop_front();
      if (!fault.ok()) return fault;
    }
    rows_ += batch.rows();
    for (std::int64_t row = 0; row < batch.rows(); ++row) outcomes.set(row, Outcome::kInserted);
    return {};
  }
  Status finish(const RunSummary& summary) override {
    const std::lock_guard lock(shelf_.mutex);
    shelf_.ends.push_back(summary.state + ": " + std::to_string(rows_));
    if (shelf_.finish_faults.empty()) return {};
    auto fault = std::move(shelf_.finish_faults.front());
    shelf_.finish_faults.pop_front();
    return fault;
  }

 private:
  Shelf& shelf_;
  std::int64_t rows_ = 0;
};

}  // namespace
}  // namespace sentinel::engine::test

SENTINEL_PLUGIN_AS(sentinel_test_stages, "test_stages", "1.2.3",
                   sentinel::source<sentinel::engine::test::Records>("records", "Reads a shelf."),
                   sentinel::transform<sentinel::engine::test::Choose>("choose", "Filters and rejects."),
                   sentinel::transform<sentinel::engine::test::Digits>("digits", "Text to integer."),
                   sentinel::transform<sentinel::engine::test::Lie>("lie", "Changes amounts."),
                   sentinel::sink<sentinel::engine::test::Pile>("pile", "Piles rows up."),
                   sentinel::sink<sentinel::engine::test::Book>("book", "Keeps whole runs."))
