// Files and folders: private, never replaced, never followed through a link; and who may work in a state folder.
#include "engine/store/migrations.hpp"
#include "engine/store/store_test_support.hpp"

#include <sys/file.h>

namespace sentinel::store {
namespace {

class StoreFileTest : public StoreFolder {
 protected:
  void make_store(int letters = 1) {
    const auto store = open();
    ASSERT_NE(store, nullptr);
    for (int i = 0; i < letters; ++i) {
      const auto letter = make_letter(std::to_string(i));
      ASSERT_OK(store->add_pending("d", std::span(&letter, 1)));
    }
    ASSERT_OK(store->confirm("d"));
  }
  void expect_refused(std::initializer_list<std::string_view> words) {
    const auto error = open_error();
    ASSERT_EQ(error.code(), Code::kStorage) << error.message();
    for (const auto word : words)
      EXPECT_NE(error.message().find(word), std::string::npos) << word << ": " << error.message();
    EXPECT_EQ(error.message().find("canary"), std::string::npos);
  }
  void overwrite(const std::filesystem::path& path, std::streamoff from, std::size_t bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(from);
    file << std::string(bytes, '\xa5');
  }
};

TEST_F(StoreFileTest, EverythingIsPrivateUnderAnOpenUmask) {
  const auto before = umask(022);
  const auto store = open();
  const auto letter = make_letter("1");
  ASSERT_OK(store->add_pending("d", std::span(&letter, 1)));
  umask(before);
  EXPECT_EQ(mode_of(folder_), 0700u);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(mode_of(entry.path()), 0600u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 5);  // database, log, shared memory, marker, lock
}

TEST_F(StoreFileTest, TheFileIsADurableOne) {
  make_store();
  EXPECT_EQ(look("PRAGMA journal_mode").at(0)[0], "wal");
  EXPECT_EQ(look("PRAGMA user_version").at(0)[0], std::to_string(newest_version()));
}

TEST_F(StoreFileTest, AnOpenFolderOfOursIsClosed) {
  std::filesystem::create_directory(folder_);
  chmod(folder_.c_str(), 0755);
  ASSERT_NE(open(), nullptr);
  EXPECT_EQ(mode_of(folder_), 0700u);
}

TEST_F(StoreFileTest, AFolderThatOthersMayWriteIsRefused) {
  std::filesystem::create_directory(folder_);
  chmod(folder_.c_str(), 0770);
  expect_refused({folder_.string(), "others may write"});
}

TEST_F(StoreFileTest, ReopeningKeepsEverything) {
  make_store(3);
  EXPECT_EQ(open()->list({})->size(), 3u);
}

TEST_F(StoreFileTest, AVanishedStoreIsNotReplaced) {
  make_store();
  std::filesystem::remove(database());
  expect_refused({database().string(), "is missing", "sentinel.db.made", "put it back"});
  EXPECT_FALSE(std::filesystem::exists(database()));
  std::filesystem::remove(folder_ / "sentinel.db.made");  // the cure that the message names
  EXPECT_TRUE(open()->list({})->empty());
}

TEST_F(StoreFileTest, AnEmptiedStoreIsNotReplaced) {
  make_store();
  std::filesystem::resize_file(database(), 0);
  expect_refused({database().string(), "is empty", "put it back"});
  EXPECT_EQ(std::filesystem::file_size(database()), 0u);
}

TEST_F(StoreFileTest, ALogWithoutItsStoreIsNotReplaced) {
  make_store();
  std::filesystem::remove(folder_ / "sentinel.db.made");
  std::filesystem::rename(database(), database().string() + "-wal");
  expect_refused({"is missing"});
}

TEST_F(StoreFileTest, ACrashBeforeTheMarkerIsNoLoss) {
  make_store();
  std::filesystem::remove(folder_ / "sentinel.db.made");
  EXPECT_EQ(open()->list({})->size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "sentinel.db.made"));
}

TEST_F(StoreFileTest, AnotherStoreInItsPlaceIsRefused) {
  make_store();
  std::filesystem::rename(folder_, top_ / "first");
  make_store();
  std::filesystem::copy_file(top_ / "first" / "sentinel.db", database(),
                             std::filesystem::copy_options::overwrite_existing);
  expect_refused({"another one", "put the right one back"});
}

TEST_F(StoreFileTest, DamagedPagesAreRefusedAndUntouched) {
  make_store(200);
  const auto size = std::filesystem::file_size(database());
  ASSERT_GT(size, 20u * 4096);
  for (const auto from : {3 * 4096, 7 * 4096, static_cast<int>(size / 2)}) overwrite(database(), from, 4096);
  const auto before = bytes_of(database());
  expect_refused({database().string(), "is damaged", ".recover", "Copy"});
  EXPECT_EQ(bytes_of(database()), before);
}

TEST_F(StoreFileTest, ADamagedHeaderIsRefusedAndUntouched) {
  make_store();
  overwrite(database(), 0, 100);
  const auto before = bytes_of(database());
  expect_refused({"is damaged", ".recover"});
  EXPECT_EQ(bytes_of(database()), before);
}

// A store as version 1 made it: without the columns of version 2.
void make_version_1(const std::filesystem::path& path) {
  database::Url url;
  url.database = path.string();
  auto connection = database::Connection::open(url, {});
  ASSERT_TRUE(connection);
  for (const std::string sql :
       {"DROP VIEW letter_now", "ALTER TABLE letter DROP COLUMN is_edited", "ALTER TABLE letter DROP COLUMN edited",
        "ALTER TABLE letter DROP COLUMN tried_mapping", "ALTER TABLE letter DROP COLUMN payload_gone_ms",
        "CREATE VIEW letter_now AS SELECT letter_id, status FROM letter", "PRAGMA user_version = 1"})
    ASSERT_TRUE((*connection)->execute(sql, {})) << sql;
}

TEST_F(StoreFileTest, AStoreOfVersion1KeepsItsLetters) {
  make_store(3);
  const auto quarantined = make_letter("1");
  ASSERT_OK(open()->failed_again(quarantined.letter_id, invalid_data("again"), "sql", 9, true, ""));
  make_version_1(database());
  const auto store = open();
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(look("PRAGMA user_version").at(0)[0], "2");
  EXPECT_EQ(store->list({})->size(), 3u);
  const auto letter = store->find(quarantined.letter_id);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->record, quarantined.record);
  EXPECT_EQ(letter->status, LetterStatus::kQuarantined);
  EXPECT_FALSE(letter->is_edited);
  ASSERT_OK(store->edit(quarantined.letter_id, "{}", "by ada: email"));
  EXPECT_EQ(store->find(quarantined.letter_id)->edited, "{}");
}

TEST_F(StoreFileTest, ANewerStoreIsRefusedAndUntouched) {
  make_store();
  {
    database::Url url;
    url.database = database().string();
    auto connection = database::Connection::open(url, {});
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->execute("PRAGMA user_version = 4711", {}));
  }
  const auto before = bytes_of(database());
  expect_refused({"version 4711", "up to " + std::to_string(newest_version()), "newer Sentinel"});
  EXPECT_EQ(bytes_of(database()), before);
}

TEST_F(StoreFileTest, SomebodyElsesDatabaseIsRefused) {
  std::filesystem::create_directory(folder_);
  {
    database::Url url;
    url.database = database().string();
    database::ConnectOptions options;
    options.create_file = true;
    auto connection = database::Connection::open(url, options);
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->execute("CREATE TABLE notes (n TEXT)", {}));
  }
  expect_refused({"not Sentinel's"});
}

TEST_F(StoreFileTest, LinksAreRefused) {
  make_store();
  for (const auto* name : {"sentinel.db", "sentinel.db.made", "sentinel.db-wal"}) {
    const auto path = folder_ / name, moved = top_ / name;
    if (!std::filesystem::exists(path)) std::ofstream(path) << "";
    std::filesystem::rename(path, moved);
    std::filesystem::create_symlink(moved, path);
    expect_refused({name, "symbolic link"});
    std::filesystem::remove(path);
    std::filesystem::rename(moved, path);
  }
  EXPECT_EQ(open()->list({})->size(), 1u);
}

TEST_F(StoreFileTest, AFolderThatCannotBeWrittenIsAnError) {
  const auto make = [&] {
    std::filesystem::create_directory(folder_);
    chmod(folder_.c_str(), 0500);
  };
  EXPECT_EQ(in_child([&] {
              // Root may write anywhere: look at it as nobody.
              if (geteuid() == 0 && (chown(top_.c_str(), 65534, 65534) != 0 || seteuid(65534) != 0)) return 1;
              make();
              const auto error = open_error();
              return error.code() == Code::kStorage && error.message().find(folder_.string()) != std::string::npos ? 0
                                                                                                                   : 2;
            }),
            0);
}

TEST_F(StoreFileTest, SomebodyElsesFolderIsRefused) {
  ASSERT_EQ(geteuid(), 0u) << "this test needs root, as tests/run.sh gives it";
  std::filesystem::create_directory(folder_);
  ASSERT_EQ(chown(folder_.c_str(), 65534, 65534), 0);
  expect_refused({"belongs to user 65534"});
}

TEST_F(StoreFileTest, StateFolderComesFromTheEnvironment) {
  EXPECT_EQ(in_child([&] {
              setenv("SENTINEL_STATE_DIR", (top_ / "a" / "b" / "").c_str(), 1);
              const auto chosen = open_state_folder();
              if (!chosen || *chosen != top_ / "a" / "b" || mode_of(*chosen) != 0700) return 1;
              unsetenv("SENTINEL_STATE_DIR");
              if (geteuid() == 0 && (chown(top_.c_str(), 65534, 65534) != 0 || seteuid(65534) != 0)) return 2;
              setenv("XDG_STATE_HOME", (top_ / "xdg").c_str(), 1);
              const auto xdg = open_state_folder();
              if (!xdg || *xdg != top_ / "xdg" / "sentinel") return 3;
              setenv("XDG_STATE_HOME", "relative", 1);
              setenv("HOME", top_.c_str(), 1);
              const auto home = open_state_folder();
              if (!home || *home != top_ / ".local" / "state" / "sentinel") return 4;
              unsetenv("HOME");
              return open_state_folder() ? 5 : 0;
            }),
            0);
}

TEST_F(StoreFileTest, OneLockAPipelineAndPurpose) {
  std::filesystem::create_directory(folder_);
  {
    auto held = FolderLock::take(folder_, "donations", "run");
    ASSERT_TRUE(held) << held.error().message();
    const auto again = FolderLock::take(folder_, "donations", "run");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), Code::kFenced);
    EXPECT_NE(again.error().message().find("process " + std::to_string(getpid())), std::string::npos)
        << again.error().message();
    EXPECT_TRUE(FolderLock::take(folder_, "donations", "recover"));
    EXPECT_TRUE(FolderLock::take(folder_, "../donations", "run"));
    EXPECT_TRUE(FolderLock::take(folder_, std::string(500, 'x'), "run"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "donations.run.lock"));
    auto moved = std::move(*held);
    EXPECT_FALSE(FolderLock::take(folder_, "donations", "run"));
  }
  EXPECT_TRUE(FolderLock::take(folder_, "donations", "run"));
}

TEST_F(StoreFileTest, ALockDiesWithItsProcessAndAnOldPidIsHarmless) {
  std::filesystem::create_directory(folder_);
  ASSERT_EQ(in_child([&] {
              const auto lock = FolderLock::take(folder_, "donations", "run");
              if (!lock) return 1;
              raise(SIGKILL);
              return 2;
            }),
            -SIGKILL);
  EXPECT_NE(bytes_of(folder_ / "locks" / "donations.run.lock"), "");
  const auto lock = FolderLock::take(folder_, "donations", "run");
  ASSERT_TRUE(lock);
  EXPECT_EQ(bytes_of(folder_ / "locks" / "donations.run.lock"), std::to_string(getpid()) + "\n");
}

}  // namespace
}  // namespace sentinel::store
