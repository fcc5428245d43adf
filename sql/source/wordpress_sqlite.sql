-- The tables of a WordPress site that hold donations, in SQLite's types, for trying Sentinel without a server.
-- Names and columns are WordPress's own (prefix wp_). Dates are text as MySQL prints them, zero dates included.
-- As there: meta has no unique key, all its values are text, and nothing forbids a NULL or an orphan.

CREATE TABLE IF NOT EXISTS wp_posts (
  ID INTEGER PRIMARY KEY AUTOINCREMENT,
  post_author INTEGER NOT NULL DEFAULT 0,
  post_date TEXT NOT NULL DEFAULT '0000-00-00 00:00:00',
  post_date_gmt TEXT NOT NULL DEFAULT '0000-00-00 00:00:00',
  post_content TEXT NOT NULL DEFAULT '',
  post_title TEXT NOT NULL DEFAULT '',
  post_excerpt TEXT NOT NULL DEFAULT '',
  post_status VARCHAR(20) NOT NULL DEFAULT 'publish',
  comment_status VARCHAR(20) NOT NULL DEFAULT 'open',
  ping_status VARCHAR(20) NOT NULL DEFAULT 'open',
  post_password VARCHAR(255) NOT NULL DEFAULT '',
  post_name VARCHAR(200) NOT NULL DEFAULT '',
  to_ping TEXT NOT NULL DEFAULT '',
  pinged TEXT NOT NULL DEFAULT '',
  post_modified TEXT NOT NULL DEFAULT '0000-00-00 00:00:00',
  post_modified_gmt TEXT NOT NULL DEFAULT '0000-00-00 00:00:00',
  post_content_filtered TEXT NOT NULL DEFAULT '',
  post_parent INTEGER NOT NULL DEFAULT 0,
  guid VARCHAR(255) NOT NULL DEFAULT '',
  menu_order INTEGER NOT NULL DEFAULT 0,
  post_type VARCHAR(20) NOT NULL DEFAULT 'post',
  post_mime_type VARCHAR(100) NOT NULL DEFAULT '',
  comment_count INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS wp_posts_post_name ON wp_posts (post_name);
CREATE INDEX IF NOT EXISTS wp_posts_type_status_date ON wp_posts (post_type, post_status, post_date, ID);
CREATE INDEX IF NOT EXISTS wp_posts_post_parent ON wp_posts (post_parent);
CREATE INDEX IF NOT EXISTS wp_posts_post_author ON wp_posts (post_author);

CREATE TABLE IF NOT EXISTS wp_postmeta (
  meta_id INTEGER PRIMARY KEY AUTOINCREMENT,
  post_id INTEGER NOT NULL DEFAULT 0,
  meta_key VARCHAR(255),
  meta_value TEXT
);
CREATE INDEX IF NOT EXISTS wp_postmeta_post_id ON wp_postmeta (post_id);
CREATE INDEX IF NOT EXISTS wp_postmeta_meta_key ON wp_postmeta (meta_key);

CREATE TABLE IF NOT EXISTS wp_users (
  ID INTEGER PRIMARY KEY AUTOINCREMENT,
  user_login VARCHAR(60) NOT NULL DEFAULT '',
  user_pass VARCHAR(255) NOT NULL DEFAULT '',
  user_nicename VARCHAR(50) NOT NULL DEFAULT '',
  user_email VARCHAR(100) NOT NULL DEFAULT '',
  user_url VARCHAR(100) NOT NULL DEFAULT '',
  user_registered TEXT NOT NULL DEFAULT '0000-00-00 00:00:00',
  user_activation_key VARCHAR(255) NOT NULL DEFAULT '',
  user_status INTEGER NOT NULL DEFAULT 0,
  display_name VARCHAR(250) NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS wp_users_user_login ON wp_users (user_login);
CREATE INDEX IF NOT EXISTS wp_users_user_email ON wp_users (user_email);

CREATE TABLE IF NOT EXISTS wp_usermeta (
  umeta_id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL DEFAULT 0,
  meta_key VARCHAR(255),
  meta_value TEXT
);
CREATE INDEX IF NOT EXISTS wp_usermeta_user_id ON wp_usermeta (user_id);
CREATE INDEX IF NOT EXISTS wp_usermeta_meta_key ON wp_usermeta (meta_key);

CREATE TABLE IF NOT EXISTS wp_options (
  option_id INTEGER PRIMARY KEY AUTOINCREMENT,
  option_name VARCHAR(191) NOT NULL DEFAULT '' UNIQUE,
  option_value TEXT NOT NULL DEFAULT '',
  autoload VARCHAR(20) NOT NULL DEFAULT 'yes'
);
