// What a transform is: a batch in, a batch out, and a reason for every row that is not returned.
#pragma once

#include <sentinel/batch.hpp>
#include <sentinel/component.hpp>
#include <sentinel/host.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace sentinel {

// Where apply() reports the input rows that do not pass. Valid for the length of that call.
class RowRejects {
 public:
  explicit RowRejects(const sentinel_apply_request* request) : request_(request) {}
  // The row is left out on purpose. It counts as filtered.
  void filter(std::int64_t row, std::string_view reason) { request_->filter(request_->context, row, to_text(reason)); }
  // The same, and its row in the target is marked or removed. The output must have the fields of the input, and its
  // schema must say so (Schema::set_departures).
  void depart(std::int64_t row, Departure action, std::string_view reason) {
    if (action == Departure::kKeep || !SENTINEL_OFFERS(request_, depart) || request_->depart == nullptr)
      return filter(row, reason);
    request_->depart(request_->context, row, static_cast<std::int32_t>(action), to_text(reason));
  }
  // The row is wrong; `why` has code kInvalidData or kConflict. It becomes a dead letter. `amount`: its money, where
  // this transform is the first that could read it.
  void reject(std::int64_t row, const Status& why, const std::optional<RejectedAmount>& amount = {}) {
    const auto error = to_error(why);
    sentinel_row_reject reject{};
    reject.struct_size = sizeof reject;
    reject.row = row;
    reject.error = &error;
    detail::lend_amount(amount, reject);
    request_->reject(request_->context, &reject);
  }

 private:
  const sentinel_apply_request* request_;
};

// What apply() answers. `origin[i]` is the input row of output row i, ascending; empty: the same rows in the same
// order.
struct Applied {
  Batch batch;
  std::vector<std::int64_t> origin;
};

// Derive, hold your Options and the Host. One thread at a time.
class Transform {
 public:
  virtual ~Transform() = default;
  // Called before the first apply, and again when the shape of the input changes. Answers the shape of the output.
  // Errors: kInvalidConfig for a field that is missing or has the wrong type, with Status::at_option.
  virtual Result<Schema> bind(const Schema& in) = 0;
  // Takes `in`; columns that stay are moved (Batch::take_column), not copied. Every input row is in the output,
  // filtered or rejected. An error is a fault of the transform itself, never of one row.
  virtual Result<Applied> apply(Batch in, RowRejects& rows) = 0;
};

namespace detail {

template <class T>
struct TransformInstance {
  TransformInstance(const sentinel_host* c_host) : host(c_host) {}
  Host host;
  std::unique_ptr<T> self;
  std::vector<std::int64_t> origin;
};

template <class T>
struct TransformCalls {
  using Instance = TransformInstance<T>;
  static Instance& at(void* instance) { return *static_cast<Instance*>(instance); }

  static std::int32_t bind(void* instance, const ArrowSchema* in, ArrowSchema* out, sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      SENTINEL_ASSIGN(auto schema_in, import_schema(*in));
      SENTINEL_ASSIGN(auto schema_out, at(instance).self->bind(schema_in));
      export_schema(schema_out, out);
      return {};
    });
  }
  static std::int32_t apply(void* instance, const sentinel_apply_request* request, sentinel_applied* out,
                            sentinel_error* error) noexcept {
    return fenced(error, [&]() -> Status {
      RowRejects rows(request);
      SENTINEL_ASSIGN(auto applied, at(instance).self->apply(Batch(std::exchange(*request->in, ArrowArray{})), rows));
      SENTINEL_TRY(applied.batch.fault());
      if (!applied.batch.has_array()) return internal_error("apply answered no batch");
      if (!applied.origin.empty() && static_cast<std::int64_t>(applied.origin.size()) != applied.batch.rows())
        return internal_error("apply answered " + std::to_string(applied.batch.rows()) + " rows but " +
                              std::to_string(applied.origin.size()) + " origins");
      const bool same_rows = applied.origin.empty() && applied.batch.rows() > 0;
      at(instance).origin = std::move(applied.origin);
      out->array = applied.batch.release();
      static constexpr std::int64_t kNone = 0;
      out->origin = same_rows ? nullptr : at(instance).origin.empty() ? &kNone : at(instance).origin.data();
      return {};
    });
  }
  static const sentinel_transform_calls* table() {
    static const sentinel_transform_calls calls{sizeof(sentinel_transform_calls), 0,    open_instance<T, Instance>,
                                                close_instance<Instance>,         bind, apply};
    return &calls;
  }
};

}  // namespace detail

// Describes a transform for SENTINEL_PLUGIN; T as for source<T>.
template <class T>
sentinel_component transform(const char* use, const char* doc) {
  auto component = detail::describe<T>(SENTINEL_KIND_TRANSFORM, use, doc);
  component.transform = detail::TransformCalls<T>::table();
  return component;
}

}  // namespace sentinel
