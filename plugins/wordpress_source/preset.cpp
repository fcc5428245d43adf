// The tables of GiveWP and WooCommerce, from their published schemas.
#include "wordpress_source/preset.hpp"

#include <fmt/format.h>

#include <utility>

namespace sentinel::wordpress_source {
namespace {

constexpr const char* kDonation = "give_payment";
constexpr const char* kOrder = "shop_order";
constexpr const char* kRefund = "shop_order_refund";

Layout posts_layout(std::vector<std::string> types) {
  Layout layout;
  layout.table = "posts";
  layout.id = "ID";
  layout.type = "post_type";
  layout.modified = "post_modified_gmt";
  layout.types = std::move(types);
  layout.meta_table = "postmeta";
  layout.meta_owner = "post_id";
  layout.meta_id = "meta_id";
  return layout;
}

Layout plain_posts(const Options& options) {
  auto layout = posts_layout({options.content});
  layout.columns = {{"r.ID", int64("id").key()},
                    {"r.post_status", utf8("status")},
                    {"r.post_type", utf8("type")},
                    {"r.post_title", utf8("title")},
                    {"r.post_name", utf8("slug")},
                    {"r.post_author", int64("author")},
                    {"r.post_parent", int64("parent")},
                    {"r.post_date_gmt", timestamp("created_gmt")},
                    {"r.post_modified_gmt", timestamp("modified_gmt")}};
  if (options.include_content) layout.columns.push_back({"r.post_content", utf8("content")});
  return layout;
}

Layout givewp() {
  auto layout = posts_layout({kDonation});
  layout.columns = {{"r.ID", int64("id").key()},
                    {"r.post_status", utf8("status")},
                    {"r.post_parent", int64("parent")},
                    {"r.post_date_gmt", timestamp("created_gmt")},
                    {"r.post_modified_gmt", timestamp("modified_gmt")}};
  layout.meta_table = "give_donationmeta";
  layout.meta_owner = "donation_id";
  layout.meta = {{"_give_payment_total", utf8("amount")},
                 {"_give_payment_currency", utf8("currency")},
                 {"_give_payment_mode", utf8("mode")},
                 {"_give_payment_donor_email", utf8("email")},
                 {"_give_donor_billing_first_name", utf8("first_name")},
                 {"_give_donor_billing_last_name", utf8("last_name")},
                 {"_give_anonymous_donation", boolean("anonymous")},
                 {"_give_payment_donor_id", int64("donor_id")},
                 {"_give_payment_form_id", int64("form_id")},
                 {"_give_payment_gateway", utf8("gateway")},
                 {"_give_payment_transaction_id", utf8("transaction_id")}};
  return layout;
}

// The same fields in the same order as woocommerce_legacy(), so that a shop may migrate its orders while a pipeline is
// in use.
Layout woocommerce() {
  Layout layout;
  layout.table = "wc_orders";
  layout.id = "id";
  layout.type = "type";
  layout.modified = "date_updated_gmt";
  layout.has_modified_index = true;
  layout.types = {kOrder, kRefund};
  layout.columns = {{"r.id", int64("id").key()},
                    {"r.status", utf8("status")},
                    {"r.type", utf8("type")},
                    {"NULLIF(r.parent_order_id, 0)", int64("parent")},
                    {"r.date_created_gmt", timestamp("created_gmt")},
                    {"r.date_updated_gmt", timestamp("modified_gmt")},
                    {"r.total_amount", utf8("amount")},
                    {"r.currency", utf8("currency")},
                    {"r.billing_email", utf8("email")},
                    {"a.first_name", utf8("first_name")},
                    {"a.last_name", utf8("last_name")},
                    {"r.customer_id", int64("customer_id")},
                    {"r.payment_method", utf8("payment_method")},
                    {"r.transaction_id", utf8("transaction_id")},
                    {"d.date_paid_gmt", timestamp("paid_gmt")}};
  layout.joined = {{"wc_order_addresses", "a", "a.order_id = r.id AND a.address_type = 'billing'"},
                   {"wc_order_operational_data", "d", "d.order_id = r.id"}};
  layout.meta_table = "wc_orders_meta";
  layout.meta_owner = "order_id";
  layout.meta_id = "id";
  return layout;
}

Layout woocommerce_legacy() {
  auto layout = posts_layout({kOrder, kRefund});
  layout.columns = {{"r.ID", int64("id").key()},
                    {"r.post_status", utf8("status")},
                    {"r.post_type", utf8("type")},
                    {"NULLIF(r.post_parent, 0)", int64("parent")},
                    {"r.post_date_gmt", timestamp("created_gmt")},
                    {"r.post_modified_gmt", timestamp("modified_gmt")}};
  layout.meta = {{"_order_total", utf8("amount")},
                 {"_order_currency", utf8("currency")},
                 {"_billing_email", utf8("email")},
                 {"_billing_first_name", utf8("first_name")},
                 {"_billing_last_name", utf8("last_name")},
                 {"_customer_user", int64("customer_id")},
                 {"_payment_method", utf8("payment_method")},
                 {"_transaction_id", utf8("transaction_id")},
                 {"_date_paid", timestamp("paid_gmt"), true}};
  return layout;
}

Layout layout_of(Preset preset) {
  switch (preset) {
    case Preset::kGivewp: return givewp();
    case Preset::kWoocommerce: return woocommerce();
    case Preset::kWoocommerceLegacy: return woocommerce_legacy();
  }
  return {};
}

}  // namespace

Layout layout_of(const Options& options) { return options.preset ? layout_of(*options.preset) : plain_posts(options); }

const char* name_of(Preset preset) {
  switch (preset) {
    case Preset::kGivewp: return "givewp";
    case Preset::kWoocommerce: return "woocommerce";
    case Preset::kWoocommerceLegacy: return "woocommerce_legacy";
  }
  return "";
}

const char* noun_of(const Options& options) {
  if (!options.preset) return "post";
  return *options.preset == Preset::kGivewp ? "donation" : "order";
}

std::vector<std::string> passing_statuses(const Options& options) {
  if (options.statuses) return *options.statuses;
  if (!options.preset) return {"publish"};
  if (*options.preset == Preset::kGivewp) return {"publish", "give_subscription"};
  // A refunded order keeps its total, and its refund is a separate record that subtracts it.
  return {"wc-processing", "wc-completed", "wc-refunded"};
}

Status check_preset(const Options& options) {
  if (!options.preset) {
    if (!options.include_test) return {};
    return invalid_config("posts have no test mode; include_test is for preset: givewp").at_option("include_test");
  }
  const auto layout = layout_of(*options.preset);
  const std::string preset = name_of(*options.preset);
  if (options.content != Options().content && options.content != layout.types.front())
    return invalid_config(
               fmt::format("preset {} reads {} and nothing else; remove content", preset, layout.types.front()))
        .at_option("content");
  if (options.include_content)
    return invalid_config(
               fmt::format("the {}s of preset {} have no text; remove include_content", noun_of(options), preset))
        .at_option("include_content");
  if (options.include_test && *options.preset != Preset::kGivewp)
    return invalid_config(fmt::format("preset {} has no test mode; include_test is for givewp", preset))
        .at_option("include_test");
  for (std::size_t i = 0; options.meta && i < options.meta->size(); ++i)
    for (const auto& own : layout.meta)
      if ((*options.meta)[i] == own.key)
        return invalid_config(fmt::format("preset {} reads meta \"{}\" as field {}; remove it here", preset, own.key,
                                          own.field.name))
            .at_option(fmt::format("meta.{}", i));
  return {};
}

}  // namespace sentinel::wordpress_source
