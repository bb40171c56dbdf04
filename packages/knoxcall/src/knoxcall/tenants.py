"""Where proxied calls go: the tenant's own host, found out once when nobody said which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sdk_engine.deadline import Deadline
from sdk_engine.operation import Operation

from knoxcall.envelopes import data
from knoxcall.errors import BootstrapError
from knoxcall.settings import RESERVED_LABELS, checked_slug
from knoxcall.single_flight import SingleFlight

if TYPE_CHECKING:
    from knoxcall.auth.tokens import Tokens
    from knoxcall.management import Management
    from knoxcall.settings import Settings

_ACCOUNT: Operation[dict[str, Any]] = Operation("GET", "/v1/account", data)
_DOMAIN = ".knoxcall.com"
_LABEL_PREFIXES = {
    "api.knoxcall.com": "",
    "api-staging.knoxcall.com": "",
    "sandbox.knoxcall.com": "sandbox-",
    "sandbox-staging.knoxcall.com": "sandbox-",
}


class ProxyAddress:
    """The base URL of proxied calls, upstream paths are appended to it."""

    def __init__(self, settings: Settings, management: Management, tokens: Tokens | None) -> None:
        self._settings = settings
        self._management = management
        self._tokens = tokens
        self._flight: SingleFlight[str] = SingleFlight()
        self.tenant = settings.tenant
        self._label_prefix = _LABEL_PREFIXES.get(urlsplit(settings.base_url).netloc)

    async def base(self) -> str:
        """A plan: the base URL. Asks for the tenant when the host depends on it and nobody has said.

        Raises:
            BootstrapError: the server does not say which tenant the credential belongs to.
        """
        settings = self._settings
        if settings.proxy_base_url is not None:
            return with_prefix(settings.proxy_base_url)
        if self._label_prefix is None:
            return with_prefix(settings.base_url)
        tenant = self.tenant or await self._flight.run(lambda: self.tenant, self._discover)
        return with_prefix(f"https://{self._label_prefix}{tenant}{_DOMAIN}")

    async def _discover(self) -> str:
        tenant = None
        if self._tokens is not None:
            shared = self._management.settings
            tenant = (await self._tokens.get(Deadline(shared.longest_total, shared.clock))).tenant
        if tenant is None:
            account = await self._management.call(_ACCOUNT)
            tenant = account.get("slug")
        if tenant is None:
            raise BootstrapError("the account has no slug; say which tenant to use: KnoxCall(tenant=...)")
        self.tenant = checked_slug(tenant)
        return self.tenant


def with_prefix(proxy_base: str) -> str:
    """The proxy's base URL with `/api`, under which tenants' hosts take calls; other hosts take them at their root."""
    parts = urlsplit(proxy_base)
    label = (parts.hostname or "").removesuffix(_DOMAIN)
    is_tenant = f"{label}{_DOMAIN}" == parts.hostname and "." not in label and label not in RESERVED_LABELS
    return f"{proxy_base}/api" if is_tenant and not parts.path else proxy_base
