"""Webhook deliveries: all recorded vectors, headers of every framework, rotation, replay, and one failure only."""

import ast
import base64
import copy
import hmac
import inspect
import json
from typing import Any

import pytest
from contract_messages import CONTRACT
from faults.webhooks import fuzz

import knoxcall.webhooks
from knoxcall import (
    KnoxCall,
    KnoxCallError,
    WebhookSignatureVerificationError,
    construct_webhook_event,
    sign_webhook,
    verify_webhook_signature,
)

VECTORS = json.loads((CONTRACT / "webhook_vectors.json").read_text(encoding="utf-8"))
NOW = 1767225600
SECRET = "whsec_test_secret"
BODY = b'{"event":"request.server_error","timestamp":"2026-01-01T00:00:00Z","data":{"response":{"status":502}}}'
FORMATS = ("legacy", "stripe", "github", "slack", "aws-sns", "custom")


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knoxcall.webhooks.time.time", lambda: float(NOW))


def body_of(vector: dict[str, Any]) -> bytes | str:
    if "body_b64" in vector:
        return base64.b64decode(vector["body_b64"])
    return vector["body"] if vector["body_passed_as"] == "str" else vector["body"].encode()


@pytest.mark.promise("knox.webhooks.construct", "knox.webhooks.formats", "knox.webhooks.tolerance")
@pytest.mark.parametrize("vector", [pytest.param(v, id=v["name"]) for v in VECTORS["construct_webhook_event"]])
def test_recorded_delivery(vector: dict[str, Any]) -> None:
    assert vector["now"] == NOW
    arguments = body_of(vector), vector["headers"], vector["secret"]
    if vector["expect"] == "error":
        with pytest.raises(WebhookSignatureVerificationError) as caught:
            construct_webhook_event(*arguments, **vector["options"])
        assert vector["secret"] not in str(caught.value)
        return
    event = construct_webhook_event(*arguments, **vector["options"])
    assert event.get("event") == vector["returns_event"]


@pytest.mark.promise("knox.webhooks.verify")
@pytest.mark.parametrize("vector", [pytest.param(v, id=v["name"]) for v in VECTORS["verify_webhook_signature"]])
def test_recorded_verification(vector: dict[str, Any]) -> None:
    assert verify_webhook_signature(**vector["kwargs"]) is vector["expect"]


def sign(format: Any, body: bytes = BODY, secret: str = SECRET, **options: Any) -> dict[str, str]:
    return sign_webhook(body, secret, format=format, header_name="X-Acme-Sig", **options)


def construct(format: Any, headers: Any, body: Any = BODY, secret: Any = SECRET, **options: Any) -> Any:
    return construct_webhook_event(body, headers, secret, format=format, header_name="X-Acme-Sig", **options)


@pytest.mark.promise("knox.webhooks.sign", "knox.webhooks.formats")
@pytest.mark.parametrize("format", FORMATS)
def test_signed_deliveries_verify(format: str) -> None:
    assert construct(format, sign(format))["data"]["response"]["status"] == 502
    with pytest.raises(WebhookSignatureVerificationError):
        construct(format, sign(format, secret="other"))
    with pytest.raises(WebhookSignatureVerificationError):
        construct(format, sign(format), BODY + b" ")


@pytest.mark.promise("knox.webhooks.headers")
@pytest.mark.parametrize("format", FORMATS)
def test_headers_of_every_kind(format: str) -> None:
    signed = sign(format)
    kinds: list[Any] = [
        {name.upper(): value for name, value in signed.items()},
        {name.encode(): value.encode() for name, value in signed.items()},
        [(name.lower().encode(), value.encode()) for name, value in signed.items()],  # ASGI
        list(signed.items()),
        {name: [value] for name, value in signed.items()},
        {"wsgi.version": (1, 0), "wsgi.input": object(), "REQUEST_METHOD": "POST"}
        | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in signed.items()},  # WSGI
    ]
    for headers in kinds:
        assert construct(format, headers)["event"] == "request.server_error"


@pytest.mark.promise("knox.webhooks.headers", "knox.webhooks.one-failure")
@pytest.mark.parametrize("headers", [None, 5, "text", [5], [("a",)], {5: "a"}, object(), b"bytes", [("a", "b", "c")]])
def test_headers_that_are_none(headers: Any) -> None:
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", headers)


@pytest.mark.promise("knox.webhooks.one-failure")
def test_a_header_sent_twice_is_ambiguous() -> None:
    ((name, value),) = sign("legacy").items()
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", [(name, value), (name.lower(), value)])


@pytest.mark.promise("knox.webhooks.one-failure")
@pytest.mark.parametrize("body", [None, {}, 5, [], "\ud800"])
def test_bodies_that_are_none(body: Any) -> None:
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", sign("legacy"), body)


@pytest.mark.promise("knox.webhooks.one-failure")
def test_deep_bodies() -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", sign("legacy", body), body)


@pytest.mark.promise("knox.webhooks.secrets")
@pytest.mark.parametrize("secret", ["", b"", None, [], [""], ["ok", ""], 5, [5], ["a"] * 17])
def test_secrets_that_are_none(secret: Any) -> None:
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", sign("legacy"), secret=secret)


@pytest.mark.promise("knox.webhooks.secrets")
def test_several_secrets_while_one_is_replaced() -> None:
    signed = sign("legacy", secret="old")
    assert construct("legacy", signed, secret=["new", "old"])
    assert construct("legacy", signed, secret=(b"old",))
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", signed, secret=["new"])


@pytest.mark.promise("knox.webhooks.tolerance")
@pytest.mark.parametrize("tolerance", [-1, float("nan"), "300"])
def test_tolerances_that_are_none(tolerance: Any) -> None:
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", sign("legacy"), tolerance_seconds=tolerance)


@pytest.mark.promise("knox.webhooks.tolerance")
@pytest.mark.parametrize("offset", [-301, -300, 300, 301])
def test_the_edges_of_the_tolerance(offset: int) -> None:
    for format in ("stripe", "slack"):
        signed = sign(format, timestamp=NOW + offset)
        if abs(offset) == 300:
            construct(format, signed)
        else:
            with pytest.raises(WebhookSignatureVerificationError):
                construct(format, signed)
        assert construct(format, signed, tolerance_seconds=None)


@pytest.mark.parametrize("timestamp", ["2026-01-01T00:00:00.123456789Z", "2026-01-01 00:00+0000", "2026-01-01T00:00"])
def test_timestamps_of_every_kind(timestamp: str) -> None:
    body = json.dumps({"timestamp": timestamp}).encode()
    assert construct("legacy", sign("legacy", body), body)


@pytest.mark.parametrize("timestamp", ["2026-13-01", "2026-01-01T25:00", "٢٠٢٦-01-01", "2026-01-01T00:00:00+99:99"])
def test_timestamps_that_are_none(timestamp: str) -> None:
    body = json.dumps({"timestamp": timestamp}).encode()
    with pytest.raises(WebhookSignatureVerificationError):
        construct("legacy", sign("legacy", body), body)


@pytest.mark.promise("knox.webhooks.one-failure")
@pytest.mark.parametrize(
    "value",
    [
        "t=1,t=1767225600,v1=00",
        "t=1767225600" + ",v1=00" * 17,
        "t=-1,v1=00",
        "t=,v1=",
        "=",
        ",",
        "x" * 9000,
        "t=1767225600\n,v1=00",
    ],
)
def test_stripe_headers_that_are_none(value: str) -> None:
    with pytest.raises(WebhookSignatureVerificationError):
        construct("stripe", {"Stripe-Signature": value})


@pytest.mark.promise("knox.webhooks.secrets")
@pytest.mark.parametrize("secret", [f"{SECRET}\n", f" {SECRET}", f"{SECRET}\r\n".encode(), ["other", f"{SECRET}\t"]])
def test_a_secret_with_its_line_break_is_told_from_a_wrong_one(secret: Any) -> None:
    with pytest.raises(WebhookSignatureVerificationError, match="white space") as caught:
        construct("legacy", sign("legacy"), secret=secret)
    assert "whsec" not in str(caught.value)
    with pytest.raises(WebhookSignatureVerificationError) as caught:
        construct("legacy", sign("legacy"), secret="other")
    assert "white space" not in str(caught.value)


def test_a_secret_may_end_in_white_space() -> None:
    assert construct("legacy", sign("legacy", secret=f"{SECRET} "), secret=f"{SECRET} ")


@pytest.mark.promise("knox.webhooks.client")
def test_on_both_clients() -> None:
    for sync in (True, False):
        client: Any = KnoxCall(sync=sync, api_key="k")
        for place in (client.webhooks, client):
            assert place.construct_event(BODY, sign("legacy"), SECRET)["event"] == "request.server_error"
        assert client.verify_signature(raw_body=BODY, signature=sign("legacy")["X-Webhook-Signature"], secret=SECRET)


def test_custom_needs_its_header() -> None:
    for call in (
        lambda: construct_webhook_event(BODY, {}, SECRET, format="custom"),
        lambda: sign_webhook(BODY, SECRET, format="custom"),
    ):
        with pytest.raises(WebhookSignatureVerificationError):
            call()


@pytest.mark.promise("knox.webhooks.one-failure")
def test_the_failure_is_a_knoxcall_error() -> None:
    with pytest.raises(KnoxCallError) as caught:
        construct("legacy", {})
    assert copy.copy(caught.value).args == caught.value.args


@pytest.mark.promise("knox.webhooks.one-failure")
def test_hostile_deliveries() -> None:
    fuzz(2_000)


# --- how signatures are compared


@pytest.mark.promise("knox.webhooks.constant-time")
@pytest.mark.parametrize("format", FORMATS)
def test_only_compare_digest_decides(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    genuine, forged = sign(format), sign(format, secret="other")
    monkeypatch.setattr("knoxcall.webhooks.hmac.compare_digest", lambda one, other: True)
    assert construct(format, forged)
    monkeypatch.setattr("knoxcall.webhooks.hmac.compare_digest", lambda one, other: False)
    with pytest.raises(WebhookSignatureVerificationError):
        construct(format, genuine)


@pytest.mark.promise("knox.webhooks.constant-time")
def test_a_match_ends_no_comparison_early(monkeypatch: pytest.MonkeyPatch) -> None:
    real, compared = hmac.compare_digest, []

    def count(one: bytes, other: bytes) -> bool:
        compared.append(len(one) == len(other))
        return real(one, other)

    monkeypatch.setattr("knoxcall.webhooks.hmac.compare_digest", count)
    mine = sign("stripe")["Stripe-Signature"].partition("v1=")[2]
    other = sign("stripe", secret="other")["Stripe-Signature"].partition("v1=")[2]
    for signatures in ([mine, other, other], [other, other, mine]):
        compared.clear()
        header = ",".join([f"t={NOW}", *(f"v1={signature}" for signature in signatures)])
        for secrets in ([SECRET, "new"], ["new", SECRET]):
            construct("stripe", {"Stripe-Signature": header}, secret=secrets)
        assert compared == [True] * 12


@pytest.mark.promise("knox.webhooks.constant-time")
def test_nothing_else_looks_at_signatures() -> None:
    """In the source: what is secret, or is compared with it, is the operand of no comparison."""
    watched = {"mac", "expected", "signature", "signatures", "key", "keys", "matching", "secret"}
    tree = ast.parse(inspect.getsource(knoxcall.webhooks))
    compares = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    looking = [
        ast.unparse(node)
        for node in compares
        for operand in (node.left, *node.comparators)
        if isinstance(operand, ast.Name) and operand.id in watched
    ]
    assert looking == []
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert calls.count("hmac.compare_digest") == 1
    assert not [name for name in calls if name.endswith((".startswith", ".endswith", ".find", ".index"))]
