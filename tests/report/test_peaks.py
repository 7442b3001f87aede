"""The fullest window of each day, against every window added up in plain Python."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from building import Row, a_period, a_request, a_version, us
from clauses.lakes import TalliedLake
from tallystick.agreements.load import Binding
from tallystick.period import DAY_US, Period, to_text, to_us
from tallystick.report.peaks import peaks
from tallystick.tally.summary import borders_of, readings_of, summaries

TURN = "2022-03-02T14:20:00"
LIMITS: tuple[dict[str, Any], ...] = (
    {"of": "requests", "per": "app", "window": "sliding", "within": "PT15M"},
    {"of": "records", "per": "licensee", "window": "sliding", "within": "PT6H"},
    {"of": "requests", "per": "user", "window": "sliding", "within": "P1D"},
    {"of": "records", "per": "app", "window": "calendar", "within": "PT7M"},
    {"of": "requests", "per": "licensee", "window": "calendar", "within": "PT1H"},
    {"of": "records", "per": "app", "window": "calendar", "within": "PT45M"},
)
OTHERS: tuple[dict[str, Any], ...] = (
    {"of": "requests", "per": "app", "window": "calendar", "within": "P1D"},
    {"of": "requests", "per": "app", "window": "sliding", "within": "P2D"},
    {"of": "requests", "per": "app", "window": "anchored", "within": "PT1H"},
    {"of": "requests", "per": "app", "window": "bucket", "within": "PT1H"},
)
LENGTH_US = {"PT15M": 900, "PT6H": 21_600, "P1D": 86_400, "PT7M": 420, "PT1H": 3_600, "PT45M": 2_700}


def a_limit(number: int, terms: dict[str, Any]) -> dict[str, Any]:
    said = {"id": f"limit-{number}", "cites": "§ 2", "says": "Words.", "kind": "limit"}
    return said | {"max": 10, "tolerance": 1} | terms


def some_requests(seed: int) -> list[Row]:
    chance = random.Random(seed)  # noqa: S311 - the same requests for the same seed
    instants = ("00:00:00", "00:06:59.999999", "13:59:59.999999", "14:19:59.999999", "14:20:00", "23:59:59.999999")
    rows = []
    for number in range(160):
        clock = chance.choice(instants) if number % 4 == 0 else f"{chance.choice((0, 13, 14, 23)):02}:"
        if clock.endswith(":"):
            clock += f"{chance.randrange(60):02}:{chance.randrange(60):02}"
        rows.append(
            a_request(
                at=f"2022-03-0{chance.choice('1223')}T{clock}",
                position=number,
                app=chance.choice(("archive", "monitor")),
                user=chance.choice(("u1", "u2", None)),
                records=chance.choice((None, 0, 1, 5)),
                status=chance.choice((200, 200, 429, None)),
                is_duplicate=chance.random() < 0.1,
            )
        )
    return rows


def fullest(rows: list[Row], terms: dict[str, Any], span: Period) -> list[dict[str, Any]]:
    """The slow way: each window of each caller, and of each day the fullest, the first of equals."""
    length_us = LENGTH_US[terms["within"]] * 1_000_000
    calls: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        at_us = to_us(row["received_at"])
        key = row[terms["per"]]
        amount = 1 if terms["of"] == "requests" else row["records"]
        if row["is_duplicate"] or row["status"] == 429 or key is None or not span.start_us <= at_us < span.end_us:
            continue
        is_of_quarters = terms["window"] == "calendar" and length_us % 900_000_000 == 0
        if amount is not None or is_of_quarters:
            calls.setdefault(key, []).append((at_us, amount or 0))
    found: dict[int, tuple[int, int, str]] = {}
    for key, theirs in calls.items():
        for at_us, _ in theirs:
            if terms["window"] == "sliding":
                used, reached = sum(each for then, each in theirs if at_us - length_us < then <= at_us), at_us
            else:
                start = at_us // length_us * length_us
                used = sum(each for then, each in theirs if start <= then < start + length_us)
                reached = max(start, span.start_us) if length_us % 900_000_000 == 0 else at_us
            best = (-used, reached, key)
            day = reached // DAY_US
            found[day] = min(found.get(day, best), best)
    return [
        {"date": to_text(day * DAY_US)[:10], "key": key, "peak": -minus, "peak_at": to_text(reached)}
        for day, (minus, reached, key) in sorted(found.items())
    ]


@pytest.mark.parametrize("period", ["2022-03", "2022-03-01T13:59:59/2022-03-03T14:07:30"])
def test_the_fullest_window_of_each_day_is_that_of_every_window_added_up(tmp_path: Path, period: str) -> None:
    clauses = [a_limit(number, terms) for number, terms in enumerate([*LIMITS, *OTHERS])]
    old, new = (a_version(*clauses, version=f"v{number}") for number in (1, 2))
    bindings = [
        Binding(version=old, sha256="0" * 64, from_us=old.from_us, until_us=us(TURN)),
        Binding(version=new, sha256="0" * 64, from_us=us(TURN), until_us=None),
    ]
    asked = [one.summary for one in summaries(bindings)]
    limits = [limit for one in old.clauses for _, limit in readings_of(one)]
    rows = some_requests(7)
    lake = TalliedLake(tmp_path, rows, {"halcyon": limits}, asked, {"halcyon": borders_of(bindings)})
    start, _, end = period.partition("/")
    whole = Period(text=period, start_us=us(start), end_us=us(end)) if end else a_period(period)

    found = peaks(lake.reader("halcyon"), bindings, whole)

    expected = [(binding, number, terms) for binding in bindings for number, terms in enumerate(LIMITS)]
    assert [(one["version"], one["clause"]) for one in found] == [
        (binding.version.version, f"limit-{number}") for binding, number, _ in expected
    ]
    for one, (binding, _, terms) in zip(found, expected, strict=True):
        span = binding.within(whole)
        assert span is not None
        assert {name: one[name] for name in terms} == terms
        assert (one["max"], one["limit"]) == (10, 11)
        assert one["days"] == fullest(rows, terms, span)
    assert [len(one["days"]) for one in found].count(0) == 0
