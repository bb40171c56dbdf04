"""What a client says about its connections; the same for every library behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sdk_engine.messages import DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_BODY

if TYPE_CHECKING:
    import os


class WireSettings(NamedTuple):
    """The settings of a wire. Clients of one process whose `keepalive` and `max_idle` agree share connections.

    Attributes:
        max_connections: calls of one client that may be under way at a time, in each event loop; others wait for
            their turn, first come, first served.
        keepalive: seconds after which a connection that nobody uses is closed.
        connect_timeout: seconds for making a connection, TLS included; an attempt's own limit may be shorter.
        max_body: largest body, decoded, that is read, in bytes.
        max_idle: connections that may wait for another use; any number if None.
        read_timeout, write_timeout: seconds for a single wait while an answer is read or a body sent.
        slot_timeout: seconds to wait for one of the `max_connections`; the call's own limit may be shorter.
        verify: False accepts any certificate; for experiments only.
        ca_bundle: path of a PEM file with the certificates to trust, instead of what the environment says.
        proxy: URL of a proxy for all requests but those to this machine, instead of what the environment says.
        proxy_auth: user and password for that proxy.
    """

    max_connections: int = 100
    keepalive: float = 30.0
    connect_timeout: float = DEFAULT_CONNECT_TIMEOUT
    max_body: int = DEFAULT_MAX_BODY
    max_idle: int | None = None
    read_timeout: float | None = None
    write_timeout: float | None = None
    slot_timeout: float | None = None
    verify: bool = True
    ca_bundle: str | os.PathLike[str] | None = None
    proxy: str | None = None
    proxy_auth: tuple[str, str] | None = None

    def __repr__(self) -> str:
        """Without the proxy, whose URL may hold a password."""
        shown = (f"{name}={value!r}" for name, value in self._asdict().items() if not name.startswith("proxy"))
        return f"WireSettings({', '.join(shown)})"


DEFAULT = WireSettings()
