#!/usr/bin/env bash
# Proves the Debian package: builds it, looks into it, installs it by dpkg into a minimal Debian that holds its declared dependencies
# and nothing else, runs a pipeline there as the user `sentinel`, upgrades with dead letters owed, removes and purges it.
# usage: debian_package.sh BUILD_FOLDER   (root or sudo; the minimal Debian is kept in $SENTINEL_DOWNLOAD_DIR, default BUILD_FOLDER/downloads)
set -euo pipefail

build=$(cd "$1" && pwd)
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
downloads=${SENTINEL_DOWNLOAD_DIR:-$build/downloads}
if [ -z "${inside:-}" ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo --preserve-env=SENTINEL_DOWNLOAD_DIR,TMPDIR)
  # A mount namespace of its own: what is mounted here goes with this process.
  exec "${as_root[@]}" env inside=1 unshare --mount --propagation private "${BASH_SOURCE[0]}" "$build"
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-package.XXXXXX")
root=$folder/root
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf "$folder"' EXIT

fail() { echo "FAILED: $*"; exit 1; }
quietly() { # WHAT COMMAND...   shows the command's output only if it fails
  local what=$1
  shift
  "$@" >"$folder/log" 2>&1 || { cat "$folder/log"; fail "$what"; }
}
expect() { # WHAT GOT WANTED
  [ "$2" = "$3" ] || fail "$1: \"$2\", wanted \"$3\""
}

build_package() { # VERSION   answers the file
  quietly "build the package" cpack -G DEB --config "$build/CPackConfig.cmake" -D CPACK_PACKAGE_VERSION="$1" -B "$folder/$1"
  echo "$folder/$1"/*.deb
}

look_into() { # PACKAGE
  local library odd
  expect "package name" "$(dpkg-deb -f "$1" Package)" sentinel-etl
  for library in libboost-program-options libsoci-core libsoci-mysql libsoci-postgresql libsoci-sqlite3 libmariadb3 libpq5 libsqlite3-0 libyaml-cpp libre2; do
    [[ $(dpkg-deb -f "$1" Depends) == *$library* ]] || fail "Depends has no $library: $(dpkg-deb -f "$1" Depends)"
  done
  odd=$(dpkg-deb -c "$1" | awk '$2 != "root/root" || $1 ~ /^-.*[sS]/ || $1 ~ /^[-d].......w/')
  [ -z "$odd" ] || fail "odd owners or modes: $odd"
  dpkg-deb -x "$1" "$folder/content"
  ! grep -rlF -e "$build" -e "$source" "$folder/content" || fail "these files name the folder they were built in"
}

# A minimal Debian with the declared dependencies, kept by their names.
minimal_debian() { # PACKAGE
  local release needed kept
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  needed=$(dpkg-deb -f "$1" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/ //g')
  kept=$downloads/debian-$release-$(sha256sum <<<"$needed" | cut -c1-12)
  if [ ! -d "$kept" ]; then
    mkdir -p "$downloads"
    rm -rf "$kept.part"
    quietly debootstrap debootstrap --variant=minbase --include="$needed" "$release" "$kept.part" \
      "$(apt-get indextargets --format '$(REPO_URI)' "Codename: $release" 'Created-By: Packages' | head -n 1)"
    mv "$kept.part" "$kept"
  fi
  cp -a "$kept" "$root"
  mount -t proc proc "$root/proc"
}

in_root() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$@"; }
install_package() { # PACKAGE
  cp "$1" "$root/tmp/package.deb"
  quietly "dpkg -i $1" in_root "$root" dpkg -i /tmp/package.deb
}
sentinel() { # ARGUMENT...   as the unprivileged user, from a folder of no meaning
  env -i PATH=/usr/sbin:/usr/bin:/bin SENTINEL_STATE_DIR=/var/lib/sentinel WORDPRESS_DB=sqlite:/srv/sample/wordpress.db \
    ACCOUNTING_DB=sqlite:/srv/sample/accounting.db \
    chroot --userspec=sentinel:sentinel "$root" sh -c 'cd /var && exec sentinel "$@"' sentinel "$@"
}
run_sample() { sentinel run --json /usr/share/sentinel-etl/pipelines/wordpress_sample_to_sqlite.yaml; }
number() { grep -oP "\"$1\":\K[0-9]+" | head -n 1; }

# Against systemd's own units, beside what the package holds.
check_units() {
  local unit words flag content=$folder/content
  cp -rn /usr/lib/systemd/system "$content/usr/lib/systemd"
  for unit in run once recover; do
    quietly "systemd-analyze verify sentinel-$unit@" systemd-analyze verify --root="$content" --man=no "sentinel-$unit@donations.service"
    [ ! -s "$folder/log" ] || fail "systemd-analyze verify sentinel-$unit@: $(cat "$folder/log")"
    quietly "sentinel-$unit@ is too exposed" systemd-analyze security --offline=yes --root="$content" --threshold=20 "sentinel-$unit@donations.service"
    words=$(sed -n 's/^ExecStart=sentinel //p' "$content/usr/lib/systemd/system/sentinel-$unit@.service")
    for flag in $(grep -oE -e '--[a-z-]+' <<<"$words"); do
      grep -qE -e "^ +$flag " <<<"$(sentinel "${words%% *}" --help)" || fail "sentinel-$unit@: the program has no $flag"
    done
  done
  for unit in once recover; do
    quietly "systemd-analyze verify timer" systemd-analyze verify --root="$content" --man=no "sentinel-$unit@donations.timer"
  done
}

first=$(build_package 1.0.0)
second=$(build_package 1.0.1)
look_into "$first"
minimal_debian "$first"

install_package "$first"
expect "state folder" "$(in_root "$root" stat -c '%U:%G %a' /var/lib/sentinel)" "sentinel:sentinel 700"
expect "configuration folder" "$(in_root "$root" stat -c '%U:%G %a' /etc/sentinel)" "root:sentinel 750"
check_units

in_root "$root" install -d -o sentinel /srv/sample
cat "$source/sql/source/wordpress_sqlite.sql" "$source/sql/source/sample_donations.sql" | sqlite3 "$root/srv/sample/wordpress.db"
chmod a+rw "$root/srv/sample/wordpress.db"
letters=$(run_sample 2>"$folder/log" | number new_letters) || { cat "$folder/log"; fail "the first run"; }
[ "$letters" -gt 0 ] || fail "the sample has no dead letters"

install_package "$second"
expect "version after the upgrade" "$(in_root "$root" dpkg-query -W -f='${Version}' sentinel-etl)" 1.0.1
expect "dead letters after the upgrade" "$(sentinel status --json | number open_letters)" "$letters"
expect "new letters of a run after the upgrade" "$(run_sample 2>/dev/null | number new_letters)" 0

# What a newer Sentinel wrote is refused, and stays as it is.
sqlite3 "$root/var/lib/sentinel/sentinel.db" 'PRAGMA user_version = 4711'
if sentinel status >"$folder/log" 2>&1; then fail "a state folder of a newer version was opened"; fi
grep -q "newer Sentinel" "$folder/log" || { cat "$folder/log"; fail "the refusal does not say why"; }

quietly "dpkg --purge" in_root "$root" dpkg --purge sentinel-etl
[ ! -e "$root/usr/bin/sentinel" ] || fail "the program is still there"
[ -f "$root/var/lib/sentinel/sentinel.db" ] || fail "purging deleted dead letters"
grep -q "/var/lib/sentinel is kept" "$folder/log" || { cat "$folder/log"; fail "purging does not say what it kept"; }
install_package "$first"
rm -r "$root"/var/lib/sentinel/*
quietly "dpkg --purge" in_root "$root" dpkg --purge sentinel-etl
[ ! -e "$root/var/lib/sentinel" ] && [ ! -e "$root/etc/sentinel" ] || fail "purging left empty folders"
! grep -q '^sentinel:' "$root/etc/passwd" || fail "purging left the user, though nothing is his"
echo "installed, ran, upgraded with $letters letters owed, removed and purged"
