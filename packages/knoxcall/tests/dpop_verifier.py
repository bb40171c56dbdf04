"""A strict verifier of DPoP proofs (RFC 9449, 4.3), written from the RFC; it shares nothing with the client."""

import base64
import hashlib
import json
import re
import time
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

SKEW = 5


class Refused(Exception):
    def __init__(self, text: str, code: str = "invalid_dpop_proof") -> None:
        super().__init__(text)
        self.code = code


class DPoPVerifier:
    """Remembers every `jti`; asks for `nonce` when that is set."""

    def __init__(self) -> None:
        self.nonce: str | None = None
        self.known: set[str] = set()
        self.checked = 0

    def check(self, seen: Any, base_url: str, token: str | None) -> str:
        """The thumbprint of the key that made the request's proof."""
        proof = seen.headers["dpop"]
        parts = proof.split(".")
        require(len(parts) == 3 and all(re.fullmatch(r"[\w-]+", part, re.ASCII) for part in parts), "not a compact JWS")
        header, claims = (json.loads(decode(part)) for part in parts[:2])
        require(header.get("typ") == "dpop+jwt", "typ")
        require(header.get("alg") == "ES256", "alg")
        jwk = header.get("jwk")
        require(isinstance(jwk, dict) and set(jwk) == {"kty", "crv", "x", "y"}, "jwk has other than its public members")
        require((jwk["kty"], jwk["crv"]) == ("EC", "P-256"), "not a P-256 key")
        self._signature(parts, jwk)
        allowed = {"htm", "htu", "iat", "jti", "ath", "nonce"}
        require(set(claims) <= allowed and {"htm", "htu", "iat", "jti"} <= set(claims), "claims")
        require(claims["htm"] == seen.method, "htm")
        require(claims["htu"] == base_url + seen.path, f"htu {claims['htu']} is not {base_url + seen.path}")
        require(isinstance(claims["iat"], int) and abs(time.time() - claims["iat"]) <= SKEW, "iat")
        require(isinstance(claims["jti"], str) and len(claims["jti"]) >= 16, "jti is too short")
        require(claims["jti"] not in self.known, "jti was used before")
        self.known.add(claims["jti"])
        if token is None:
            require("ath" not in claims, "ath without a token")
        else:
            require(claims.get("ath") == encode(hashlib.sha256(token.encode()).digest()), "ath")
        if self.nonce is not None and claims.get("nonce") != self.nonce:
            raise Refused("nonce", "use_dpop_nonce")
        self.checked += 1
        members = ",".join(f'"{name}":"{jwk[name]}"' for name in ("crv", "kty", "x", "y"))
        return encode(hashlib.sha256(f"{{{members}}}".encode()).digest())

    def _signature(self, parts: list[str], jwk: dict[str, str]) -> None:
        raw = decode(parts[2])
        require(len(raw) == 64, "the signature is not r||s")
        x, y = (int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y"))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        try:
            key.verify(utils.encode_dss_signature(r, s), ".".join(parts[:2]).encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise Refused("signature") from None


def require(condition: bool, text: str) -> None:
    if not condition:
        raise Refused(text)


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
