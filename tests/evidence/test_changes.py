"""changes.json: which numbers of two reports differ, and what that can come from."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from evidence.bundles import Report, a_report
from tallystick.evidence.canonical import Json, canonical_bytes, parse_canonical
from tallystick.evidence.changes import Side, compare, not_compared
from tallystick.evidence.changes_shape import CHANGES_SHAPE
from tallystick.evidence.digest import Sha256

RUN = {"tallystick": "0.1.0", "parts": {"duckdb": "1.0"}}


def side(report: Report, run: Json = RUN, revision: int = 1) -> Side:
    data = canonical_bytes(report)
    return Side(report=parse_canonical(data), report_sha256=Sha256.of(data), run=run, revision=revision)


def compared(changes: dict[str, Any], run: Json = RUN, before: dict[str, Any] | None = None) -> Json:
    found = compare(side(a_report(before)), side(a_report(changes), run, 2))
    assert CHANGES_SHAPE.misfit(parse_canonical(canonical_bytes(found))) is None
    return found


def listed(found: Json) -> dict[str, tuple[Json, Json]]:
    return {each["path"]: (each["before"], each["after"]) for part in found["sections"] for each in part["changes"]}


def reasons(found: Json) -> list[str]:
    return [each["what"] for each in found["why"]]


def test_equal_reports_differ_in_nothing_and_have_no_reason() -> None:
    found = compared({})

    assert (found["sections"], found["why"], found["numbers"], found["other_values"]) == ([], [], 0, 0)


def test_every_number_that_differs_is_listed_before_and_after_under_what_it_is_about() -> None:
    found = compared(
        {
            "summary.requests": 9,
            "consumption.apps.0.records.sum": 71,
            "consumption.weekday_hours.2.5": 1,
            "clauses.0.measures.1.used": 8,
            "findings.0.sentence": "it says the same again",
        }
    )

    assert listed(found) == {
        "summary.requests": (7, 9),
        "clauses[2021-07-01 / daily-volume].measures[any-day / halcyon].used": (6, 8),
        "consumption.apps[halcyon-monitor].records.sum": (70, 71),
        "consumption.weekday_hours[2][5]": (0, 1),
    }
    words = [each["words"] for part in found["sections"] for each in part["changes"]]
    assert words == [
        "requests",
        "clause 2021-07-01 / daily-volume, measured any-day / halcyon, used",
        "app halcyon-monitor, records",
        "Wednesday, hour 5",
    ]
    assert (found["numbers"], found["other_values"]) == (4, 0)


def test_another_order_of_a_list_is_no_difference() -> None:
    days = a_report()["consumption"]["days"]

    assert compared({"consumption.days": days[::-1]})["sections"] == []


def test_what_only_one_report_has_is_listed_by_its_numbers() -> None:
    one = {"status": 503, "requests": 4}
    found = compared({"consumption.statuses": [*a_report()["consumption"]["statuses"], one]})

    change = found["sections"][0]["changes"][0]
    assert (change["path"], change["kind"]) == ("consumption.statuses[503].requests", "added")
    assert (change["before"], change["after"], change["by"]) == (None, 4, None)


def test_unknown_is_not_zero() -> None:
    found = compared({"findings.0.effect.requests_over": 0})

    change = found["sections"][0]["changes"][0]
    assert (change["kind"], change["before"], change["after"], change["by"]) == ("changed", None, 0, None)


def test_money_and_wide_numbers_are_compared_exactly() -> None:
    wide = 2**63
    of_one = {"currency": "USD", "low": "0.10", "high": "12345678901234567890.10", "of": []}
    of_other = {**of_one, "low": "0.30"}
    found = compared(
        {"exposures": [of_other], "summary.records.sum": wide + 1},
        before={"exposures": [of_one], "summary.records.sum": wide},
    )

    by = {each["path"]: each["by"] for part in found["sections"] for each in part["changes"]}
    assert by == {"exposures[USD].low": "0.20", "summary.records.sum": 1}


def test_a_text_that_looks_like_a_number_is_none() -> None:
    hours = [[{"source": "gateway", "date": "2022-01-01", "seen": seen * 24}] for seen in "10"]
    found = compared({"completeness.hours": hours[0]}, before={"completeness.hours": hours[1]})

    assert (found["numbers"], found["other_values"]) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"files.0.file_id": "b" * 64, "reconciliation.entries": 13}, ["late_data"]),
        ({"reconciliation.entries": 13}, ["late_data"]),
        ({"consumption.apps.0.use_case": "Resale"}, ["register"]),
        ({"files.0.requests": 7}, ["register"]),
        ({"findings.0.response": {"date": "2023-02-01", "text": "We agree."}}, ["register"]),
        ({"agreements.0.sha256": "b" * 64}, ["agreement"]),
        ({"period.time_zone": "Europe/Paris", "files": []}, ["question"]),
        ({"schema": "tallystick/report/1"}, ["program"]),
        ({"summary.requests": 8}, ["not_told"]),
    ],
)
def test_the_reason_is_what_the_reports_state_otherwise(changes: dict[str, Any], expected: list[str]) -> None:
    assert reasons(compared(changes)) == expected


def test_new_code_is_a_reason_where_both_say_their_versions() -> None:
    newer = {"tallystick": "0.2.0", "parts": {"duckdb": "1.0"}}

    found = compared({"summary.requests": 8}, newer)

    assert found["why"][0]["values"] == {"name": "tallystick", "before": "0.1.0", "after": "0.2.0"}
    assert reasons(compared({"summary.requests": 8}, None)) == ["not_told"]


def test_a_first_schema_and_anything_else_are_compared_as_far_as_they_go() -> None:
    odd = {"schema": "tallystick/report/1", "files": 3, "clauses": {"a": [1, {"b": None}]}, "consumption": [[]]}

    for before, after in ((odd, a_report()), (a_report(), odd), (odd, odd)):
        found = compare(side(before), side(after))
        assert CHANGES_SHAPE.misfit(parse_canonical(canonical_bytes(found))) is None
        assert bool(found["sections"]) == (before is not after)


def test_a_list_of_words_that_is_gone_is_a_change() -> None:
    found = compared({"asks.0.findings": None})

    assert listed(found) == {"asks[0].findings": ("f1", None)}


ODD: list[Json] = [None, True, 0, -5, 2**60, "", "12.5", "1" * 30, [], {}, [1], ["a"], [[1]], {"a": 1}, "\u202e\x1b[2J"]


def bent(report: Report, chance: random.Random) -> Report:
    """The report with some values anywhere in it taken out or made into others."""
    report = copy.deepcopy(report)
    for _ in range(chance.randrange(1, 5)):
        node: Any = report
        while isinstance(node, dict | list) and node:
            key = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
            if isinstance(node[key], dict | list) and node[key] and chance.random() < 0.8:
                node = node[key]
                continue
            if chance.random() < 0.2:
                del node[key]
            else:
                node[key] = copy.deepcopy(chance.choice(ODD))
            break
    return report


@pytest.mark.parametrize("seed", range(5))
def test_whatever_two_documents_hold_the_changes_have_their_schema(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same documents for the same seed
    for _ in range(40):
        sides = [side(bent(a_report(), chance), chance.choice([None, {}, [], {"tallystick": 1}, RUN])) for _ in "ab"]
        found = parse_canonical(canonical_bytes(compare(*sides)))

        assert CHANGES_SHAPE.misfit(found) is None


def test_an_earlier_report_that_cannot_be_read_is_said_and_nothing_is_listed() -> None:
    found = not_compared(side(a_report()), side(a_report(), revision=2), "it is not there")

    assert CHANGES_SHAPE.misfit(parse_canonical(canonical_bytes(found))) is None
    assert (found["compared"], found["numbers"], reasons(found)) == (False, None, ["not_readable"])
