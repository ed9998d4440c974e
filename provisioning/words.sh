#!/bin/sh
# Usage: sh provisioning/words.sh
# Brings kiosk/locales/*.po up to date: adds new messages, drops those that are gone, keeps what is translated,
# and says how many are left to translate.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/provisioning/setup.sh" dev
cd "$root"
exec .venv/bin/python -m tests.support.catalogues
