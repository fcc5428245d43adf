// The implementation of Store: its connection, how each call uses it, and the emergency file beside it.
#pragma once

#include "engine/store/emergency_file.hpp"
#include "engine/store/sql.hpp"
#include "engine/store/store.hpp"
#include "engine/store/store_file.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace sentinel::store {

struct Store::Impl {
  Impl(std::filesystem::path state_folder, std::function<std::int64_t()> clock, OpenedStore opened)
      : folder(std::move(state_folder)),
        path(store_path(folder)),
        now_unix_ms(std::move(clock)),
        store_id(std::move(opened.store_id)),
        connection(std::move(opened.connection)),
        emergency(emergency_folder(folder), store_id) {}

  using Body = std::function<Status(database::Connection&)>;

  // Runs `body` in one durable transaction; again from its start, for a bounded time, while another process is in the
  // way. After a fault of the file the connection is dropped and the next call opens and checks the store anew: what
  // SQLite knew of a file whose sync failed is not to be trusted. Errors: kTransient, kStorage.
  Status write(const Body& body) { return repeat(true, body); }
  // The same without a transaction.
  Status read(const Body& body) { return repeat(false, body); }

  Status take_emergency();

  std::filesystem::path folder, path;
  std::function<std::int64_t()> now_unix_ms;
  std::string store_id;
  std::unique_ptr<database::Connection> connection;
  EmergencyFile emergency;
  std::mutex mutex;  // the connection takes one thread at a time

 private:
  Status repeat(bool in_transaction, const Body& body);
  Status attempt(bool in_transaction, const Body& body);
};

// A delivery's pending letters become waiting, or are removed as if they had never been added.
Status confirm_pending(database::Connection& connection, std::string_view delivery, std::int64_t now_ms);
Status drop_pending(database::Connection& connection, std::string_view delivery, std::int64_t now_ms);

}  // namespace sentinel::store
