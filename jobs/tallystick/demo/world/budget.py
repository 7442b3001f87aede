"""How many requests and records each app has on each day of the year, as whole numbers that add up to the letter's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tallystick.demo.world.bursts import FIRST_DAY, Burst
from tallystick.demo.world.chance import Words, key_of, keys_of
from tallystick.demo.world.halcyon import LETTER_RECORDS, LETTER_REQUESTS
from tallystick.demo.world.others import LAWFUL, OTHERS_REQUESTS, UNKNOWN_REQUESTS, WITHOUT_AGREEMENT_REQUESTS
from tallystick.demo.world.portions import Integers, by_largest_remainder, evenly_among, in_turn
from tallystick.demo.world.rhythm import DAYS, day_weights, slot_weights
from tallystick.demo.world.roster import LICENSEES, ROSTER
from tallystick.errors import UsageError
from tallystick.period import DAY_US

SMALLEST = Decimal("0.00001")
MILLION = 1_000_000
LETTERS = 0
"""The letter's licensee's number in the roster."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Budget:
    """What every app does on every day; arrays are apps x 365 unless said.

    `background` requests lie outside bursts; of these `refused` end with 429 and `failed` with another error.
    `burst` and `burst_refused` are those of bursts. `records` are returned by all that succeed. `before` counts each
    app's requests of earlier days. `slots` (apps x 96) are quarter-hour weights, `silent` those of the (app, day) that
    differ.
    """

    seed: int
    bursts: tuple[Burst, ...]
    background: Integers
    refused: Integers
    failed: Integers
    burst: Integers
    burst_refused: Integers
    records: Integers
    before: Integers
    slots: Integers
    silent: dict[tuple[int, int], Integers]
    keys: Words

    @property
    def requests(self) -> Integers:
        """All requests, apps x 365."""
        return self.background + self.burst

    def slots_on(self, day: int) -> Integers:
        """Quarter-hour weights of one day, apps x 96."""
        return day_slots(self.slots, self.silent, day)


def checked_scale(scale: Decimal) -> Decimal:
    """`scale` if every total of the letter is a whole number at it. Raises UsageError."""
    if not SMALLEST <= scale <= 1 or scale % SMALLEST:
        raise UsageError(
            f"the demo world cannot have the scale {scale}",
            next_step="take a multiple of 0.00001 up to 1, for example --scale 0.001",
        )
    return scale


def scaled(number: int, scale: Decimal) -> int:
    """`number` at `scale`, rounded down where it is no whole number."""
    return int(number * scale)


def requests_of_apps(scale: Decimal) -> list[int]:
    """Requests of each app in the year, bursts included."""
    lawful = by_largest_remainder(
        scaled(OTHERS_REQUESTS, scale), [60 * MILLION // (place + 1) for place in range(len(LAWFUL))]
    )
    totals = [
        scaled(LETTER_REQUESTS, scale),
        *lawful,
        scaled(WITHOUT_AGREEMENT_REQUESTS, scale),
        scaled(UNKNOWN_REQUESTS, scale),
    ]
    return [
        part
        for total, licensee in zip(totals, LICENSEES, strict=True)
        for part in by_largest_remainder(total, [app.share for app in licensee.apps])
    ]


def split_over_days(totals: list[int], seed: int) -> Integers:
    """Each app's requests over the days of the year, apps x 365."""
    rows = []
    for app, total in zip(ROSTER.apps, totals, strict=True):
        weights = day_weights(app.rhythm, growth=app.growth, key=key_of(seed, "weather", app.id))
        weights[: app.from_day] = 0
        weights[app.slower_from_day :] //= 3
        rows.append(in_turn(total, weights.tolist()))
    return np.array(rows, dtype=np.int64)


def base_slots() -> Integers:
    """Quarter-hour weights of an ordinary day, apps x 96."""
    return np.array([slot_weights(app.rhythm) for app in ROSTER.apps], dtype=np.int64)


def day_slots(slots: Integers, silent: dict[tuple[int, int], Integers], day: int) -> Integers:
    """`slots` with the silence around the day's bursts."""
    quiet = [(app, weights) for (app, on), weights in silent.items() if on == day]
    if not quiet:
        return slots
    changed = slots.copy()
    for app, weights in quiet:
        changed[app] = weights
    return changed


def silences(bursts: tuple[Burst, ...], slots: Integers) -> dict[tuple[int, int], Integers]:
    """The quarter-hour weights of the (app, day) pairs on which a burst silences the app's other traffic."""
    changed: dict[tuple[int, int], Integers] = {}
    for burst in bursts:
        app = ROSTER.app_number(burst.app)
        for day in range(burst.days[0] - 1, burst.days[-1] + 2):
            quiet = burst.silent_slots(day)
            if 0 <= day < len(DAYS) and quiet:
                weights = changed.setdefault((app, day), slots[app].copy())
                weights[quiet.start : quiet.stop] = 0
    return changed


def make_budget(*, seed: int, scale: Decimal, totals: list[int], bursts: tuple[Burst, ...]) -> Budget:
    """Divide every app's year, so that requests and records add up exactly."""
    burst, burst_refused = _bursts_by_day(bursts, seed)
    background = split_over_days(
        [total - int(planned.sum()) for total, planned in zip(totals, burst, strict=True)], seed
    )
    refused, failed = np.zeros_like(background), np.zeros_like(background)
    for number, app in enumerate(ROSTER.apps):
        whole = int(background[number].sum())
        bad = evenly_among(background[number], whole * (app.refused + app.failed) // MILLION)
        refused[number] = evenly_among(bad, int(bad.sum()) * app.refused // (app.refused + app.failed))
        failed[number] = bad - refused[number]
    successful = background - refused - failed + burst - burst_refused
    requests = background + burst
    slots = base_slots()
    return Budget(
        seed=seed,
        bursts=bursts,
        background=background,
        refused=refused,
        failed=failed,
        burst=burst,
        burst_refused=burst_refused,
        records=_records(successful, scale),
        before=np.cumsum(requests, axis=1) - requests,
        slots=slots,
        silent=silences(bursts, slots),
        keys=keys_of(seed, "requests", [app.id for app in ROSTER.apps]),
    )


def _bursts_by_day(bursts: tuple[Burst, ...], seed: int) -> tuple[Integers, Integers]:

    requests = np.zeros((len(ROSTER.apps), len(DAYS)), dtype=np.int64)
    refused = np.zeros_like(requests)
    for burst in bursts:
        app = ROSTER.app_number(burst.app)
        days = burst.instants(seed) // DAY_US - FIRST_DAY
        requests[app] += np.bincount(days, minlength=len(DAYS))
        refused[app] += np.bincount(days[burst.is_refused()], minlength=len(DAYS))
    return requests, refused


def _records(successful: Integers, scale: Decimal) -> Integers:
    """Records of each app and day: the letter's divided over its apps, everybody else's by what their calls return."""
    yearly = [int(row.sum()) * app.records_per_hundred // 100 for row, app in zip(successful, ROSTER.apps, strict=True)]
    mine = ROSTER.apps_of(LETTERS)
    parts = by_largest_remainder(scaled(LETTER_RECORDS, scale), [yearly[app] for app in mine])
    for app, part in zip(mine, parts, strict=True):
        yearly[app] = part
    daily = [in_turn(total, row.tolist()) for total, row in zip(yearly, successful, strict=True)]
    return np.array(daily, dtype=np.int64)
