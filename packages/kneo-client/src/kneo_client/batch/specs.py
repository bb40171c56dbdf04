"""The spec of a batch: a mapping, or a file of YAML or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kneo_client.batch.errors import BatchInputError


def load_spec(spec: Mapping[str, Any] | str | os.PathLike[str]) -> dict[str, Any]:
    """The spec itself; a path is read.

    Raises:
        BatchInputError: the file cannot be read, or does not hold a mapping.
    """
    if isinstance(spec, Mapping):
        return dict(spec)
    if not isinstance(spec, (str, os.PathLike)):
        raise BatchInputError(f"spec must be a mapping or the path of a file, not {type(spec).__name__}")
    file = Path(spec)
    try:
        text = file.read_text(encoding="utf-8-sig")
        loaded = json.loads(text) if file.suffix.lower() == ".json" else _yaml(text)
    except (OSError, ValueError) as exc:
        problem = str(exc)
    else:
        if isinstance(loaded, dict) and loaded:
            return loaded
        problem = f"it holds {type(loaded).__name__}, not a mapping"
    raise BatchInputError(f"the spec {file} cannot be used: {problem}")


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise ValueError(str(exc)) from None
