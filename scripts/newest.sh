#!/bin/sh
# Make the environment of Python 3.13 for `make faults ARGS=lives`: the packages, and the loops and servers they run in.
# Where there is no such Python, say so; the proof then takes the development environment's alone.
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for candidate in "${PYTHON_NEWEST:-}" python3.13 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python \
        /usr/local/bin/python3.13 /opt/*/bin/python3.13; do
        [ -n "$candidate" ] || continue
        "$candidate" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 13))' 2>/dev/null || continue
        echo "$candidate"
        return 0
    done
    return 1
}

python=$(find_python) || {
    echo "No Python 3.13 was found (PYTHON_NEWEST names one): lives are tried on the development environment's alone." >&2
    exit 0
}
.venv/bin/uv venv --quiet --clear --python "$python" .venv-newest
.venv/bin/uv export --quiet --frozen --all-packages --only-group lives --no-hashes --output-file .venv-newest/lives.txt >/dev/null
.venv/bin/uv export --quiet --frozen --all-packages --no-default-groups --no-hashes --output-file .venv-newest/packages.txt >/dev/null
.venv/bin/uv pip install --quiet --python .venv-newest/bin/python -r .venv-newest/packages.txt -r .venv-newest/lives.txt
echo "environment of Python 3.13: .venv-newest ($(.venv-newest/bin/python --version))"
