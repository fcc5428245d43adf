// Emits `count` ascending invoices: the smallest useful source.
#include <sentinel/plugin.hpp>

namespace {

struct Options {
  std::int64_t count = 10;
  std::string prefix = "INV-";
};

class CounterSource final : public sentinel::Source {
 public:
  static constexpr auto options = sentinel::options<Options>(
      sentinel::option("count", &Options::count, "How many invoices to emit.").required().min(0).identity(),
      sentinel::option("prefix", &Options::prefix, "Text put before every number."));

  CounterSource(Options options, sentinel::Host&) : options_(std::move(options)) {}

  sentinel::Result<sentinel::Schema> schema() override { return schema_; }

  sentinel::Result<sentinel::Page> read(const sentinel::Cursor& from, const sentinel::Limits& limits,
                                        sentinel::Rejects&) override {
    sentinel::BatchBuilder batch(schema_);
    auto next = from.as_int64().value_or(0);
    for (; next < options_.count && limits.has_room(batch); ++next)
      batch.append(options_.prefix + std::to_string(next), next * 100);
    return sentinel::Page{batch.finish(), sentinel::Cursor(next), next >= options_.count};
  }

 private:
  Options options_;
  sentinel::Schema schema_{sentinel::utf8("invoice").key(), sentinel::money("amount_kobo", "NGN", 2)};
};

}  // namespace

SENTINEL_PLUGIN("counter", "1.0.0", sentinel::source<CounterSource>("counter", "Emits ascending invoices."))
