from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from building import Row, a_licensee, a_version, requests
from clauses.judged import STATED, judge_clause

HALCYON = a_licensee(
    {"app": "monitor"},
    {"app": "trial", "environment": "dev"},
    {"app": "rehearsal", "environment": "stage"},
    {"app": "silent", "environment": "dev"},
)
LIMITS = [
    {"max": 2, "window": "calendar", "within": "P1D"},
    {"max": 2, "window": "calendar", "within": "PT1M"},
    {"max": 2, "window": "sliding", "within": "PT15M"},
    {"max": 2, "window": "sliding", "within": "P2D"},
    {"max": 2, "window": "anchored", "within": "PT15M"},
    {"max": 2, "window": "bucket", "within": "PT15M"},
]


def calls() -> list[Row]:
    return [
        *requests("10:00:00 10:00:01 10:00:02 10:00:03", app="monitor"),
        *requests("10:00:00 10:00:01 10:00:02", app="trial"),
        *requests("10:00:00 10:00:01", app="rehearsal"),
        *requests("10:00:02", app="rehearsal", status=429),
        *requests("10:00:00 10:00:01 10:00:02", app="unregistered"),
    ]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit['window']} {limit['within']}")
def test_only_apps_of_these_environments_are_held_to_the_limit(tmp_path: Path, limit: dict[str, object]) -> None:
    judged = judge_clause(tmp_path, calls(), {"kind": "environment"} | limit, licensee=HALCYON)

    assert judged.verdicts() == {"rehearsal": (2, 2, "kept"), "trial": (3, 3, "exceeded")}
    assert judged.measures["trial"].windows[0].over == 1
    assert judged.measures["trial"].witnesses


def test_environments_say_which_apps(tmp_path: Path) -> None:
    clause = {"kind": "environment", "environments": ["stage"], "max": 1, "window": "calendar", "within": "P1D"}

    judged = judge_clause(tmp_path, calls(), clause, licensee=HALCYON)

    assert judged.verdicts() == {"rehearsal": (2, 2, "exceeded")}
    assert judged.terms == "at most 1 requests per app in a calendar day (P1D), for apps of environment stage"


def test_where_no_app_is_of_these_environments_one_measure_of_nothing_says_so(tmp_path: Path) -> None:
    clause = {"kind": "environment"} | LIMITS[2]

    assert judge_clause(tmp_path, calls(), clause, licensee=a_licensee()).verdicts() == {None: (0, 0, "kept")}


def test_an_unknown_amount_leaves_the_volume_undecided(tmp_path: Path) -> None:
    rows = [*requests("10:00:00", app="trial", records=2), *requests("10:00:00", app="trial", records=None)]

    judged = judge_clause(tmp_path, rows, {"kind": "environment", "of": "records"} | LIMITS[0], licensee=HALCYON)

    assert judged.verdicts() == {"trial": (2, 2, "not decided")}


def test_what_is_kept_reads_no_raw_row_whatever_production_does(tmp_path: Path) -> None:
    for place, limit in enumerate(LIMITS):
        clause = {"kind": "environment", "environments": ["stage"]} | limit
        judged = judge_clause(tmp_path / str(place), calls(), clause, licensee=HALCYON)
        assert [one.rows_read for one in judged.measures.values()] == [0]


@pytest.mark.parametrize(
    "said",
    [
        {"max": 1, "window": "sliding", "within": "P1M"},
        {"max": 1, "window": "calendar", "within": "P2D"},
        {"max": -1, "window": "calendar", "within": "P1D"},
        {"max": 1, "window": "calendar", "within": "P1D", "environments": []},
        {"max": 1, "window": "calendar", "within": "P1D", "environments": ["test"]},
    ],
)
def test_a_window_or_environment_that_does_not_exist_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_version(STATED | {"kind": "environment"} | said)
