#!/bin/sh
# Usage: sh provisioning/debian.sh PACKAGE...
# Installs those Debian packages that are missing; with all of them there it asks nobody anything.
set -eu

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

if ! command -v apt-get >/dev/null; then
    say "This is not Debian: please see to it that the like of these is installed: $*"
    exit 0
fi

missing=
for package; do
    installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    say "These Debian packages are missing, and only root can install them. As root, run:"
    say "  apt-get install$missing"
    exit 1
fi

say "Installing Debian packages, which can take some minutes:$missing"
# A server that comes with a package (caddy) must not start by itself: we want its program, not its service.
policy=/usr/sbin/policy-rc.d
made_policy=
undo() { [ -z "$made_policy" ] || as_root rm -f "$policy"; }
trap undo EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
fi

unasked() { as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@" >/dev/null; }
apt() { unasked apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"; }
# An install that was cut off (a power cut, Ctrl-C) is finished first.
if [ -n "$(dpkg --audit)" ]; then unasked dpkg --configure -a; fi
apt update
# shellcheck disable=SC2086 # a list of words
apt install --no-install-recommends $missing

case " $missing " in
*" caddy "*)
    # Nor at the next start of the machine.
    if command -v systemctl >/dev/null; then as_root systemctl disable caddy.service >/dev/null 2>&1 || true; fi
    ;;
esac
