"""The exceptions, under the module name that published releases use. See `kaizen_client.errors`."""

from kaizen_client.errors import KaizenAPIError, KaizenError, KaizenRequestError

__all__ = ["KaizenAPIError", "KaizenError", "KaizenRequestError"]
