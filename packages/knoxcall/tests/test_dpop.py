"""Proofs of possession against a strict verifier that shares no code with the client."""

import dataclasses
import email.utils
import re
import time
from typing import Any

import pytest
from conftest import Make, done
from contract_messages import CLIENT_ID, CLIENT_SECRET, Answer, Seen
from contract_server import ContractServer
from dpop_verifier import DPoPVerifier, Refused, decode, encode

from knoxcall import errors
from knoxcall.auth.dpop import Prover

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.mark.promise("knox.dpop.always", "knox.dpop.every-request")
async def test_every_request_has_a_fresh_proof(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS, dpop="always")
    await done(client.account.get())
    await done(client.call("payments", method="POST", path="/v1/charges?x=1", body={}))
    await done(client.ephemeral("https://api.example.com/x"))
    assert server.verifier.checked == len(server.seen) == 4
    assert len({server.tokens[token] for token in server.tokens}) == 1


@pytest.mark.promise("knox.dpop.nonce")
async def test_nonces_that_change_with_every_answer(make: Make, server: ContractServer) -> None:
    server.rotate_nonce = True
    server.verifier.nonce = "nonce-0"
    client = make(**CREDENTIALS, dpop="always", retry_max_attempts=1)
    for _ in range(3):
        await done(client.account.get())
        await done(client.call("r"))
    assert len(server.token_requests) == 2  # refused once for want of a nonce
    assert len(server.api_requests) == 6  # after that each answer brings the next


@pytest.mark.promise("knox.dpop.nonce")
async def test_a_nonce_is_asked_for_once_per_request(make: Make, server: ContractServer) -> None:
    challenge = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "n"}
    client = make(**CREDENTIALS, dpop="always")
    await done(client.account.get())
    server.script += [Answer(401, None, challenge)] * 4
    with pytest.raises(errors.AuthenticationError):
        await done(client.account.get())
    assert len(server.token_requests) == 2  # then it is a refusal of the token


@pytest.mark.promise("knox.dpop.nonce")
@pytest.mark.parametrize("body", [{"error": "use_dpop_nonce"}, {"error": {"type": "use_dpop_nonce"}}])
async def test_the_body_may_ask_for_a_nonce(make: Make, server: ContractServer, body: Any) -> None:
    client = make(**CREDENTIALS, dpop="always")
    server.script.append(Answer(401, body, {"DPoP-Nonce": "n"}))
    await done(client.account.get())
    assert len(server.token_requests) == 1
    server.script.append(Answer(401, "[]", {"DPoP-Nonce": "n"}))  # a nonce, but no question: the token is refused
    await done(client.account.get())
    assert len(server.token_requests) == 2


@pytest.mark.promise("knox.dpop.nonce")
@pytest.mark.parametrize("nonce", ["x" * 257, 'a"b', "a\\b", "a b"])
async def test_nonsense_nonces_are_not_kept(make: Make, server: ContractServer, nonce: str) -> None:
    client = make(**CREDENTIALS, dpop="always")
    server.script.append(Answer(200, {"data": {}}, {"DPoP-Nonce": nonce}))
    await done(client.account.get())
    await done(client.account.get())
    assert len(server.api_requests) == 2


@pytest.mark.promise("knox.dpop.auto")
async def test_auto_upgrades_when_the_server_demands_it(make: Make, server: ContractServer) -> None:
    server.require_dpop = True
    client = make(**CREDENTIALS)
    await done(client.account.get())
    await done(client.account.get())
    assert ["dpop" in seen.headers for seen in server.seen] == [False, True, True, True]


@pytest.mark.promise("knox.dpop.auto")
async def test_auto_stays_bearer_otherwise(make: Make, server: ContractServer) -> None:
    await done(make(**CREDENTIALS).account.get())
    assert not any("dpop" in seen.headers for seen in server.seen)


@pytest.mark.promise("knox.dpop.never")
async def test_never_does_not(make: Make, server: ContractServer) -> None:
    server.require_dpop = True
    with pytest.raises(errors.KnoxCallError) as caught:
        await done(make(**CREDENTIALS, dpop="never").account.get())
    assert (caught.value.status, caught.value.code) == (400, "invalid_dpop_proof")
    assert len(server.seen) == 1


@pytest.mark.promise("knox.dpop.token-type")
@pytest.mark.parametrize("kind", ["Bearer", "mac", "", None])
async def test_no_downgrade(make: Make, server: ContractServer, kind: str | None) -> None:
    server.token_extra = {"token_type": kind}
    with pytest.raises(errors.UnusableResponseError):
        await done(make(**CREDENTIALS, dpop="always").account.get())
    assert server.api_requests == []


@pytest.mark.promise("knox.dpop.token-type")
async def test_token_types_have_no_case(make: Make, server: ContractServer) -> None:
    server.token_extra = {"token_type": "dpop"}
    await done(make(**CREDENTIALS, dpop="always").account.get())
    server.token_extra = {"token_type": "bearer"}
    await done(make(**CREDENTIALS).account.get())


@pytest.mark.promise("knox.dpop.htu")
@pytest.mark.parametrize(
    "path", ["/a b/é", "/%zz", "/a%2Fb", "/'()*|^`{}", "/x?y=1#z", "/ü?ä=ö", "/a;b=c,d", "/[x]", "/%"]
)
async def test_htu_is_the_url_really_sent(make: Make, server: ContractServer, path: str) -> None:
    await done(make(**CREDENTIALS, dpop="always").call("r", path=path, query={"q": "a b"}))
    assert server.api_requests[0].query.endswith("q=a+b")  # and the server's verifier has compared the rest


def seen_with(proof: str) -> Seen:
    return Seen("GET", "/v1/account", {"dpop": proof}, b"")


BASE = "https://server.example.com"


def test_the_verifier_refuses_what_the_rfc_lists() -> None:
    """RFC 9449, 4.3: a verifier that refused nothing would prove nothing."""
    prover = Prover(always=True)
    thumbprint = prover.thumbprint
    good = prover.proof("GET", BASE + "/v1/account", None)
    assert DPoPVerifier().check(seen_with(good), BASE, None) == thumbprint
    head, body, signature = good.split(".")
    other = Prover(always=True)
    assert other.thumbprint
    forged = [
        "nonsense",
        f"{head}.{body}.{encode(b'0' * 64)}",
        f"{head}.{body}.{encode(decode(signature)[:63])}",
        prover.proof("POST", BASE + "/v1/account", None),
        prover.proof("GET", BASE + "/v1/other", None),
        prover.proof("GET", "http://server.example.com/v1/account", None),
        f"{other.proof('GET', BASE + '/v1/account', None).split('.')[0]}.{body}.{signature}",
    ]
    for change in ({"typ": "jwt"}, {"alg": "none"}, {"alg": "HS256"}, {"jwk": None}, {"jwk": {"kty": "oct", "k": "x"}}):
        forging = Prover(always=True)
        assert forging.thumbprint
        import json

        header = json.loads(decode(head)) | change
        forged.append(f"{encode(json.dumps(header).encode())}.{body}.{signature}")
    for proof in forged:
        with pytest.raises(Refused):
            DPoPVerifier().check(seen_with(proof), BASE, None)
    verifier = DPoPVerifier()
    verifier.check(seen_with(good), BASE, None)
    with pytest.raises(Refused, match="jti"):
        verifier.check(seen_with(good), BASE, None)
    with pytest.raises(Refused, match="ath"):
        DPoPVerifier().check(seen_with(good), BASE, "a token")
    verifier.nonce = "n"
    with pytest.raises(Refused, match="nonce"):
        verifier.check(seen_with(prover.proof("GET", BASE + "/v1/account", None)), BASE, None)


@pytest.mark.promise("knox.dpop.rfc")
def test_the_figures_of_the_rfc() -> None:
    """The thumbprint and the hash of RFC 9449, figures 2, 9 and 12."""
    from joserfc.jwk import ECKey

    from knoxcall.auth import dpop

    jwk = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    assert ECKey.import_key(jwk).thumbprint() == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    import hashlib

    assert dpop._base64url(hashlib.sha256(token.encode()).digest()) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


def test_a_proof_says_what_the_rfc_asks() -> None:
    import json

    prover = Prover(always=True)
    assert prover.thumbprint
    head, body, _ = prover.proof("POST", "https://h.example/a?b#c", None).split(".")
    header, claims = json.loads(decode(head)), json.loads(decode(body))
    assert set(header) == {"typ", "alg", "jwk"}
    assert "d" not in header["jwk"]
    assert set(claims) == {"htm", "htu", "iat", "jti"}
    assert claims["htu"] == "https://h.example/a"
    assert re.fullmatch(r"[\w-]{22}", claims["jti"])


def test_tokens_cannot_be_shown() -> None:
    from sdk_engine.redaction import Secret

    from knoxcall.token import Token

    token = Token(Secret("kc_live_secret"), "Bearer", 0.0, 0.0)
    assert "kc_live_secret" not in repr(token)
    assert dataclasses.replace(token, tenant="acme").value == "kc_live_secret"


@pytest.mark.promise("knox.dpop.auto")
async def test_a_bearer_token_from_before_the_upgrade_stays_one(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    await done(client.account.get())
    client._connection.tokens._endpoint._prover.make_key()  # another caller's token request was refused without one
    await done(client.account.get())
    assert "dpop" not in server.seen[-1].headers
    await done(client.authenticate())
    await done(client.account.get())
    assert server.seen[-1].headers["authorization"].startswith("DPoP ")


REFUSED: Any = {"error": "invalid_dpop_proof", "error_description": "iat is not acceptable"}


@pytest.mark.parametrize(
    ("seconds", "said"), [(-600, "600 s ahead of"), (3600, "3600 s behind"), (0, "0 s"), (-20, "20 s ahead of")]
)
async def test_a_clock_that_is_wrong_is_named(seconds: int, said: str, make: Make, server: ContractServer) -> None:
    date = email.utils.formatdate(time.time() + seconds, usegmt=True)
    server.token_script.append(Answer(400, REFUSED, {"Date": date}))
    with pytest.raises(errors.KnoxCallError, match="iat is not acceptable") as caught:
        await done(make(**CREDENTIALS, dpop="always").account.get())
    assert "this machine's clock is" in str(caught.value)
    number, _, side = said.partition(" s")
    assert re.search(rf"clock is (\d+) s ({side.strip() or 'ahead of|behind'})", str(caught.value))
    assert abs(int(re.findall(r"clock is (\d+)", str(caught.value))[0]) - int(number)) <= 2


async def test_the_api_may_refuse_a_proof_for_its_time_too(make: Make, server: ContractServer) -> None:
    date = email.utils.formatdate(time.time() - 120, usegmt=True)
    refusal = Answer(401, None, {"WWW-Authenticate": 'DPoP error="invalid_dpop_proof"', "Date": date})
    server.script += [refusal, refusal]
    with pytest.raises(errors.AuthenticationError, match=r"clock is 1[12]\d s ahead of the server's"):
        await done(make(**CREDENTIALS, dpop="always").account.get())


@pytest.mark.parametrize(
    ("code", "text", "date"),
    [
        ("invalid_dpop_proof", "htu does not match", "now"),
        ("invalid_dpop_proof", "iat is not acceptable", "yesterday"),
        ("invalid_dpop_proof", "iat is not acceptable", "Sat, 99 Foo 2026 25:00:00 GMT"),
        ("invalid_client", "iat", "long ago"),
    ],
)
async def test_a_clock_is_not_blamed_without_a_reason(
    code: str, text: str, date: str, make: Make, server: ContractServer
) -> None:
    moments = {"now": time.time(), "long ago": 0.0}
    stated = email.utils.formatdate(moments[date], usegmt=True) if date in moments else date
    server.token_script.append(Answer(400, {"error": code, "error_description": text}, {"Date": stated}))
    with pytest.raises(errors.KnoxCallError) as caught:
        await done(make(**CREDENTIALS, dpop="always").account.get())
    assert "clock" not in str(caught.value)
