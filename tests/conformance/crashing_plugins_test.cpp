// Plugins that take their process down or never return: each is one failed check, and the others are still run.
#include "app/suite_process.hpp"
#include "flaws.hpp"

#include <csignal>

namespace sentinel::conformance {
namespace {

enum class Flaw { kNone, kAborts, kExits, kHangs };

struct Options {
  std::string name = "numbers";
};

template <Flaw kFlaw>
class CrashingSource final : public Source {
 public:
  static constexpr auto options = sentinel::options<Options>(option("name", &Options::name, "What it is called."));
  CrashingSource(Options, Host&) {}
  Result<Schema> schema() override { return schema_; }
  Result<Page> read(const Cursor& from, const Limits& limits, Rejects&) override {
    if (from.text() == "no cursor of yours") spoil();
    BatchBuilder batch(schema_);
    auto next = std::max<std::int64_t>(0, from.as_int64().value_or(0));
    for (; next < 20 && limits.has_room(batch); ++next) batch.append(next);
    return Page{batch.finish(), Cursor(next), next >= 20};
  }

 private:
  static void spoil() {
    if (kFlaw == Flaw::kAborts) {
      std::signal(SIGABRT, SIG_DFL);
      std::abort();
    }
    if (kFlaw == Flaw::kExits) std::_Exit(7);
    while (kFlaw == Flaw::kHangs) ::pause();
  }
  Schema schema_{int64("number").key()};
};

template <Flaw kFlaw>
testkit::Report report(std::chrono::milliseconds limit = std::chrono::minutes(5)) {
  const testkit::OptionValue none;
  return testkit::run_conformance_apart(source<CrashingSource<kFlaw>>("crashing", "Crashes on a foreign cursor."),
                                        none.lend(), testkit::sample_fields(), {limit});
}
std::string reason(const testkit::Report& report, const std::string& id) {
  for (const auto& check : report.checks())
    if (check.id == id) return check.found.reason;
  return "no such check";
}

TEST(Isolation, SaysOfAGoodPluginWhatTheSuiteSaysInProcess) {
  const testkit::OptionValue none;
  const auto component = source<CrashingSource<Flaw::kNone>>("crashing", "Does not crash.");
  const auto here = testkit::run_conformance(component, none.lend(), testkit::sample_fields());
  const auto apart = report<Flaw::kNone>();
  EXPECT_TRUE(apart.conforms());
  EXPECT_EQ(testkit::report_text(apart), testkit::report_text(here));
}

TEST(Isolation, FindsACrash) {
  const auto crashed = report<Flaw::kAborts>();
  EXPECT_EQ(failed_ids(crashed), Ids{"read.foreign_cursor"});
  EXPECT_EQ(reason(crashed, "read.foreign_cursor"), "the process was ended by signal 6 (Aborted) during this check");
  EXPECT_TRUE(crashed.has("close")) << "what follows is run";
  EXPECT_EQ(crashed.checks().size(), report<Flaw::kNone>().checks().size());
}

TEST(Isolation, FindsAnExit) {
  const auto ended = report<Flaw::kExits>();
  EXPECT_EQ(failed_ids(ended), Ids{"read.foreign_cursor"});
  EXPECT_EQ(reason(ended, "read.foreign_cursor"), "the process ended with exit code 7 during this check");
}

TEST(Isolation, FindsACallThatNeverReturns) {
  const auto hung = report<Flaw::kHangs>(std::chrono::seconds(5));
  EXPECT_TRUE(failed_ids(hung).contains("read.foreign_cursor"));
  EXPECT_EQ(reason(hung, "read.foreign_cursor"), "a call did not return: the check took longer than 5s");
}

}  // namespace
}  // namespace sentinel::conformance
