// The conformance suite, with options that give a few pages.
#include <sentinel/testkit/test_plugin.hpp>

int main() {
  sentinel::testkit::OptionValue options;
  options.set("count", 25);
  return sentinel::testkit::test_plugin(options);
}
