#!/bin/sh
# Make the development environment: what uv.lock says, in .venv.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv sync --quiet --frozen --all-packages --python .venv/bin/python
echo "development environment: .venv ($(.venv/bin/python --version))"
