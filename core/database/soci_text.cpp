// Runs portable statements through SOCI and turns its exceptions into Status.
#include "database/soci_text.hpp"

#include "database/fault_text.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <memory>
#include <stdexcept>

namespace sentinel::database {
namespace {

// The layer before SOCI's statement backend: everything passes through but the types of columns.
class TextStatement final : public soci::details::statement_backend {
 public:
  explicit TextStatement(soci::details::statement_backend* real) : real_(real) {}
  soci::details::statement_backend& real() { return *real_; }

  void describe_column(int number, soci::data_type& type, std::string& name) override {
    type = soci::dt_string;
    name = std::to_string(number);
  }

  void alloc() override { real_->alloc(); }
  void clean_up() override { real_->clean_up(); }
  void prepare(const std::string& query, soci::details::statement_type type) override { real_->prepare(query, type); }
  exec_fetch_result execute(int number) override { return real_->execute(number); }
  exec_fetch_result fetch(int number) override { return real_->fetch(number); }
  long long get_affected_rows() override { return real_->get_affected_rows(); }
  int get_number_of_rows() override { return real_->get_number_of_rows(); }
  std::string get_parameter_name(int index) const override { return real_->get_parameter_name(index); }
  std::string rewrite_for_procedure_call(const std::string& query) override {
    return real_->rewrite_for_procedure_call(query);
  }
  int prepare_for_describe() override { return real_->prepare_for_describe(); }
  soci::details::standard_into_type_backend* make_into_type_backend() override {
    return real_->make_into_type_backend();
  }
  soci::details::standard_use_type_backend* make_use_type_backend() override { return real_->make_use_type_backend(); }
  soci::details::vector_into_type_backend* make_vector_into_type_backend() override {
    return real_->make_vector_into_type_backend();
  }
  soci::details::vector_use_type_backend* make_vector_use_type_backend() override {
    return real_->make_vector_use_type_backend();
  }

 private:
  std::unique_ptr<soci::details::statement_backend> real_;
};

class TextSession final : public soci::details::session_backend {
 public:
  explicit TextSession(soci::details::session_backend* real) : real_(real) {}
  soci::details::session_backend& real() { return *real_; }

  TextStatement* make_statement_backend() override { return new TextStatement(real_->make_statement_backend()); }

  bool is_connected() override { return real_->is_connected(); }
  void begin() override { real_->begin(); }
  void commit() override { real_->commit(); }
  void rollback() override { real_->rollback(); }
  std::string get_dummy_from_table() const override { return real_->get_dummy_from_table(); }
  std::string get_backend_name() const override { return real_->get_backend_name(); }
  soci::details::rowid_backend* make_rowid_backend() override { return real_->make_rowid_backend(); }
  soci::details::blob_backend* make_blob_backend() override { return real_->make_blob_backend(); }

 private:
  std::unique_ptr<soci::details::session_backend> real_;
};

// Only alive while a session opens: SOCI asks it again for nothing but a reconnect, which never happens here.
class TextFactory final : public soci::backend_factory {
 public:
  explicit TextFactory(const soci::backend_factory& real) : real_(real) {}
  TextSession* make_session(const soci::connection_parameters& parameters) const override {
    return new TextSession(real_.make_session(parameters));
  }

 private:
  const soci::backend_factory& real_;
};

// SOCI keeps references to what is bound, so the values live here, at fixed places, until the statement has run.
class BoundValues {
 public:
  explicit BoundValues(std::span<const Value> values) : numbers_(values.size()), texts_(values.size()) {
    indicators_.resize(values.size(), soci::i_ok);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (const auto* number = std::get_if<std::int64_t>(&values[i])) {
        numbers_[i] = *number;
      } else if (const auto* text = std::get_if<std::string>(&values[i])) {
        texts_[i] = *text;
      } else {
        indicators_[i] = soci::i_null;
      }
    }
  }
  void bind_to(soci::statement& statement, std::span<const Value> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string name = std::to_string(i + 1);
      if (std::holds_alternative<std::int64_t>(values[i])) {
        statement.exchange(soci::use(numbers_[i], indicators_[i], name));
      } else {
        statement.exchange(soci::use(texts_[i], indicators_[i], name));
      }
    }
  }

 private:
  std::vector<long long> numbers_;
  std::vector<std::string> texts_;
  std::vector<soci::indicator> indicators_;
};

// The names of the parameters that SOCI found in the SQL; behind the last one its backends throw or answer "".
std::vector<std::string> parameter_names(const soci::details::statement_backend& backend) {
  std::vector<std::string> names;
  try {
    for (int i = 0;; ++i) {
      std::string name = backend.get_parameter_name(i);
      if (name.empty()) break;
      names.push_back(std::move(name));
    }
  } catch (const std::out_of_range&) {
    return names;
  }
  return names;
}

// SOCI's parsers take a ':' in double quotes, backticks or comments for a parameter, and MySQL's would then run only
// the text before it. Nothing runs unless what SOCI found is exactly what was given.
Status check_parameters(const std::vector<std::string>& names, std::size_t given) {
  std::vector<bool> is_used(given, false);
  for (const auto& name : names) {
    std::size_t number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (number == 0 || number > given || name != std::to_string(number)) {
      return invalid_config("the statement holds \":" + clean_text(name) + "\", which is not one of its " +
                            std::to_string(given) + " parameters; a ':' may only stand before a parameter's number");
    }
    is_used[number - 1] = true;
  }
  const auto unused = std::ranges::find(is_used, false);
  if (unused == is_used.end()) return {};
  return internal_error("parameter " + std::to_string(unused - is_used.begin() + 1) +
                        " does not occur in the statement");
}

Status check_values(std::span<const Value> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const auto* text = std::get_if<std::string>(&values[i])) SENTINEL_TRY(refuse_zero_byte(*text, i));
  }
  return {};
}

Row copy_row(const soci::row& row) {
  Row cells(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row.get_indicator(i) != soci::i_null) cells[i] = row.get<std::string>(i);
  }
  return cells;
}

}  // namespace

void SociConnection::open_session(const soci::backend_factory& factory, const std::string& connect_string) {
  session_.open(TextFactory(factory), connect_string);
}

soci::details::session_backend& SociConnection::backend() {
  return static_cast<TextSession*>(session_.get_backend())->real();
}

Status SociConnection::prepare_portable(soci::statement& statement, std::string_view sql, std::size_t parameter_count) {
  statement.alloc();
  statement.prepare(std::string(sql), soci::details::st_one_time_query);
  auto& real = static_cast<TextStatement*>(statement.get_backend())->real();
  SENTINEL_TRY(check_prepared(real, sql));
  return check_parameters(parameter_names(real), parameter_count);
}

template <std::invocable Work>
Status SociConnection::guarded(std::span<const Value> parameters, Work work) {
  try {
    SENTINEL_TRY(check_values(parameters));
    return work();
  } catch (const soci::soci_error& error) {
    return note(without_values(fault_of(error, !parameters.empty()), parameters));
  } catch (const std::exception& error) {
    return internal_error("while running a statement: " + clean_text(error.what()));
  }
}

Result<std::int64_t> SociConnection::execute(std::string_view sql, std::span<const Value> parameters) {
  std::int64_t hit = 0;
  SENTINEL_TRY(guarded(parameters, [&]() -> Status {
    BoundValues values(parameters);
    soci::statement statement(session_);
    values.bind_to(statement, parameters);
    SENTINEL_TRY(prepare_portable(statement, sql, parameters.size()));
    statement.define_and_bind();
    statement.execute(true);
    hit = std::max<std::int64_t>(0, statement.get_affected_rows());
    return {};
  }));
  return hit;
}

Result<std::vector<Row>> SociConnection::query(std::string_view sql, std::span<const Value> parameters) {
  std::vector<Row> rows;
  SENTINEL_TRY(guarded(parameters, [&]() -> Status {
    BoundValues values(parameters);
    soci::row row;
    soci::statement statement(session_);
    values.bind_to(statement, parameters);
    statement.exchange(soci::into(row));
    SENTINEL_TRY(prepare_portable(statement, sql, parameters.size()));
    statement.define_and_bind();
    for (bool got = statement.execute(true); got; got = statement.fetch()) rows.push_back(copy_row(row));
    return {};
  }));
  return rows;
}

}  // namespace sentinel::database
