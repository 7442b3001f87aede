"""One UTC day of requests into the `usage_*` tables of sums: each read once, summed in one pass at its own grain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from tallystick.tables import Table
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_credential import USAGE_CREDENTIAL
from tallystick.tables.usage_file import USAGE_FILE
from tallystick.tally.grouping import Groups, Integers, group
from tallystick.tally.requests import Day, DayRequests, Flags, instants
from tallystick.tally.scope import SLOT_US
from tallystick.tally.summary import Asked

THROTTLED = 429
HOUR_US = 3_600_000_000
FILE_RULES = "usage_file 2"
"""Changes when equal requests would give other rows of `usage_file`, and of no other table."""


def by_app_and_slot(requests: DayRequests) -> pa.Table:
    """The day's rows of `usage_app_slot`, in the order of its key."""
    slots, throttled = _slots(requests), _is_throttled(requests)
    groups = _apps(requests).within((slots, _size(slots)), (throttled.astype(np.int64), 2))
    failed = np.flatnonzero(_statuses(requests, lambda status: (status >= 400) & (status != THROTTLED)))
    licensee, app, slot, is_throttled = groups.codes
    return pa.table(
        {
            "licensee": requests.coded("licensee").decoded(licensee),
            "app": requests.coded("app").decoded(app),
            "slot_at": instants((slot + _first_slot(requests)) * SLOT_US),
            "is_throttled": pa.array(is_throttled == 1),
            "errors": groups.rows_at(failed),
            **_amounts(requests, groups),
        }
    )


def by_app_and_route(requests: DayRequests) -> pa.Table:
    """The day's rows of `usage_app_route`, in the order of its key."""
    return _by_app_and(requests, "method", "route", "status")


def by_credential(requests: DayRequests) -> pa.Table:
    """The day's rows of `usage_credential`, in the order of its key."""
    return _by_app_and(requests, "credential_id", "is_throttled")


def by_file(every: DayRequests) -> pa.Table:
    """The day's rows of `usage_file`, in the order of its key, from all entries, duplicates included."""
    is_duplicate = every.flags("is_duplicate")
    names = ("licensee", "app", "source", "file_id")
    columns = [every.coded(name) for name in names]
    groups = group(*((one.codes, one.size) for one in columns))
    records = every.amount("records")
    unique = np.flatnonzero(~is_duplicate)
    is_unknown = ~records.is_known & ~is_duplicate
    return pa.table(
        {
            **{name: one.decoded(codes) for name, one, codes in zip(names, columns, groups.codes, strict=True)},
            "requests": groups.rows_at(unique),
            "records": groups.sums(np.where(is_duplicate, 0, records.known)),
            "records_unknown": groups.rows_at(np.flatnonzero(is_unknown)),
            "duplicate": groups.rows_at(np.flatnonzero(is_duplicate)),
            "conflict": groups.rows_at(np.flatnonzero(is_duplicate & every.flags("conflict"))),
            "hours": pa.array(_hours(every, groups), pa.int32()),
        }
    )


def _hours(every: DayRequests, groups: Groups) -> Integers:
    """For each group a bit for each hour of the day in which it has an entry."""
    seen = np.zeros(groups.count * 24, np.bool_)
    seen[groups.of_row * 24 + every.at_us // HOUR_US % 24] = True
    found: Integers = seen.reshape(-1, 24) @ (1 << np.arange(24, dtype=np.int64))
    return found


STANDING: Mapping[Table, Callable[[Day], pa.Table]] = {
    USAGE_APP_SLOT: lambda day: by_app_and_slot(day.requests),
    USAGE_APP_ROUTE: lambda day: by_app_and_route(day.requests),
    USAGE_CREDENTIAL: lambda day: by_credential(day.requests),
    USAGE_FILE: lambda day: by_file(day.every),
}
"""The tables that every day has, each with what makes its rows."""


def lay_out_slots(day: Day, asked: Asked) -> pa.Table:
    """One summary's rows of `usage_scope`, in the order of its key."""
    summary: Any = asked.summary
    requests = day.requests.only(day.requests.in_scope(day, summary.scope, asked.licensees))
    licensee, key, slots = requests.coded("licensee"), requests.owner(summary.per), _slots(requests)
    groups = group((licensee.codes, licensee.size), (key.codes, key.size), (slots, _size(slots)))
    served = np.flatnonzero(~_is_throttled(requests))
    return pa.table(
        {
            "licensee": licensee.decoded(groups.codes[0]),
            "key": key.decoded(groups.codes[1]),
            "slot_at": instants((groups.codes[2] + _first_slot(requests)) * SLOT_US),
            "served": groups.rows_at(served),
            **_amounts(requests, groups),
        }
    )


def _by_app_and(requests: DayRequests, *names: str) -> pa.Table:
    """Sums by licensee, app and some columns; `is_throttled` is one of them like the others."""
    groups = _apps(requests)
    columns = {name: requests.coded(name) for name in names if name != "is_throttled"}
    divided = [(one.codes, one.size) for one in columns.values()]
    if "is_throttled" in names:
        divided.append((_is_throttled(requests).astype(np.int64), 2))
    groups = groups.within(*divided)
    licensee, app, *codes = groups.codes
    found = {
        "licensee": requests.coded("licensee").decoded(licensee),
        "app": requests.coded("app").decoded(app),
    }
    for name, code in zip(names, codes, strict=True):
        found[name] = columns[name].decoded(code) if name in columns else pa.array(code == 1)
    return pa.table(found | _amounts(requests, groups))


def _apps(requests: DayRequests) -> Groups:
    if "licensee, app" not in requests.kept:
        licensee, app = requests.coded("licensee"), requests.coded("app")
        requests.kept["licensee, app"] = group((licensee.codes, licensee.size), (app.codes, app.size))
    groups: Groups = requests.kept["licensee, app"]
    return groups


def _amounts(requests: DayRequests, groups: Groups) -> dict[str, Any]:
    """The columns of `tables.amounts`. Raises OverflowError."""
    found: dict[str, Any] = {"requests": groups.rows()}
    for name in ("records", "response_bytes"):
        amount = requests.amount(name)
        found[name] = groups.sums(amount.known)
        found[f"{name}_unknown"] = groups.rows_at(amount.unknown)
    found["first_at"] = instants(groups.least(requests.at_us))
    found["last_at"] = instants(groups.largest(requests.at_us))
    return found


def _slots(requests: DayRequests) -> Integers:
    """Each request's quarter of an hour, counted from the first that has any."""
    return requests.at_us // SLOT_US - _first_slot(requests)


def _first_slot(requests: DayRequests) -> int:
    return int(requests.at_us.min(initial=2**62)) // SLOT_US if requests.rows else 0


def _size(slots: Integers) -> int:
    return int(slots.max(initial=0)) + 1


def _is_throttled(requests: DayRequests) -> Flags:
    """Which were refused with 429; a status that the log does not give is not known to be a refusal."""
    return _statuses(requests, lambda status: status == THROTTLED)


def _statuses(requests: DayRequests, test: Callable[[Integers], Flags]) -> Flags:
    status = requests.coded("status")
    fits = np.append(test(status.values.to_numpy(zero_copy_only=False).astype(np.int64)), False)
    found: Flags = fits[status.codes]
    return found
