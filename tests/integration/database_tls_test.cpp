// TLS and its hook in the hardest place: inside shared libraries that a program without any database code has loaded.
#include <sentinel/status.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace sentinel {
namespace {

using Probe = int(const char* url, char* text, unsigned long size);

struct Answer {
  Code code = Code::kInternal;
  std::string text;
};

class Library {
 public:
  explicit Library(const std::filesystem::path& file)
      : handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)), file_(file) {
    if (handle_ == nullptr) ADD_FAILURE() << dlerror();
  }
  Answer open(const std::string& url) const {
    auto* const probe = reinterpret_cast<Probe*>(dlsym(handle_, "sentinel_probe"));
    if (probe == nullptr) return {};
    std::array<char, 2000> text{};
    const int code = probe(url.c_str(), text.data(), text.size());
    return {static_cast<Code>(code), text.data()};
  }
  // The file that mysql_real_connect comes from, as this library's own calls see it.
  std::string hook_file() const {
    Dl_info info{};
    void* const hook = dlsym(handle_, "mysql_real_connect");
    return hook != nullptr && dladdr(hook, &info) != 0 ? info.dli_fname : "";
  }
  std::string file() const { return file_.string(); }

 private:
  void* handle_;  // stays mapped, as plugins do
  std::filesystem::path file_;
};

int free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(probe);
  return ntohs(address.sin_port);
}

class DatabaseTls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto pattern = (std::filesystem::temp_directory_path() / "sentinel-tls-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    port_ = std::to_string(free_port());
    ASSERT_EQ(std::system((std::string(SENTINEL_TLS_SERVER) + " up " + pattern + " " + port_).c_str()), 0);
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(std::system((std::string(SENTINEL_TLS_SERVER) + " down " + folder_.string()).c_str()), 0);
    std::filesystem::remove_all(folder_);
  }
  static std::string url(const std::string& host, const std::string& options) {
    return "mysql://tls:tls@" + host + ":" + port_ + "/tls_test?" + options;
  }
  static std::string ca() { return "ca=" + (folder_ / "ca.pem").string(); }

  inline static std::filesystem::path folder_;
  inline static std::string port_;
  const Library library_{SENTINEL_PROBE};
};

TEST_F(DatabaseTls, StandsInFrontOfMariadbInsideTheLibrary) {
  EXPECT_TRUE(std::filesystem::equivalent(library_.hook_file(), library_.file())) << library_.hook_file();
}

TEST_F(DatabaseTls, AcceptsTheRightAuthorityAndTheRightHost) {
  const auto answer = library_.open(url("localhost", "tls=verify&" + ca()));
  EXPECT_EQ(answer.code, Code::kOk) << answer.text;
  EXPECT_NE(answer.text, "");
}

TEST_F(DatabaseTls, RefusesAnotherHost) {
  const auto answer = library_.open(url("127.0.0.1", "tls=verify&" + ca()));
  EXPECT_EQ(answer.code, Code::kRefused) << answer.text;
}

TEST_F(DatabaseTls, RefusesAnotherAuthority) {
  const auto answer = library_.open(url("localhost", "tls=verify"));
  EXPECT_EQ(answer.code, Code::kRefused) << answer.text;
}

TEST_F(DatabaseTls, NeedsNoTlsOnLoopback) {
  const auto answer = library_.open(url("127.0.0.1", ca()));
  EXPECT_EQ(answer.code, Code::kOk) << answer.text;
  EXPECT_EQ(answer.text, "");
}

TEST_F(DatabaseTls, RefusesAServerThatDoesNotEncryptForUs) {
  const char* plain = std::getenv("SENTINEL_TEST_MYSQL");
  ASSERT_NE(plain, nullptr) << "SENTINEL_TEST_MYSQL is not set: give it the URL of a MySQL or MariaDB server";
  EXPECT_EQ(library_.open(plain).code, Code::kOk);
  const auto answer = library_.open(std::string(plain) + "?tls=verify&" + ca());
  EXPECT_EQ(answer.code, Code::kRefused) << answer.text;
}

// Two plugins, each with its own copy: SOCI is loaded once and may call the copy of the other.
TEST_F(DatabaseTls, HoldsInASecondLibraryOfTheSameProcess) {
  const auto copy = folder_ / "second_probe.so";
  std::filesystem::copy_file(SENTINEL_PROBE, copy, std::filesystem::copy_options::overwrite_existing);
  const Library second(copy);
  for (const auto* library : {&library_, &second}) {
    EXPECT_EQ(library->open(url("localhost", "tls=verify&" + ca())).code, Code::kOk);
    EXPECT_EQ(library->open(url("127.0.0.1", "tls=verify&" + ca())).code, Code::kRefused);
    EXPECT_EQ(library->open(url("127.0.0.1", "tls=off")).text, "");
  }
}

}  // namespace
}  // namespace sentinel
