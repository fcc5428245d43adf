<?php // Trashes donations as the site's staff would, or takes them out of the trash again, and prints how many as JSON.
// usage: trash.php [--restore] POST_ID...
require __DIR__ . '/load.php';

$arguments = array_slice($argv, 1);
$restore = ($arguments[0] ?? '') === '--restore';
if ($restore) array_shift($arguments);
foreach ($arguments as $id) {
    $done = $restore ? wp_untrash_post((int)$id) : wp_trash_post((int)$id);
    if (!$done) {
        fwrite(STDERR, "post $id could not be " . ($restore ? "restored\n" : "trashed\n"));
        exit(1);
    }
    if ($restore) wp_publish_post((int)$id);
}
echo json_encode(['count' => count($arguments)]) . "\n";
