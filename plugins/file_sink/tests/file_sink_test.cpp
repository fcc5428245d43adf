// The file of one run: its contents, when it appears, and what a failed run leaves behind.
#include "file_sink/file_sink.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sentinel::file_sink {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileSinkRun : public testing::Test {
 protected:
  FileSinkRun() {
    std::string pattern = (fs::temp_directory_path() / "sentinel-sink.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    folder_ = pattern;
    options_.path = (folder_ / "gifts").string();
  }
  ~FileSinkRun() override { fs::remove_all(folder_); }

  std::unique_ptr<FileSink> open(const Schema& schema) {
    auto opened = FileSink::open(options_, host_);
    if (!opened) throw std::runtime_error(opened.error().message());
    const auto bound = (*opened)->bind(schema);
    EXPECT_TRUE(bound) << bound.message();
    schema_ = schema;
    return std::move(*opened);
  }
  // Writes the batch and answers the messages of the rows that were refused.
  std::vector<std::string> write(FileSink& sink, const Batch& batch) {
    std::vector<std::string> refused;
    std::vector<std::uint8_t> outcome(static_cast<std::size_t>(batch.rows()));
    sentinel_write_request request{};
    request.struct_size = sizeof request;
    request.outcome = outcome.data();
    request.context = &refused;
    request.reject = [](void* context, std::int64_t, const sentinel_error* error) noexcept {
      static_cast<std::vector<std::string>*>(context)->push_back(from_error(error->code, *error).message());
    };
    RowOutcomes outcomes(&request);
    const auto written = sink.write(batch.view(schema_), nullptr, outcomes);
    EXPECT_TRUE(written) << written.message();
    return refused;
  }
  Batch refs(std::initializer_list<const char*> values) {
    BatchBuilder batch(kRefs);
    for (const auto* value : values) batch.append(value);
    return batch.finish();
  }
  std::string content() const {
    std::ifstream file(options_.path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  bool has_partial() const { return fs::exists(options_.path + ".partial"); }

  static inline const Schema kRefs{utf8("ref")};
  const RunSummary finished_{0, "finished", "", {}}, failed_{1, "failed", "disk full", {}};
  fs::path folder_;
  Options options_;
  Schema schema_;
  sentinel_host c_host_{};
  Host host_{&c_host_};
};

const Schema kEveryType{boolean("b"),    int64("i"),  float64("f"), decimal("d", 10, 2), utf8("t"), date("day"),
                        timestamp("at"), binary("z"), json("j")};

Batch every_type() {
  BatchBuilder batch(kEveryType);
  batch.append(true, std::int64_t{-9007199254740993}, 0.1, Decimal{500050, 2}, "a, \"b\"\nc", 20000,
               std::int64_t{1700000000500000}, std::string_view("\0\xFFz!", 4), "{ \"x\" : [1, \"a b\"] }");
  batch.append(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  batch.append(false, std::int64_t{0}, -1.5, Decimal{-5, 2}, "", 0, std::int64_t{0}, "", "null");
  return batch.finish();
}

TEST_F(FileSinkRun, CsvSaysEveryValueExactlyAndTellsNullFromEmpty) {
  const auto sink = open(kEveryType);
  EXPECT_TRUE(write(*sink, every_type()).empty());
  ASSERT_TRUE(sink->finish(finished_));
  EXPECT_EQ(content(),
            "b,i,f,d,t,day,at,z,j\n"
            "true,-9007199254740993,0.1,5000.50,\"a, \"\"b\"\"\nc\",2024-10-04,2023-11-14T22:13:20.500000Z,AP96IQ==,"
            "\"{ \"\"x\"\" : [1, \"\"a b\"\"] }\"\n"
            ",,,,,,,,\n"
            "false,0,-1.5,-0.05,\"\",1970-01-01,1970-01-01T00:00:00Z,\"\",null\n");
}

TEST_F(FileSinkRun, JsonLinesKeepAmountsAsTextAndNestedValuesAsJson) {
  options_.format = Format::kJsonLines;
  const auto sink = open(kEveryType);
  EXPECT_TRUE(write(*sink, every_type()).empty());
  BatchBuilder batch(kEveryType);
  batch.append(nullptr, nullptr, std::nan(""), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  batch.append(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, "{broken");
  const auto refused = write(*sink, batch.finish());
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_THAT(refused[0], HasSubstr("field \"f\" is not a finite number"));
  EXPECT_THAT(refused[1], HasSubstr("field \"j\": invalid JSON"));
  ASSERT_TRUE(sink->finish(finished_));
  EXPECT_EQ(content(),
            "{\"b\":true,\"i\":-9007199254740993,\"f\":0.1,\"d\":\"5000.50\",\"t\":\"a, "
            "\\\"b\\\"\\nc\",\"day\":\"2024-10-04\","
            "\"at\":\"2023-11-14T22:13:20.500000Z\",\"z\":\"AP96IQ==\",\"j\":{\"x\":[1,\"a b\"]}}\n"
            "{\"b\":null,\"i\":null,\"f\":null,\"d\":null,\"t\":null,\"day\":null,\"at\":null,\"z\":null,\"j\":null}\n"
            "{\"b\":false,\"i\":0,\"f\":-1.5,\"d\":\"-0.05\",\"t\":\"\",\"day\":\"1970-01-01\",\"at\":\"1970-01-01T00:"
            "00:00Z\","
            "\"z\":\"\",\"j\":null}\n");
}

TEST_F(FileSinkRun, ADeclaredFormIsFollowed) {
  options_.delimiter = "tab";
  options_.null_text = "NULL";
  options_.line_end = LineEnd::kCrlf;
  options_.header = false;
  const Schema schema{utf8("a"), utf8("b")};
  const auto sink = open(schema);
  BatchBuilder batch(schema);
  batch.append(nullptr, "NULL");
  batch.append("x,y", "a\tb");
  write(*sink, batch.finish());
  ASSERT_TRUE(sink->finish(finished_));
  EXPECT_EQ(content(), "NULL\t\"NULL\"\r\nx,y\t\"a\tb\"\r\n");
}

TEST_F(FileSinkRun, TheFormerFileStandsUntilTheRunFinished) {
  std::ofstream(options_.path) << "former";
  ::chmod(options_.path.c_str(), 0640);
  const auto sink = open(kRefs);
  write(*sink, refs({"A"}));
  write(*sink, refs({"B"}));
  EXPECT_EQ(content(), "former");
  EXPECT_TRUE(has_partial());
  ASSERT_TRUE(sink->finish(finished_));
  EXPECT_EQ(content(), "ref\nA\nB\n");
  EXPECT_FALSE(has_partial());
  struct stat status {};
  ASSERT_EQ(::stat(options_.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(FileSinkRun, ARunThatFailedLeavesTheFormerFile) {
  std::ofstream(options_.path) << "former";
  const auto sink = open(kRefs);
  write(*sink, refs({"A"}));
  ASSERT_TRUE(sink->finish(failed_));
  EXPECT_EQ(content(), "former");
  EXPECT_FALSE(has_partial());
}

TEST_F(FileSinkRun, AFullDiskFailsTheRunAndLeavesTheFormerFile) {
  std::ofstream(options_.path) << "former";
  const auto sink = open(kRefs);
  write(*sink, refs({"A"}));
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  const auto former_action = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto batch = refs({std::string(10000, 'x').c_str()});
  std::uint8_t outcome = 0;
  sentinel_write_request request{};
  request.outcome = &outcome;
  RowOutcomes outcomes(&request);
  const auto written = sink->write(batch.view(kRefs), nullptr, outcomes);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  std::signal(SIGXFSZ, former_action);
  EXPECT_EQ(written.code(), Code::kStorage) << written.message();
  EXPECT_THAT(written.message(), HasSubstr("gifts.partial\" cannot be written: File too large"));
  ASSERT_TRUE(sink->finish(failed_));
  EXPECT_EQ(content(), "former");
}

TEST_F(FileSinkRun, WhatAKilledRunLeftBehindIsNotPartOfTheNext) {
  std::ofstream(options_.path + ".partial") << "half of a much longer file that nobody finished\n";
  const auto sink = open(kRefs);
  write(*sink, refs({"A"}));
  ASSERT_TRUE(sink->finish(finished_));
  EXPECT_EQ(content(), "ref\nA\n");
}

TEST_F(FileSinkRun, ARunWithoutRecordsMakesAFileWithoutRecordsThatOnlyItsOwnerReads) {
  const auto sink = open(kRefs);
  ASSERT_TRUE(sink->finish(finished_));
  EXPECT_EQ(content(), "ref\n");
  struct stat status {};
  ASSERT_EQ(::stat(options_.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(FileSinkRun, TwoRunsDoNotWriteOneFile) {
  const auto first = open(kRefs), second = open(kRefs);
  write(*first, refs({"A"}));
  EXPECT_EQ(second->finish(finished_).code(), Code::kFenced);
  ASSERT_TRUE(first->finish(finished_));
  EXPECT_EQ(content(), "ref\nA\n");
}

TEST_F(FileSinkRun, ALinkStaysALink) {
  const auto real = folder_ / "real";
  std::ofstream(real) << "former";
  fs::create_symlink(real, options_.path);
  const auto sink = open(kRefs);
  ASSERT_TRUE(sink->finish(finished_));
  EXPECT_TRUE(fs::is_symlink(options_.path));
  EXPECT_EQ(content(), "ref\n");
}

TEST_F(FileSinkRun, FieldsThatChangeWithinARunEndIt) {
  const auto sink = open(kRefs);
  write(*sink, refs({"A"}));
  const auto bound = sink->bind(Schema{utf8("ref"), utf8("late")});
  EXPECT_EQ(bound.code(), Code::kInvalidConfig);
  EXPECT_THAT(bound.message(), HasSubstr("name the wanted fields with a map"));
}

TEST_F(FileSinkRun, WhereNoFileCanBeIsSaidWithItsCure) {
  const auto fault = [&](const fs::path& path) {
    options_.path = path.string();
    const auto sink = FileSink::open(options_, host_);
    return sink ? (*sink)->bind(kRefs) : sink.error();
  };
  EXPECT_THAT(fault(folder_ / "none" / "gifts").message(), HasSubstr("there is no folder"));
  EXPECT_THAT(fault(folder_).message(), HasSubstr("not a regular file"));
  EXPECT_EQ(fault(folder_).option_path(), "path");
  options_.null_text = "\"";
  EXPECT_EQ(fault(folder_ / "gifts").option_path(), "null_text");
  options_.delimiter = "\"";
  EXPECT_EQ(fault(folder_ / "gifts").option_path(), "delimiter");
}

}  // namespace
}  // namespace sentinel::file_sink
