"""A year of the demo's files, read back plainly, and the slow counts that its truth is held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from demo.plain_reader import Logs, Read, instant_us

QUARTER_US = 15 * 60 * 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Year:
    """The project, what is said to be true of it, and every request of its files, each counted once."""

    folder: Path
    scale: Decimal
    truth: dict[str, Any]
    logs: Logs
    counted_once: list[Read]

    def of(self, licensee: str | None) -> list[Read]:
        return [request for request in self.counted_once if request.licensee == licensee]

    def versions(self, licensee: str) -> list[dict[str, Any]]:
        return [yaml.safe_load(file.read_text()) for file in sorted((self.folder / "agreements" / licensee).glob("*"))]

    def zone(self, licensee: str) -> ZoneInfo:
        return ZoneInfo(yaml.safe_load((self.folder / "register" / f"{licensee}.yaml").read_text())["time_zone"])

    def in_period(self, licensee: str) -> list[Read]:
        zone = self.zone(licensee)
        return [request for request in self.of(licensee) if local(request.us, zone).year == 2022]

    def bound_by(self, licensee: str, version: int) -> list[Read]:
        starts = [midnight_us(one["in_force_from"], self.zone(licensee)) for one in self.versions(licensee)]
        until = starts[version + 1] if version + 1 < len(starts) else 2**62
        return [request for request in self.in_period(licensee) if starts[version] <= request.us < until]


def local(us: int, zone: ZoneInfo) -> datetime:
    """An instant as a zone's clock shows it."""
    return (EPOCH + timedelta(microseconds=us)).astimezone(zone)


def utc(request: Read) -> datetime:
    """When a request was received, in UTC."""
    return local(request.us, ZoneInfo("UTC"))


def midnight_us(day: date, zone: ZoneInfo) -> int:
    """The instant at which a day begins in a zone."""
    since = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) - EPOCH
    return since // timedelta(microseconds=1)


def amounts(requests: Iterable[Read]) -> dict[str, Any]:
    """The sums that the truth states, added up one request at a time."""
    requests = list(requests)
    known = [request.records for request in requests if request.records is not None]
    return {
        "requests": len(requests),
        "records": {"sum": sum(known), "known": len(known), "unknown": len(requests) - len(known)},
        "response_bytes": {
            "sum": sum(request.response_bytes for request in requests),
            "known": len(requests),
            "unknown": 0,
        },
        "throttled": sum(request.status == 429 for request in requests),
        "errors": sum(request.status >= 400 and request.status != 429 for request in requests),
    }


def by(requests: Iterable[Read], key: Callable[[Read], Any]) -> dict[Any, list[Read]]:
    """Requests by what `key` says of each."""
    groups: dict[Any, list[Read]] = defaultdict(list)
    for request in requests:
        groups[key(request)].append(request)
    return dict(groups)


def counting(requests: Iterable[Read]) -> list[int]:
    """The instants of requests that were not refused, in order."""
    return sorted(request.us for request in requests if request.status != 429)


def brute_force(instants: list[int]) -> list[tuple[int, int]]:
    """Each instant with the number of instants in the 15 minutes up to and with it: O(n·w), nothing clever."""
    used = []
    for place, instant in enumerate(instants):
        first = place
        while first > 0 and instants[first - 1] > instant - QUARTER_US:
            first -= 1
        last = place
        while last + 1 < len(instants) and instants[last + 1] == instant:
            last += 1
        used.append((instant, last - first + 1))
    return used


def episodes(used: list[tuple[int, int]], limit: int) -> list[dict[str, Any]]:
    """The longest runs that are all over the limit."""
    runs: list[list[tuple[int, int]]] = [[]]
    for one in used:
        if one[1] > limit:
            runs[-1].append(one)
        elif runs[-1]:
            runs.append([])
    return [
        {
            "first_at": run[0][0],
            "last_at": run[-1][0],
            "peak": max(count for _, count in run),
            "peak_at": min(instant for instant, count in run if count == max(count for _, count in run)),
            "requests_over": len(run),
        }
        for run in runs
        if run
    ]


def in_us(fact: dict[str, Any]) -> dict[str, Any]:
    """A fact with its instants in microseconds."""
    return {name: instant_us(value) if name.endswith("_at") else value for name, value in fact.items()}
