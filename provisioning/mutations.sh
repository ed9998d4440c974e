#!/bin/sh
# Usage: sh provisioning/test.sh --mutations [NN...]
# Each tests/faults/mutations/NN.patch takes one defence out. In a copy of this checkout it is applied, and the
# tests that its header names ("# test: tests/...::...", one a line) must fail. A defence whose test still
# passes is one that nobody would miss.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
patches=$root/tests/faults/mutations
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# As it lies on the disk, uncommitted work included, without what can be made again.
fresh_copy() {
    rm -rf "$work/copy"
    mkdir "$work/copy"
    tar -C "$root" -cf - --exclude=./.git --exclude=./.venv --exclude=./.demo --exclude=./.cache \
        --exclude='./.*_cache' --exclude=node_modules --exclude=__pycache__ . | tar -C "$work/copy" -xf -
    for folder in static tests/browser/tools; do
        if [ -d "$root/$folder/node_modules" ]; then
            ln -s "$root/$folder/node_modules" "$work/copy/$folder/node_modules"
        fi
    done
}

tests_of() { sed -n 's/^# *test: *//p' "$1"; }

# Runs the named tests on the copy's code with this checkout's environment; pytest's exit code is the answer.
run() {
    # shellcheck disable=SC2046 # test ids hold no spaces
    (cd "$work/copy" && PYTHONPATH="$work/copy" "$root/.venv/bin/python" -m pytest -q -p no:cacheprovider "$@") \
        >"$work/output" 2>&1
}

report() { printf '%-12s %s\n' "$1" "$2"; }

if [ $# -eq 0 ]; then
    for patch in "$patches"/*.patch; do
        [ -e "$patch" ] || continue
        name=${patch##*/}
        set -- "$@" "${name%.patch}"
    done
fi
if [ $# -eq 0 ]; then
    echo "No mutations in tests/faults/mutations: nothing was checked." >&2
    exit 1
fi

# A test that fails anyway would prove nothing.
fresh_copy
for name; do tests_of "$patches/$name.patch"; done | sort -u >"$work/tests"
# shellcheck disable=SC2046 # test ids hold no spaces
if ! run $(cat "$work/tests"); then
    cat "$work/output"
    echo "With every defence in place, these tests must pass first." >&2
    exit 1
fi

caught=0
missed=0
for name; do
    patch=$patches/$name.patch
    defence=$(sed -n 's/^# *defence: *//p' "$patch")
    named=$(tests_of "$patch")
    if [ -z "$named" ]; then
        report "$name" "NOT RUN: names no test (# test: tests/...::...)"
        missed=$((missed + 1))
        continue
    fi
    fresh_copy
    if ! (cd "$work/copy" && GIT_CEILING_DIRECTORIES="$work" git apply "$patch") >"$work/output" 2>&1; then
        report "$name" "NOT RUN: does not apply: $(head -n 1 "$work/output")"
        missed=$((missed + 1))
        continue
    fi
    alive=
    for test in $named; do
        status=0
        run "$test" || status=$?
        case $status in
        1) ;; # a test failed, as it should
        0) alive="$alive passes: $test" ;;
        *) alive="$alive did not run: $test ($(tail -n 1 "$work/output"))" ;;
        esac
    done
    if [ -z "$alive" ]; then
        report "$name" "caught${defence:+: $defence}"
        caught=$((caught + 1))
    else
        report "$name" "MISSED:$alive"
        missed=$((missed + 1))
    fi
done
echo "$caught caught, $missed missed"
[ "$missed" -eq 0 ]
