-- Fills the tables of wordpress_sqlite.sql with 10,000 donations, always the same, some of them spoilt in known places.
-- Safe to run again: rows that exist are left alone. Any client can run it: no dot commands, no semicolon in a string.
--
-- Donation i (1 to 10,000) is post 100 + i with the reference DON-00000i. Spoilt are i = 200, 400, ... 8600, in order:
--   must become dead letters, 32:
--     6 bad_email             "not-an-email", "ada@@example.ng", ...
--     4 missing_amount        no meta amount_kobo
--     3 zero_amount           0
--     3 negative_amount       a minus before the amount
--     4 text_amount           the text of naira, ₦5,000, where kobo belong
--     2 fractional_amount     1500.50
--     2 over_range_amount     10000000000 kobo, one kobo more than DECIMAL(10,2) holds
--     1 over_64_bit_amount    99999999999999999999
--     2 null_amount           the meta value is NULL
--     3 repeated_amount       amount_kobo twice, with two values
--     2 missing_ref           no meta donation_ref
--   are not published, 11: 4 draft_without_date and 2 draft (zero dates), 3 trash, 2 auto_draft (zero dates)
-- Good, 9,957, together 2504875391193 kobo: among them upper-case and space-padded e-mails (transforms mend them),
-- mojibake and emoji in names, and amounts at the edges (1, 2^31, 2^32 and 9999999999 kobo: donations 1 to 4).
-- Beside them, without effect: 5 revisions with an amount of their own, meta of a post that is gone, a NULL donor_note.

BEGIN;

INSERT OR IGNORE INTO wp_options (option_id, option_name, option_value) VALUES
  (1, 'siteurl', 'http://donations.example.ng'),
  (2, 'home', 'http://donations.example.ng'),
  (3, 'blogname', 'Donations'),
  (4, 'db_version', '53496'),
  (5, 'gmt_offset', ''),
  (6, 'timezone_string', 'Africa/Lagos');

INSERT OR IGNORE INTO wp_users (ID, user_login, user_nicename, user_email, user_registered, display_name) VALUES
  (1, 'admin', 'admin', 'admin@example.ng', '2024-01-01 00:00:00', 'admin'),
  (2, 'adaeze', 'adaeze', 'Adaeze@EXAMPLE.ng', '2024-01-02 09:30:00', 'Adaeze Okonkwo'),
  (3, 'seun', 'seun', 'seun@example.ng', '2024-01-03 18:05:00', 'Olúwáṣeun Adéyẹmí');

INSERT OR IGNORE INTO wp_usermeta (umeta_id, user_id, meta_key, meta_value) VALUES
  (1, 1, 'nickname', 'admin'),
  (2, 1, 'wp_user_level', '10'),
  (3, 2, 'nickname', 'adaeze'),
  (4, 3, 'nickname', 'seun');

INSERT OR IGNORE INTO wp_posts (ID, post_author, post_date, post_date_gmt, post_modified, post_modified_gmt, post_title,
                                post_name, post_type) VALUES
  (1, 1, '2024-01-01 01:00:00', '2024-01-01 00:00:00', '2024-01-01 01:00:00', '2024-01-01 00:00:00', 'Hello world!',
   'hello-world', 'post'),
  (2, 1, '2024-01-01 01:00:00', '2024-01-01 00:00:00', '2024-01-01 01:00:00', '2024-01-01 00:00:00', 'Donate',
   'donate', 'page');

-- The dirt lies at donations 200 * first to 200 * last.
CREATE TEMP TABLE dirt (kind TEXT, first INTEGER, last INTEGER);
INSERT INTO dirt VALUES
  ('bad_email', 1, 6), ('missing_amount', 7, 10), ('zero_amount', 11, 13), ('negative_amount', 14, 16),
  ('text_amount', 17, 20), ('fractional_amount', 21, 22), ('over_range_amount', 23, 24), ('over_64_bit_amount', 25, 25),
  ('null_amount', 26, 27), ('repeated_amount', 28, 30), ('missing_ref', 31, 32),
  ('draft_without_date', 33, 36), ('draft', 37, 38), ('trash', 39, 41), ('auto_draft', 42, 43);

CREATE TEMP TABLE donor (n INTEGER PRIMARY KEY, name TEXT, mailbox TEXT);
INSERT INTO donor VALUES
  (0, 'Adaeze Okonkwo', 'adaeze.okonkwo'), (1, 'Olúwáṣeun Adéyẹmí', 'seun.adeyemi'), (2, 'Ngozi Nwosu', 'ngozi.nwosu'),
  (3, 'Bọ́lá Tinubu', 'bola.tinubu'), (4, 'Zainab Bello', 'zainab.bello'), (5, 'Chidi O’Brien', 'chidi.obrien'),
  (6, 'Emeka "Mex" Obi', 'emeka.obi'), (7, 'José Núñez', 'jose.nunez'), (8, '李小龙', 'li.xiaolong'),
  (9, 'OlÃºwÃ¡á¹£eun', 'seun'), (10, '😀 Anonymous', 'anonymous');

CREATE TEMP TABLE donation AS
WITH RECURSIVE counter (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counter WHERE i < 10000)
SELECT i, 100 + i AS post_id, printf('DON-%06d', i) AS ref, donor.name, donor.mailbox || i || '@example.ng' AS email,
       CASE i WHEN 1 THEN 1 WHEN 2 THEN 2147483648 WHEN 3 THEN 4294967296 WHEN 4 THEN 9999999999
              ELSE 10000 + i * 2654435761 % 499990001 END AS kobo,
       coalesce(dirt.kind, 'clean') AS kind,
       1704067200 + i * 600 AS given_at,
       1704067200 + i * 600 + CASE WHEN i % 13 = 0 THEN 86400 ELSE 0 END AS modified_at
FROM counter
JOIN donor ON donor.n = i % 11
LEFT JOIN dirt ON i % 200 = 0 AND i / 200 BETWEEN dirt.first AND dirt.last;

INSERT OR IGNORE INTO wp_posts (ID, post_author, post_date, post_date_gmt, post_modified, post_modified_gmt,
                                post_content, post_title, post_status, post_name, guid, post_type)
SELECT post_id, 1,
       datetime(given_at + 3600, 'unixepoch'),
       CASE WHEN kind IN ('draft', 'draft_without_date', 'auto_draft') THEN '0000-00-00 00:00:00'
            ELSE datetime(given_at, 'unixepoch') END,
       datetime(modified_at + 3600, 'unixepoch'),
       CASE WHEN kind IN ('draft', 'draft_without_date', 'auto_draft') THEN '0000-00-00 00:00:00'
            ELSE datetime(modified_at, 'unixepoch') END,
       '<p>Thank you &amp' || char(59) || ' God bless. [give_receipt id="' || i || '"]</p>',
       'Donation ' || i || ' from ' || name,
       CASE kind WHEN 'draft' THEN 'draft' WHEN 'draft_without_date' THEN 'draft' WHEN 'auto_draft' THEN 'auto-draft'
                 WHEN 'trash' THEN 'trash' ELSE 'publish' END,
       CASE kind WHEN 'trash' THEN lower(ref) || '__trashed' ELSE lower(ref) END,
       'http://donations.example.ng/?post_type=donation&p=' || post_id,
       'donation'
FROM donation;

INSERT OR IGNORE INTO wp_postmeta (meta_id, post_id, meta_key, meta_value)
SELECT i * 10 + 1, post_id, 'donation_ref', ref FROM donation WHERE kind <> 'missing_ref'
UNION ALL
SELECT i * 10 + 2, post_id, 'donor_name', name FROM donation
UNION ALL
SELECT i * 10 + 3, post_id, 'donor_email',
       CASE WHEN kind = 'bad_email'
            THEN CASE i / 200 WHEN 1 THEN 'not-an-email' WHEN 2 THEN 'ada@@example.ng' WHEN 3 THEN 'ada obi@example.ng'
                              WHEN 4 THEN 'ada@' WHEN 5 THEN '@example.ng' ELSE 'ada@example..ng' END
            WHEN i % 77 = 0 THEN ' ' || upper(email) || char(9)
            WHEN i % 7 = 0 THEN upper(email)
            WHEN i % 11 = 0 THEN ' ' || email || char(9)
            ELSE email END
FROM donation
UNION ALL
SELECT i * 10 + 4, post_id, 'amount_kobo',
       CASE kind WHEN 'zero_amount' THEN '0' WHEN 'negative_amount' THEN '-' || kobo WHEN 'text_amount' THEN '₦5,000'
                 WHEN 'fractional_amount' THEN '1500.50' WHEN 'over_range_amount' THEN '10000000000'
                 WHEN 'over_64_bit_amount' THEN '99999999999999999999' WHEN 'null_amount' THEN NULL
                 ELSE CAST(kobo AS TEXT) END
FROM donation WHERE kind <> 'missing_amount'
UNION ALL
SELECT i * 10 + 5, post_id, 'amount_text',
       CASE i % 5 WHEN 0 THEN printf('%d.%02d', kobo / 100, kobo % 100)
                  WHEN 1 THEN printf('₦%,d.%02d', kobo / 100, kobo % 100)
                  WHEN 2 THEN printf('%,d.%02d ', kobo / 100, kobo % 100)
                  WHEN 3 THEN printf('NGN %d.%02d', kobo / 100, kobo % 100)
                  ELSE rtrim(rtrim(printf('%d.%02d', kobo / 100, kobo % 100), '0'), '.') END
FROM donation
UNION ALL
SELECT i * 10 + 6, post_id, 'currency', 'NGN' FROM donation
UNION ALL
SELECT i * 10 + 7, post_id, 'paystack_ref', printf('T%015d', i) FROM donation
UNION ALL
SELECT i * 10 + 8, post_id, '_internal',
       replace(printf('a:2:{s:2:"ip"|s:%d:"10.0.0.%d"|s:4:"tags"|a:2:{i:0|s:7:"one-off"|i:1|i:%d|}}',
                      7 + length(i % 255), i % 255, i), '|', char(59))
FROM donation
UNION ALL
SELECT i * 10 + 9, post_id, 'amount_kobo', CAST(kobo + 100 AS TEXT) FROM donation WHERE kind = 'repeated_amount'
UNION ALL
SELECT i * 10 + 10, post_id, 'donor_note', NULL FROM donation WHERE i BETWEEN 11 AND 15;

INSERT OR IGNORE INTO wp_posts (ID, post_author, post_date, post_date_gmt, post_modified, post_modified_gmt, post_title,
                                post_status, post_name, post_parent, post_type)
SELECT 20000 + i, 1, datetime(given_at + 3600, 'unixepoch'), datetime(given_at, 'unixepoch'),
       datetime(given_at + 3600, 'unixepoch'), datetime(given_at, 'unixepoch'), 'Donation ' || i || ' from ' || name,
       'inherit', post_id || '-revision-v1', post_id, 'revision'
FROM donation WHERE i BETWEEN 21 AND 25;

INSERT OR IGNORE INTO wp_postmeta (meta_id, post_id, meta_key, meta_value)
SELECT 200000 + i, 20000 + i, 'amount_kobo', '777' FROM donation WHERE i BETWEEN 21 AND 25
UNION ALL
SELECT 300001, 99999999, 'donation_ref', 'DON-ORPHAN'
UNION ALL
SELECT 300002, 99999999, 'amount_kobo', '12345'
UNION ALL
SELECT 300003, 99999999, 'donor_email', 'orphan@example.ng';

DROP TABLE temp.donation;
DROP TABLE temp.donor;
DROP TABLE temp.dirt;

COMMIT;
