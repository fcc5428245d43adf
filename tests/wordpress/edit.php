<?php // Changes the amounts of donations as the site's staff or a plugin would, and prints old and new as JSON.
// usage: edit.php [--meta-only] ADD_KOBO POST_ID...
//   Without --meta-only the post is saved too, which moves its modified date; update_post_meta alone never does.
require __DIR__ . '/load.php';

$arguments = array_slice($argv, 1);
$meta_only = ($arguments[0] ?? '') === '--meta-only';
if ($meta_only) array_shift($arguments);
if (count($arguments) < 2) {
    fwrite(STDERR, "usage: edit.php [--meta-only] ADD_KOBO POST_ID...\n");
    exit(2);
}
$add = (int)array_shift($arguments);

$edits = [];
foreach ($arguments as $id) {
    $id = (int)$id;
    $old = get_post_meta($id, 'amount_kobo', true);
    if (get_post_type($id) !== 'donation' || !preg_match('/^-?[0-9]+$/', $old)) {
        fwrite(STDERR, "post $id is not a donation with an amount in whole kobo\n");
        exit(1);
    }
    update_post_meta($id, 'amount_kobo', (int)$old + $add);
    if (!$meta_only) wp_update_post(['ID' => $id, 'post_content' => 'Edited: ' . gmdate('c')]);
    $edits[] = ['post_id' => $id, 'donation_ref' => get_post_meta($id, 'donation_ref', true), 'old_kobo' => (int)$old,
                'new_kobo' => (int)$old + $add];
}
echo json_encode($edits, JSON_PRETTY_PRINT) . "\n";
