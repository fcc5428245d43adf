<?php // Makes an application password for the site's administrator; prints the login name and, below it, the password.
require __DIR__ . '/load.php';

$name = 'sentinel ' . bin2hex(random_bytes(4));
[$password] = WP_Application_Passwords::create_new_application_password(get_user_by('login', 'admin')->ID, ['name' => $name]);
echo "admin\n$password\n";
