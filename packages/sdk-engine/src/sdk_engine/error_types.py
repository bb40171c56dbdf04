"""Which exceptions a client raises, and which answers may get better by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sdk_engine.bodies import error_body
from sdk_engine.errors import ConfigurationError, NetworkError, ProtocolError, StatusError
from sdk_engine.retries import RETRYABLE_STATUS_CODES, parse_retry_after

if TYPE_CHECKING:
    from sdk_engine.errors import SdkError
    from sdk_engine.messages import Response


class ErrorTypes(Protocol):
    """The exceptions of one product, and what its answers mean."""

    @property
    def configuration(self) -> type[ConfigurationError]:
        """Raised before anything is sent."""
        ...

    @property
    def network(self) -> type[NetworkError]:
        """Raised when no usable answer came."""
        ...

    @property
    def protocol(self) -> type[ProtocolError]:
        """Raised for a 2xx that cannot be read."""
        ...

    def from_answer(self, response: Response, *, suffix: str, **facts: Any) -> SdkError:
        """The error for an answer that is not 2xx; `suffix` ends its message, `facts` are arguments of `SdkError`."""
        ...

    def is_transient(self, response: Response) -> bool:
        """Whether the same request may get a better answer later."""
        ...


class EngineErrors:
    """The engine's own exceptions, for products that add none."""

    configuration = ConfigurationError
    network = NetworkError
    protocol = ProtocolError

    def from_answer(self, response: Response, *, suffix: str, **facts: Any) -> SdkError:
        """A `StatusError` with the status in its message."""
        return StatusError(
            f"HTTP {response.status_code}{suffix}",
            status=response.status_code,
            body=error_body(response.content)[1],
            retry_after=parse_retry_after(response.headers.get("Retry-After")),
            **facts,
        )

    def is_transient(self, response: Response) -> bool:
        """The retryable statuses, nothing else."""
        return response.status_code in RETRYABLE_STATUS_CODES
