"""Function components of the specs in `specs.json`; the platform imports them."""

import time

_seen: set[str] = set()


def pause(text: str) -> str:
    """Sleep as many seconds as the input says."""
    time.sleep(float(text))
    return text


def fail_once(text: str) -> str:
    """Fail for each text the first time."""
    if text not in _seen:
        _seen.add(text)
        raise RuntimeError("fails the first time")
    return text
