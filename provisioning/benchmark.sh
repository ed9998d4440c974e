#!/bin/sh
# Usage: sh provisioning/benchmark.sh [WORD...]
# Measures the budgets of the README on this machine, floor and product side by side, and prints a table.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/provisioning/setup.sh" dev
cd "$root"
exec .venv/bin/python -m tests.benchmark "$@"
