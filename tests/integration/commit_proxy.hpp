// A TCP proxy before a database that does something chosen to every COMMIT: loses it, loses its reply, or holds it
// back.
#pragma once

#include "servers.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sentinel::integration {

// Knows no protocol: it looks for the bytes COMMIT in what the client sends, so the link must be plain and that word
// absent from the data. The client sees the same lost link in both cuts; only the database knows which it was.
class CommitProxy {
 public:
  enum class Act { kPass, kCutBefore, kCutAfter, kHold };
  // `plan` is asked for each COMMIT, counted from 1 over all links; at any time by one thread.
  using Plan = std::function<Act(int commit)>;

  CommitProxy(const Address& server, Plan plan);
  ~CommitProxy();
  CommitProxy(const CommitProxy&) = delete;
  CommitProxy& operator=(const CommitProxy&) = delete;

  int port() const { return port_; }
  int commits() const { return commits_; }
  int cuts_before() const { return cuts_before_; }
  int cuts_after() const { return cuts_after_; }
  bool is_holding() const { return is_holding_; }
  void release();  // lets the COMMIT go that is held, and all that would be

 private:
  void serve();
  void relay(int client);
  bool pass_commit(int server, const std::string& bytes);
  int connect_server() const;

  const Address address_;
  const Plan plan_;
  int listener_ = -1, port_ = 0;
  std::atomic<int> commits_{0}, cuts_before_{0}, cuts_after_{0};
  std::atomic<bool> is_holding_{false};
  std::mutex mutex_;
  std::condition_variable released_;
  bool is_released_ = false;
  std::vector<int> links_;
  std::vector<std::thread> relays_;
  std::thread thread_;
};

}  // namespace sentinel::integration
