# 40 donations: some in test mode, some refunded, some spoilt. Sourced by tests/conformance/shipped.sh.
cat "$SENTINEL_SOURCE_DIR"/sql/source/{wordpress_sqlite,givewp_sqlite}.sql - <<<"
  INSERT INTO wp_posts (post_type, post_status) SELECT 'give_payment', iif(value % 7 = 0, 'refunded', 'publish')
    FROM generate_series(1, 40);
  INSERT INTO wp_give_donationmeta (donation_id, meta_key, meta_value)
    SELECT ID, '_give_payment_total', ID || '.250000' FROM wp_posts
    UNION ALL SELECT ID, '_give_payment_mode', iif(ID % 11 = 0, 'test', 'live') FROM wp_posts
    UNION ALL SELECT ID, '_give_payment_form_id', 'none' FROM wp_posts WHERE ID % 9 = 0;" |
  sqlite3 "$CONFORMANCE_DIR/sample.db"
