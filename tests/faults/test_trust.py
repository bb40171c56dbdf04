import pytest

from tests.faults import canary, redirects, tls


@pytest.mark.promise("kneo.retries.transport-errors")
async def test_servers_that_cannot_be_trusted_are_refused_at_the_first_connection(wire: str):
    visited = await tls.visit("transport", wire)
    assert visited["trusted"][0] == "accepted"
    assert tls.problems(visited) == []


@pytest.mark.promise("kneo.transport.redirect-is-an-error", "kneo.auth.configured-origin-only", "kneo.weakness.15")
@pytest.mark.parametrize("follow", [False, True], ids=["own client", "caller's client that follows"])
async def test_redirects_lead_nowhere(follow: bool):
    problems, where, met = await redirects.run(follow=follow)
    assert met >= len(redirects.STATUSES) * len(redirects.METHODS)
    assert problems == []
    assert where.requests == []


@pytest.mark.promise("kneo.errors.no-secrets", "kneo.weakness.12", "kneo.weakness.13")
async def test_the_key_shows_nowhere():
    sightings = await canary.search(canary.QUICK)
    assert sightings.looks["exception graphs"] > sightings.looks["vars of errors"] > len(canary.QUICK)
    assert sightings.looks["logs at every level"] > 0
    assert not sightings.seen, sorted(set(sightings.seen))


def test_the_canary_is_seen_where_it_shows():
    sightings = canary.Sightings()
    try:
        raise ValueError(f"the key {canary.CANARY} is wrong")
    except ValueError as exc:
        canary.look_at_error(sightings, "on purpose", exc)
    found = {sighting.partition(":")[0] for sighting in sightings.seen}
    assert found >= {"repr and str of errors", "tracebacks", "exception graphs", "pickles of errors"}
