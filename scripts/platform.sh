#!/bin/sh
# Make an environment of the embedded platform, apart from .venv. Without an argument: .venv-platform, which is
# kneo-client[local] with the newest kneo-serv, as locked. With 0.4: .venv-platform-0.4, which is that kneo-serv alone.
set -eu
cd "$(dirname "$0")/.."
folder=.venv-platform${1:+-$1}
if [ -z "${1:-}" ]; then
    UV_PROJECT_ENVIRONMENT=$folder .venv/bin/uv sync --quiet --frozen --no-dev --package kneo-client --extra local \
        --python .venv/bin/python
else
    .venv/bin/uv venv --quiet --clear --python .venv/bin/python "$folder"
    .venv/bin/uv pip install --quiet --python "$folder/bin/python" --requirements "scripts/platform-$1.txt"
fi
echo "platform environment: $folder (kneo-serv $("$folder/bin/python" -c \
    'from importlib.metadata import version; print(version("kneo-serv"))'))"
