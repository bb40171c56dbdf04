"""Hostile webhook deliveries: each is accepted, which only a genuine one may be, or gets the one typed failure."""

import random
import sys
from typing import Any

from knoxcall import WebhookSignatureVerificationError, construct_webhook_event, sign_webhook

FORMATS: list[Any] = ["legacy", "stripe", "github", "slack", "aws-sns", "custom", "nonsense"]
SECRET = "whsec_fuzz"
BODY = b'{"event":"e","timestamp":"2026-01-01T00:00:00Z"}'
ALPHABET = "abcdef0123456789,=; \t\r\n\0\u00e9\ud800\U0001f600v1t0sha256:+/"


def text(dice: random.Random) -> str:
    return "".join(dice.choices(ALPHABET, k=dice.choice((0, 1, 5, 64, 200))))


def mutated(dice: random.Random, value: str) -> str:
    """The value with one place changed, so that it is never the same. Blanks and commas may mean nothing."""
    place = dice.randrange(len(value))
    other = dice.choice([char for char in ALPHABET if char not in (value[place], " ", ",")])
    return value[:place] + dice.choice(("", other, other + value[place])) + value[place + 1 :]


def headers_of(dice: random.Random, signed: dict[str, str]) -> Any:
    kind = dice.randrange(6)
    if kind == 0:
        return {text(dice): text(dice) for _ in range(dice.randrange(4))}
    changed = {name: mutated(dice, value) for name, value in signed.items()}
    if kind == 1:
        return changed
    if kind == 2:
        return [(name.encode(), value.encode("utf-8", "surrogatepass")) for name, value in changed.items()]
    if kind == 3:
        return [*changed.items(), *signed.items()]
    if kind == 4:
        return dice.choice([None, [], 5, "x", [None], [(None, None)], {"a": None}, {b"\xff": b"\xff"}])
    return {name: dice.randbytes(dice.randrange(100)) for name in signed}


def fuzz(count: int, seed: int = 1) -> None:
    """Throw `count` deliveries at the verifier; raises at the first that breaks the rule."""
    dice = random.Random(seed)
    genuine = 0
    for number in range(count):
        webhook_format = dice.choice(FORMATS)
        known = webhook_format if webhook_format != "nonsense" else "legacy"
        signed = sign_webhook(BODY, SECRET, format=known, header_name="X-Sig", timestamp=1767225600)
        is_genuine = number % 50 == 0 and webhook_format != "nonsense"
        headers = signed if is_genuine else headers_of(dice, signed)
        body: Any = (
            BODY if dice.random() < 0.8 or is_genuine else dice.choice([dice.randbytes(50), "\ud800", None, b""])
        )
        try:
            construct_webhook_event(
                body, headers, SECRET, format=webhook_format, header_name="X-Sig", tolerance_seconds=None
            )
        except WebhookSignatureVerificationError:
            assert not is_genuine, (number, webhook_format, headers)
        else:
            assert is_genuine, (number, webhook_format, headers)
            genuine += 1
    assert genuine


if __name__ == "__main__":
    fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
