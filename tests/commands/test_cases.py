"""A version's cases: each goes the way of an audit, and what is found is held against what the case expects."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from building import a_clause, a_licensee, a_version
from tallystick.agreements.load import Binding
from tallystick.clauses.kinds import KINDS
from tallystick.commands.cases import CaseResult, run_cases
from tallystick.register.model import Licensee

CHECKOUT = Path(__file__).parents[2]


def ran(
    *clauses: dict[str, Any],
    requests: Sequence[dict[str, Any]],
    expect: dict[str, Any],
    register: Licensee | None = None,
    version: dict[str, Any] | None = None,
    **stated: Any,
) -> CaseResult:
    """One case of one version, run."""
    case = {"says": "A case.", "requests": list(requests), "expect": expect} | stated
    made = a_version(*clauses, cases=[case], **(version or {}))
    binding = Binding(version=made, sha256="0" * 64, from_us=made.from_us, until_us=None)
    [result] = run_cases(binding, register)
    return result


def a_limit(**stated: Any) -> dict[str, Any]:
    return a_clause(**{"id": "volume", "window": "sliding", "within": "PT1M", "max": 10} | stated).model_dump(
        exclude_unset=True
    )


def calls(at: str, times: int = 1, every: str | None = None, **stated: Any) -> dict[str, Any]:
    return {"at": f"2022-03-01T{at}Z" if "T" not in at else at, "times": times, "every": every} | stated


def found(result: CaseResult) -> dict[str, Any]:
    """What was found of the one expectation."""
    [checked] = result.checked
    return dict(checked.found)


# ── the real path ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_eleventh_call_in_a_minute_is_over() -> None:
    result = ran(
        a_limit(), requests=[calls("10:00:00", 11, "PT1S", app="monitor")], expect={"volume": {"verdict": "exceeded"}}
    )

    assert result.is_met
    assert found(result) == {
        "verdict": "exceeded",
        "key": "monitor",
        "used": 11,
        "peak": 11,
        "windows": 1,
        "requests_over": 1,
        "served_over": 1,
    }


def test_the_tenth_call_in_a_minute_is_not() -> None:
    result = ran(a_limit(), requests=[calls("10:00:00", 10, "PT1S")], expect={"volume": "exceeded"})

    assert not result.is_met
    assert (found(result)["verdict"], found(result)["peak"]) == ("kept", 10)


def test_a_window_reaches_over_midnight_and_over_the_turn_of_the_year() -> None:
    result = ran(
        a_limit(),
        requests=[calls("2022-12-31T23:59:55Z", 11, "PT1S")],
        expect={"volume": {"verdict": "exceeded", "windows": 1}},
    )

    assert result.is_met


def test_every_number_that_is_expected_is_compared() -> None:
    requests = [calls("10:00:00", 12, "PT1S"), calls("11:00:00", 11, "PT1S", status=429)]
    right = {"verdict": "exceeded", "used": 12, "peak": 12, "windows": 1, "requests_over": 2, "served_over": 2}

    assert ran(a_limit(), requests=requests, expect={"volume": right}).is_met
    for name in ("used", "peak", "windows", "requests_over", "served_over"):
        assert not ran(a_limit(), requests=requests, expect={"volume": right | {name: 99}}).is_met, name


def test_an_amount_that_is_not_stated_is_not_zero() -> None:
    records = a_limit(of="records", window="calendar", within="P1D")

    unsaid = ran(records, requests=[calls("10:00:00")], expect={"volume": "not decided"})
    nothing = ran(records, requests=[calls("10:00:00", records=0)], expect={"volume": {"verdict": "kept", "used": 0}})
    passed = ran(records, requests=[calls("10:00:00"), calls("11:00:00", records=11)], expect={"volume": "exceeded"})

    assert (unsaid.is_met, nothing.is_met, passed.is_met) == (True, True, True)


def test_a_status_that_the_log_does_not_say_counts_and_a_refusal_does_not() -> None:
    requests = [calls("10:00:00", 10, status=None), calls("10:00:01", 50, status=429)]

    assert ran(a_limit(), requests=requests, expect={"volume": {"verdict": "kept", "used": 10}}).is_met


def test_a_route_counts_with_its_method() -> None:
    clause = a_limit(counts={"routes": ["GET /2/tweets/*"]})
    requests = [
        calls("10:00:00", 10, route="GET /2/tweets/{id}"),
        calls("10:00:01", 5, route="POST /2/tweets/{id}"),
        calls("10:00:02", 5, route="/2/users", method="GET"),
    ]

    assert ran(clause, requests=requests, expect={"volume": {"verdict": "kept", "used": 10}}).is_met


def test_ten_thousand_requests_are_a_small_case() -> None:
    result = ran(a_limit(), requests=[calls("10:00:00", 10_000, "PT1S")], expect={"volume": {"verdict": "exceeded"}})

    assert (found(result)["used"], found(result)["peak"]) == (10_000, 60)


def test_requests_of_one_instant_are_taken_in_the_order_of_the_case() -> None:
    bucket = a_limit(of="records", window="bucket")
    requests = [calls("10:00:00", records=11), calls("10:00:00", records=10), calls("10:00:00", records=1)]

    assert ran(bucket, requests=requests, expect={"volume": {"verdict": "exceeded", "requests_over": 2}}).is_met


# ── keys and readings ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_verdict_over_all_keys_is_the_worst() -> None:
    requests = [calls("10:00:00", 10, app="one"), calls("10:00:00", 11, app="other")]

    assert ran(a_limit(), requests=requests, expect={"volume": "exceeded"}).is_met


def test_each_key_has_its_own_verdict_and_numbers() -> None:
    requests = [calls("10:00:00", 10, app="one"), calls("10:00:00", 11, app="other")]
    expect = [{"verdict": "kept", "key": "one", "used": 10}, {"verdict": "exceeded", "key": "other", "used": 11}]

    assert ran(a_limit(), requests=requests, expect={"volume": expect}).is_met


def test_numbers_of_several_keys_are_those_of_none() -> None:
    requests = [calls("10:00:00", 10, app="one"), calls("10:00:00", 11, app="other")]

    result = ran(a_limit(), requests=requests, expect={"volume": {"verdict": "exceeded", "used": 21}})

    assert not result.is_met
    assert {key: one["used"] for key, one in found(result)["keys"].items()} == {"one": 10, "other": 11}


def test_a_key_that_has_no_request_is_not_found() -> None:
    result = ran(a_limit(), requests=[calls("10:00:00")], expect={"volume": {"verdict": "kept", "key": "nobody"}})

    assert not result.is_met


def test_a_clause_that_nothing_is_counted_by_is_kept() -> None:
    assert ran(a_limit(), requests=[], period="2022-03", expect={"volume": "kept"}).is_met


def test_a_reading_has_its_own_verdict() -> None:
    clause = a_limit(readings=[{"id": "clock", "says": "by the clock", "window": "calendar"}])
    requests = [calls("10:00:55", 11, "PT1S")]

    result = ran(clause, requests=requests, expect={"volume": ["exceeded", {"reading": "clock", "verdict": "kept"}]})

    assert result.is_met
    assert [one.reading for one in result.checked] == ["as written", "clock"]


# ── the register ──────────────────────────────────────────────────────────────────────────────────────────────────────

PURPOSE = {"id": "purpose", "cites": "§ 2", "says": "Approved.", "kind": "use_case"}
APPROVED = {"text": "Charts", "approved": "2022-03-01T12:00:00Z"}


def test_without_a_register_the_apps_that_are_named_are_registered_and_have_no_use_case() -> None:
    requests = [calls("10:00:00", app="one")]

    assert ran(PURPOSE, requests=requests, expect={"purpose": {"verdict": "exceeded", "key": "one"}}).is_met


def test_a_project_has_its_register() -> None:
    register = a_licensee({"app": "monitor", "use_case": APPROVED})

    result = ran(
        PURPOSE,
        requests=[calls("11:59:59"), calls("12:00:00")],
        expect={"purpose": {"verdict": "exceeded", "key": "monitor", "used": 1}},
        register=register,
    )

    assert result.is_met


def test_a_case_may_have_a_register_of_its_own() -> None:
    register = a_licensee({"app": "monitor"})
    apps = [{"app": "monitor", "use_case": APPROVED}]

    result = ran(
        PURPOSE, requests=[calls("12:00:00", app="monitor")], expect={"purpose": "kept"}, register=register, apps=apps
    )

    assert result.is_met


def test_a_credential_tells_the_app() -> None:
    term = {"id": "term", "cites": "§ 2", "says": "Ended.", "kind": "term"}
    recognised = [{"credential": "mon-1", "revoked": "2022-03-01T12:00:00Z"}]
    apps = [{"app": "first"}, {"app": "monitor", "recognised_by": recognised}]

    result = ran(
        term,
        a_limit(),
        requests=[calls("12:00:00", credential="mon-1"), calls("12:00:00")],
        expect={
            "term": {"verdict": "exceeded", "key": "mon-1", "used": 1},
            "volume": [{"key": "first", "verdict": "kept", "used": 1}, {"key": "monitor", "verdict": "kept"}],
        },
        apps=apps,
    )

    assert result.is_met


def test_a_case_is_judged_as_if_no_other_version_followed() -> None:
    version = a_version(
        a_limit(),
        cases=[{"says": "Late.", "requests": [calls("10:00:00", 11)], "expect": {"volume": "exceeded"}}],
    )
    cut = Binding(version=version, sha256="0" * 64, from_us=version.from_us, until_us=version.from_us + 1)

    [result] = run_cases(cut, None)

    assert result.is_met


# ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_owed_and_underpaid_is_compared_to_the_cent() -> None:
    tiers = [{"up_to": 100, "price": "0.50"}, {"price": "0.40"}]
    fee = {"id": "fee", "cites": "§ 7", "says": "Pay.", "kind": "fee", "of": "requests", "currency": "USD"}
    expect = {"key": "2022-03", "verdict": "exceeded", "used": 150, "owed": "70.00", "underpaid": "0.01"}
    paid = [{"month": "2022-03", "amount": "69.99", "currency": "USD"}]

    right = ran(fee | {"tiers": tiers}, requests=[calls("10:00:00", 150)], expect={"fee": expect}, paid=paid)
    wrong = ran(
        fee | {"tiers": tiers}, requests=[calls("10:00:00", 150)], expect={"fee": expect | {"owed": "70.01"}}, paid=paid
    )

    assert (right.is_met, wrong.is_met) == (True, False)


# ── what others write ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["'; DROP TABLE made; --", "\x1b[31mred", 'a"b', "%_*", "\u202eright to left"])
def test_hostile_names_are_names(name: str) -> None:
    requests = [calls("10:00:00", 11, user=name, user_agent=name, credential=name, route=f"GET /{name}")]

    result = ran(a_limit(per="user"), requests=requests, expect={"volume": {"verdict": "exceeded", "key": name}})

    assert result.is_met


def test_amounts_past_what_a_count_can_hold_are_refused() -> None:
    from tallystick.errors import SumTooLargeError

    requests = [calls("10:00:00", 3, records=2**62)]

    with pytest.raises(SumTooLargeError):
        ran(a_limit(of="records", window="calendar", within="P1D"), requests=requests, expect={"volume": "exceeded"})


# ── every kind ────────────────────────────────────────────────────────────────────────────────────────────────────────

STATED = {"id": "it", "cites": "§ 1", "says": "Words."}
TARIFF = {"of": "requests", "currency": "USD", "price": "1.00"}
EVERY_KIND: list[tuple[dict[str, Any], list[dict[str, Any]], str, dict[str, Any]]] = [
    (a_limit(id="it"), [calls("10:00:00", 11)], "exceeded", {}),
    ({"kind": "backoff", "within": "PT1M"}, [calls("10:00:00", status=429), calls("10:00:59.999999")], "exceeded", {}),
    ({"kind": "backoff", "within": "PT1M"}, [calls("10:00:00", status=429), calls("10:01:00")], "kept", {}),
    (
        {"kind": "concurrency", "per": "app", "max": 1},
        [calls("10:00:00", duration_us=2), calls("10:00:00.000001", duration_us=1)],
        "exceeded",
        {},
    ),
    ({"kind": "concurrency", "per": "app", "max": 1}, [calls("10:00:00", 2)], "not decided", {}),
    (
        {"kind": "environment", "max": 1, "window": "calendar", "within": "P1D"},
        [calls("10:00:00", 2)],
        "exceeded",
        {"apps": [{"app": "trial", "environment": "dev"}]},
    ),
    (
        {"kind": "environment", "max": 1, "window": "calendar", "within": "P1D"},
        [calls("10:00:00", 2)],
        "kept",
        {"apps": [{"app": "live"}]},
    ),
    ({"kind": "identification", "user_agent": ["halcyon/*"]}, [calls("10:00:00", user_agent="curl/8")], "exceeded", {}),
    ({"kind": "identification", "user_agent": ["halcyon/*"]}, [calls("10:00:00", user_agent="halcyon/2")], "kept", {}),
    ({"kind": "routes", "allowed": ["GET /2/*"]}, [calls("10:00:00", route="GET /3/x")], "exceeded", {}),
    ({"kind": "routes", "allowed": ["GET /2/*"]}, [calls("10:00:00", route="GET /2/x")], "kept", {}),
    ({"kind": "routes", "allowed": ["GET /2/*"]}, [calls("10:00:00")], "not decided", {}),
    (
        {"kind": "routes", "history": "P7D"},
        [calls("10:00:00", history_from="2022-02-22T09:59:59.999999Z")],
        "exceeded",
        {},
    ),
    ({"kind": "routes", "history": "P7D"}, [calls("10:00:00", history_from="2022-02-22T10:00:00Z")], "kept", {}),
    (
        {"kind": "term", "per": "app"},
        [calls("10:00:00")],
        "exceeded",
        {"apps": [{"app": "gone", "ended": "2022-03-01T10:00:00Z"}]},
    ),
    ({"kind": "use_case"}, [calls("10:00:00")], "exceeded", {}),
    ({"kind": "declared", "stopped": "2022-03-01T10:00:00Z"}, [calls("10:00:00")], "exceeded", {}),
    ({"kind": "declared", "stopped": "2022-03-01T10:00:00.000001Z"}, [calls("10:00:00")], "kept", {}),
    ({"kind": "declared", "users": 1}, [calls("10:00:00", user="a"), calls("10:00:01", user="b")], "exceeded", {}),
    ({"kind": "declared", "users": 1}, [calls("10:00:00", 5, user="a")], "kept", {}),
    (
        {"kind": "fee", **TARIFF},
        [calls("10:00:00", 2)],
        "exceeded",
        {"paid": [{"month": "2022-03", "amount": "1.99", "currency": "USD"}]},
    ),
    (
        {"kind": "fee", **TARIFF},
        [calls("10:00:00", 2)],
        "kept",
        {"paid": [{"month": "2022-03", "amount": "2.00", "currency": "USD"}]},
    ),
    ({"kind": "fee", **TARIFF}, [calls("10:00:00", 2)], "not decided", {}),
    ({"kind": "text"}, [calls("10:00:00")], "not checked", {}),
]


@pytest.mark.parametrize(("clause", "requests", "verdict", "stated"), EVERY_KIND)
def test_a_case_of_every_kind_of_clause(
    clause: dict[str, Any], requests: list[dict[str, Any]], verdict: str, stated: dict[str, Any]
) -> None:
    result = ran(STATED | clause, requests=requests, expect={"it": verdict}, **stated)

    assert found(result)["verdict"] == verdict


def test_no_kind_of_clause_is_left_out() -> None:
    assert {(clause | {"id": "it"})["kind"] for clause, *_ in EVERY_KIND} == set(KINDS)


# ── and nothing else ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_case_leaves_nothing_behind(tmp_path: Path) -> None:
    version = a_version(
        a_limit(), cases=[{"says": "One.", "requests": [calls("10:00:00")], "expect": {"volume": "kept"}}]
    )
    binding = Binding(version=version, sha256="0" * 64, from_us=version.from_us, until_us=None)

    assert [result.is_met for result in run_cases(binding, None, scratch=tmp_path)] == [True]
    assert list(tmp_path.iterdir()) == []


def test_cases_start_no_jvm_and_load_no_spark() -> None:
    asked = "import sys, tallystick.commands.cases; print([one for one in ('pyspark', 'boto3') if one in sys.modules])"

    done = subprocess.run([sys.executable, "-c", asked], cwd=CHECKOUT / "jobs", capture_output=True, check=True)

    assert done.stdout.decode().strip() == "[]"
