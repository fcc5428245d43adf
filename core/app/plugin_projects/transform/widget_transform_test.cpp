// The conformance suite, on the testkit's sample rows, which have a text field "email".
#include <sentinel/testkit/test_plugin.hpp>

int main() {
  sentinel::testkit::OptionValue options;
  options.set("field", "email");
  return sentinel::testkit::test_plugin(options);
}
