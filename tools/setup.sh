#!/usr/bin/env bash
# Make .venv and install one lock file into it, every file checked by hash:  tools/setup.sh requirements.lock
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1
venv=.venv

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer was not found. Install it, or name it: make setup PYTHON=/path/to/python3" >&2
    exit 1
}

make_venv() {
    local python
    python=$(find_python)
    if "$python" -m venv --clear $venv >/dev/null 2>&1; then
        return
    fi
    rm -rf $venv
    if command -v uv >/dev/null 2>&1 && uv venv --quiet --seed --python "$python" $venv; then
        return
    fi
    rm -rf $venv
    echo "$python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2
    exit 1
}

install() {
    if command -v uv >/dev/null 2>&1 && uv pip install --quiet --python $venv/bin/python --require-hashes -r "$lock"; then
        return
    fi
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps -r "$lock"
}

if ! $venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    echo "Making $venv …"
    make_venv
fi
echo "Installing $lock …"
install </dev/null
