"""One request to the token endpoint, with its retries, and what its answer means."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sdk_engine.bodies import UndecodableBody, error_body, plain_json
from sdk_engine.budget import RetryBudget
from sdk_engine.call import call
from sdk_engine.errors import Outcome, SdkError
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.operation import Operation
from sdk_engine.redaction import Secret, header_problem
from sdk_engine.settings import ClientSettings, RequestOptions

from knoxcall.errors import AuthenticationError, UnusableResponseError
from knoxcall.refusals import KnoxCallErrors, build_error
from knoxcall.token import Token, lifetime_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from sdk_engine.deadline import Deadline
    from sdk_engine.observe import Observer

    from knoxcall.auth.dpop import Prover
    from knoxcall.retries import Backoff
    from knoxcall.settings import DPoPMode
    from knoxcall.token import Grant

    MakeGrant = Callable[[], Coroutine[Any, Any, Grant]]

PATH = "/oauth/token"
_BAD_REQUEST = 400
_CREDENTIAL_REFUSED = ("invalid_grant", "invalid_client")
_NOT_DONE = frozenset({429, 503})  # the server says that it did nothing


class TokenEndpoint:
    """Where access tokens come from."""

    def __init__(
        self,
        base_url: str,
        prover: Prover,
        *,
        scope: Sequence[str],
        dpop: DPoPMode,
        timeout: float,
        retry: Backoff,
        user_agent: str,
        observers: tuple[Observer, ...] = (),
    ) -> None:
        self.base_url = base_url
        self.scope = tuple(scope)
        self._prover = prover
        self._dpop = dpop
        self._retry = retry
        self._operation = Operation("POST", PATH, self._token)
        self._settings = partial(
            ClientSettings,
            base_url=base_url,
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "User-Agent": user_agent,
                "Content-Type": "application/x-www-form-urlencoded",
            },
            timeout=timeout,
            retry=retry,
            errors=_TokenErrors(),
            budget=RetryBudget(),
            keyed_methods=frozenset(),
            request_id_header=None,
            repeatable_methods=frozenset({"POST"}),  # what may not be repeated is marked so, attempt by attempt
            observers=observers,
        )

    @property
    def thumbprint(self) -> str | None:
        """The thumbprint of the DPoP key that tokens are bound to, or None."""
        return self._prover.thumbprint

    async def request(self, grant: MakeGrant, deadline: Deadline, attempts: int | None = None) -> Token:
        """A plan: a token for the grant, which is made anew for every attempt.

        Raises:
            KnoxCallError: the endpoint refused, could not be reached, or gave something that is no token.
        """
        retry = self._retry if attempts is None else replace(self._retry, max_attempts=attempts)
        options = RequestOptions(deadline=deadline.remaining, retry=retry)
        return await call(self._settings(auth=_FreshGrants(self, grant)), self._operation, options=options)

    async def send(self, request: Request, timeout: float) -> Response:
        """A plan: one attempt. The first refusal for want of a proof turns `auto` into DPoP, for good."""
        answer = await self._prover.send(request, timeout)
        if self._dpop == "auto" and self._prover.thumbprint is None and _wants_proof(answer):
            self._prover.make_key()
            answer = await self._prover.send(request, timeout)
        return answer

    def _token(self, answer: Response) -> Token:
        fields = plain_json(answer)
        if not isinstance(fields, dict):
            raise UndecodableBody("it is not an object")
        value, scheme = fields.get("access_token"), str(fields.get("token_type") or "Bearer").lower()
        bound = self._prover.thumbprint is not None
        if not isinstance(value, str) or not value or header_problem(value):
            raise UndecodableBody("it holds no usable access_token")
        if scheme != ("dpop" if bound else "bearer"):
            wanted = "a DPoP-bound token" if bound else "a bearer token (dpop='never' or not asked for)"
            raise UndecodableBody(f"its token is of another type than {wanted}")
        lifetime, tenant = lifetime_of(fields.get("expires_in")), fields.get("tenant")
        scope, refresh_token = fields.get("scope"), fields.get("refresh_token")
        return Token(
            Secret(value),
            "DPoP" if bound else "Bearer",
            time.time() + lifetime,
            lifetime,
            tuple(scope.split()) if isinstance(scope, str) else (),
            tenant if isinstance(tenant, str) else None,
            self._prover.thumbprint,
            Secret(refresh_token) if isinstance(refresh_token, str) and refresh_token else None,
        )


class _FreshGrants:
    """An `AuthFlow` of the engine: every attempt has a grant of its own, for assertions and proofs are used once."""

    def __init__(self, endpoint: TokenEndpoint, grant: MakeGrant) -> None:
        self._endpoint = endpoint
        self._grant = grant

    async def send(self, request: Request, timeout: float, deadline: Deadline) -> Response:
        """A plan: one attempt. After one that may have used up a single-use grant, nothing is sent again."""
        grant = await self._grant()  # which may take its time: the platform is asked for an assertion
        form = dict(grant.form)
        if self._endpoint.scope and "refresh_token" not in form:
            form["scope"] = " ".join(self._endpoint.scope)
        headers = {**request.headers, **grant.headers}
        request = Request("POST", request.base, request.target, headers, urlencode(form).encode())
        try:
            answer = await self._endpoint.send(request, min(timeout, deadline.remaining))
        except WireFailure as failure:
            failure.transient = failure.transient and (grant.reusable or failure.outcome is Outcome.NOT_SENT)
            raise
        answer.final = not grant.reusable and answer.status_code not in _NOT_DONE
        return answer


class _TokenErrors(KnoxCallErrors):
    def refusal(self, response: Response, place: str, suffix: str, **facts: Any) -> SdkError:
        """OAuth refuses credentials with a 400, too."""
        parsed: Any = error_body(response.content)[0]
        if isinstance(parsed, dict) and parsed.get("error") in _CREDENTIAL_REFUSED:
            return build_error(AuthenticationError, response, suffix, **facts)
        return super().refusal(response, place, suffix, **facts)

    def protocol(self, response: Response, message: str, **facts: Any) -> SdkError:
        """Without the body, which may hold the token."""
        return UnusableResponseError(message, status=response.status_code, **facts)


def _wants_proof(answer: Response) -> bool:
    if answer.status_code != _BAD_REQUEST:
        return False
    parsed: Any = error_body(answer.content)[0]
    return isinstance(parsed, dict) and parsed.get("error") == "invalid_dpop_proof"
