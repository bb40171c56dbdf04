#!/bin/sh
# Make .venv with nothing in it but uv, from a Python >= 3.12. The other environments are made with that uv.
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for candidate in "${PYTHON:-}" python3.12 python3.13 python3.14 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python /usr/local/bin/python3.1[2-9] /opt/*/bin/python3.1[2-9]; do
        [ -n "$candidate" ] || continue
        "$candidate" -c 'import sys; raise SystemExit(sys.version_info < (3, 12))' 2>/dev/null || continue
        echo "$candidate"
        return 0
    done
    return 1
}

.venv/bin/uv --version >/dev/null 2>&1 && exit 0
python=$(find_python) || {
    echo "No Python 3.12 or newer was found: not in PATH, not under pyenv." >&2
    echo "Install one (for example: pyenv install 3.12), or name it: make PYTHON=/path/to/python3.12" >&2
    exit 1
}
"$python" -m venv --clear .venv || {
    echo "$python cannot create virtual environments; on Debian: apt install python3-venv" >&2
    exit 1
}
.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
