// Processes that die at any moment, and several at once: what was acknowledged is there, what was not is whole or
// absent.
#include "engine/store/store_test_support.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>
#include <random>
#include <set>
#include <vector>

namespace sentinel::store {
namespace {

class StoreCrashTest : public StoreFolder {
 protected:
  // Tells the parent, by one byte a delivery, what the store has acknowledged.
  static void acknowledge(int pipe, char what) {
    if (write(pipe, &what, 1) != 1) _exit(9);
  }
  static std::vector<StoredLetter> batch_of(int delivery) {
    std::vector<StoredLetter> letters;
    for (int i = 0; i < 5; ++i) letters.push_back(make_letter(std::to_string(delivery * 5 + i)));
    return letters;
  }
};

TEST_F(StoreCrashTest, WhatWasAcknowledgedSurvivesAKillAtAnyMoment) {
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  ASSERT_NE(open(), nullptr);
  int next = 0, kills = 0, acknowledged_total = 0;
  std::set<int> owed, promised;  // pending acknowledged; confirmed acknowledged
  for (; kills < 40; ++kills) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const auto acknowledged_before = random() % 8;
    const auto delay_us = static_cast<long>(random() % 5'000);
    const auto pid = fork();
    if (pid == 0) {
      ::close(ends[0]);
      auto store = Store::open(folder_, [] { return kNow; });
      if (!store) _exit(7);
      for (int delivery = next;; ++delivery) {
        const auto letters = batch_of(delivery);
        if (!(*store)->add_pending("d" + std::to_string(delivery), letters).ok()) _exit(8);
        acknowledge(ends[1], 'p');
        if (!(*store)->confirm("d" + std::to_string(delivery)).ok()) _exit(8);
        acknowledge(ends[1], 'c');
      }
    }
    ::close(ends[1]);
    int delivery = next;
    const auto read_acknowledged = [&] {
      char what = 0;
      if (read(ends[0], &what, 1) != 1) return false;
      ++acknowledged_total;
      if (what == 'p') owed.insert(delivery);
      if (what == 'c') promised.insert(delivery++);
      return true;
    };
    // The moment of the kill is what the test varies: while the child opens the store, or some time after it
    // acknowledged.
    for (std::size_t i = 0; i < acknowledged_before; ++i) read_acknowledged();
    const timespec delay{0, delay_us * 1000};
    nanosleep(&delay, nullptr);
    kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
    while (read_acknowledged()) {
    }
    ::close(ends[0]);
    next = delivery + 2;  // the one after the last acknowledged may be there or not
    const auto store = open();
    ASSERT_NE(store, nullptr);
    std::set<std::string> waiting, pending;
    const auto listed = store->list({}).value();
    const auto deliveries = store->unconfirmed("donations").value();
    for (const auto& letter : listed) waiting.insert(letter.letter_id);
    for (const auto& unconfirmed : deliveries) {
      const auto letters = store->pending_of(unconfirmed).value();
      ASSERT_EQ(letters.size(), 5u) << "half a batch";
      for (const auto& letter : letters) pending.insert(letter.letter_id);
    }
    for (const int one : owed)
      for (const auto& letter : batch_of(one)) {
        ASSERT_TRUE(waiting.contains(letter.letter_id) || pending.contains(letter.letter_id)) << "delivery " << one;
        ASSERT_TRUE(!promised.contains(one) || waiting.contains(letter.letter_id)) << "delivery " << one;
      }
  }
  std::cout << kills << " kills, " << acknowledged_total << " acknowledged writes\n";
  EXPECT_GT(acknowledged_total, 0);
}

TEST_F(StoreCrashTest, KilledWhileMakingTheStore) {
  for (int i = 0; i < 30; ++i) {
    const auto pid = fork();
    if (pid == 0) {
      auto store = Store::open(folder_, [] { return kNow; });
      _exit(store ? 0 : 7);
    }
    const timespec lifetime{0, i * 400'000L};
    nanosleep(&lifetime, nullptr);
    kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    ASSERT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    ASSERT_NE(open(), nullptr) << "killed after " << i * 400 << " us";
    std::filesystem::remove_all(folder_);
  }
}

TEST_F(StoreCrashTest, SeveralProcessesWriteSideBySide) {
  constexpr int kProcesses = 4, kDeliveries = 25;
  std::vector<pid_t> children;
  for (int child = 0; child < kProcesses; ++child) {
    const auto pid = fork();
    if (pid != 0) {
      children.push_back(pid);
      continue;
    }
    auto store = Store::open(folder_, [] { return kNow; });  // the first of them makes it
    if (!store) _exit(7);
    for (int i = 0; i < kDeliveries; ++i) {
      const int delivery = child * kDeliveries + i;
      const auto name = "d" + std::to_string(delivery);
      const auto letters = batch_of(delivery);
      if (!(*store)->add_pending(name, letters).ok() || !(*store)->confirm(name).ok()) _exit(8);
      if (!(*store)->close(std::span(&letters[0].letter_id, 1), LetterStatus::kRecovered, "").ok()) _exit(9);
    }
    store->reset();
    _exit(0);
  }
  for (const auto pid : children) {
    int status = 0;
    waitpid(pid, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
  }
  EXPECT_EQ(open()->list({})->size(), static_cast<std::size_t>(kProcesses * kDeliveries * 4));
}

}  // namespace
}  // namespace sentinel::store
