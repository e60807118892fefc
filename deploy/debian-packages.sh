#!/bin/sh
# Install the Debian packages named as arguments, those that are missing only, and say so.
set -eu

command -v dpkg-query >/dev/null 2>&1 || {
  echo "This is no Debian or Ubuntu. Please install what these packages hold: $*" >&2
  exit 0
}

missing=""
for name in "$@"; do
  state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null || true)
  case $state in ii*) ;; *) missing="$missing $name" ;; esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo"
else
  echo "These Debian packages are missing and you are neither root nor is there sudo." >&2
  echo "Have them installed, then run make again:" >&2
  echo "  apt-get update && apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

echo "installing Debian packages:$missing"
log=$(mktemp)
$as_root apt-get -qq update >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing \
  >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
rm -f "$log"
