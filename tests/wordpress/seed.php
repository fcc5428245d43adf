<?php // Writes N donations with known dirt through WordPress's own functions, and says what a mirror must make of them.
// usage: seed.php N EXPECTED.json   (donations of an earlier seed are removed first)
require __DIR__ . '/load.php';
require __DIR__ . '/donation.php';

$donations = (int)($argv[1] ?? 4000);
$positions = dirt_positions($donations);
global $wpdb;

function remove_earlier_donations(): void {
    global $wpdb;
    $wpdb->query("DELETE r FROM $wpdb->posts r JOIN $wpdb->posts p ON p.ID = r.post_parent
                  WHERE r.post_type = 'revision' AND p.post_type = 'donation'");
    $wpdb->query("DELETE FROM $wpdb->posts WHERE post_type = 'donation'");
    $wpdb->query("DELETE m FROM $wpdb->postmeta m LEFT JOIN $wpdb->posts p ON p.ID = m.post_id WHERE p.ID IS NULL");
}

// Writes post and meta of donation i with its dirt; returns [post id, amount that a mirror can still read, or null].
function write_donation(int $i, string $kind, int $n): array {
    $name = DONOR_NAMES[$i % count(DONOR_NAMES)];
    $post = ['post_type' => 'donation', 'post_status' => 'publish', 'post_name' => strtolower(donation_ref($i)),
             'post_title' => "Donation $i from $name",
             'post_content' => "<p>Thank you &amp; God bless &#8211; [give_receipt id=\"$i\"]</p>",
             'post_date' => gmdate('Y-m-d H:i:s', 1704067200 + $i * 600)];
    if ($kind === 'draft' || $kind === 'draft_without_date') $post['post_status'] = 'draft';
    if ($kind === 'auto_draft') $post['post_status'] = 'auto-draft';
    if ($kind === 'draft_without_date' || $kind === 'auto_draft') unset($post['post_date']);
    $id = wp_insert_post(wp_slash($post), true);
    if (is_wp_error($id)) throw new RuntimeException($id->get_error_message());

    [$amounts, $readable] = written_amounts($i, $kind);
    if ($kind !== 'missing_ref') add_post_meta($id, 'donation_ref', donation_ref($i));
    foreach ($amounts as $amount) add_post_meta($id, 'amount_kobo', $amount);
    $meta = ['donor_name' => $name, 'donor_email' => $kind === 'bad_email' ? BAD_EMAILS[$n] : written_email($i),
             'amount_text' => donation_amount_text($i), 'currency' => 'NGN', 'paystack_ref' => sprintf('T%015d', $i),
             '_internal' => ['ip' => '10.0.0.' . $i % 255, 'tags' => ['one-off', $i]]];
    foreach ($meta as $key => $value) add_post_meta($id, $key, wp_slash($value));
    if ($kind === 'null_amount') plant_null($id, 'amount_kobo');
    if ($kind === 'trash') wp_trash_post($id);
    return [$id, $readable];
}

// Upper case and stray blanks are mended by trim and lower-case transforms: such donations are good.
function written_email(int $i): string {
    $email = donation_email($i);
    if ($i % 7 === 0) $email = strtoupper($email);
    return $i % 11 === 0 ? " $email\t" : $email;
}

// The values of the key amount_kobo, and the amount if it is one integer of 64 bits.
function written_amounts(int $i, string $kind): array {
    $kobo = donation_kobo($i);
    return match ($kind) {
        'missing_amount' => [[], null],
        'null_amount' => [[$kobo], null],
        'zero_amount' => [[0], 0],
        'negative_amount' => [[-$kobo], -$kobo],
        'text_amount' => [['₦5,000'], null],
        'fractional_amount' => [['1500.50'], null],
        'over_range_amount' => [['10000000000'], 10000000000],
        'over_64_bit_amount' => [['99999999999999999999'], null],
        'repeated_amount' => [[$kobo, $kobo + 100], null],
        default => [[$kobo], $kobo],
    };
}

// No function of WordPress writes NULL; imports and other plugins do.
function plant_null(int $id, string $key): void {
    global $wpdb;
    $update = "UPDATE $wpdb->postmeta SET meta_value = NULL WHERE post_id = %d AND meta_key = %s";
    $wpdb->query($wpdb->prepare($update, $id, $key));
}

// Dirt that spoils no donation: a NULL in a key nobody asks for, meta without a post, revisions with meta of their own.
function plant_harmless_dirt(array $clean_ids): void {
    global $wpdb;
    foreach (array_slice($clean_ids, 10, 5) as $id) {
        add_post_meta($id, 'donor_note', 'x');
        plant_null($id, 'donor_note');
    }
    $orphan = ['amount_kobo' => '12345', 'donation_ref' => 'DON-ORPHAN', 'donor_email' => 'orphan@example.ng'];
    foreach ($orphan as $key => $value) {
        $wpdb->insert($wpdb->postmeta, ['post_id' => 99999999, 'meta_key' => $key, 'meta_value' => $value]);
    }
    foreach (array_slice($clean_ids, 20, 5) as $id) {
        $revision = wp_save_post_revision($id);
        if ($revision) add_metadata('post', $revision, 'amount_kobo', 777);
    }
}

function summary(array $posts): array {
    $kinds = [];
    foreach ($posts as $post) $kinds[$post['kind']] = ($kinds[$post['kind']] ?? 0) + 1;
    return ['count' => count($posts), 'kinds' => $kinds, 'posts' => $posts];
}

wp_suspend_cache_invalidation(true);
$wpdb->query('START TRANSACTION');
remove_earlier_donations();
$clean_ids = [];
$clean_kobo = 0;
$spoilt = ['dirty' => [], 'left_out' => []];
for ($i = 1; $i <= $donations; ++$i) {
    [$group, $kind, $n] = $positions[$i] ?? ['clean', 'clean', 0];
    [$id, $readable] = write_donation($i, $kind, $n);
    if ($group === 'clean') {
        $clean_ids[] = $id;
        $clean_kobo += donation_kobo($i);
    } else {
        $spoilt[$group][] = ['kind' => $kind, 'donation_ref' => $kind === 'missing_ref' ? null : donation_ref($i),
                             'post_id' => $id, 'amount_kobo' => $readable,
                             'mended_ref' => donation_ref($i), 'mended_kobo' => donation_kobo($i)];
    }
    if ($i % 500 === 0) {
        $wpdb->query('COMMIT');
        $wpdb->query('START TRANSACTION');
        wp_cache_flush();
    }
}
plant_harmless_dirt($clean_ids);
$wpdb->query('COMMIT');

$expected = json_encode(
    ['donations' => $donations,
     'clean' => ['count' => count($clean_ids), 'sum_kobo' => $clean_kobo, 'first_post_id' => $clean_ids[0],
                 'last_post_id' => end($clean_ids)],
     'dirty' => summary($spoilt['dirty']), 'left_out' => summary($spoilt['left_out'])],
    JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES) . "\n";
if (isset($argv[2])) file_put_contents($argv[2], $expected);
echo $expected;
