"""The shape of every result, as TypedDicts: at run time they are plain dicts, fields unknown to a type included.

Names load when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .account import *
    from .agents import *
    from .ai_gateway import *
    from .ai_policies import *
    from .api_keys import *
    from .audit_logs import *
    from .clients import *
    from .crypto import *
    from .dynamic_db import *
    from .environments import *
    from .events import *
    from .interception import *
    from .logs import *
    from .oauth_clients import *
    from .opportunities import *
    from .pages import *
    from .pki import *
    from .roles import *
    from .routes import *
    from .secrets import *
    from .signup import *
    from .vaults import *
    from .webhooks import *
    from .workflows import *
    from .wrap import *

_MODULES = (
    "account",
    "agents",
    "ai_gateway",
    "ai_policies",
    "api_keys",
    "audit_logs",
    "clients",
    "crypto",
    "dynamic_db",
    "environments",
    "events",
    "interception",
    "logs",
    "oauth_clients",
    "opportunities",
    "pages",
    "pki",
    "roles",
    "routes",
    "secrets",
    "signup",
    "vaults",
    "webhooks",
    "workflows",
    "wrap",
)


def __getattr__(name: str) -> Any:
    for module in () if name.startswith("_") else _MODULES:
        found = getattr(import_module(f"knoxcall.types.{module}"), name, None)
        if found is not None:
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
