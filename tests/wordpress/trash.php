<?php // Trashes donations as the site's staff would, takes them out of the trash again, or deletes them for good with all
// their meta, and prints how many as JSON.
// usage: trash.php [--restore|--delete] POST_ID...
require __DIR__ . '/load.php';

$arguments = array_slice($argv, 1);
$restore = ($arguments[0] ?? '') === '--restore';
$delete = ($arguments[0] ?? '') === '--delete';
if ($restore || $delete) array_shift($arguments);
foreach ($arguments as $id) {
    $done = $restore ? wp_untrash_post((int)$id) : ($delete ? wp_delete_post((int)$id, true) : wp_trash_post((int)$id));
    if (!$done) {
        fwrite(STDERR, "post $id could not be " . ($restore ? "restored\n" : ($delete ? "deleted\n" : "trashed\n")));
        exit(1);
    }
    if ($restore) wp_publish_post((int)$id);
}
echo json_encode(['count' => count($arguments)]) . "\n";
