"""`KnoxCall`, the public entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from sdk_engine.deadline import Deadline
from sdk_engine.methods import blocking_or_awaited

from knoxcall.mode import AsyncDriver, D, SyncDriver, check_awaited, check_blocks
from knoxcall.proxy_methods import ProxyMethods
from knoxcall.resources.catalog import Resources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import httpx
    from typing_extensions import Unpack

    from knoxcall.arguments import ClientArguments, WriteOptions
    from knoxcall.auth.credentials import CredentialInfo
    from knoxcall.webhooks import construct_webhook_event, verify_webhook_signature


class KnoxCall(ProxyMethods[D], Resources[D]):
    """Client for one KnoxCall tenant: `KnoxCall()` blocks, `KnoxCall(sync=False)` is awaited.

    Nothing touches the network before the first call. The blocking client may be shared by threads and used after a
    fork; the other by any number of tasks. Use it in a `with` (`async with`) block, or call `close()` (`aclose()`).

    Args:
        sync: False for a client whose methods are coroutines.
        client_id: id of an OAuth client; with `client_secret`.
        client_secret: its secret.
        api_key: an API key or a token got beforehand, instead; it is never renewed.
        access_token: another name for `api_key`.
        tenant: slug of the tenant; found out at the first proxied call when left out.
        environment: for proxied calls that name none.
        sandbox: use the sandbox host.
        base_url: of the management API; for installations of your own.
        proxy_base_url: of proxied calls; follows from base URL and tenant when left out.
        dpop: `auto` binds tokens to a key when the server demands it, `always` from the start, `never` not at all.
        scope: scopes to ask for, such as `["routes:read"]`.
        token_store: where tokens are shared with other clients or processes; see `knoxcall.stores`.
        timeout: seconds for one attempt, body included; 30 when left out.
        retry_max_attempts: attempts in all, 3 when left out; 1 turns retries off.
        retry_base_delay: seconds before the second attempt, 0.1 when left out; doubles after each.
        retry_max_delay: the longest such pause, in seconds; 5 when left out.
        max_connections: calls that may be under way at a time, in each event loop; others wait, first come, first
            served, until their deadline.
        http_client: an `httpx.Client` (`httpx.AsyncClient`) of your own, for proxies or TLS settings; it stays open.
            The word `"httpx"` sends through plain httpx, where respx, vcrpy and instrumentation see every request.

        http: the same by its older name; a blocking client takes an `httpx.AsyncClient` here, too.
        bootstrap: the credential as one object: `AccessToken`, `ClientCredentials`, `OIDCTokenExchange` or
            `StoredCredentials`.
        user_agent: sent instead of the SDK's own.
        api_version: sent as `KnoxCall-Version` instead of the version this SDK was made for.
        json_default: called for what JSON has no form for, instead of the SDK's own rules.

    What is left out comes from the environment (`KNOXCALL_API_KEY`, `KNOXCALL_CLIENT_ID`, …), then from a stored
    login, then from the platform's workload identity; `client.credential` says which one it is.
    `KNOXCALL_LOG=debug` writes a line per attempt on standard error, through the logger `knoxcall`.

    Raises:
        BootstrapError: arguments or environment contradict each other or are unusable.
    """

    blocks = True
    """What the class shows to inspection: the methods of a blocking client, which is the default."""

    @overload
    def __init__(
        self: KnoxCall[SyncDriver],
        *,
        sync: Literal[True] = True,
        http_client: httpx.Client | Literal["httpx"] | None = None,
        http: httpx.Client | httpx.AsyncClient | None = None,
        **arguments: Unpack[ClientArguments],
    ) -> None: ...
    @overload
    def __init__(
        self: KnoxCall[AsyncDriver],
        *,
        sync: Literal[False],
        http_client: httpx.AsyncClient | Literal["httpx"] | None = None,
        http: httpx.AsyncClient | None = None,
        **arguments: Unpack[ClientArguments],
    ) -> None: ...
    @overload
    def __init__(  # the same by the name KnoxCallAsync
        self: KnoxCall[AsyncDriver],
        *,
        http_client: httpx.AsyncClient | Literal["httpx"] | None = None,
        http: httpx.AsyncClient | None = None,
        **arguments: Unpack[ClientArguments],
    ) -> None: ...
    def __init__(
        self, *, sync: bool = True, http_client: Any = None, http: Any = None, **arguments: Unpack[ClientArguments]
    ) -> None:
        if http is not None:
            http_client = _one_client(http_client, http)
        from knoxcall.configuration import resolve  # here: to import the class costs little
        from knoxcall.connection import Connection
        from knoxcall.drivers import Drivers

        token_store = arguments.get("token_store")
        if token_store is not None:
            from knoxcall.stores.guarded import check_store

            check_store(token_store)
        settings = resolve(arguments)
        self._drivers = Drivers(
            sync=sync,
            timeout=settings.timeout,
            http_client=http_client,
            max_connections=settings.max_connections,
            either=http is not None,
        )
        if token_store is not None:
            from knoxcall.stores.coroutines import for_client

            token_store = for_client(token_store, self._drivers.portal if sync else None)
        self._connection = Connection(settings, token_store)
        self._driver = self._drivers.main
        self._api = self._connection.management

    @property
    def credential(self) -> CredentialInfo:
        """Which credential is used and where it was found, without its secrets."""
        return self._connection.credential

    @property
    def base_url(self) -> str:
        """The management API's base URL."""
        return self._connection.settings.base_url

    @property
    def sandbox(self) -> bool:
        """Whether calls go to the sandbox host."""
        from knoxcall.settings import SANDBOX

        return self.base_url == SANDBOX

    @property
    def scope(self) -> tuple[str, ...]:
        """The scopes that are asked for."""
        return self._connection.settings.scope

    @property
    def user_agent(self) -> str:
        """What the client calls itself."""
        return self._connection.user_agent

    @property
    def api_version(self) -> str:
        """The version of the management API that it speaks."""
        return self._connection.api_version

    @property
    def environment(self) -> str | None:
        """The environment of proxied calls that name none."""
        return self._connection.settings.environment

    @property
    def tenant(self) -> str | None:
        """The tenant's slug, if it is known yet."""
        return self._connection.address.tenant

    @blocking_or_awaited
    async def authenticate(self) -> None:
        """Get a new access token now, whatever is at hand. A static key has none: nothing happens.

        Raises:
            AuthenticationError: the credential is wrong or has ended.
            APIConnectionError: the token endpoint could not be reached.
        """
        tokens, shared = self._connection.tokens, self._connection.management.settings
        if tokens is not None:
            await tokens.renew(Deadline(shared.longest_total, shared.clock))

    @blocking_or_awaited
    async def sign_out(self) -> None:
        """Forget the access token, also in the token store. The server goes on accepting it until it expires."""
        if self._connection.tokens is not None:
            await self._connection.tokens.forget()

    @blocking_or_awaited
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        **options: Unpack[WriteOptions],
    ) -> httpx.Response:
        """Send a management request that has no method here, and return its 2xx answer.

        Args:
            method: HTTP method.
            path: below the base URL, such as `/v1/routes`.
            query: parameters; None is left out, lists repeat their name.
            body: anything JSON can carry.
            options: see `knoxcall.arguments.WriteOptions`.

        Raises:
            KnoxCallError: as from every other method.
        """
        return await self._connection.management.exchange(method, path, query=query, body=body, **options)

    if TYPE_CHECKING:
        construct_event = staticmethod(construct_webhook_event)
        verify_signature = staticmethod(verify_webhook_signature)
    else:  # the same, loaded when it is first used

        def construct_event(self, *args: Any, **kwargs: Any) -> Any:
            """`knoxcall.construct_webhook_event`."""
            from knoxcall.webhooks import construct_webhook_event

            return construct_webhook_event(*args, **kwargs)

        def verify_signature(self, *args: Any, **kwargs: Any) -> Any:
            """`knoxcall.verify_webhook_signature`."""
            from knoxcall.webhooks import verify_webhook_signature

            return verify_webhook_signature(*args, **kwargs)

    def close(self: KnoxCall[SyncDriver]) -> None:
        """Release the connections. May be called twice; calls made afterwards are refused."""
        check_blocks(self._driver, "await client.aclose()")
        self._drivers.close()

    async def aclose(self: KnoxCall[AsyncDriver]) -> None:
        """Release the connections. May be called twice; calls made afterwards are refused."""
        check_awaited(self._driver, "client.close()")
        await self._drivers.aclose()

    def __enter__(self: KnoxCall[SyncDriver]) -> KnoxCall[SyncDriver]:
        check_blocks(self._driver, "async with")
        return self

    def __exit__(
        self: KnoxCall[SyncDriver],
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self: KnoxCall[AsyncDriver]) -> KnoxCall[AsyncDriver]:
        check_awaited(self._driver, "with")
        return self

    async def __aexit__(
        self: KnoxCall[AsyncDriver],
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        mode = "sync" if isinstance(self._driver, SyncDriver) else "async"
        return f"<KnoxCall {mode} {self.base_url} with {self.credential}>"


AsyncKnoxCall: TypeAlias = KnoxCall[AsyncDriver]
"""The type of `KnoxCall(sync=False)`, for annotations."""

if TYPE_CHECKING:
    KnoxCallAsync: TypeAlias = KnoxCall[AsyncDriver]
else:

    class KnoxCallAsync(KnoxCall):
        """`KnoxCall(sync=False)`, by a name of its own; its `request` gives the parsed answer."""

        blocks = False

        def __init__(self, *, sync: bool = False, **arguments: Any) -> None:
            if sync:
                raise _bootstrap_error("KnoxCallAsync is awaited; write KnoxCall() for a client that blocks")
            super().__init__(sync=False, **arguments)

        async def request(
            self,
            method: str,
            path: str,
            query: Mapping[str, object] | None = None,
            body: object = None,
            headers: Mapping[str, str] | None = None,
            idempotency_key: str | None = None,
            allow_not_modified: bool = False,
        ) -> Any:
            """Send a management request that has no method here, and return its parsed answer with the envelope.

            `headers` that are the client's own are left out, and None in the query is sent as an empty value. An
            answer 304 gives None, or `NOT_MODIFIED` where that is allowed.
            """
            from knoxcall.raw_requests import send

            return await send(super().request, method, path, query, body, headers, idempotency_key, allow_not_modified)


def _one_client(http_client: Any, http: Any) -> Any:
    if http_client is not None:
        raise _bootstrap_error("http and http_client are two names for the same thing; give one")
    return http


def _bootstrap_error(message: str) -> Exception:
    from knoxcall.errors import BootstrapError

    return BootstrapError(message)
