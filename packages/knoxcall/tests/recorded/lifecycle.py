"""Scenarios of a client's life: closing, forking, interrupting, and what each mode has."""

import subprocess
import sys
from typing import Any

import pytest

from knoxcall import KnoxCall, errors
from recorded import SCENARIOS, Replay, data, replays

SAME = "both modes have the same surface"


@replays("sync.use_after_close")
async def _closed(replay: Replay) -> Any:
    client = replay.client()
    await replay.done(client.aclose() if replay.is_async else client.close())
    with pytest.raises(errors.KnoxCallError, match="closed") as caught:
        await replay.done(client.account.get())
    return caught.type.__mro__[1].__name__


@replays("async.lifecycle", unlike="clients can be closed without a block, and their errors are ours")
async def _async_life(replay: Replay) -> Any:
    client = KnoxCall(sync=False, api_key="kc_x", base_url=replay.server.url)
    async with client:
        await client.account.get()
    with pytest.raises(errors.KnoxCallError):
        await client.account.get()
    found = {"has_aclose": hasattr(client, "aclose"), "use_after_exit": "KnoxCallError"}
    assert found["has_aclose"]
    return found


FORK = """
import os, sys
from knoxcall import KnoxCall
client = KnoxCall(api_key="kc_x", base_url=sys.argv[1])
client.account.get()
child = os.fork()
if child == 0:
    os.write(1, b"child-ok" if client.account.get()["id"] == "text" else b"wrong")
    os._exit(0)
os.waitpid(child, 0)
client.account.get()
"""


@replays("sync.fork_child_call")
async def _fork(replay: Replay) -> Any:
    command = [sys.executable, "-c", FORK, replay.server.url]
    found = subprocess.run(command, check=True, timeout=30, capture_output=True, text=True)
    assert len(replay.server.seen) == 3
    return found.stdout


INTERRUPT = """
import sys, threading
from knoxcall import KnoxCall
from sdk_engine.messages import Response
client = KnoxCall(api_key="kc_x", base_url=sys.argv[1])
client.account.get()
before = threading.active_count()
send, sent = client.driver.wire.send, []
def interrupted(request, timeout, patience):
    sent.append(send(request, timeout, patience))
    raise KeyboardInterrupt
client.driver.wire.send = interrupted
try:
    client.routes.create(name="n", target_base_url="u")
except KeyboardInterrupt:
    print(len(sent), threading.active_count() - before)
"""


@replays("sync.ctrl_c_does_not_cancel", unlike="there is no event loop on which the call could go on")
async def _interrupt(replay: Replay) -> Any:
    command = [sys.executable, "-c", INTERRUPT, replay.server.url]
    found = subprocess.run(command, check=True, timeout=30, capture_output=True, text=True)
    assert found.stdout == "1 0\n"  # sent once, and nothing runs on
    assert len(replay.server.seen) == 2
    return {"pending_coroutines_after_ctrl_c": 0}


@replays("resource_id_dot_segments", unlike="an id that would name something else is refused")
async def _dot_segments(replay: Replay) -> Any:
    client = replay.client()
    for bad in ("..", ".", ""):
        outcome = await replay.outcome(lambda bad=bad: client.routes.get(bad))
        assert outcome["raised"]["class"] == "InvalidRequestError"
    assert replay.server.seen == []
    return []


@replays("routes.get(5)", unlike="every failure is a KnoxCallError; this one is a ValueError too")
async def _number(replay: Replay) -> Any:
    outcome = await replay.outcome(lambda: replay.client().routes.get(5))
    assert outcome["raised"]["class"] == "InvalidRequestError"
    return outcome["raised"]["class"]


@replays("sync.missing_vs_async", unlike=SAME)
async def _missing(replay: Replay) -> Any:
    blocking, awaited = (KnoxCall(sync=sync, api_key="k") for sync in (True, False))
    for resource, methods in SCENARIOS["sync.missing_vs_async"]["outcome"].items():
        if hasattr(awaited, resource):  # the others are not on the seed's page
            for method in methods:
                assert callable(getattr(getattr(blocking, resource), method))
    return {}


@replays("sync.client_has", unlike=SAME)
async def _has(replay: Replay) -> Any:
    client = KnoxCall(api_key="k")
    found = {name: hasattr(client, name) for name in SCENARIOS["sync.client_has"]["outcome"]}
    assert all(found.values()), found
    return found


@replays("update.cannot_send_null", unlike="None clears a field")
async def _null(replay: Replay) -> Any:
    replay.server.script.append(data())
    await replay.done(replay.client().environments.update("e", description=None))
    assert replay.server.seen[0].json == {"description": None}
    return replay.server.seen[0].body.decode()
