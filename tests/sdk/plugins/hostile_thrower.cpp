// Throws wherever a plugin's own code runs; the fence of the SDK stands between that and the host.
#include <sentinel/plugin.hpp>

#include <stdexcept>

namespace {

struct Options {
  std::string in;
};
constexpr auto kOptions =
    sentinel::options<Options>(sentinel::option("in", &Options::in, "The call that throws.").required());

class ThrowingSource final : public sentinel::Source {
 public:
  static constexpr auto options = kOptions;
  ThrowingSource(Options options, sentinel::Host&) : options_(std::move(options)) { reach("open"); }
  sentinel::Result<sentinel::Schema> schema() override {
    reach("schema");
    return sentinel::Schema{sentinel::int64("n")};
  }
  sentinel::Result<sentinel::Page> read(const sentinel::Cursor&, const sentinel::Limits&, sentinel::Rejects&) override {
    reach("read");
    if (options_.in == "read_int") throw 42;
    return sentinel::Page{{}, sentinel::Cursor("end"), true};
  }

 private:
  void reach(const char* place) const {
    if (options_.in == place) throw std::runtime_error(std::string("the disk in ") + place + " melted");
  }
  Options options_;
};

class ThrowingTransform final : public sentinel::Transform {
 public:
  static constexpr auto options = kOptions;
  ThrowingTransform(Options, sentinel::Host&) {}
  sentinel::Result<sentinel::Schema> bind(const sentinel::Schema& in) override { return in; }
  sentinel::Result<sentinel::Applied> apply(sentinel::Batch, sentinel::RowRejects&) override {
    throw std::out_of_range("row 9");
  }
};

}  // namespace

SENTINEL_PLUGIN("thrower", "1.0.0", sentinel::source<ThrowingSource>("thrower", "Throws."),
                sentinel::transform<ThrowingTransform>("thrower", "Throws."))
