"""One request to the token endpoint, with its retries, and what its answer means."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sdk_engine.bodies import UndecodableBody, decode_json, error_body
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.redaction import Secret, header_problem
from sdk_engine.settings import ClientSettings, RequestOptions

from knoxcall.auth.tokens import Token, lifetime_of
from knoxcall.errors import KnoxCallErrors, UnusableResponseError
from knoxcall.management import KnoxCallLife

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from sdk_engine.deadline import Deadline

    from knoxcall.auth.credentials import Grant
    from knoxcall.auth.dpop import Prover
    from knoxcall.retries import Backoff
    from knoxcall.settings import DPoPMode

PATH = "/oauth/token"
_BAD_REQUEST = 400
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
    ) -> None:
        self.base_url = base_url
        self.scope = tuple(scope)
        self._prover = prover
        self._dpop = dpop
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": user_agent,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.settings = ClientSettings(
            base_url=base_url,
            headers=headers,
            timeout=timeout,
            retry=retry,
            errors=KnoxCallErrors(),
            keyed_methods=frozenset(),
            request_id_header=None,
        )

    @property
    def thumbprint(self) -> str | None:
        """The thumbprint of the DPoP key that tokens are bound to, or None."""
        return self._prover.thumbprint

    async def request(
        self, grant: Callable[[], Coroutine[Any, Any, Grant]], deadline: Deadline, attempts: int | None = None
    ) -> Token:
        """A plan: a token for the grant, which is made anew for every attempt.

        Raises:
            KnoxCallError: the endpoint refused, could not be reached, or gave something that is no token.
        """
        options = RequestOptions(deadline=deadline.remaining)
        life = _TokenLife(self, grant, options, attempts)
        answer = await life.run(lambda: PATH, None)
        return self._token(answer, life)

    async def send(self, request: Request, timeout: float) -> Response:
        """A plan: one attempt. The first refusal for want of a proof turns `auto` into DPoP, for good."""
        answer = await self._prover.send(request, timeout)
        if self._dpop == "auto" and self._prover.thumbprint is None and _wants_proof(answer):
            self._prover.make_key()
            answer = await self._prover.send(request, timeout)
        return answer

    def _token(self, answer: Response, life: KnoxCallLife) -> Token:
        try:
            fields: Any = decode_json(answer.content, dict[str, Any])
        except UndecodableBody:
            fields = {}
        value, scheme = fields.get("access_token"), str(fields.get("token_type") or "Bearer").lower()
        bound = self._prover.thumbprint is not None
        if not isinstance(value, str) or not value or header_problem(value):
            problem = "the answer of the token endpoint holds no usable access_token"
        elif scheme != ("dpop" if bound else "bearer"):
            wanted = "a DPoP-bound token" if bound else "a bearer token (dpop='never' or not asked for)"
            problem = f"the token endpoint gave a token of another type than {wanted}"
        else:
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
        # the body stays out of the error: it may hold the token
        raise UnusableResponseError(problem, status=answer.status_code, **life.facts(Outcome.UNKNOWN))


class _TokenLife(KnoxCallLife):
    """One token request under way. Every attempt has a grant of its own: assertions and proofs are used once."""

    def __init__(
        self,
        endpoint: TokenEndpoint,
        grant: Callable[[], Coroutine[Any, Any, Grant]],
        options: RequestOptions,
        attempts: int | None,
    ) -> None:
        shared = copy.copy(endpoint.settings)
        shared.auth = self
        super().__init__(shared, "POST", options)
        self._endpoint = endpoint
        self._grant = grant
        self._allowed = attempts
        self._reusable = True

    async def send(self, request: Request, timeout: float, deadline: Deadline) -> Response:
        """A plan: one attempt, with a fresh grant."""
        grant = await self._grant()
        self._reusable = grant.reusable
        form = dict(grant.form)
        if self._endpoint.scope and "refresh_token" not in form:
            form["scope"] = " ".join(self._endpoint.scope)
        headers = {**request.headers, **grant.headers}
        request = Request("POST", request.base, PATH, headers, urlencode(form).encode())
        return await self._endpoint.send(request, timeout)

    def may_repeat(self, result: Response | WireFailure) -> bool:
        """A single-use grant is not sent again once it may have been used."""
        if self._allowed is not None and self.attempts >= self._allowed:
            return False
        if self._reusable:
            return True
        if isinstance(result, WireFailure):
            return result.outcome is Outcome.NOT_SENT
        return result.status_code in _NOT_DONE


def _wants_proof(answer: Response) -> bool:
    if answer.status_code != _BAD_REQUEST:
        return False
    parsed: Any = error_body(answer.content)[0]
    return isinstance(parsed, dict) and parsed.get("error") == "invalid_dpop_proof"
