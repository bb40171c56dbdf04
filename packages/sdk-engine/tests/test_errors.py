"""The tree of failures: sorted by what the caller may do next, and fit to be logged, pickled and collected."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest
from sdk_engine import errors
from sdk_engine.errors import ConfigurationError, NetworkError, Outcome, ProtocolError, SdkError, StatusError

FACTS: dict[str, Any] = {
    "outcome": Outcome.UNKNOWN,
    "attempts": 3,
    "status": 503,
    "code": "busy",
    "body": {"detail": ["no"]},
    "request_id": "rid",
    "idempotency_key": "key",
    "retry_after": 7.0,
    "method": "POST",
    "path": "/v1/runs",
    "host": "http://h",
}


class OrderLost(NetworkError):
    """A product's error, with a constructor of its own."""

    def __init__(self, order: int, *, reason: str) -> None:
        super().__init__(f"order {order}: {reason}", attempts=2, idempotency_key="key")
        self.order = order
        self.reason = reason


class Timeout(SdkError, TimeoutError):
    """A product's error that is also a builtin one."""


def test_the_tree() -> None:
    tree = {
        ConfigurationError: (SdkError, ValueError),
        NetworkError: (SdkError,),
        ProtocolError: (SdkError,),
        StatusError: (SdkError,),
        SdkError: (Exception,),
    }
    assert {error: error.__bases__ for error in tree} == tree


def test_the_drawing_at_the_top_names_every_branch() -> None:
    drawing = inspect.getdoc(errors) or ""
    for error in (SdkError, ConfigurationError, NetworkError, ProtocolError, StatusError):
        assert error.__name__ in drawing


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ConfigurationError("m"), Outcome.NOT_SENT),
        (NetworkError("m"), Outcome.UNKNOWN),
        (NetworkError("m", outcome=Outcome.NOT_SENT), Outcome.NOT_SENT),
        (ProtocolError("m"), Outcome.UNKNOWN),
        (ProtocolError("m", status=200, outcome=Outcome.UNKNOWN), Outcome.UNKNOWN),
        (StatusError("m"), Outcome.ANSWERED),
        (SdkError("m"), Outcome.NOT_SENT),
        (SdkError("m", status=404), Outcome.ANSWERED),
    ],
)
def test_every_error_says_how_far_the_request_got(error: SdkError, outcome: Outcome) -> None:
    assert error.outcome is outcome


def test_what_an_error_carries() -> None:
    error = StatusError("no", **FACTS)
    assert {name: getattr(error, name) for name in FACTS} == FACTS
    assert str(error) == "no"
    assert repr(error) == "StatusError('no')"


def test_what_an_error_carries_when_nothing_is_known() -> None:
    error = SdkError()
    assert str(error) == ""
    assert vars(error) == dict.fromkeys(name for name in FACTS if name != "outcome") | {"attempts": 0}


@pytest.mark.promise("kneo.errors.pickle-and-hash")
@pytest.mark.parametrize(
    "error",
    [
        SdkError("m", **FACTS),
        ConfigurationError("m", **FACTS),
        NetworkError("m", **FACTS),
        ProtocolError("m", **FACTS),
        StatusError("m", **FACTS),
        OrderLost(5, reason="storm"),
        Timeout("m", **FACTS),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    "duplicate",
    [
        *(lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol)) for protocol in range(6)),
        copy.copy,
        copy.deepcopy,
    ],
)
def test_errors_survive_being_sent_to_another_process(error: SdkError, duplicate: Any) -> None:
    twin = duplicate(error)
    assert type(twin) is type(error)
    assert (str(twin), twin.args, vars(twin), twin.outcome) == (str(error), error.args, vars(error), error.outcome)


def test_errors_can_be_collected() -> None:
    error = OrderLost(5, reason="storm")
    assert len({error, error, OrderLost(5, reason="storm")}) == 2


def test_a_configuration_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"^fix this$"):
        raise ConfigurationError("fix this")
