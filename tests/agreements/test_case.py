"""What a case states: its requests in time, its period, its register, and what it expects, however briefly."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tallystick.agreements.case import Case, CaseRequest
from tallystick.agreements.version import Version, patterns_of
from tallystick.period import to_text
from tallystick.yaml_file import load_yaml

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def a_case(*requests: dict[str, Any], **stated: Any) -> Case:
    said = {"says": "A case.", "requests": list(requests), "expect": {"volume": "kept"}}
    return Case.model_validate(said | stated)


def test_a_request_stands_alone_or_for_several_one_after_another() -> None:
    request = CaseRequest.model_validate({"at": "2022-03-01T10:00:00Z", "times": 11, "every": "PT1S"})

    assert [to_text(us)[11:19] for us in request.instants_us(LOS_ANGELES)] == ["10:00:00", "10:00:10"]


def test_several_requests_come_at_once_unless_they_say_otherwise() -> None:
    first, last = CaseRequest.model_validate({"at": "2022-03-01", "times": 5}).instants_us(LOS_ANGELES)

    assert first == last
    assert to_text(first) == "2022-03-01T08:00:00.000000Z"


def test_what_a_request_does_not_state_the_log_does_not_say_but_for_the_status() -> None:
    request = CaseRequest.model_validate({"at": "2022-03-01"})
    unknown = CaseRequest.model_validate({"at": "2022-03-01", "status": None})

    assert (request.status, request.records, request.called) == (200, None, (None, None))
    assert unknown.status is None


@pytest.mark.parametrize(
    ("stated", "called"),
    [
        ({"route": "GET /2/tweets"}, ("GET", "/2/tweets")),
        ({"route": "/2/tweets"}, (None, "/2/tweets")),
        ({"route": "/2/tweets", "method": "POST"}, ("POST", "/2/tweets")),
        ({"route": "GET /2/tweets", "method": "GET"}, ("GET", "/2/tweets")),
        ({"method": "POST"}, ("POST", None)),
    ],
)
def test_a_route_may_say_the_method_too(stated: dict[str, str], called: tuple[str | None, str | None]) -> None:
    assert CaseRequest.model_validate({"at": "2022-03-01", **stated}).called == called


def test_a_case_is_audited_over_the_local_months_that_its_requests_touch() -> None:
    case = a_case({"at": "2022-03-01T07:59:59Z"}, {"at": "2022-04-30T23:00:00", "times": 2, "every": "PT1H"})

    period = case.audited(LOS_ANGELES)

    assert (to_text(period.start_us), to_text(period.end_us)) == (
        "2022-02-01T08:00:00.000000Z",
        "2022-06-01T07:00:00.000000Z",
    )


def test_a_case_may_state_another_period() -> None:
    assert a_case({"at": "2022-03-01"}, period=2022).audited(LOS_ANGELES).text == "2022"
    assert a_case(period="2022-Q1").audited(LOS_ANGELES).text == "2022-Q1"


def test_an_expectation_is_as_short_as_it_can_be() -> None:
    expect = {
        "a": "kept",
        "b": {"verdict": "exceeded", "used": 11},
        "c": ["not decided", {"verdict": "kept", "key": "one"}],
    }

    case = a_case({"at": "2022-03-01"}, expect=expect)

    stated = {name: [one.model_dump(exclude_none=True) for one in some] for name, some in case.expect.items()}
    assert stated == {
        "a": [{"verdict": "kept"}],
        "b": [{"verdict": "exceeded", "used": 11}],
        "c": [{"verdict": "not decided"}, {"verdict": "kept", "key": "one"}],
    }


def test_a_case_leaves_the_register_to_the_project_unless_it_states_one() -> None:
    assert a_case({"at": "2022-03-01"}).licensee("acme", "Etc/UTC") is None

    stated = a_case({"at": "2022-03-01"}, apps=[{"app": "one", "environment": "dev"}]).licensee("acme", "Etc/UTC")

    assert stated is not None
    assert [(app.app, app.environment) for app in stated.apps] == [("one", "dev")]


def test_what_was_paid_needs_no_apps() -> None:
    paid = [{"month": "2022-03", "amount": "10.00", "currency": "USD"}]

    stated = a_case({"at": "2022-03-01", "app": "one"}, {"at": "2022-03-01"}, paid=paid).licensee("acme", "Etc/UTC")

    assert stated is not None
    assert [app.app for app in stated.apps] == ["one"]
    assert str(stated.paid_in("2022-03", "USD")) == "10.00"


def test_every_pattern_of_routes_is_found_with_the_way_to_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        """
licensee: acme
title: Terms
in_force_from: 2022-01-01
clauses:
  - {id: a, cites: b, says: c, kind: limit, of: requests, per: app, max: 5, window: sliding, within: PT1M,
     counts: {routes: [GET /a, GET /b]}, readings: [{id: r, says: s, counts: {routes: [GET /c]}}]}
  - {id: b, cites: b, says: c, kind: routes, allowed: [GET /d]}
  - {id: c, cites: b, says: c, kind: declared, stopped: 2022-02-01, routes: [GET /e]}
"""
    )

    found = list(patterns_of(load_yaml(file, Version, more={"version": "a"})))

    assert found == [
        (("clauses", 0, "counts", "routes", 0), "GET /a"),
        (("clauses", 0, "counts", "routes", 1), "GET /b"),
        (("clauses", 0, "readings", 0, "counts", "routes", 0), "GET /c"),
        (("clauses", 1, "allowed", 0), "GET /d"),
        (("clauses", 2, "routes", 0), "GET /e"),
    ]
