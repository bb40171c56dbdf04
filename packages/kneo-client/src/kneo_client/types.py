"""Types of requests and answers, each loaded when its name is first used.

Answers are read by attribute; fields that this version does not know are kept: `answer.additional_properties`,
`answer["field"]`, `answer.to_dict()`. A field that was not sent is `UNSET`, which is false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kneo_client._generated import models as _models

if TYPE_CHECKING:
    from kneo_client._generated.models import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]
    from kneo_client.core.models import UNSET, Unset

__all__ = ["UNSET", "Unset", *_models.__all__]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _models.__all__:
        value = getattr(_models, name)
    elif name in __all__:
        from kneo_client.core import models

        value = getattr(models, name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
