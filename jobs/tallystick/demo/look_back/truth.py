"""What is true of the two years: every version's numbers, those of 2021 reckoned here and those of 2022 taken over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from tallystick.demo.look_back.monday import (
    FAILED,
    HOST,
    RECORDS,
    REFUSED,
    REQUESTS,
    RESPONSE_BYTES,
    SOURCE,
    MondayWritten,
    bulk_arrivals,
)
from tallystick.demo.look_back.plan import MONDAYS, PERIOD, SHARES, LookBack, year_2021
from tallystick.demo.world.halcyon import LETTER
from tallystick.demo.world.judged import EXCEEDED, KEPT, NOT_CHECKED, instants_as_text
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.reckoning import window_over
from tallystick.demo.world.roster import ROSTER
from tallystick.demo.world.terms import Clause
from tallystick.period import to_text

Fact = dict[str, Any]


def look_back_truth(look_back: LookBack, written: Sequence[MondayWritten], year: Fact) -> Fact:
    """All that is true of the letter's licensee in the look-back; `year` is what is true of it in 2022.

    Raises ValueError if a Monday is missing.
    """
    written = sorted(written, key=lambda one: one.monday)
    if [one.monday for one in written] != list(range(len(MONDAYS))):
        raise ValueError("the truth of the look-back needs every Monday of it, once")
    sums: Integers = np.sum([one.sums for one in written], axis=0)
    versions = [_version(look_back, written, sums, place, year) for place in range(len(look_back.all_versions))]
    apps = {name: _amounts(sums[app].sum(axis=0)) for app, name in enumerate(SHARES)}
    for name, facts in year["apps"].items():
        apps[name] = _added(apps.get(name), facts)
    callers = np.sum([one.caller for one in written], axis=0)
    shown = {ROSTER.callers[number].credential_id for number in np.flatnonzero(callers).tolist()}
    shown |= {name for app in year["apps"].values() for name in app["credentials"]}
    whole = _amounts(sums.sum(axis=(0, 1)))
    return {
        "licensee": LETTER,
        "period": PERIOD,
        "conclusion": "outside terms",
        "summary": {
            **_added(whole, year["summary"]),
            "apps": sum(facts["requests"] > 0 for facts in apps.values()),
            "credentials": len(shown),
        },
        "apps": apps,
        "versions": versions,
        "after_end": year["after_end"],
        "ledger": {
            "source": SOURCE,
            "host": HOST,
            "files": len(written),
            "entries": whole["requests"],
            "rejected": 0,
            "accepted": whole["requests"],
            "duplicate": 0,
            "conflict": 0,
            "unique": whole["requests"],
            "unattributed": 0,
            "attributed": whole["requests"],
        },
    }


def _version(look_back: LookBack, written: Sequence[MondayWritten], sums: Integers, place: int, year: Fact) -> Fact:
    version = look_back.all_versions[place]
    following = look_back.all_versions[place + 1].from_us if place + 1 < len(look_back.all_versions) else None
    later = next((one for one in year["versions"] if one["version"] == version.in_force_from[:10]), None)
    mine = sums[:, place]
    clauses: Fact = {}
    for clause in version.clauses:
        rest = later["clauses"][clause.id] if later else None
        if clause.kind == "text":
            clauses[clause.id] = {"kind": clause.kind, "verdict": NOT_CHECKED}
        elif clause.kind == "use_case":
            clauses[clause.id] = _use_case(mine, rest)
        elif clause.id == "yearly-volume":
            clauses[clause.id] = _yearly(look_back, written, place, clause, rest)
        else:
            clauses[clause.id] = _quarter_hour(written, place, clause, rest)
    return {
        "version": version.in_force_from[:10],
        "in_force_from": to_text(version.from_us),
        "in_force_until": None if following is None else to_text(following),
        "requests": int(mine[:, REQUESTS].sum()) + (later["requests"] if later else 0),
        "clauses": clauses,
    }


def _yearly(
    look_back: LookBack, written: Sequence[MondayWritten], place: int, clause: Clause, rest: Fact | None
) -> Fact:
    """The calendar years that a version judges: 2021 here, 2022 from the year's own truth."""
    counted = [int((one.sums[:, place, REQUESTS] - one.sums[:, place, REFUSED]).sum()) for one in written]
    used, windows = sum(counted), []
    if used > clause.max:
        until = np.cumsum(counted)
        monday = int(np.searchsorted(until, clause.max, side="right"))
        day = bulk_arrivals(look_back, monday)
        counts = (day.status != 429) & (look_back.binding(day.received_us) == place)
        over = window_over(
            day.received_us[counts].tolist(),
            limit=clause.max,
            start_us=year_2021().start_us,
            end_us=year_2021().end_us,
            before=int(until[monday]) - counted[monday],
            after=used - int(until[monday]),
        )
        windows.append(instants_as_text(asdict(over)))
    if rest:
        used, windows = used + rest["used"], [*windows, *rest["windows"]]
    return {
        "kind": clause.kind,
        "max": clause.max,
        "counted": used,
        "used": used,
        "verdict": EXCEEDED if windows else KEPT,
        "windows": windows,
    }


def _quarter_hour(written: Sequence[MondayWritten], place: int, clause: Clause, rest: Fact | None) -> Fact:
    """Each app's highest quarter hour, and its episodes; no quarter hour holds requests of both years."""
    apps: Fact = {}
    for app, name in enumerate(SHARES):
        days = [one for day in written for one in day.quarters if (one.app, one.version) == (app, place)]
        if counted := sum(day.counted for day in days):
            highest = max(days, key=lambda day: (day.peak, -day.peak_us))
            apps[name] = {
                "counted": counted,
                "used": counted,
                "peak": highest.peak,
                "peak_at": to_text(highest.peak_us),
                "episodes": [instants_as_text(asdict(episode)) for day in days for episode in day.episodes],
            }
    for name, later in (rest["apps"] if rest else {}).items():
        apps[name] = _later(apps.get(name), later)
    for facts in apps.values():
        over = sum(episode["requests_over"] for episode in facts["episodes"])
        facts |= {"requests_over": over, "served_over": over, "verdict": EXCEEDED if over else KEPT}
    exceeded = any(facts["verdict"] == EXCEEDED for facts in apps.values())
    return {"kind": clause.kind, "max": clause.max, "verdict": EXCEEDED if exceeded else KEPT, "apps": apps}


def _later(before: Fact | None, later: Fact) -> Fact:
    """An app's quarter hours of 2021 and those of 2022 under the same version; a tie is reached first in 2021."""
    if before is None:
        return {**later}
    highest = before if before["peak"] >= later["peak"] else later
    return {
        "counted": before["counted"] + later["counted"],
        "used": before["used"] + later["used"],
        "peak": highest["peak"],
        "peak_at": highest["peak_at"],
        "episodes": [*before["episodes"], *later["episodes"]],
    }


def _use_case(sums: Integers, rest: Fact | None) -> Fact:
    """Requests of apps without an approved use case; none was approved within 2021."""
    apps: Fact = {}
    for app, name in enumerate(SHARES):
        use_case = ROSTER.apps[ROSTER.app_number(name)].use_case
        approved = use_case.approved if use_case else None
        if (approved is None or approved > MONDAYS[-1].isoformat()) and sums[app, REQUESTS]:
            requests, refused = int(sums[app, REQUESTS]), int(sums[app, REFUSED])
            apps[name] = {"requests": requests, "not_throttled": requests - refused}
    for name, later in (rest["apps"] if rest else {}).items():
        before = apps.get(name, {"requests": 0, "not_throttled": 0})
        apps[name] = {amount: before[amount] + later[amount] for amount in before}
    return {"kind": "use_case", "verdict": EXCEEDED if apps else KEPT, "apps": apps}


def _amounts(sums: Integers) -> Fact:
    """Five sums under the names of the report; the bulk host knows every record and byte."""
    requests = int(sums[REQUESTS])
    return {
        "requests": requests,
        "records": {"sum": int(sums[RECORDS]), "known": requests, "unknown": 0},
        "response_bytes": {"sum": int(sums[RESPONSE_BYTES]), "known": requests, "unknown": 0},
        "throttled": int(sums[REFUSED]),
        "errors": int(sums[FAILED]),
    }


def _added(one: Fact | None, other: Fact) -> Fact:
    """The sums of two years."""
    names = ("requests", "records", "response_bytes", "throttled", "errors")
    if one is None:
        return {name: other[name] for name in names}
    return {
        name: {part: one[name][part] + other[name][part] for part in one[name]}
        if isinstance(one[name], dict)
        else one[name] + other[name]
        for name in names
    }
