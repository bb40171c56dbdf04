"""What a store gives may be damaged, planted or another program's."""

import math
import time
from typing import Any

import pytest
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET
from contract_server import ContractServer
from sdk_engine.redaction import Secret

from knoxcall import MemoryTokenStore
from knoxcall.token import Token

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
KEY = "client:tk_cid|{}||bearer"


@pytest.mark.parametrize(
    "fields",
    [
        {"value": Secret("kc_a\r\nX-Evil: 1")},
        {"value": Secret("kc_a\u20ac")},
        {"value": Secret(" kc_a")},
        {"value": Secret("")},
        {"type": "mac"},
        {"type": "DPoP"},
        {"type": "DPoP", "thumbprint": "t"},
        {"tenant": "evil.example.com/"},
        {"tenant": "api"},
        {"expires_at": time.time() * 1000, "lifetime": 3_600_000.0},
        {"expires_at": math.nan},
        {"lifetime": math.nan, "expires_at": math.inf},
        {"expires_at": time.time() + 250},
    ],
)
async def test_a_stored_token_that_cannot_be_used_is_replaced(fields: Any, make: Make, server: ContractServer) -> None:
    store, key = MemoryTokenStore(), KEY.format(server.url)
    usable = {"value": Secret("kc_a"), "type": "Bearer", "expires_at": time.time() + 3000, "lifetime": 3600.0}
    server.tokens["kc_a"] = None
    store.set(key, Token(**usable))
    await done(make(**CREDENTIALS, token_store=store).account.get())
    assert server.token_requests == []  # else the rest would prove nothing
    store.set(key, Token(**{**usable, **fields}))
    await done(make(**CREDENTIALS, token_store=store).account.get())
    assert len(server.token_requests) == 1
    kept = store.get(key)
    assert kept is not None
    assert kept.value.startswith("kc_live_tok_")


@pytest.mark.parametrize("content", [{"accessToken": "x"}, "kc_x", 5])
async def test_what_is_no_token_is_not_there(content: Any, make: Make, server: ContractServer) -> None:
    store = MemoryTokenStore()
    store._tokens[KEY.format(server.url)] = content
    await done(make(**CREDENTIALS, token_store=store).account.get())
    assert len(server.token_requests) == 1
