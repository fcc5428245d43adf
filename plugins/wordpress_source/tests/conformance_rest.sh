# A copy of the real site with its first 8 donations. Sourced by tests/conformance/shipped.sh.
site=$SENTINEL_SOURCE_DIR/tests/servers/wordpress.sh
clean_up_case() { "$site" unserve wordpress_conformance; }
"$site" copy wordpress_conformance 8 >/dev/null
{ read -r WORDPRESS_URL; read -r WORDPRESS_USER; read -r WORDPRESS_APPLICATION_PASSWORD; } < <("$site" serve wordpress_conformance)
export WORDPRESS_URL WORDPRESS_USER WORDPRESS_APPLICATION_PASSWORD
