"""Calls of the gateway's log, told in few records."""

from __future__ import annotations

import pytest

from seldon_nb.domain.audit import checked_details
from seldon_nb.domain.calls import summarise


def call(sub: object = "you", code: object = 200, minute: int = 0, **rest: object) -> dict[str, object]:
    return {
        "sub": sub,
        "namespace": "dev",
        "deployment": "fraud",
        "code": code,
        "time": f"2026-03-03T14:{minute:02d}:00.000Z",
        "path": "/v2/x",
        **rest,
    }


def test_one_group_per_caller_deployment_and_outcome() -> None:
    groups = summarise(
        [call(minute=2), call("colleague", 403), call(minute=1), call(code=500, minute=5), call(deployment="churn")]
    )
    assert groups == (
        {
            "caller": "you",
            "deployment": "dev/fraud",
            "outcome": "allowed",
            "calls": 3,
            "first": "2026-03-03T14:01:00.000Z",
            "last": "2026-03-03T14:05:00.000Z",
            "failed": 1,
        },
        {
            "caller": "colleague",
            "deployment": "dev/fraud",
            "outcome": "denied",
            "calls": 1,
            "first": "2026-03-03T14:00:00.000Z",
            "last": "2026-03-03T14:00:00.000Z",
        },
        {
            "caller": "you",
            "deployment": "dev/churn",
            "outcome": "allowed",
            "calls": 1,
            "first": "2026-03-03T14:00:00.000Z",
            "last": "2026-03-03T14:00:00.000Z",
        },
    )


def test_nothing_gives_nothing() -> None:
    assert summarise([]) == ()


@pytest.mark.parametrize(
    ("sub", "caller"),
    [(None, "nobody"), ("", "nobody"), ("-", "nobody"), ("A B", "unreadable"), ("x" * 400, "unreadable"), (7, "unreadable")],
)
def test_a_caller_that_cannot_be_named_is_counted_all_the_same(sub: object, caller: str) -> None:
    assert summarise([call(sub, 401)])[0]["caller"] == caller


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(200, "allowed"), ("200", "allowed"), (400, "allowed"), (401, "denied"), (403, "denied"), (404, "denied")],
)
def test_denied_is_who_or_where_not_what(code: object, outcome: str) -> None:
    assert summarise([call(code=code)])[0]["outcome"] == outcome


@pytest.mark.parametrize("code", [0, "-", None, 503])
def test_a_call_without_an_answer_is_told(code: object) -> None:
    assert summarise([call(code=code)])[0]["failed"] == 1


def test_whatever_the_log_holds_fits_into_a_record() -> None:
    strange = [
        {},
        {"sub": "eyJhbGciOiJSUzI1NiJ9.x.y", "deployment": "../../etc", "code": "x", "time": "eyJhbGciOiJSUzI1NiJ9"},
        call(deployment={"a": 1}),
        call(namespace=None, deployment="dev/fraud"),
    ]
    groups = summarise(strange)
    assert sum(int(group["calls"]) for group in groups) == len(strange)
    for group in groups:
        assert checked_details(group) == group
