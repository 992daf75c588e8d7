#!/usr/bin/env bash
# Fills an environment from requirements.lock (only what has a hash in it), with uv where it works and pip where it does not.
#
#   bash tools/setup.sh VENV [PART...]       PARTs as in tools/lock_part.py; all of the lock when none is given
#   bash tools/setup.sh VENV --only LOCK     another lock's packages, without Rollbook
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=$1
shift
python=${PYTHON:-python3}

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    stop "Python 3.11 or newer is needed and '$python' is not; name one with: make setup PYTHON=/path/to/python3.12"

# A version manager may leave a `uv` on the PATH that does not run: only one that answers counts.
if uv --version >/dev/null 2>&1; then with=uv; else with=pip; fi

if ! "$venv/bin/python" -c '' 2>/dev/null; then
    say "A new environment in $venv"
    rm -rf "$venv"
    if [ "$with" = uv ]; then
        uv venv --quiet --python "$("$python" -c 'import sys; print(sys.executable)')" "$venv"
    else
        "$python" -m venv "$venv" || stop "no environment could be made; on Debian and Ubuntu: apt-get install python3-venv"
    fi
fi
if [ "$with" = pip ]; then "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip; fi

install() {
    if [ "$with" = uv ]; then
        uv pip install --quiet --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    fi
}

say "Packages, with $with"
lock=requirements.lock
if [ "${1-}" = --only ]; then
    lock=$2
elif [ $# -gt 0 ]; then
    lock=$(mktemp)
    trap 'rm -f "$lock"' EXIT
    "$python" tools/lock_part.py "$@" build > "$lock"
fi
install --require-hashes --only-binary :all: -r "$lock"
if [ "${1-}" = --only ]; then exit; fi
install --no-deps --no-build-isolation --editable .

# Detectors for photographs come as data inside other packages. Without them the rest works, and the rule says "not
# checked".
if "$venv/bin/python" -c 'import onnxruntime, PIL' 2>/dev/null; then
    say "Detectors for photographs"
    "$venv/bin/python" -m rollbook.vision.weights ||
        echo "setup: photographs will be reported as \"not checked\"; run 'make setup' again to try once more" >&2
fi
