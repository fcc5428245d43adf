<?php // A must-use plugin: the post type donation with its meta keys, as a donation plugin would register them.
add_action('init', function () {
    register_post_type('donation', [
        'label' => 'Donations',
        'public' => true,
        'show_in_rest' => true,
        'rest_base' => 'donations',
        'supports' => ['title', 'editor', 'custom-fields', 'author', 'revisions'],
    ]);
    $types = ['donation_ref' => 'string', 'donor_name' => 'string', 'donor_email' => 'string',
              'amount_kobo' => 'integer', 'amount_text' => 'string', 'currency' => 'string',
              'paystack_ref' => 'string'];
    foreach ($types as $key => $type) {
        register_post_meta('donation', $key, ['type' => $type, 'single' => true, 'show_in_rest' => true]);
    }
});
