"""The eight operations without the service: in this process, or on a loopback port.

    async with local_client() as kaizen:                   # in process, no key, no network
        await kaizen.prompts_encode({"prompt": {"messages": []}})

    with LocalServer() as server:                          # for other programs; also: python -m kaizen_client.local
        KaizenClient(server.config())

It encodes and decodes for real, with `kaizen_client.ktof`. It follows what the service's operators published until
November 2025 and was never compared with the live service: answers may differ in detail. Two descriptions of the
answers exist, so it speaks both: `dialect="documented"` and `dialect="backend"`.
"""

from kaizen_client.local.server import LocalServer
from kaizen_client.local.service import Dialect, LocalService
from kaizen_client.local.wire import LocalWire, SyncLocalWire, local_client, sync_local_client

__all__ = [
    "Dialect",
    "LocalServer",
    "LocalService",
    "LocalWire",
    "SyncLocalWire",
    "local_client",
    "sync_local_client",
]
