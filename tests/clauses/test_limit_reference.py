"""The product against the second opinion of tests/reference, on cases that Hypothesis draws; many in one lake."""

from __future__ import annotations

from dataclasses import dataclass
from pprint import pformat
from typing import get_args

import pytest

from clauses.lakes import TalliedLake
from clauses.product import Usage, answers_of, as_row, without_peak
from clauses.usages import draw_usages
from reference.limits import Answer, answers
from tallystick.agreements.clause import Window

LICENSEES = 240
CASES = 2_000
"""A case is one key of one licensee."""


@dataclass(frozen=True, kw_only=True)
class Court:
    """Drawn usage, what the second opinion says of it, and the lake from which the product judges."""

    usages: list[Usage]
    expected: dict[str, list[Answer]]
    lake: TalliedLake

    def cases(self) -> int:
        return sum(len({answer.key for answer in found}) for found in self.expected.values())


@pytest.fixture(scope="module", params=get_args(Window))
def court(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Court:
    usages = draw_usages(request.param, count=LICENSEES)
    rows = [as_row(call, usage.licensee, place) for usage in usages for place, call in enumerate(usage.calls, 1)]
    limits = {usage.licensee: [clause.limit_as(None) for clause in usage.clauses()] for usage in usages}
    return Court(
        usages=usages,
        expected={
            usage.licensee: answers(usage.calls, usage.editions, usage.time_zone, usage.span()) for usage in usages
        },
        lake=TalliedLake(tmp_path_factory.mktemp(request.param), rows, limits),
    )


@pytest.mark.parametrize("only_raw", [False, True], ids=["from small tables", "from requests"])
def test_the_product_and_the_second_opinion_agree(court: Court, only_raw: bool) -> None:
    wrong = []
    for usage in court.usages:
        expected = court.expected[usage.licensee]
        found = answers_of(court.lake, usage, only_raw=only_raw)
        if _comparable(found) != [(without_peak(one), one.verdict) for one in expected]:
            wrong.append((len(usage.calls), usage, found, expected))

    assert not wrong, _told(min(wrong, key=lambda one: one[0]), len(wrong), len(court.usages))
    assert court.cases() >= CASES


def _comparable(found: list[tuple[Answer, str]]) -> list[tuple[Answer, str]]:
    return [(without_peak(answer), verdict) for answer, verdict in found]


def _told(smallest: tuple[int, Usage, list[tuple[Answer, str]], list[Answer]], wrong: int, usages: int) -> str:
    """The smallest licensee on which the two differ, and where."""
    _, usage, found, expected = smallest
    both = {(one.version, one.key): [(without_peak(one), one.verdict)] for one in expected}
    for answer, verdict in found:
        both.setdefault((answer.version, answer.key), []).append((without_peak(answer), verdict))
    differing = {key: pair for key, pair in both.items() if len(pair) != 2 or pair[0] != pair[1]}
    keys = {key for _, key in differing}
    per = usage.editions[0].terms.per
    calls = sorted((one for one in usage.calls if one.whose(per) in keys), key=lambda one: one.received_at)
    return (
        f"{wrong} of {usages} licensees differ; the smallest:\n{pformat(usage.editions)}\n"
        f"{usage.time_zone} {usage.period}\n"
        f"{pformat(calls)}\nexpected, then found:\n{pformat(differing)}"
    )
