#!/bin/sh
# Usage: sh provisioning/build.sh          the touch keyboard into static/vendor/, then wheel and sdist into dist/
#        sh provisioning/build.sh pages    the touch keyboard alone
# Needs npm for the keyboard, at the version and with the hash of static/package-lock.json.
# A wheel that is built without static/vendor/ works: on it, pages have no touch keyboard.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
static=$root/static
library=$static/node_modules/simple-keyboard
vendor=$static/vendor
stamp=$root/.cache/vendor
kind=${1:-all}

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

case $kind in all | pages) ;; *) say "usage: build.sh [pages]"; exit 2 ;; esac

# Our pages allow no Trusted Types policy at all, and all that the library sets is plain text: it sets it as text.
as_text() { sed -e 's/\.innerHTML=/.textContent=/g' -e '/^\/\/# sourceMappingURL=/d' "$1"; }

# Two at once must not build the same folder; what was built from the same words is kept.
build_pages() {
    mkdir -p "$root/.cache"
    exec 9>"$root/.cache/build.lock"
    if command -v flock >/dev/null; then flock 9; fi
    wanted=$(cat -- "$static/package-lock.json" "$0" | cksum)
    if [ -d "$vendor" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
    command -v npm >/dev/null || die "The touch keyboard is built with npm: sudo apt-get install npm"
    (cd "$static" && npm ci --ignore-scripts --loglevel=error >&2)
    fresh=$static/node_modules/.vendor
    rm -rf "$fresh"
    mkdir "$fresh"
    as_text "$library/build/index.modern.esm.js" >"$fresh/simple-keyboard.js"
    cp "$library/LICENSE" "$fresh/simple-keyboard.LICENSE"
    for way in innerHTML outerHTML insertAdjacentHTML; do
        if grep -q "$way" "$fresh/simple-keyboard.js"; then die "The touch keyboard uses $way, which pages refuse."; fi
    done
    # In one step: whoever serves this folder meanwhile never finds half of it.
    rm -rf "$vendor"
    mv "$fresh" "$vendor"
    printf '%s\n' "$wanted" >"$stamp"
}

build_pages
if [ "$kind" = all ]; then
    sh "$root/provisioning/setup.sh" dev
    (cd "$root" && .venv/bin/python -m build --no-isolation)
fi
