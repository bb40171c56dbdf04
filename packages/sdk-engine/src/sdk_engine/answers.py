"""What an answer means: the call's result, a passing trouble, or which exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import error_body
from sdk_engine.errors import ConfigurationError, NetworkError, ProtocolError, StatusError
from sdk_engine.retries import RETRYABLE_STATUS_CODES

if TYPE_CHECKING:
    from sdk_engine.errors import SdkError
    from sdk_engine.messages import Response, WireFailure

_GATEWAYS = frozenset({502, 504})


class ErrorTypes:
    """The exceptions of one product, and what its answers mean. A product overrides what its documents say otherwise.

    Every method that builds an error gets the whole message or its parts, and the `facts` that `SdkError` takes.
    """

    def configuration(self, message: str, **facts: Any) -> SdkError:
        """The call is set up wrongly; nothing was sent."""
        return ConfigurationError(message, **facts)

    def network(self, failure: WireFailure, message: str, **facts: Any) -> SdkError:
        """No usable answer came."""
        return NetworkError(message, **facts)

    def protocol(self, response: Response, message: str, **facts: Any) -> SdkError:
        """An answer that says success and cannot be read."""
        return ProtocolError(message, status=response.status_code, body=error_body(response.content)[1], **facts)

    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> SdkError:
        """An answer that is no success: `place` (method and URL) begins the message, `suffix` ends it."""
        body = error_body(response.content)[1]
        message = f"{place}: HTTP {response.status_code}{suffix}"
        return StatusError(message, status=response.status_code, body=body, **facts)

    def passes(self, response: Response) -> bool:
        """Whether the answer is the call's result: a 2xx."""
        return 200 <= response.status_code < 300

    def is_transient(self, response: Response) -> bool:
        """Whether the same request may get a better answer later: the retryable statuses, nothing else."""
        return response.status_code in RETRYABLE_STATUS_CODES

    def speaks_for_server(self, response: Response) -> bool:
        """Whether the service itself gave this answer, and not a gateway that could not reach it or lost its answer."""
        return response.status_code not in _GATEWAYS
