"""What an older platform lacks is said with the version that has it; and why no platform filters by principal."""

import pickle
from typing import Any

import pytest

from kneo_client.core.errors import (
    KneoNotFoundError,
    KneoPlatformVersionError,
    KneoValidationError,
)

NO_ROUTE = (404, {"detail": "Not Found"})
NO_RUN = (404, {"detail": {"error": "not_found", "message": "Unknown run_id: r"}})


def unknown(field: str) -> Any:
    return 422, {"detail": [{"type": "extra_forbidden", "loc": ["body", field], "msg": "no", "input": "secret"}]}


@pytest.mark.parametrize(
    ("answer", "call", "says"),
    [
        (NO_ROUTE, lambda c: c.platform.runs.graph("r"), "GET /v1/runs/{run_id}/graph needs platform 1.2.0"),
        (NO_ROUTE, lambda c: c.agent.skills.list(), "GET /v1/skills needs"),
        (NO_ROUTE, lambda c: c.agent.specs.graph({}), "POST /v1/specs/graph needs"),
        (NO_ROUTE, lambda c: c.platform.policies.environment_preview("dev", {}), "preview needs platform 1.2.0"),
        (NO_ROUTE, lambda c: c.request("GET", "/v1/skills"), "GET /v1/skills needs"),
        (unknown("session_id"), lambda c: c.platform.runs.create({}), "the field 'session_id' needs platform 1.2.0"),
        (unknown("skills"), lambda c: c.agent.specs.run({}), "the field 'skills' needs"),
        (unknown("overlays"), lambda c: c.agent.specs.explain({}), "the field 'overlays' needs"),
    ],
)
async def test_what_needs_a_newer_platform(scripted: Any, answer: Any, call: Any, says: str) -> None:
    client, _ = scripted(answer)
    with pytest.raises(KneoPlatformVersionError) as caught:
        await call(client)
    error = caught.value
    assert says in str(error)
    assert "secret" not in str(error)
    assert (error.needs, error.status) == ("1.2.0", answer[0])
    assert isinstance(error, KneoNotFoundError)
    copied = pickle.loads(pickle.dumps(error))
    assert (copied.needs, str(copied)) == (error.needs, str(error))


@pytest.mark.parametrize(
    ("answer", "call", "error"),
    [
        (NO_RUN, lambda c: c.platform.runs.graph("r"), KneoNotFoundError),
        (NO_ROUTE, lambda c: c.platform.runs.get("r"), KneoNotFoundError),
        (404, lambda c: c.agent.skills.list(), KneoNotFoundError),
        (unknown("sesion_id"), lambda c: c.platform.runs.create({}), KneoValidationError),
        (unknown("skills"), lambda c: c.agent.specs.validate({}), KneoValidationError),
        (
            (422, {"detail": ["x", {"type": "extra_forbidden"}]}),
            lambda c: c.platform.runs.create({}),
            KneoValidationError,
        ),
        (
            (422, {"detail": [{"type": "missing", "loc": ["body", "skills"], "msg": "m"}]}),
            lambda c: c.platform.runs.create({}),
            KneoValidationError,
        ),
    ],
)
async def test_other_refusals_are_what_they_were(scripted: Any, answer: Any, call: Any, error: Any) -> None:
    client, _ = scripted(answer)
    with pytest.raises(error) as caught:
        await call(client)
    assert type(caught.value) is error


PAGE: dict[str, Any] = {"runs": [], "count": 0, "total": 0, "limit": 100, "offset": 0, "sort_by": "updated_at"}


@pytest.mark.parametrize(
    "filters", [{"session_id": "s"}, {"has_error": False}, {"created_after": "2026-01-01"}, {"q": ""}]
)
async def test_filters_that_an_older_platform_ignores_are_not_answered_unfiltered(scripted: Any, filters: Any) -> None:
    client, _ = scripted(PAGE)
    with pytest.raises(KneoPlatformVersionError, match=f"the filter '{next(iter(filters))}' needs platform 1.2.0"):
        await client.platform.runs.list(**filters)
    assert (await client.platform.runs.list(status="failed")).runs == []
    newer, _ = scripted({**PAGE, "window": 10_000})
    assert (await newer.platform.runs.list(**filters)).runs == []


async def test_refused_principal_says_why_and_what_to_do(scripted: Any) -> None:
    detail = {"error": "unknown_query_parameters", "message": "Unrecognized", "unknown": ["principal"]}
    client, _ = scripted((422, {"detail": detail}))
    with pytest.raises(
        KneoValidationError, match=r"1\.2\.0 cannot filter audit events by principal.*`actor`"
    ) as caught:
        await client.platform.audit.list(principal="root")
    assert caught.value.code == "unknown_query_parameters"
