// Emits `count` made-up widgets. Replace what read() appends with your records.
#include <sentinel/plugin.hpp>

namespace {

struct Options {
  std::int64_t count = 10;
};

class WidgetSource final : public sentinel::Source {
 public:
  static constexpr auto options = sentinel::options<Options>(
      sentinel::option("count", &Options::count, "How many widgets to emit.").min(0).identity());

  WidgetSource(Options options, sentinel::Host&) : options_(options) {}

  sentinel::Result<sentinel::Schema> schema() override { return schema_; }

  // The same cursor gives the same records: here it is the number of the next one.
  sentinel::Result<sentinel::Page> read(const sentinel::Cursor& from, const sentinel::Limits& limits,
                                        sentinel::Rejects&) override {
    sentinel::BatchBuilder batch(schema_);
    auto next = from.as_int64().value_or(0);
    if (next < 0) return sentinel::invalid_config("this source did not issue the cursor " + from.text());
    for (; next < options_.count && limits.has_room(batch); ++next)
      batch.append("W-" + std::to_string(next), 100 * next);
    return sentinel::Page{batch.finish(), sentinel::Cursor(next), next >= options_.count};
  }

 private:
  Options options_;
  sentinel::Schema schema_{sentinel::utf8("ref").key(), sentinel::money("price_kobo", "NGN", 2)};
};

}  // namespace

SENTINEL_PLUGIN("widget", "0.1.0", sentinel::source<WidgetSource>("widget", "Emits made-up widgets."))
