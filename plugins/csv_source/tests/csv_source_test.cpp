// CSV files, clean and dirty, through the source as the engine drives it.
#include "csv_source/csv_source.hpp"

#include "support/cell.hpp"
#include "support/tests/file_probe.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace sentinel::csv_source {
namespace {

using namespace support;
using testing::ElementsAre;
using testing::HasSubstr;
using Row = std::map<std::string, std::string>;

class CsvFile : public testing::Test {
 protected:
  CsvFile() { options_.key = {"ref"}; }
  std::unique_ptr<CsvSource> open() {
    options_.path = file_.path();
    auto opened = CsvSource::open(options_, host_.host);
    if (!opened) throw std::runtime_error(opened.error().message());
    return std::move(*opened);
  }
  support::Taken read(std::string_view text) {
    file_.write(text);
    return read_pass(*open());
  }
  Status fault_of(std::string_view text) {
    file_.write(text);
    options_.path = file_.path();
    const auto opened = CsvSource::open(options_, host_.host);
    return opened ? (*opened)->check() : opened.error();
  }
  void keep_without_header(std::vector<std::string> columns) {
    options_.header = false;
    options_.columns = std::move(columns);
  }

  TestFile file_;
  TestHost host_;
  Options options_;
};

TEST_F(CsvFile, ValuesStayTheTextThatStandsInTheFile) {
  const auto taken = read(
      "\xEF\xBB\xBFref,amount,note\r\n"
      "007,00500050,\"a, \"\"b\"\"\r\nc\"\n"
      "A2,123456789012345678901234567890,\r\n"
      "\n"
      "A3,,\"\"");
  EXPECT_THAT(taken.rows,
              ElementsAre(Row{{"ref", "007"}, {"amount", "00500050"}, {"note", "a, \"b\"\r\nc"}},
                          Row{{"ref", "A2"}, {"amount", "123456789012345678901234567890"}, {"note", "null"}},
                          Row{{"ref", "A3"}, {"amount", "null"}, {"note", ""}}));
  EXPECT_TRUE(taken.rejects.empty());
}

TEST_F(CsvFile, ADeclaredDialectIsFollowed) {
  options_.delimiter = "tab";
  options_.quote = "'";
  options_.null_text = "NULL";
  keep_without_header({"ref", "note"});
  const auto taken = read("A1\tNULL\nA2\t'NULL'\nA3\t\nA4\t'it''s \"so\"'\n");
  EXPECT_THAT(taken.all("note"), ElementsAre("null", "NULL", "", "it's \"so\""));
}

struct BadRecord {
  const char *text, *key, *says;
};

TEST_F(CsvFile, EachBadRecordIsRejectedAloneWithItsPlaceAndBytes) {
  const BadRecord bad[] = {
      {"B,1\n", "B", "has 2 fields; the file has 3 columns"},
      {"B,1,x,\n", "B", "has 4 fields"},
      {"B,\"1\"x,y\n", "B", "text follows the quote"},
      {"B,1,a\"b\n", "B", "does not begin with a quote"},
      {"B,a\rb,x\n", "B", "a carriage return"},
      {"B,1,\xC3\x28\n", "B", "field \"note\" is not valid UTF-8"},
      {"\xFF,1,x\n", "", "field \"ref\" is not valid UTF-8"},
      {",1,x\n", "", "field \"ref\" is null but part of the key"},
      {"B,\"1,x\n", "B", "is never closed"},
  };
  for (const auto& one : bad) {
    const std::string head = "ref,amount,note\nA,1,x\n", tail = "C,1,x\n";
    const auto taken = read(head + one.text + tail);
    SCOPED_TRACE(one.text);
    EXPECT_THAT(taken.all("ref"), ElementsAre("A", "C"));
    ASSERT_EQ(taken.rejects.size(), 1u);
    EXPECT_EQ(taken.rejects[0].raw, one.text);
    EXPECT_EQ(taken.rejects[0].key, one.key);
    EXPECT_EQ(taken.rejects[0].position, "line 3, byte " + std::to_string(head.size()));
    EXPECT_EQ(taken.rejects[0].code, Code::kInvalidData);
    EXPECT_THAT(taken.rejects[0].message, HasSubstr(one.says));
  }
  const auto with_nul = read(std::string("ref,note\nA,x\nB,\0\nC,x\n", 22));
  EXPECT_THAT(with_nul.all("ref"), ElementsAre("A", "C"));
  EXPECT_THAT(with_nul.rejects.at(0).message, HasSubstr("NUL"));
}

TEST_F(CsvFile, AKeyBehindAWrongNumberOfFieldsIsNotGuessed) {
  const auto taken = read("city,ref\nLagos, Nigeria,A1\nAbuja,A2\n");
  EXPECT_EQ(taken.rejects.at(0).key, "");
  EXPECT_THAT(taken.all("ref"), ElementsAre("A2"));
}

TEST_F(CsvFile, AQuoteThatNobodyClosesCostsItsOwnLineOnly) {
  std::string text = "ref,name\n";
  for (int i = 0; i < 1000; ++i) text += "A" + std::to_string(i) + (i == 500 ? ",\"open\n" : ",plain\n");
  const auto to_the_end = read(text);
  EXPECT_EQ(to_the_end.rows.size(), 999u);
  ASSERT_EQ(to_the_end.rejects.size(), 1u);
  EXPECT_EQ(to_the_end.rejects[0].key, "A500");

  const auto to_the_next_quote = read("ref,name\nA,\"open\nB,x\nC,\"Ada\"\n");
  EXPECT_THAT(to_the_next_quote.all("ref"), ElementsAre("B", "C"));
  options_.quoted_newlines = false;
  const auto swallowing = read("ref,name\nA,\"open\nB,x\"\nC,x\n");
  EXPECT_THAT(swallowing.all("ref"), ElementsAre("C"));
  EXPECT_EQ(swallowing.rejects.size(), 2u);
}

TEST_F(CsvFile, ARecordBeyondTheLimitIsRejectedWholeAndItsLinesAreNoRecords) {
  const std::string huge = "B,\"" + std::string(kMaxRecordBytes, 'x') + "\nforged,record\n\"\n";
  const auto taken = read("ref,note\nA,x\n" + huge + "C,x\n");
  EXPECT_THAT(taken.all("ref"), ElementsAre("A", "C"));
  ASSERT_EQ(taken.rejects.size(), 1u);
  EXPECT_THAT(taken.rejects[0].message, HasSubstr("at most 8388608"));
  EXPECT_EQ(taken.rejects[0].raw, huge.substr(0, kMaxRawBytes));
  EXPECT_EQ(taken.rejects[0].key, "B");

  const auto open = read("ref,note\nA,x\nB,\"" + std::string(kMaxRecordBytes, 'x') + "\nC,x\n");
  EXPECT_THAT(open.all("ref"), ElementsAre("A", "C"));
}

TEST_F(CsvFile, APageEndsAtItsLimitsAndTheNextGoesOnBehindIt) {
  std::string text = "ref,note\n";
  for (int i = 0; i < 100; ++i) text += "A" + std::to_string(i) + (i % 10 == 3 ? "\n" : ",\"a\nb\"\n");
  file_.write(text);
  const auto by_rows = read_pass(*open(), {}, {7, 1 << 20}), by_bytes = read_pass(*open(), {}, {1000, 50});
  EXPECT_EQ(by_rows.rows.size(), 90u);
  EXPECT_EQ(by_rows.rejects.size(), 10u);
  EXPECT_GE(by_rows.pages, 15);
  EXPECT_EQ(by_bytes.all("ref"), by_rows.all("ref"));
  EXPECT_GE(by_bytes.pages, 10);
  const auto resumed = read_pass(*open(), read_page(*open(), {}, {40, 1 << 20}).next);
  EXPECT_EQ(resumed.rows.size() + resumed.rejects.size(), 60u);
}

TEST_F(CsvFile, TheNextRunReadsOnlyWhatWasAppended) {
  const auto first = read("ref,note\nA,x\nB,x\n");
  EXPECT_TRUE(read_pass(*open(), first.next).rows.empty());
  file_.append("C,x\n");
  const auto second = read_pass(*open(), first.next);
  EXPECT_THAT(second.all("ref"), ElementsAre("C"));
  EXPECT_TRUE(host_.lines.empty());
}

TEST_F(CsvFile, ALastLineWithoutLineBreakIsReadAgainWhenItGrew) {
  const auto only_a_header = read("ref,no");
  file_.append("te\nA,x\n");
  EXPECT_THAT(read_pass(*open(), only_a_header.next).all("note"), ElementsAre("x"));

  const auto first = read("ref,note\nA,x\nB,hal");
  EXPECT_THAT(first.all("note"), ElementsAre("x", "hal"));
  file_.append("f\nC,x\n");
  EXPECT_THAT(read_pass(*open(), first.next).all("note"), ElementsAre("half", "x"));
}

TEST_F(CsvFile, AFileThatChangedBeforeTheCursorIsReadFromItsBeginning) {
  const std::string text = "ref,note\nA,x\nB,x\nC,x\n";
  for (const std::string other :
       {"ref,note\nA,y\nB,x\nC,x\n", "ref,note\nA,x\n", "ref,note\nA,mended\nB,x\nC,x\nD,x\n"}) {
    host_.lines.clear();
    const auto first = read(text);
    file_.write(other);
    const auto second = read_pass(*open(), first.next);
    EXPECT_EQ(static_cast<std::ptrdiff_t>(second.rows.size()) + 1, std::ranges::count(other, '\n'));
    ASSERT_EQ(host_.lines.size(), 1u);
    EXPECT_THAT(host_.lines[0], HasSubstr("it is read from the beginning path=" + file_.path()));
  }
}

TEST_F(CsvFile, AnOldFileThatNobodyTouchedIsNotReadAgain) {
  file_.write("ref,note\nA,x\nB,last");
  host_.now_ms = std::int64_t{1} << 50;
  const auto first = read_pass(*open());
  const auto second = read_pass(*open(), first.next);
  EXPECT_TRUE(second.rows.empty());
  EXPECT_EQ(second.next.text(), first.next.text());
}

TEST_F(CsvFile, AFileThatIsCutWhileItIsReadIsReadAnew) {
  std::string text = "ref,note\n";
  for (int i = 0; i < 50000; ++i) text += "A" + std::to_string(i) + ",x\n";
  file_.write(text);
  const auto source = open();
  ASSERT_TRUE(source->schema());
  support::Taken taken;
  RejectLog log(taken);
  auto page = source->read({}, {10, 1 << 20}, log.rejects);
  ASSERT_TRUE(page);
  file_.write("ref,note\nB,x\n");
  page = source->read(page->next, {1 << 20, 1 << 30}, log.rejects);
  ASSERT_TRUE(page && page->done) << "what was held already is given";
  EXPECT_THAT(read_pass(*open(), page->next).all("ref"), ElementsAre("B"));
}

TEST_F(CsvFile, WhatIsNoReadableFileIsSaidWithItsCure) {
  std::filesystem::remove(file_.path());
  const auto expect = [&](Code code, const std::string& words, const std::string& option) {
    options_.path = file_.path();
    const auto source = CsvSource::open(options_, host_.host);
    const auto status = source ? (*source)->check() : source.error();
    EXPECT_EQ(status.code(), code) << status.message();
    EXPECT_THAT(status.message(), HasSubstr(words));
    EXPECT_EQ(status.option_path(), option);
  };
  expect(Code::kInvalidConfig, "there is no file", "path");
  std::filesystem::create_directory(file_.path());
  expect(Code::kInvalidConfig, "is a folder; name a regular file", "path");
  std::filesystem::remove(file_.path());
  ASSERT_EQ(::mkfifo(file_.path().c_str(), 0600), 0);
  expect(Code::kInvalidConfig, "is a pipe", "path");
  std::filesystem::remove(file_.path());
  file_.write("");
  expect(Code::kInvalidConfig, "is empty and has no header", "path");
  options_.columns = {"ref"};
  EXPECT_TRUE(read("").rows.empty());
}

TEST_F(CsvFile, MistakesOfTheFileNameTheirOption) {
  const auto expect = [&](std::string_view text, const std::string& words, const std::string& option) {
    const auto status = fault_of(text);
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    EXPECT_THAT(status.message(), HasSubstr(words));
    EXPECT_EQ(status.option_path(), option);
  };
  expect("reference,note\n", "the file has no field \"ref\"; it has reference, note", "key.0");
  expect("ref,ref\n", "two columns", "path");
  expect("ref,\n", "column 2", "path");
  expect("ref,\"note\n", "is not a CSV record", "path");
  options_.columns = {"ref", "amount"};
  expect("ref,note\n", "does not match these names", "columns");
  options_.columns.clear();
  options_.key.clear();
  expect("ref,note\n", "is not a key, since it changes", "key");
  options_.delimiter = "||";
  expect("ref,note\n", "must be one ASCII character", "delimiter");
  options_.delimiter = ",";
  options_.header = false;
  expect("ref,note\n", "name the columns here", "columns");
}

TEST_F(CsvFile, FetchFindsRecordsByTheirKeyAndDiscoverShowsASample) {
  options_.key = {"ref", "shop"};
  file_.write("ref,shop,note\nA,1,x\nA,2,y\nbad\nB,1,\n");
  const auto source = open();
  const auto fetched = fetch_keys(*source, {R"(["A","2"])", R"(["B","1"])", R"(["gone","1"])"});
  EXPECT_THAT(fetched.all("note"), ElementsAre("y", "null"));
  EXPECT_TRUE(fetched.rejects.empty());
  std::string seen;
  EXPECT_TRUE(source->discover([&](const FoundField& field) { seen += field.field + "=" + field.sample + " "; }));
  EXPECT_EQ(seen, "ref=A shop=1 note=x ");
}

// --- Fuzz ------------------------------------------------------------------------------------------------------------

// The grammar once more, as simply as it can be said: the fields of `record`, or nothing if it is broken.
std::optional<std::vector<std::string>> fields_of(std::string_view record) {
  if (record.ends_with('\n')) record.remove_suffix(1);
  if (record.ends_with('\r')) record.remove_suffix(1);
  std::vector<std::string> fields(1);
  bool is_quoted = false, was_quoted = false;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (is_quoted && c == '"' && i + 1 < record.size() && record[i + 1] == '"') {
      fields.back() += record[i++];
    } else if (c == '"' && (is_quoted || (fields.back().empty() && !was_quoted))) {
      is_quoted = !is_quoted;
      was_quoted = true;
    } else if (c == ',' && !is_quoted) {
      fields.emplace_back();
      was_quoted = false;
    } else if (!is_quoted && (was_quoted || c == '"' || c == '\r' || c == '\n')) {
      return std::nullopt;
    } else {
      fields.back() += c;
    }
  }
  if (is_quoted) return std::nullopt;
  return fields;
}

std::string_view without_blank_lines(std::string_view bytes) {
  while (bytes.starts_with("\n") || bytes.starts_with("\r\n") || bytes == "\r")
    bytes.remove_prefix(bytes[0] == '\r' && bytes.size() > 1 ? 2 : 1);
  return bytes;
}

TEST_F(CsvFile, EveryByteOfARandomFileIsInExactlyOneRecordOrReject) {
  keep_without_header({"ref", "amount", "note"});
  std::mt19937_64 random(printed_seed());
  const std::string good = "A1,5,\"x, y\"\nA2,\"\",\"two\r\nlines\"\r\nA3,007,\"a \"\"b\"\"\"\n\nA4,,plain\nA5,1,é\n";
  for (int round = 0; round < 500 && !HasFailure(); ++round) {
    const auto bytes = spoilt(good + good, std::string_view("\",\n\r\"\"a\xC3\0", 10), random);
    SCOPED_TRACE(testing::PrintToString(bytes));
    file_.write(bytes);
    const auto source = open();
    std::vector<std::string> refs;
    expect_every_byte_once(*source, bytes, [&](std::string_view part, const support::Taken& one) {
      part = without_blank_lines(part);
      if (one.rows.empty()) {
        EXPECT_EQ(part.empty(), one.rejects.empty()) << part;
        return;
      }
      refs.push_back(one.rows[0].at("ref"));
      const auto fields = fields_of(part);
      ASSERT_TRUE(fields) << "no record: " << part;
      ASSERT_EQ(fields->size(), 3u);
      for (std::size_t i = 0; i < 3; ++i) {
        const auto& value = one.rows[0].at(options_.columns[i]);
        EXPECT_TRUE(value == (*fields)[i] || (value == "null" && (*fields)[i].empty())) << value;
      }
    });
    EXPECT_EQ(read_pass(*source).all("ref"), refs);
  }
}

}  // namespace
}  // namespace sentinel::csv_source
