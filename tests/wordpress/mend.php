<?php // Gives dirty donations the reference, e-mail and amount they should have had, and prints them as JSON.
// usage: mend.php [--meta-only] EXPECTED.json [POST_ID...]   (without ids: every dirty donation)
require __DIR__ . '/load.php';
require __DIR__ . '/donation.php';

$arguments = array_slice($argv, 1);
$meta_only = ($arguments[0] ?? '') === '--meta-only';
if ($meta_only) array_shift($arguments);
$file = array_shift($arguments);
$expected = $file === null ? null : json_decode((string)file_get_contents($file), true);
if (!$expected) {
    fwrite(STDERR, "usage: mend.php [--meta-only] EXPECTED.json [POST_ID...]\n");
    exit(2);
}

$mended = [];
foreach ($expected['dirty']['posts'] as $post) {
    $id = $post['post_id'];
    if ($arguments && !in_array((string)$id, $arguments, true)) continue;
    $right = ['donation_ref' => $post['mended_ref'], 'amount_kobo' => $post['mended_kobo'],
              'donor_email' => donation_email((int)substr($post['mended_ref'], 4))];
    foreach ($right as $key => $value) {
        delete_post_meta($id, $key);
        add_post_meta($id, $key, $value);
    }
    if (!$meta_only) wp_update_post(['ID' => $id, 'post_content' => 'Mended: ' . gmdate('c')]);
    $mended[] = ['post_id' => $id] + $right;
}
echo json_encode(['count' => count($mended), 'sum_kobo' => array_sum(array_column($mended, 'amount_kobo')),
                  'posts' => $mended], JSON_PRETTY_PRINT) . "\n";
