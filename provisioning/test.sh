#!/bin/sh
# Usage: sh provisioning/test.sh                   every check and every test
#        sh provisioning/test.sh WORD...           pytest with these words, nothing else
#        sh provisioning/test.sh --pictures DIR   the browser's tests, which save every screen in DIR; --slow after it
#                                                 adds the languages that they leave out
#        sh provisioning/test.sh --mutations [NN]  removes one defence at a time: its test must fail
# Installs what they need first, Debian packages included (as root, or with sudo).
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# Whoever has Node.js from elsewhere keeps it: Debian's would take its place.
node=
if ! command -v npm >/dev/null; then node="nodejs npm"; fi
# shellcheck disable=SC2086 # a list of words
sh "$root/provisioning/debian.sh" age caddy chromium chromium-driver espeak-ng fonts-inter fonts-noto-core git \
    iproute2 poppler-utils $node
sh "$root/provisioning/setup.sh" dev
cd "$root"
PATH=$root/.venv/bin:$PATH
# What looks at pages in the browser tests; nothing of it is in the product.
tools=tests/browser/tools
if ! cmp -s $tools/package-lock.json $tools/node_modules/.made-from; then
    echo "Fetching what looks at pages in the browser's tests ..." >&2
    npm --prefix $tools ci --silent
    cp $tools/package-lock.json $tools/node_modules/.made-from
fi
export PATH

if [ "${1:-}" = --mutations ]; then
    shift
    exec sh provisioning/mutations.sh "$@"
fi
if [ "${1:-}" = --pictures ]; then
    exec python -m pytest --numprocesses 2 "$@" tests/browser
fi
if [ $# -gt 0 ]; then
    exec python -m pytest "$@"
fi

failed=
check() {
    printf '\n== %s\n' "$*"
    "$@" || failed="$failed  $*
"
}

# What is quick and likely to fail goes first, the browser last, in one run with one closing line; two files at
# a time, for much of it is waiting for processes.
in_order() {
    for path in tests/test_*.py tests/*/; do
        case $path in
        tests/faults/ | tests/browser/ | tests/__pycache__/) ;;
        *) if [ -e "$path" ]; then printf '%s\n' "$path"; fi ;;
        esac
    done
    for path in tests/faults tests/browser; do
        if [ -d "$path" ]; then printf '%s\n' "$path"; fi
    done
}

check ruff check
check ruff format --check
check mypy
check lint-imports
check bandit --quiet --configfile pyproject.toml --recursive kiosk
# shellcheck disable=SC2046 # one path a line, none with a space
check python -m pytest --numprocesses 2 --dist loadfile $(in_order)

if [ -n "$failed" ]; then
    printf '\nThese did not pass:\n%s' "$failed" >&2
    exit 1
fi
