#!/bin/sh
# Make the environment of the embedded platform: kneo-client[local] with kneo-serv, as locked, apart from .venv.
set -eu
cd "$(dirname "$0")/.."
UV_PROJECT_ENVIRONMENT=.venv-platform .venv/bin/uv sync --quiet --frozen --no-dev --package kneo-client --extra local \
    --python .venv/bin/python
echo "platform environment: .venv-platform"
