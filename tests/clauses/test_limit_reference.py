"""The product against the second opinion of tests/reference, on cases that Hypothesis draws; many in one lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pprint import pformat
from typing import Any, get_args

import pytest

from clauses.lakes import TalliedLake
from clauses.product import Usage, answers_of, as_row, borders_of_half, without_peak
from clauses.usages import draw_usages
from reference.limits import Answer, answers
from tallystick.agreements.clause import Window

Compared = tuple[Answer, str]
"""An answer and its verdict."""

CASES = 2_000
"""At least so many for each kind of window; a case is one key of one licensee."""

LICENSEES = {"calendar": 160, "sliding": 190, "anchored": 240, "bucket": 240}
"""As many as have so many keys."""


@dataclass(kw_only=True)
class Court:
    """Drawn usage, what the second opinion says of it, and the lake from which the product judges."""

    kind: str
    usages: list[Usage]
    expected: dict[str, list[Answer]]
    lake: TalliedLake

    @cached_property
    def from_tables(self) -> list[list[Compared]]:
        """What the product says of each licensee, from small tables where they are enough."""
        return [answers_of(self.lake, usage, only_raw=False) for usage in self.usages]

    @cached_property
    def from_requests(self) -> list[list[Compared]]:
        """The same, every sum from requests."""
        return [answers_of(self.lake, usage, only_raw=True) for usage in self.usages]

    def cases(self) -> int:
        return sum(len({answer.key for answer in found}) for found in self.expected.values())


@pytest.fixture(scope="module", params=get_args(Window))
def court(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Court:
    usages = draw_usages(request.param, count=LICENSEES.get(request.param, 240))
    rows = [as_row(call, usage.licensee, place) for usage in usages for place, call in enumerate(usage.calls, 1)]
    limits = {usage.licensee: [clause.limit_as(None) for clause in usage.clauses()] for usage in usages}
    return Court(
        kind=request.param,
        usages=usages,
        expected={
            usage.licensee: answers(usage.calls, usage.editions, usage.time_zone, usage.span()) for usage in usages
        },
        lake=TalliedLake(tmp_path_factory.mktemp(request.param), rows, limits, borders=borders_of_half(usages)),
    )


@pytest.mark.parametrize("only_raw", [False, True], ids=["from small tables", "from requests"])
def test_the_product_and_the_second_opinion_agree(court: Court, only_raw: bool) -> None:
    wrong = []
    for usage, found in zip(court.usages, court.from_requests if only_raw else court.from_tables, strict=True):
        if differing := _differing(court.kind, court.expected[usage.licensee], found):
            wrong.append((len(usage.calls), _told(usage, differing)))

    assert not wrong, f"{len(wrong)} of {len(court.usages)} licensees differ; the smallest:\n{min(wrong)[1]}"
    assert court.cases() >= CASES


def test_small_tables_say_the_same_peaks_as_requests(court: Court) -> None:
    told = untold = 0
    for usage, found in zip(court.usages, court.from_tables, strict=True):
        expected = {(one.version, one.key): one.peak for one in court.expected[usage.licensee]}
        for answer, _ in found:
            if answer.peak is None:
                untold += 1
            else:
                told += 1
                assert answer.peak == (expected[answer.version, answer.key] or 0), usage.licensee

    assert (told > untold) == (court.kind in ("calendar", "sliding"))


def _differing(
    kind: str, expected: list[Answer], found: list[Compared]
) -> dict[tuple[str, str | None], tuple[Compared | None, Compared | None]]:
    """The answers that are not the same, by version and key: what is expected, and what is found."""
    theirs = {(one.version, one.key): (without_peak(kind, one), one.verdict) for one in expected}
    ours = {(one.version, one.key): (without_peak(kind, one), verdict) for one, verdict in found}
    return {key: (theirs.get(key), ours.get(key)) for key in {*theirs, *ours} if theirs.get(key) != ours.get(key)}


def _told(usage: Usage, differing: Mapping[tuple[str, str | None], Any]) -> str:
    """A licensee on which the two differ, as far as they do."""
    keys = {key for _, key in differing}
    per = usage.editions[0].terms.per
    calls = sorted((one for one in usage.calls if one.whose(per) in keys), key=lambda one: one.received_at)
    return (
        f"{pformat(usage.editions)}\n{usage.time_zone} {usage.period}\n{pformat(calls)}\n"
        f"expected, then found:\n{pformat(differing)}"
    )
