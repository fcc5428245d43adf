<?php // Loads the test WordPress for a script on the command line; every script beside it starts here.
ini_set('memory_limit', '512M');
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$root = getenv('SENTINEL_TEST_WORDPRESS_DIR');
if (!$root) {
    fwrite(STDERR, "SENTINEL_TEST_WORDPRESS_DIR is not set; it names the folder of wp-load.php\n");
    exit(2);
}
require "$root/wp-load.php";
