"""Tokens as JSON text, for stores outside the process. The text holds the token in the clear."""

from __future__ import annotations

import json
from typing import Any

from sdk_engine.redaction import Secret

from knoxcall.token import Token


def dump(token: Token) -> bytes:
    """The token as JSON; times in seconds."""
    return json.dumps(
        {
            "accessToken": str(token.value),
            "tokenType": token.type,
            "expiresAt": token.expires_at,
            "lifetime": token.lifetime,
            "scope": list(token.scope),
            "tenant": token.tenant,
            "cnfJkt": token.thumbprint,
        }
    ).encode()


def load(content: bytes | str) -> Token | None:
    """The token, or None for anything that is none."""
    try:
        fields: Any = json.loads(content)
        token = Token(
            Secret(fields["accessToken"]),
            fields["tokenType"],
            float(fields["expiresAt"]),
            float(fields["lifetime"]),
            tuple(map(str, fields["scope"])),
            fields["tenant"],
            fields["cnfJkt"],
        )
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    return token if isinstance(fields["accessToken"], str) and token.type in ("Bearer", "DPoP") else None
