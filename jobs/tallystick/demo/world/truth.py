"""Every number that an audit of the world's year must find, from what was written and not from what is audited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from tallystick.demo.world import accounts, sums
from tallystick.demo.world.judged import EXCEEDED, Counted, versions_judged
from tallystick.demo.world.phases import phases_of, year_of
from tallystick.demo.world.plan import World
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.rhythm import DAYS, YEAR
from tallystick.demo.world.roster import LICENSEES, ROSTER
from tallystick.demo.world.routes import ROUTES
from tallystick.demo.world.written import DayWritten
from tallystick.period import parse_instant_us, to_text

Fact = dict[str, Any]


def truth(world: World, written: Sequence[DayWritten]) -> Fact:
    """All that is true of a world whose every day was written, in any order. Raises ValueError if a day is missing."""
    written = sorted(written, key=lambda one: one.day)
    if tuple(one.day for one in written) != DAYS:
        raise ValueError("the truth of a year needs every day of it, once")
    year = _Year(world, written)
    unknown = len(LICENSEES) - 1
    return {
        "schema": "tallystick/demo-truth/1",
        "provider": world.provider,
        "seed": world.seed,
        "scale": str(world.scale),
        "period": str(YEAR),
        "ledger": accounts.ledger(written, unattributed=year.requests_of(unknown)),
        "hosts": accounts.hosts(world, written),
        "repeated_files": accounts.repeated_files(written),
        "damaged_files": accounts.damaged_files(written),
        "gaps": accounts.gaps(world),
        "restarts": accounts.restarts(),
        "bursts": [
            {
                "app": burst.app,
                "start_at": to_text(burst.start_us),
                "requests": burst.requests,
                "throttled": burst.refused,
                "says": burst.says,
            }
            for burst in world.budget.bursts
        ],
        "licensees": {licensee.id: year.licensee(number) for number, licensee in enumerate(LICENSEES[:unknown])},
    }


class _Year:
    """The sums of a year of written days."""

    def __init__(self, world: World, written: Sequence[DayWritten]) -> None:
        self.world = world
        self.phases = phases_of(world)
        days = [day.sums for day in written]
        self.phase = np.stack([day.phase for day in days])
        self.route = np.sum([day.route for day in days], axis=0)
        self.status = np.sum([day.status for day in days], axis=0)
        self.caller = np.sum([day.caller for day in days], axis=0)
        self.first_us = np.min([day.first_us for day in days], axis=0)
        self.last_us = np.max([day.last_us for day in days], axis=0)
        self.hours = np.stack([day.hour for day in days])
        self.inside = (self.phase * self.phases.in_year[None, :, :, None]).sum(axis=2)
        self.counted = Counted(phase=self.phase, peaks=_highest(np.stack([day.peaks for day in written])))

    def requests_of(self, licensee: int) -> int:
        """All requests of a licensee, also outside its year."""
        return int(self.phase[:, ROSTER.apps_of(licensee), :, sums.REQUESTS].sum())

    def licensee(self, number: int) -> Fact:
        """Everything that is true of one licensee."""
        licensee, apps = LICENSEES[number], ROSTER.apps_of(number)
        versions = versions_judged(self.world, number, self.counted)
        ended = self._after_end(number)
        year = year_of(self.world, number)
        exceeded = [
            {"version": version["version"], "clause": clause}
            for version in versions
            for clause, fact in version["clauses"].items()
            if fact["verdict"] == EXCEEDED
        ]
        outside = bool(exceeded or ended)
        callers = self._callers(apps)
        return {
            "name": licensee.name,
            "conclusion": "unable to conclude" if not versions else "outside terms" if outside else "within terms",
            "period": {"start": to_text(year.start_us), "end": to_text(year.end_us), "time_zone": licensee.time_zone},
            "summary": {
                **_amounts(self.inside[:, apps].sum(axis=(0, 1))),
                "apps": int((self.inside[:, apps, sums.REQUESTS].sum(axis=0) > 0).sum()),
                "credentials": len(callers),
            },
            "outside_period": self.requests_of(number) - int(self.inside[:, apps, sums.REQUESTS].sum()),
            "apps": {ROSTER.apps[app].id: self._app(app) for app in apps},
            "versions": versions,
            "exceeded": exceeded,
            "after_end": ended,
            "consumption": self._consumption(apps),
        }

    def _app(self, app: int) -> Fact:
        return {
            **_amounts(self.inside[:, app].sum(axis=0)),
            "first_at": to_text(int(self.first_us[app])),
            "last_at": to_text(int(self.last_us[app])),
            "credentials": self._callers([app]),
        }

    def _callers(self, apps: list[int]) -> dict[str, int]:
        """Requests by credential, of those that have a name."""
        return {
            caller.credential_id: int(requests)
            for caller, app, requests in zip(
                ROSTER.callers, ROSTER.app_of_caller.tolist(), self.caller.tolist(), strict=True
            )
            if app in apps and caller.credential_id is not None and requests
        }

    def _after_end(self, licensee: int) -> list[Fact]:
        """Requests of apps after their registration ended."""
        facts = []
        for app in ROSTER.apps_of(licensee):
            late = [place for place, phase in enumerate(self.phases.phases[app]) if phase.is_ended and phase.in_year]
            amounts = self.phase[:, app, late].sum(axis=(0, 1))
            ended = ROSTER.apps[app].ended
            if amounts[sums.REQUESTS] and ended:
                facts.append(
                    {
                        "app": ROSTER.apps[app].id,
                        "ended_at": to_text(parse_instant_us(ended, ZoneInfo(LICENSEES[licensee].time_zone))),
                        "requests": int(amounts[sums.REQUESTS]),
                        "not_throttled": int(amounts[sums.REQUESTS] - amounts[sums.REFUSED]),
                    }
                )
        return facts

    def _consumption(self, apps: list[int]) -> Fact:
        """By day (those with requests), month, route, status, and hour of the week, all in UTC."""
        daily = self.inside[:, apps].sum(axis=1)
        routes = self.route[apps].sum(axis=0)
        statuses = self.status[apps].sum(axis=0)
        months = [np.array([day.month == month for day in DAYS]) for month in range(1, 13)]
        weekdays = [np.array([day.weekday() == weekday for day in DAYS]) for weekday in range(7)]
        return {
            "days": {day.isoformat(): _amounts(row) for day, row in zip(DAYS, daily, strict=True) if row.any()},
            "months": {
                f"{date(YEAR, place, 1):%Y-%m}": _amounts(daily[mine].sum(axis=0))
                for place, mine in enumerate(months, 1)
            },
            "routes": {
                f"{route.method} {route.template}": _amounts(row)
                for route, row in zip(ROUTES, routes, strict=True)
                if row[sums.REQUESTS]
            },
            "statuses": {
                str(status): int(count) for status, count in zip(sums.STATUSES, statuses, strict=True) if count
            },
            "weekday_hours": [self.hours[mine][:, apps].sum(axis=(0, 1)).tolist() for mine in weekdays],
        }


def _highest(peaks: Integers) -> Integers:
    """The highest peak of all days, each with the first instant at which it is reached."""
    day = peaks[..., 0].argmax(axis=0)
    highest: Integers = np.take_along_axis(peaks, day[None, ..., None], axis=0)[0]
    return highest


def _amounts(amounts: Integers) -> Fact:
    """Six sums under the names of the report."""
    requests, refused, failed, records, unknown, response_bytes = (int(amount) for amount in amounts)
    return {
        "requests": requests,
        "records": {"sum": records, "known": requests - unknown, "unknown": unknown},
        "response_bytes": {"sum": response_bytes, "known": requests, "unknown": 0},
        "throttled": refused,
        "errors": failed,
    }
