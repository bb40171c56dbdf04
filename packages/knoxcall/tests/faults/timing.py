"""Whether the time of a refusal tells how much of a forged signature was right: Welch's t over many refusals.

Two kinds of forgery, in random order: one wrong from its first digit, one only in its last. The slowest tenth is the
machine's, not ours, and left out. Beyond |t| = 4.5 the kinds could be told apart. Not a test: clocks are no proof.
"""

import math
import random
import statistics
import sys
import time

from knoxcall import WebhookSignatureVerificationError, construct_webhook_event, sign_webhook

SECRET = "whsec_timing"
BODY = b'{"event":"e","timestamp":"2026-01-01T00:00:00Z"}'
CERTAIN = 4.5


def forgeries() -> tuple[str, str]:
    """Wrong from the first digit, and wrong in the last."""
    right = sign_webhook(BODY, SECRET)["X-Webhook-Signature"].removeprefix("sha256=")
    wrong = "".join("%x" % (15 - int(digit, 16)) for digit in right)
    return wrong, right[:-1] + wrong[-1]


def refuse(signature: str) -> int:
    """Nanoseconds that a refusal takes."""
    headers = {"X-Webhook-Signature": signature}
    began = time.perf_counter_ns()
    try:
        construct_webhook_event(BODY, headers, SECRET, tolerance_seconds=None)
    except WebhookSignatureVerificationError:
        return time.perf_counter_ns() - began
    raise AssertionError("a forgery was accepted")


def measure(count: int, seed: int = 1) -> tuple[float, float, float]:
    """Mean nanoseconds of both kinds, `count` of each, and t."""
    dice = random.Random(seed)
    early, late = forgeries()
    times: dict[str, list[int]] = {early: [], late: []}
    order = [early, late] * count
    dice.shuffle(order)
    for signature in order:
        times[signature].append(refuse(signature))
    limit = statistics.quantiles(times[early] + times[late], n=10)[-1]
    first, last = ([time for time in times[kind] if time <= limit] for kind in (early, late))
    means = statistics.fmean(first), statistics.fmean(last)
    error = math.sqrt(statistics.variance(first) / len(first) + statistics.variance(last) / len(last))
    return (*means, (means[0] - means[1]) / error)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    early, late, t = measure(wanted)
    told = "can be told apart" if abs(t) > CERTAIN else "cannot be told apart"
    print(f"first digit wrong {early:.0f} ns, last digit wrong {late:.0f} ns, t = {t:.2f}: {told}")
