"""What is true of every clause of every version: the expected verdict, and the exact numbers behind it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tallystick.demo.world.arrivals import calls
from tallystick.demo.world.bursts import QUARTER_HOUR_US
from tallystick.demo.world.peaks import FIXED, SLIDING
from tallystick.demo.world.phases import Phases, phases_of, year_of
from tallystick.demo.world.plan import World
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.reckoning import fixed_windows_over, sliding_episodes, window_over
from tallystick.demo.world.roster import LICENSEES, ROSTER
from tallystick.demo.world.sums import REFUSED, REQUESTS
from tallystick.demo.world.terms import Clause
from tallystick.period import to_text

KEPT, EXCEEDED, NOT_CHECKED = "kept", "exceeded", "not checked"
Fact = dict[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """A year's sums that clauses are judged by.

    `phase` is days x apps x phases x amounts; `peaks` the highest of the year, apps x versions x 2 kinds x 2.
    """

    phase: Integers
    peaks: Integers


def versions_judged(world: World, licensee: int, counted: Counted) -> list[Fact]:
    """Every version of a licensee's agreement, with every clause."""
    versions = world.versions.get(LICENSEES[licensee].id, ())
    facts: list[Fact] = []
    for place, version in enumerate(versions):
        following = versions[place + 1].from_us if place + 1 < len(versions) else None
        requests, _ = _binding(counted, phases_of(world), ROSTER.apps_of(licensee), place)
        facts.append(
            {
                "version": version.in_force_from,
                "in_force_from": to_text(version.from_us),
                "in_force_until": None if following is None else to_text(following),
                "requests": int(requests.sum()),
                "clauses": {clause.id: _judged(world, licensee, place, clause, counted) for clause in version.clauses},
            }
        )
    return facts


def _binding(counted: Counted, phases: Phases, apps: list[int], version: int) -> tuple[Integers, Integers]:
    """Requests, and those not refused with 429, that a version binds: each days x apps."""
    binds = ((phases.version == version) & (phases.in_year == 1))[apps]
    amounts = (counted.phase[:, apps] * binds[None, :, :, None]).sum(axis=2)
    return amounts[:, :, REQUESTS], amounts[:, :, REQUESTS] - amounts[:, :, REFUSED]


def _judged(world: World, licensee: int, version: int, clause: Clause, counted: Counted) -> Fact:
    if clause.kind == "text":
        return {"kind": clause.kind, "verdict": NOT_CHECKED}
    if clause.kind == "use_case":
        return _use_case(world, licensee, version, counted)
    stated = {"kind": clause.kind, "of": clause.of, "per": clause.per, "max": clause.max, "within": clause.within}
    if clause.id == "yearly-volume":
        return stated | _yearly(world, licensee, version, clause.max, counted)
    if clause.id == "quarter-hour":
        return stated | _quarter_hour(world, licensee, version, clause, counted)
    return stated | {"verdict": KEPT}


def _yearly(world: World, licensee: int, version: int, most: int, counted: Counted) -> Fact:
    """The calendar year: what counts, and where it is over, the first request above."""
    apps = ROSTER.apps_of(licensee)
    daily = _binding(counted, phases_of(world), apps, version)[1].sum(axis=1)
    used, year = int(daily.sum()), year_of(world, licensee)
    fact: Fact = {"counted": used, "used": used, "verdict": EXCEEDED if used > most else KEPT, "windows": []}
    if used > most:
        until = np.cumsum(daily)
        day = int(np.searchsorted(until, most, side="right"))
        app, received_us, status, _ = calls(world.budget, day)
        binds = phases_of(world).version[app, phases_of(world).of(app, received_us)] == version
        counting = np.sort(received_us[(status != 429) & binds & (ROSTER.licensee[app] == licensee)])
        over = window_over(
            counting.tolist(),
            limit=most,
            start_us=year.start_us,
            end_us=year.end_us,
            before=int(until[day] - daily[day]),
            after=int(used - until[day]),
        )
        fact["windows"] = [instants_as_text(asdict(over))]
    return fact


def _quarter_hour(world: World, licensee: int, version: int, clause: Clause, counted: Counted) -> Fact:
    """Each app's highest quarter hour, and the episodes of those that are over; the same for fixed quarter hours."""
    apps = ROSTER.apps_of(licensee)
    daily = _binding(counted, phases_of(world), apps, version)[1]
    as_written: Fact = {}
    fixed: Fact = {}
    for place, app in enumerate(apps):
        used = int(daily[:, place].sum())
        if not used:
            continue
        instants = _of_bursts(world, app, version)
        episodes = sliding_episodes(instants, limit=clause.max, window_us=QUARTER_HOUR_US)
        windows = fixed_windows_over(instants, limit=clause.max, window_us=QUARTER_HOUR_US)
        over = sum(episode.requests_over for episode in episodes)
        as_written[ROSTER.apps[app].id] = {
            **_measure(used, counted.peaks[app, version, SLIDING], over=bool(episodes)),
            "requests_over": over,
            "served_over": over,
            "episodes": [instants_as_text(asdict(episode)) for episode in episodes],
        }
        fixed[ROSTER.apps[app].id] = {
            **_measure(used, counted.peaks[app, version, FIXED], over=bool(windows)),
            "windows": [instants_as_text(asdict(window)) for window in windows],
        }
    exceeded = any(measure["verdict"] == EXCEEDED for measure in as_written.values())
    fact: Fact = {"verdict": EXCEEDED if exceeded else KEPT, "apps": as_written}
    return fact | {"readings": {reading.id: {"apps": fixed} for reading in clause.readings}}


def _measure(used: int, peak: Integers, *, over: bool) -> Fact:
    return {
        "counted": used,
        "used": used,
        "peak": int(peak[0]),
        "peak_at": to_text(int(peak[1])),
        "verdict": EXCEEDED if over else KEPT,
    }


def _of_bursts(world: World, app: int, version: int) -> list[int]:
    """The instants of an app's bursts that a version binds, in order, those refused left out."""
    phases = phases_of(world)
    found: list[int] = []
    for burst in sorted(world.budget.bursts, key=lambda burst: burst.start_us):
        if burst.app == ROSTER.apps[app].id:
            instants = burst.instants(world.seed)[~burst.is_refused()]
            row = np.full(len(instants), app, dtype=np.int64)
            found += instants[phases.version[row, phases.of(row, instants)] == version].tolist()
    return found


def _use_case(world: World, licensee: int, version: int, counted: Counted) -> Fact:
    """Requests of each app whose use case was not approved when it made them, in all and without those refused."""
    phases = phases_of(world)
    apps: Fact = {}
    for app in ROSTER.apps_of(licensee):
        lacking = [
            place
            for place, phase in enumerate(phases.phases[app])
            if phase.in_year and phase.version == version and not phase.is_approved
        ]
        amounts = counted.phase[:, app, lacking].sum(axis=(0, 1))
        if amounts[REQUESTS]:
            apps[ROSTER.apps[app].id] = {
                "requests": int(amounts[REQUESTS]),
                "not_throttled": int(amounts[REQUESTS] - amounts[REFUSED]),
            }
    return {"kind": "use_case", "verdict": EXCEEDED if apps else KEPT, "apps": apps}


def instants_as_text(fact: Fact) -> Fact:
    """Instants in microseconds as text, under the names of the report."""
    return {
        name.removesuffix("_us") + "_at" if name.endswith("_us") else name: to_text(value)
        if name.endswith("_us")
        else value
        for name, value in fact.items()
    }
