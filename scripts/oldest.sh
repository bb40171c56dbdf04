#!/bin/sh
# Make the environment of the oldest Python that the packages support: those packages, and what their tests need.
# With `find`, only look whether there is such a Python.
set -eu
cd "$(dirname "$0")/.."

find_python() {
    shims=$(dirname "$(command -v python3.10 || echo /)")  # pyenv's is found, and does not start, where 3.12 is set
    for candidate in "${PYTHON_OLDEST:-}" python3.10 "$shims"/../versions/3.10*/bin/python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python /usr/local/bin/python3.10 /opt/*/bin/python3.10; do
        [ -n "$candidate" ] || continue
        "$candidate" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 10))' 2>/dev/null || continue
        echo "$candidate"
        return 0
    done
    return 1
}

python=$(find_python) || {
    echo "No Python 3.10 was found: not in PATH, not under pyenv." >&2
    echo "Install one (for example: pyenv install 3.10), or name it: make PYTHON_OLDEST=/path/to/python3.10 oldest" >&2
    exit 1
}
[ "${1:-}" != find ] || exit 0
.venv/bin/uv venv --quiet --clear --python "$python" .venv-oldest
.venv/bin/uv pip install --quiet --python .venv-oldest/bin/python --group tests --constraint scripts/oldest.txt \
    --editable packages/sdk-engine --editable "packages/knoxcall[redis]" --editable "packages/kaizen-client[all]"
echo "environment of the oldest Python: .venv-oldest ($(.venv-oldest/bin/python --version))"
