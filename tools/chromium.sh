#!/usr/bin/env bash
# Chromium for the browser tests: Debian's, installed where that can be done without asking.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
    command -v $name >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests …"
    export DEBIAN_FRONTEND=noninteractive
    if { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } </dev/null >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "Chromium is missing: install it (Debian: apt install chromium) to run the browser tests." >&2
[ "${CI:-}" != true ]
