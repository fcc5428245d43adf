// The conformance suite, with fields that this sink takes and a file that may be thrown away.
#include <sentinel/testkit/test_plugin.hpp>

int main() {
  sentinel::testkit::OptionValue options;
  options.set("path", "widget_sink_test.txt");
  const sentinel::Schema fields{sentinel::utf8("ref").key(), sentinel::utf8("email"),
                                sentinel::money("price_kobo", "NGN", 2)};
  return sentinel::testkit::test_plugin(options, fields);
}
