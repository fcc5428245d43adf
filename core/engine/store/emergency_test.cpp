// A full disk, simulated by a limit on file sizes: letters go to the emergency file and come in exactly once.
#include "engine/store/emergency_file.hpp"
#include "engine/store/store_test_support.hpp"

#include <sys/resource.h>

#include <csignal>

namespace sentinel::store {
namespace {

// No file of this process may grow beyond `bytes` from here on. The soft limit only, so that it can be lifted.
void limit_files(rlim_t bytes) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

class EmergencyTest : public StoreFolder {
 protected:
  std::filesystem::path emergency() const { return top_ / "sentinel-emergency"; }
  int count(const std::string& ending) const {
    int found = 0;
    if (!std::filesystem::exists(emergency())) return 0;
    for (const auto& entry : std::filesystem::directory_iterator(emergency()))
      found += entry.path().string().ends_with(ending) ? 1 : 0;
    return found;
  }
  StoredLetter heavy() const {
    auto letter = make_letter("9");
    letter.record = "{\"text\":\"" + std::string(40'000, 'x') + "\"}";
    letter.raw = std::string("\0\xff\n", 3);
    return letter;
  }
  // Opens a store and fills the disk under it, in this (child) process.
  std::unique_ptr<Store> open_on_full_disk(const std::string& first_delivery = "") {
    auto store = open();
    if (!first_delivery.empty()) {
      const auto letter = make_letter("1");
      if (!store->add_pending(first_delivery, std::span(&letter, 1)).ok()) return nullptr;
    }
    // The emergency file still fits; one letter's pages on top of the store's log do not.
    const auto wal = std::filesystem::file_size(database().string() + "-wal");
    limit_files(std::max<rlim_t>(wal + 4096, 60'000));
    return store;
  }
};

TEST_F(EmergencyTest, AFullDiskSendsLettersToTheEmergencyFile) {
  ASSERT_EQ(in_child([&] {
              umask(022);
              const auto store = open_on_full_disk("d0");
              const auto letter = heavy();
              if (store == nullptr || !store->add_pending("d1", std::span(&letter, 1)).ok()) return 1;
              return count(".jsonl") == 1 ? 0 : 2;
            }),
            0);
  for (const auto& entry : std::filesystem::directory_iterator(emergency())) EXPECT_EQ(mode_of(entry.path()), 0600u);
  EXPECT_EQ(mode_of(emergency()), 0700u);
  const auto store = open();
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(count(".taken"), 1);
  EXPECT_EQ(count(".jsonl"), 0);
  EXPECT_EQ(store->unconfirmed("donations").value(), (std::vector<std::string>{"d0", "d1"}));
  const auto back = store->pending_of("d1").value();
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].record, heavy().record);
  EXPECT_EQ(back[0].raw, heavy().raw);
  EXPECT_EQ(back[0].position, heavy().position);
  EXPECT_EQ(back[0].schema, heavy().schema);
  EXPECT_EQ(back[0].reason.message(), heavy().reason.message());
  EXPECT_EQ(back[0].reason.native_code(), "275");
}

TEST_F(EmergencyTest, FatesOfEmergencyDeliveriesAreTakenInToo) {
  ASSERT_EQ(in_child([&] {
              const auto store = open_on_full_disk();
              const auto kept = heavy();
              auto dropped = heavy();
              dropped.letter_id = "dropped";
              dropped.record = dropped.record.substr(0, 15'000);
              if (!store->add_pending("d1", std::span(&kept, 1)).ok() || !store->confirm("d1").ok()) return 1;
              limit_files(90'000);
              if (!store->add_pending("d2", std::span(&dropped, 1)).ok() || !store->drop("d2").ok()) return 2;
              return 0;
            }),
            0);
  const auto store = open();
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->unconfirmed("donations")->empty());
  const auto letters = store->list({}).value();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].letter_id, heavy().letter_id);
}

// A crash after the store took the lines in and before the file got its new name.
TEST_F(EmergencyTest, TakenInOnceEvenIfTheRenameWasLost) {
  ASSERT_EQ(in_child([&] {
              const auto store = open_on_full_disk();
              const auto letter = heavy();
              return store->add_pending("d1", std::span(&letter, 1)).ok() ? 0 : 1;
            }),
            0);
  ASSERT_OK(open()->drop("d1"));
  for (const auto& entry : std::filesystem::directory_iterator(emergency())) {
    auto name = entry.path().string();
    std::filesystem::rename(name, name.substr(0, name.size() - std::string(".taken").size()));
  }
  ASSERT_EQ(count(".jsonl"), 1);
  const auto store = open();
  EXPECT_EQ(count(".taken"), 1);
  EXPECT_TRUE(store->unconfirmed("donations")->empty());
}

TEST_F(EmergencyTest, ALongLivedProcessTakesItsOwnFileInAtItsNextRun) {
  ASSERT_EQ(in_child([&] {
              const auto store = open_on_full_disk();
              const auto letter = heavy();
              if (!store->add_pending("d1", std::span(&letter, 1)).ok() || !store->confirm("d1").ok()) return 1;
              limit_files(RLIM_INFINITY);
              if (!store->unconfirmed("donations")->empty()) return 2;
              return store->list({})->size() == 1 && count(".taken") == 1 ? 0 : 3;
            }),
            0);
}

TEST_F(EmergencyTest, AFileThatAProcessStillWritesIsLeftAlone) {
  const auto store = open();
  const auto id = store->state("", "store_id").value().value();
  EmergencyFile file(emergency(), id);
  const auto letter = make_letter("1");
  ASSERT_OK(file.add("d1", std::span(&letter, 1)));
  EXPECT_TRUE(open()->unconfirmed("donations")->empty());
  EXPECT_EQ(count(".jsonl"), 1);
  file.close();
  EXPECT_EQ(open()->unconfirmed("donations")->size(), 1u);
}

TEST_F(EmergencyTest, AnotherStoresFileIsLeftAlone) {
  ASSERT_NE(open(), nullptr);
  const auto letter = make_letter("1");
  {
    EmergencyFile file(emergency(), "0123456789abcdef");
    ASSERT_OK(file.add("d1", std::span(&letter, 1)));
  }
  EXPECT_TRUE(open()->unconfirmed("donations")->empty());
  EXPECT_EQ(count(".jsonl"), 1);
}

TEST_F(EmergencyTest, ATornLastLineDoesNotCountAndADamagedOneIsAnError) {
  const auto id = open()->state("", "store_id").value().value();
  const auto letter = make_letter("1");
  {
    EmergencyFile file(emergency(), id);
    ASSERT_OK(file.add("d1", std::span(&letter, 1)));
  }
  const auto path = std::filesystem::directory_iterator(emergency())->path();
  std::ofstream(path, std::ios::app) << "{\"delivery\":\"d2\",\"canary";
  EXPECT_EQ(open()->unconfirmed("donations").value(), std::vector<std::string>{"d1"});
  std::filesystem::copy(path.string() + ".taken", path);
  std::ofstream(path, std::ios::app) << "\n";
  const auto error = open_error();
  EXPECT_EQ(error.code(), Code::kStorage);
  EXPECT_NE(error.message().find("line 3 of the emergency file"), std::string::npos) << error.message();
  EXPECT_EQ(error.message().find("canary"), std::string::npos);
  EXPECT_EQ(count(".jsonl"), 1);
}

TEST_F(EmergencyTest, IfTheEmergencyFileFailsTooTheCallerIsTold) {
  ASSERT_EQ(
      in_child([&] {
        const auto store = open_on_full_disk();
        std::ofstream(emergency()) << "a file where the folder should be";
        const auto letter = heavy();
        const auto status = store->add_pending("d1", std::span(&letter, 1));
        if (status.code() != Code::kStorage) return 1;
        if (status.message().find("canary") != std::string::npos) return 2;
        limit_files(RLIM_INFINITY);  // and with room again the store goes on by itself
        return store->add_pending("d2", std::span(&letter, 1)).ok() && store->unconfirmed("donations")->size() == 1 ? 0
                                                                                                                    : 3;
      }),
      0);
}

// No room for the whole second batch in the emergency file either: what was acknowledged before stays whole.
TEST_F(EmergencyTest, AFailedEmergencyWriteIsCutOffAgain) {
  ASSERT_EQ(in_child([&] {
              const auto store = open_on_full_disk();
              auto letter = heavy();
              if (!store->add_pending("d1", std::span(&letter, 1)).ok()) return 1;
              letter.record += std::string(200'000, 'y');
              if (store->add_pending("d2", std::span(&letter, 1)).code() != Code::kStorage) return 2;
              limit_files(62'000);
              return store->confirm("d1").ok() ? 0 : 3;
            }),
            0);
  const auto store = open();
  EXPECT_TRUE(store->unconfirmed("donations")->empty());
  EXPECT_EQ(store->list({})->size(), 1u);
}

TEST_F(EmergencyTest, TheFolderCanBeChosen) {
  EXPECT_EQ(emergency_folder("/var/lib/sentinel"), "/var/lib/sentinel-emergency");
  setenv("SENTINEL_EMERGENCY_DIR", "/mnt/other", 1);
  EXPECT_EQ(emergency_folder("/var/lib/sentinel"), "/mnt/other");
  unsetenv("SENTINEL_EMERGENCY_DIR");
}

}  // namespace
}  // namespace sentinel::store
