from __future__ import annotations

import pickle
from decimal import Decimal

import numpy as np
import pytest

from tallystick.demo.world.budget import LETTERS
from tallystick.demo.world.chance import mix
from tallystick.demo.world.plan import plan_world
from tallystick.demo.world.portions import by_largest_remainder, evenly_among, in_turn, rounded_up
from tallystick.demo.world.rhythm import HOURS, most_in_a_quarter_hour, places, slot_weights
from tallystick.demo.world.roster import LICENSEES, ROSTER
from tallystick.errors import UsageError

SCALES = ["1", "0.1", "0.01", "0.001", "0.0001", "0.00001"]


@pytest.mark.parametrize("scale", SCALES)
def test_the_letters_totals_are_exact_at_every_power_of_ten(scale: str) -> None:
    budget = plan_world(7, Decimal(scale)).budget
    mine = ROSTER.apps_of(LETTERS)

    assert len(mine) == 8
    assert int(budget.requests[mine].sum()) == 780_000_000 * Decimal(scale)
    assert int(budget.records[mine].sum()) == 26_000_000_000 * Decimal(scale)


@pytest.mark.parametrize("scale", ["1", "0.00001"])
def test_no_day_has_more_that_fail_than_requests_and_none_returns_records_without_success(scale: str) -> None:
    budget = plan_world(7, Decimal(scale)).budget
    successful = budget.requests - budget.refused - budget.failed - budget.burst_refused

    assert (budget.background >= 0).all()
    assert (successful >= 0).all()
    assert not budget.records[successful == 0].any()


@pytest.mark.parametrize("scale", ["2", "0", "-1", "0.000001", "0.000015"])
def test_a_scale_that_cannot_keep_the_totals_whole_is_refused(scale: str) -> None:
    with pytest.raises(UsageError) as refused:
        plan_world(7, Decimal(scale))

    assert refused.value.next_step is not None


@pytest.mark.parametrize("scale", ["1", "0.001", "0.00001"])
def test_the_letters_yearly_volume_is_over_both_caps(scale: str) -> None:
    world = plan_world(7, Decimal(scale))
    counted = (world.budget.requests - world.budget.refused - world.budget.burst_refused)[ROSTER.apps_of(LETTERS)]
    first, second = (version.clause("yearly-volume").max for version in world.versions["halcyon"])

    assert (first, second) == (250_000_000 * Decimal(scale), 320_000_000 * Decimal(scale))
    assert int(counted[:, :181].sum()) > first
    assert int(counted[:, 181:].sum()) > second


@pytest.mark.parametrize("scale", ["1", "0.001", "0.00001"])
@pytest.mark.parametrize("seed", [7, 8, 2022])
def test_every_burst_of_the_letters_passes_its_limit_and_no_other_quarter_hour_can(seed: int, scale: str) -> None:
    world = plan_world(seed, Decimal(scale))
    limits = [version.clause("quarter-hour").max for version in world.versions["halcyon"]]
    budget = world.budget

    for burst in budget.bursts[:7]:
        in_one_window = (burst.requests - burst.refused) * min(15 * 60_000_000, burst.length_us) // burst.length_us
        assert in_one_window > limits[burst.start_us >= world.versions["halcyon"][1].from_us]
    for app in ROSTER.apps_of(LETTERS):
        slots = np.stack([budget.slots_on(day)[app] for day in range(365)])
        assert most_in_a_quarter_hour(budget.background[app], slots) <= min(limits)


def test_twenty_licensees_of_all_sizes_make_rather_more_than_half_of_the_letters_volume() -> None:
    requests = plan_world(7, Decimal(1)).budget.requests.sum(axis=1)
    lawful = [int(requests[ROSTER.apps_of(number)].sum()) for number in range(1, 21)]

    assert sum(lawful) == 429_000_000
    assert lawful == sorted(lawful, reverse=True)
    assert lawful[0] > 15 * lawful[-1]


def test_six_of_the_letters_eight_apps_lack_an_approved_use_case_at_some_time_of_the_year() -> None:
    lacking = [
        app.id
        for app in LICENSEES[LETTERS].apps
        if app.use_case is None or app.use_case.approved is None or app.use_case.approved > "2022-01-01"
    ]

    assert len(lacking) == 6


def test_a_world_is_pickled_as_its_seed_and_scale() -> None:
    world = plan_world(7, Decimal("0.0001"))

    assert len(pickle.dumps(world)) < 500
    assert pickle.loads(pickle.dumps(world)) is world  # noqa: S301 - our own bytes


def test_splitmix64_is_the_published_one() -> None:
    # The first numbers of the generator seeded with 1234567, as its reference implementation prints them.
    counters = np.arange(1, 4, dtype=np.uint64)

    numbers = mix(np.uint64(1234567) + counters * np.uint64(0x9E3779B97F4A7C15))

    assert numbers.tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    assert by_largest_remainder(10, [1, 1, 1]) == [4, 3, 3]
    assert by_largest_remainder(7, [10, 5, 0, 15]) == [2, 1, 0, 4]
    assert by_largest_remainder(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError):
        by_largest_remainder(1, [0, 0])


def test_a_few_are_spread_over_many_days_and_days_without_weight_get_none() -> None:
    parts = in_turn(10, [3, 0, 3, 3] * 10)

    assert sum(parts) == 10
    assert not any(parts[1::4])
    assert max(parts) == 1
    assert all(sum(parts[start : start + 8]) == 2 for start in range(0, 40, 8))
    assert in_turn(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError):
        in_turn(1, [0])


def test_marks_that_are_spread_evenly_never_outnumber_a_run() -> None:
    counts = np.array([0, 1, 5, 0, 2, 9], dtype=np.int64)

    for marked in range(int(counts.sum()) + 1):
        parts = evenly_among(counts, marked)
        assert parts.sum() == marked
        assert (parts <= counts).all()


def test_agreements_have_round_numbers() -> None:
    assert [rounded_up(number) for number in (7, 99, 100, 101, 25_001, 250_000)] == [7, 99, 100, 110, 26_000, 250_000]


@pytest.mark.parametrize("rhythm", sorted(HOURS))
@pytest.mark.parametrize("count", [1, 2, 7, 96, 1_000])
def test_places_follow_in_order_and_no_quarter_hour_holds_more_than_its_bound(rhythm: str, count: int) -> None:
    weights = slot_weights(rhythm)[None, :]
    index = np.arange(count, dtype=np.int64)
    chance = mix(index.astype(np.uint64))

    instants = places(index, np.full(count, count), chance, np.zeros(count, dtype=np.int64), weights)

    assert (np.diff(instants) >= 0).all()
    assert 0 <= instants[0] <= instants[-1] < 86_400_000_000
    used = [sum(instant - 900_000_000 < other <= instant for other in instants) for instant in instants]
    assert max(used) <= most_in_a_quarter_hour(np.array([count]), weights)
