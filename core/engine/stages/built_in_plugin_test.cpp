// The built-in stages through their C boundary: what they offer, and kobo_to_decimal opened, bound and applied like a
// plugin.
#include "engine/stages/built_in_plugin.hpp"

#include <sentinel/batch.hpp>
#include <sentinel/boundary.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace sentinel::stages {
namespace {

// A map of options as the host lends it.
class Values {
 public:
  void text(const char* key, const char* value) {
    auto& item = add(key);
    item.kind = SENTINEL_VALUE_TEXT;
    item.text = to_text(value);
  }
  void integer(const char* key, std::int64_t value) {
    auto& item = add(key);
    item.kind = SENTINEL_VALUE_INTEGER;
    item.integer = value;
  }
  const sentinel_value* root() {
    root_ = sentinel_value{};
    root_.struct_size = sizeof root_;
    root_.kind = SENTINEL_VALUE_MAP;
    root_.count = keys_.size();
    root_.keys = keys_.data();
    root_.items = pointers_.data();
    return &root_;
  }

 private:
  sentinel_value& add(const char* key) {
    keys_.push_back(to_text(key));
    auto& item = items_.emplace_back();
    item.struct_size = sizeof item;
    pointers_.push_back(&item);
    return item;
  }
  std::vector<sentinel_text> keys_;
  std::deque<sentinel_value> items_;
  std::vector<const sentinel_value*> pointers_;
  sentinel_value root_{};
};

const sentinel_component* find(std::string_view use) {
  const auto* plugin = sentinel_builtin_stages(SENTINEL_ABI_VERSION);
  for (std::uint64_t i = 0; i < plugin->component_count; ++i)
    if (use == plugin->components[i]->use) return plugin->components[i];
  return nullptr;
}

TEST(BuiltinStages, OffersTheTransform) {
  const auto* plugin = sentinel_builtin_stages(SENTINEL_ABI_VERSION);
  EXPECT_EQ(plugin->struct_size, sizeof(sentinel_plugin));
  EXPECT_STREQ(plugin->name, "sentinel");
  EXPECT_STRNE(plugin->version, "");
  EXPECT_EQ(plugin->component_count, 1u);
  EXPECT_EQ(find("kobo_to_decimal")->kind, SENTINEL_KIND_TRANSFORM);
}

TEST(BuiltinStages, KoboToDecimalRunsBehindTheBoundary) {
  const auto& calls = *find("kobo_to_decimal")->transform;
  sentinel_host host{};
  host.struct_size = sizeof host;
  auto error = empty_error();
  Values values;
  values.text("field", "amount_kobo");
  values.text("to", "amount_naira");
  void* instance = nullptr;
  ASSERT_EQ(calls.open(&host, values.root(), &instance, &error), SENTINEL_OK) << error.message;

  const Schema in{money("amount_kobo", "NGN", 2)};
  ArrowSchema c_in{}, c_out{};
  export_schema(in, &c_in);
  ASSERT_EQ(calls.bind(instance, &c_in, &c_out, &error), SENTINEL_OK) << error.message;
  const auto out = *import_schema(c_out);
  EXPECT_EQ(out[0].minor_field, "amount_kobo");
  c_in.release(&c_in);
  c_out.release(&c_out);

  BatchBuilder builder(in);
  builder.append(500050);
  builder.append(10'000'000'000);
  auto array = builder.finish().release();
  std::vector<std::int64_t> rejected;
  sentinel_apply_request request{};
  request.struct_size = sizeof request;
  request.in = &array;
  request.context = &rejected;
  request.reject = [](void* context, const sentinel_row_reject* reject) noexcept {
    static_cast<std::vector<std::int64_t>*>(context)->push_back(reject->row);
    EXPECT_STREQ(reject->error->domain, "kobo_to_decimal");
    EXPECT_STREQ(reject->error->native_code, "out_of_range");
  };
  sentinel_applied applied{};
  applied.struct_size = sizeof applied;
  ASSERT_EQ(calls.apply(instance, &request, &applied, &error), SENTINEL_OK) << error.message;
  EXPECT_EQ(array.release, nullptr) << "the input array was not taken";
  const Batch batch(applied.array);
  ASSERT_EQ(batch.rows(), 1);
  EXPECT_EQ(applied.origin[0], 0);
  EXPECT_EQ(batch.view(out).column(0).decimal(0).to_string(), "5000.50");
  EXPECT_EQ(rejected, std::vector<std::int64_t>{1});
  calls.close(instance);
}

TEST(BuiltinStages, AWrongOptionNamesItself) {
  const auto& calls = *find("kobo_to_decimal")->transform;
  sentinel_host host{};
  host.struct_size = sizeof host;
  auto error = empty_error();
  Values values;
  values.text("field", "k");
  values.text("to", "n");
  values.integer("scale", 11);
  void* instance = nullptr;
  EXPECT_EQ(calls.open(&host, values.root(), &instance, &error), SENTINEL_INVALID_CONFIG);
  EXPECT_STREQ(error.option_path, "scale");
}

}  // namespace
}  // namespace sentinel::stages
