#!/bin/sh
# Usage: sh provisioning/demo.sh
# Starts a central node and a bench with a sample neighbourhood on this machine; Ctrl-C stops both.
# Everything it makes lies in .venv/ and .demo/ of this checkout: delete .demo/ to begin anew.
# Ports: BENCH_PORT (8080) and CENTRAL_PORT (8081).
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/provisioning/setup.sh" runtime
cd "$root"
export BENCH_PORT="${BENCH_PORT:-8080}" CENTRAL_PORT="${CENTRAL_PORT:-8081}"
# exec, so that a signal reaches Python and its exit code reaches the caller.
exec .venv/bin/safe-bench demo "$@"
