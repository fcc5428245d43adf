// Masks column by column; what is not masked is moved.
#include "mask_transform/mask.hpp"

#include "mask_transform/masking.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>

#include <algorithm>

namespace sentinel::mask_transform {
namespace {

constexpr std::int64_t kDigestDigits = 64;
constexpr std::int64_t kLeastKeyDigits = 32;  // with fewer, two keys of a large target may collide
constexpr std::size_t kLeastSecretBytes = 16;

Status check_field(const FieldOptions& field, const std::string& path) {
  if (field.how.has_value() == field.truncate.has_value())
    return invalid_config("choose how to mask it: hash, partial, redact, none, or { truncate: 4 }").at_option(path);
  if (field.length && field.how != How::kHash)
    return invalid_config("length is for hash only").at_option(path + ".length");
  if (field.text && field.how != How::kRedact)
    return invalid_config("text is for redact only").at_option(path + ".text");
  return {};
}

Status check_secret(const Options& options) {
  const auto hash = std::ranges::find_if(options.fields, [](const auto& one) { return one.second.how == How::kHash; });
  if (hash == options.fields.end()) return {};
  if (options.key.empty())
    return invalid_config(
               fmt::format("the field \"{}\" is hashed, which needs a secret: key: ${{env:MASK_KEY}}", hash->first))
        .at_option("key");
  if (options.key.size() < kLeastSecretBytes)
    return invalid_config(
               "the secret has fewer than 16 bytes and can be guessed; generate one with openssl rand -hex 32")
        .at_option("key");
  return {};
}

Status check_type(const FieldOptions& options, const Field& field, const std::string& path) {
  const bool is_hashable = field.type == Type::kUtf8 || field.type == Type::kInt64 || field.type == Type::kBinary;
  if (options.how == How::kNone || (options.how == How::kHash && is_hashable) || field.type == Type::kUtf8) return {};
  return invalid_config(
             fmt::format(
                 "the field \"{}\" is {}, which mask can only replace with null (none); cast it to text with map first",
                 field.name, field.type_text()))
      .at_option(path);
}

// Two records whose masked keys are equal become one row.
Status check_key(const FieldOptions& options, const Field& field, const std::string& path) {
  if (!field.is_key) return {};
  if (options.how != How::kHash)
    return invalid_config(
               fmt::format("the field \"{}\" is a key, so this would merge records; hash it, or remove it with map",
                           field.name))
        .at_option(path);
  if (options.length.value_or(kDigestDigits) < kLeastKeyDigits)
    return invalid_config(
               fmt::format("the field \"{}\" is a key; its pseudonym needs at least 32 hex digits", field.name))
        .at_option(path + ".length");
  return {};
}

Field masked(const Field& field, const FieldOptions& options) {
  auto out = options.how == How::kNone ? field : utf8(field.name);
  out.is_key = field.is_key;
  out.is_json = out.is_version = false;
  out.is_nullable = field.is_nullable || options.how == How::kNone;
  return out;
}

}  // namespace

Result<std::unique_ptr<Mask>> Mask::open(Options options, Host&) {
  if (options.fields.empty())
    return invalid_config("no field to mask; name some, as in fields: { email: partial }").at_option("fields");
  for (const auto& [name, field] : options.fields) SENTINEL_TRY(check_field(field, "fields." + name));
  SENTINEL_TRY(check_secret(options));
  return std::unique_ptr<Mask>(new Mask(std::move(options)));
}

Result<Schema> Mask::bind(const Schema& in) {
  in_ = in;
  masks_.assign(in.size(), nullptr);
  for (const auto& [name, field] : options_.fields) {
    const auto path = "fields." + name;
    const auto at = in.find(name);
    if (at == Schema::npos) return invalid_config(unknown_field(name, in)).at_option(path);
    SENTINEL_TRY(check_type(field, in[at], path));
    SENTINEL_TRY(check_key(field, in[at], path));
    masks_[at] = &field;
  }
  out_ = Schema();
  for (std::size_t i = 0; i < in.size(); ++i) out_.add(masks_[i] == nullptr ? in[i] : masked(in[i], *masks_[i]));
  return out_;
}

void Mask::hide(const FieldOptions& options, const ColumnView& from, std::int64_t row, ColumnBuilder& to) const {
  if (options.how == How::kNone || from.is_null(row)) return to.append_null();
  if (options.truncate) return to.append_text(truncated(from.text(row), static_cast<std::size_t>(*options.truncate)));
  if (options.how == How::kPartial) return to.append_text(partial(from.text(row)));
  if (options.how == How::kRedact) return to.append_text(options.text.value_or("[redacted]"));
  const auto digits = static_cast<std::size_t>(options.length.value_or(kDigestDigits));
  const auto number = from.type() == Type::kInt64 ? std::to_string(from.int64(row)) : std::string();
  to.append_text(pseudonym(options_.key, number.empty() ? from.text(row) : number, digits));
}

Result<Applied> Mask::apply(Batch in, RowRejects&) {
  const auto count = in.rows();
  std::vector<ArrowArray> columns;
  columns.reserve(in_.size());
  for (std::size_t i = 0; i < in_.size(); ++i) {
    if (masks_[i] == nullptr) {
      columns.push_back(in.take_column(i));
      continue;
    }
    const auto from = in.view(in_).column(i);
    ColumnBuilder to(out_[i]);
    for (std::int64_t row = 0; row < count; ++row) hide(*masks_[i], from, row, to);
    columns.push_back(to.finish());
  }
  return Applied{assemble(count, std::move(columns)), {}};
}

}  // namespace sentinel::mask_transform
