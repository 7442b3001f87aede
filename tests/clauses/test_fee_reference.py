"""Fees against the second opinion of tests/reference, on usage that is drawn where months begin; one lake for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from building import Row, a_licensee, a_version
from clauses.judged import STATED
from clauses.lakes import TalliedLake
from reference import fees
from tallystick.agreements.load import Binding
from tallystick.clauses.fee import TOTAL, measure
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import Measure
from tallystick.period import Period, to_text, to_us

ZONES = {
    "Etc/UTC": ("2022-03-01T00:00:00", "2024-03-01T00:00:00", "2023-01-01T00:00:00"),
    "America/New_York": ("2022-11-01T04:00:00", "2022-12-01T05:00:00", "2022-04-01T04:00:00"),
    "Europe/Berlin": ("2022-03-31T22:00:00", "2022-10-31T23:00:00", "2022-11-30T23:00:00"),
    "Australia/Lord_Howe": ("2022-03-31T13:00:00", "2022-04-30T13:30:00"),
    "Asia/Kathmandu": ("2022-05-31T18:15:00",),
    "Pacific/Apia": ("2011-12-31T10:00:00", "2011-11-30T10:00:00"),
}
"""Instants, UTC, at which a month begins in a zone, some after a change of clocks."""

STEP = timedelta(microseconds=1)
BILLS = 500
"""At least so many; a bill is one month of one licensee."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One licensee: its calls with their records, its fee, what it paid, and the period."""

    licensee: str
    zone: str
    calls: tuple[tuple[datetime, int | None], ...]
    fee: fees.Fee
    paid: dict[str, str]
    period: tuple[datetime, datetime]

    def clause(self) -> Row:
        tiers = [{"price": price} | ({} if last is None else {"up_to": last}) for last, price in self.fee.tiers]
        numbers = {name: getattr(self.fee, name) for name in ("tiering", "per_units", "free", "base", "minimum")}
        said = {"kind": "fee", "of": "records", "currency": "USD", "tiers": tiers}
        return STATED | said | numbers

    def rows(self) -> list[Row]:
        return [
            {
                "event_date": at.date(),
                "licensee": self.licensee,
                "app": "monitor",
                "is_duplicate": False,
                "conflict": False,
                "received_at": at,
                "source": "edge",
                "status": 200,
                "records": records,
                "file_id": self.licensee,
                "position": place,
            }
            for place, (at, records) in enumerate(self.calls, 1)
        ]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(sorted(ZONES)))
    border = datetime.fromisoformat(draw(st.sampled_from(ZONES[zone]))).replace(tzinfo=UTC)
    offsets = st.sampled_from([-STEP, 0 * STEP, STEP]) | st.integers(-40 * 24, 40 * 24).map(
        lambda n: n * timedelta(hours=1)
    )
    at = offsets.map(lambda offset: border + offset)
    records = st.sampled_from([0, 1, 7, 50, 999, 2**53 + 1]) | st.integers(0, 200)
    calls = draw(st.lists(st.tuples(at, records), min_size=1, max_size=12))
    if draw(st.integers(0, 3)) == 0:
        calls.append((draw(at), None))
    ends = sorted(draw(st.sets(st.integers(1, 300), max_size=3)))
    prices = st.sampled_from(["0", "0.01", "0.333", "0.5", "1.25", "12"])
    tiers = tuple((end, draw(prices)) for end in [*ends, None])
    fee = fees.Fee(
        tiers=tiers,
        tiering=draw(st.sampled_from(["graduated", "volume"])),
        per_units=draw(st.sampled_from([1, 3, 1000])),
        free=draw(st.sampled_from([0, 1, 50, 500])),
        base=draw(st.sampled_from(["0", "10.00"])),
        minimum=draw(st.sampled_from(["0", "12.345"])),
    )
    edges = st.sampled_from([-75 * 24, -30 * 24, -1, 0, 1, 30 * 24])
    start = border + draw(edges) * timedelta(hours=1)
    period = (start, start + timedelta(hours=draw(st.sampled_from([1, 40 * 24, 120 * 24]))))
    return Case(licensee="", zone=zone, calls=tuple(calls), fee=fee, paid={}, period=period)


def drawn(count: int) -> list[Case]:
    found: list[Case] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    named = [replace(case, licensee=f"licensee-{place:04}") for place, case in enumerate(found)]
    return [replace(case, paid=_paid(case, place)) for place, case in enumerate(named)]


def _paid(case: Case, place: int) -> dict[str, str]:
    """Exactly what is owed, a cent more, a cent less, or nothing that is stated, month by month."""
    paid = {}
    for number, bill in enumerate(expected(case), start=place):
        amount = bill.owed + (Decimal("0.00"), Decimal("0.01"), Decimal("-0.01"))[number % 3]
        if number % 5 and amount >= 0 and amount < 10**15:
            paid[bill.month] = str(amount)
    return paid


def expected(case: Case) -> list[fees.Bill]:
    return fees.bills(case.fee, case.calls, case.paid, ZoneInfo(case.zone), case.period)


def found(lake: TalliedLake, case: Case, *, only_raw: bool) -> list[Measure]:
    version = a_version(case.clause(), time_zone=case.zone, in_force_from="2000-01-01")
    binding = Binding(version=version, sha256="0" * 64, from_us=version.from_us, until_us=None)
    start, end = map(to_us, case.period)
    paid = [{"month": month, "amount": amount, "currency": "USD"} for month, amount in case.paid.items()]
    judging = Judging(
        reader=lake.reader(case.licensee, only_raw=only_raw),
        licensee=a_licensee(licensee=case.licensee, paid=paid),
        binding=binding,
        span=Period(text=f"{to_text(start)}/{to_text(end)}", start_us=start, end_us=end),
        in_period=0,
    )
    return measure(judging, version.clauses[0])  # type: ignore[arg-type]


def as_bill(one: Measure) -> fees.Bill:
    money: Any = one.money
    return fees.Bill(
        month=str(one.key),
        quantity=one.used,
        owed=money.owed,
        paid=money.paid,
        is_at_least=money.is_at_least,
        verdict=one.verdict,
    )


@pytest.fixture(scope="module")
def drawn_cases() -> list[Case]:
    return drawn(260)


@pytest.fixture(scope="module")
def lake(drawn_cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> TalliedLake:
    return TalliedLake(tmp_path_factory.mktemp("fees"), [row for case in drawn_cases for row in case.rows()], {})


@pytest.mark.parametrize("only_raw", [False, True])
def test_the_second_opinion_finds_the_same_bills(lake: TalliedLake, drawn_cases: list[Case], only_raw: bool) -> None:
    compared = 0
    for case in drawn_cases:
        bills = expected(case)
        *months, total = found(lake, case, only_raw=only_raw)
        assert [as_bill(one) for one in months] == bills, case
        assert (total.key, total.counted, total.used) == (TOTAL, 0, sum(one.quantity for one in bills))
        compared += len(bills)

    assert compared >= BILLS


def test_every_verdict_is_drawn(drawn_cases: list[Case]) -> None:
    verdicts = [bill.verdict for case in drawn_cases for bill in expected(case)]

    assert min(verdicts.count(one) for one in ("kept", "exceeded", "not decided")) >= 40
    assert sum(bill.is_at_least for case in drawn_cases for bill in expected(case)) >= 100
