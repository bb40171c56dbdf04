"""The id that ties a call to the platform's logs and audit events."""

from sdk_engine.ids import REQUEST_ID_HEADER, generate_request_id

__all__ = ["REQUEST_ID_HEADER", "generate_request_id"]
