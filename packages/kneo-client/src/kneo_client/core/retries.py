"""When the client tries again. The policy is the engine's; the rules around it are in `sdk_engine.call`."""

from sdk_engine.retries import RETRYABLE_STATUS_CODES, RetryPolicy

__all__ = ["RETRYABLE_STATUS_CODES", "RetryPolicy"]
