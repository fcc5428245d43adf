// A small WordPress site in a test database, with the columns and keys of the real tables.
#pragma once

#include "support/tests/test_database.hpp"
#include "wordpress_source/wordpress_source.hpp"

#include <string>

namespace sentinel::wordpress_source {

inline void create_site(support::TestDatabase& database, const std::string& prefix = "wp_") {
  if (database.connection().dialect() == database::Dialect::kMysql) {
    // WordPress drops these modes too, or its zero dates could not be written.
    database.run("SET SESSION sql_mode = ''");
    const std::string table = ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci";
    database.run("CREATE TABLE " + prefix +
                 "posts (ID bigint(20) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, post_author bigint(20) unsigned "
                 "NOT NULL DEFAULT 0, post_date_gmt datetime NOT NULL DEFAULT '0000-00-00 00:00:00', post_content "
                 "longtext NOT NULL, post_title "
                 "text NOT NULL, post_status varchar(20) NOT NULL DEFAULT 'publish', post_name varchar(200) NOT NULL "
                 "DEFAULT '', post_modified_gmt "
                 "datetime NOT NULL DEFAULT '0000-00-00 00:00:00', post_parent bigint(20) unsigned NOT NULL DEFAULT 0, "
                 "post_type varchar(20) NOT "
                 "NULL DEFAULT 'post', KEY type_status_date (post_type, post_status, post_date_gmt, ID)" +
                 table);
    database.run(
        "CREATE TABLE " + prefix +
        "postmeta (meta_id bigint(20) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, post_id bigint(20) unsigned "
        "NOT NULL DEFAULT 0, meta_key varchar(255) DEFAULT NULL, meta_value longtext, KEY post_id (post_id), KEY "
        "meta_key "
        "(meta_key(191))" +
        table);
    return;
  }
  database.run(
      "CREATE TABLE " + prefix +
      "posts (ID INTEGER PRIMARY KEY, post_author INTEGER NOT NULL DEFAULT 0, post_date_gmt TEXT NOT NULL DEFAULT "
      "'0000-00-00 00:00:00', post_content TEXT NOT NULL DEFAULT '', post_title TEXT NOT NULL DEFAULT '', post_status "
      "TEXT NOT NULL DEFAULT "
      "'publish', post_name TEXT NOT NULL DEFAULT '', post_modified_gmt TEXT NOT NULL DEFAULT '0000-00-00 00:00:00', "
      "post_parent INTEGER NOT "
      "NULL DEFAULT 0, post_type TEXT NOT NULL DEFAULT 'post')");
  database.run("CREATE INDEX " + prefix + "type_status_date ON " + prefix +
               "posts (post_type, post_status, post_date_gmt, ID)");
  database.run(
      "CREATE TABLE " + prefix +
      "postmeta (meta_id INTEGER PRIMARY KEY, post_id INTEGER NOT NULL DEFAULT 0, meta_key TEXT, meta_value TEXT)");
  database.run("CREATE INDEX " + prefix + "post_id ON " + prefix + "postmeta (post_id)");
}

inline void add_post(support::TestDatabase& database, std::int64_t id, const std::string& status = "publish",
                     const std::string& type = "donation", const std::string& modified = "2026-01-01 12:00:00") {
  database.run(
      "INSERT INTO wp_posts (ID, post_title, post_content, post_status, post_type, post_name, post_date_gmt, "
      "post_modified_gmt) VALUES "
      "(:1, :2, 'text', :3, :4, '', :5, :6)",
      {id, "Donation " + std::to_string(id), status, type, modified, modified});
}

inline void add_meta(support::TestDatabase& database, std::int64_t post, database::Value key, database::Value value) {
  database.run("INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (:1, :2, :3)",
               {post, std::move(key), std::move(value)});
}

// `count` donations with ids 3, 6, 9, … and pages and revisions between them.
inline void add_donations(support::TestDatabase& database, int count) {
  for (int i = 1; i <= count; ++i) {
    add_post(database, 3 * i);
    add_meta(database, 3 * i, "donation_ref", "DON-" + std::to_string(i));
    add_meta(database, 3 * i, "amount_kobo", std::to_string(i * 100));
    add_post(database, 3 * i + 1, "inherit", "revision");
  }
}

}  // namespace sentinel::wordpress_source
