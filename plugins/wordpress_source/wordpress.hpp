// The source `use: wordpress`: a site's posts, from its database or over its REST API.
#pragma once

#include "wordpress_source/wordpress_source.hpp"

#include <sentinel/plugin.hpp>

#include <memory>

namespace sentinel::wordpress_source {

// Opens the source that the options select, and delegates every call to it.
class Wordpress final : public Source {
 public:
  static constexpr auto options = kOptions;

  static Result<std::unique_ptr<Wordpress>> open(Options options, Host& host);
  explicit Wordpress(std::unique_ptr<Source> site) : site_(std::move(site)) {}

  Result<Schema> schema() override { return site_->schema(); }
  Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) override {
    return site_->read(from, limits, rejects);
  }
  Status check() override { return site_->check(); }
  Status discover(const std::function<void(const FoundField&)>& found) override { return site_->discover(found); }
  Result<std::int64_t> count() override { return site_->count(); }
  Result<Page> fetch(std::span<const std::string> keys, Rejects& rejects) override {
    return site_->fetch(keys, rejects);
  }
  Result<Page> keys(const Cursor& from, const Limits& limits,
                    const std::function<void(std::string_view)>& found) override {
    return site_->keys(from, limits, found);
  }
  void cancel() override { site_->cancel(); }

 private:
  const std::unique_ptr<Source> site_;
};

}  // namespace sentinel::wordpress_source
