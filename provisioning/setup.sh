#!/bin/sh
# Usage: sh provisioning/setup.sh [runtime|dev]
# Makes .venv/ in this checkout from the lock files, with the project itself as an editable install.
# Does nothing when nothing changed since the last time. Interrupted, it starts again where it matters.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
locks=$root/provisioning/locks
venv=$root/.venv
kind=${1:-runtime}
packages="python3 python3-venv"

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

case $kind in runtime | dev) ;; *) say "usage: setup.sh [runtime|dev]"; exit 2 ;; esac

# Debian's python3 without python3-venv has venv but no ensurepip.
fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in python3 python3.13 python3.12 python3.11 python3.14 /usr/bin/python3; do
        if command -v "$candidate" >/dev/null && fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

fingerprint() {
    # The path is part of it: the environment's scripts hold it, so a moved checkout starts afresh.
    { printf '%s\n' "$@" "$root"; cat -- "$root/pyproject.toml" "$0" "$locks"/*.txt; } | cksum
}

pip_install() {
    "$venv/bin/python" -m pip --disable-pip-version-check --no-input -qq install "$@"
}

if ! python=$(find_python) && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # shellcheck disable=SC2086 # a list of words
    sh "$root/provisioning/debian.sh" $packages
fi
python=$(find_python) || die "Safe Bench needs Python 3.11 or newer with its venv module.
On Debian 12 or 13, install it with: sudo apt-get install $packages
Then run this again."

# Two scripts started at once must not build the same environment.
mkdir -p "$root/.cache"
exec 9>"$root/.cache/setup.lock"
if command -v flock >/dev/null; then flock 9; fi

made_with=$("$python" -c 'import sys; print(sys.executable, sys.version)')
made=$(fingerprint "venv" "$made_with")
stamp=$venv/.safe-bench
# Whoever has tested here keeps what the tests need, when the demo sets up anew.
if [ -e "$stamp.dev" ]; then kind=dev; fi
wanted=$(fingerprint "$kind" "$made_with")
if [ "$(cat "$stamp.$kind" 2>/dev/null)" = "$wanted" ] && [ -x "$venv/bin/safe-bench" ]; then
    exit 0
fi

say "Setting up $venv ($kind); this takes about a minute the first time."
if [ "$(cat "$stamp.venv" 2>/dev/null)" != "$made" ]; then
    "$python" -m venv --clear "$venv"
    printf '%s\n' "$made" >"$stamp.venv"
fi
rm -f "$stamp.runtime" "$stamp.dev"
say "Fetching and installing packages ..."
pip_install --require-hashes -r "$locks/$kind.txt" -r "$locks/build.txt" || die "
The packages could not be installed (the reason is above). Nothing else was changed.
With a network at hand, run the same command again: it goes on from here."
# No network from here on: what builds the package came with the lock.
pip_install --no-deps --no-build-isolation --no-index --editable "$root"

# The dev lock holds all of the runtime lock.
if [ "$kind" = dev ]; then fingerprint runtime "$made_with" >"$stamp.runtime"; fi
printf '%s\n' "$wanted" >"$stamp.$kind"
