"""Proofs of possession (RFC 9449): a key pair, the servers' nonces, and a fresh proof on every request."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sdk_engine.bodies import error_body
from sdk_engine.redaction import Secret
from sdk_engine.steps import Send

from knoxcall.answers import from_upstream

if TYPE_CHECKING:
    from sdk_engine.messages import Request, Response

    from knoxcall.token import Token

_NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,256}", re.ASCII)  # NQCHAR, and a length no honest server exceeds
_ASKING = frozenset({400, 401})


class Prover:
    """Sends requests with the token they carry and, once it has a key, a proof.

    One key per client, made when it is first needed and never stored.
    """

    def __init__(self, *, always: bool = False) -> None:
        self._always = always
        self._key: Any = None
        self._header: dict[str, Any] = {}
        self._nonces: dict[str, str] = {}
        self._thumbprint: str | None = None

    @property
    def thumbprint(self) -> str | None:
        """The key's thumbprint (RFC 7638), or None as long as there is no key."""
        if self._always and self._key is None:
            self.make_key()
        return self._thumbprint

    def make_key(self) -> None:
        """From now on every request carries a proof."""
        from joserfc.jwk import ECKey

        key = ECKey.generate_key("P-256")
        public = key.as_dict(private=False)
        jwk = {name: public[name] for name in ("kty", "crv", "x", "y")}
        self._header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}
        self._key = key
        self._thumbprint = key.thumbprint()

    async def send(
        self, request: Request, timeout: float, token: Token | None = None, *, patience: float | None = None
    ) -> Response:
        """A plan: send with fresh credentials, and once more when KnoxCall asks for its nonce.

        An upstream may ask for nonces of its own; that is the caller's business.
        """
        answer = await Send(self._signed(request, token), timeout, patience)
        if self.thumbprint is None or from_upstream(answer):
            return answer
        if self._learn(request, answer) and _wants_nonce(answer):
            answer = await Send(self._signed(request, token), timeout, patience)
            if not from_upstream(answer):
                self._learn(request, answer)
        return answer

    def _signed(self, request: Request, token: Token | None) -> Request:
        headers: dict[str, str] = {}
        if token is not None:
            headers["Authorization"] = Secret(f"{token.type} {token.value}")
        if self.thumbprint is not None and (token is None or token.thumbprint is not None):
            headers["DPoP"] = Secret(self.proof(request.method, request.url, token))
        return request.with_headers(headers)

    def proof(self, method: str, url: str, token: Token | None) -> str:
        """A signed statement that this key sends this request, now, with this token."""
        from joserfc import jwt

        claims: dict[str, Any] = {
            "htm": method,
            "htu": re.split(r"[?#]", url, maxsplit=1)[0],
            "iat": int(time.time()),
            "jti": secrets.token_urlsafe(16),
        }
        if token is not None:
            claims["ath"] = _base64url(hashlib.sha256(token.value.encode()).digest())
        nonce = self._nonces.get(_origin(url))
        if nonce is not None:
            claims["nonce"] = nonce
        return jwt.encode(self._header, claims, self._key, algorithms=["ES256"])

    def _learn(self, request: Request, answer: Response) -> bool:
        """Keep the nonce that the answer brings; whether it brought one."""
        nonce = answer.headers.get("DPoP-Nonce")
        if nonce is None or not _NONCE.fullmatch(nonce):
            return False
        self._nonces[_origin(request.url)] = nonce
        return True


def _wants_nonce(answer: Response) -> bool:
    if answer.status_code not in _ASKING:
        return False
    if "use_dpop_nonce" in (answer.headers.get("WWW-Authenticate") or ""):
        return True
    parsed: Any = error_body(answer.content)[0]
    error = parsed.get("error") if isinstance(parsed, dict) else None
    return "use_dpop_nonce" in (error, error.get("type") if isinstance(error, dict) else None)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
