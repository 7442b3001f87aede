"""Everybody in a row: the numbers by which columns of traffic name apps, callers and licensees."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tallystick.demo.world.cast import NGINX, App, Caller, Licensee, address
from tallystick.demo.world.chance import key_of
from tallystick.demo.world.halcyon import HALCYON
from tallystick.demo.world.others import LAWFUL, UNKNOWN, WITHOUT_AGREEMENT
from tallystick.demo.world.portions import Integers, by_largest_remainder
from tallystick.demo.world.routes import ROUTE_NUMBER

LICENSEES: tuple[Licensee, ...] = (HALCYON, *LAWFUL, WITHOUT_AGREEMENT, UNKNOWN)
"""The letter's first, the unknown callers last."""
CALLER_WHEEL = 127
"""Callers take turns in a fixed order of this length, so that each has its share of any run of requests."""
ROUTE_WHEEL = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class Roster:
    """Apps in a row, their callers in a row, and each app's turns.

    `caller_wheel` (apps x 127) and `route_wheel` (apps x 64) hold caller and route numbers.
    """

    apps: tuple[App, ...]
    licensee: Integers
    callers: tuple[Caller, ...]
    app_of_caller: Integers
    caller_wheel: Integers
    route_wheel: Integers
    is_nginx: Integers

    def app_number(self, name: str) -> int:
        """The number of the app of that id."""
        return next(number for number, app in enumerate(self.apps) if app.id == name)

    def apps_of(self, licensee: int) -> list[int]:
        """The numbers of a licensee's apps."""
        return [int(number) for number in np.flatnonzero(self.licensee == licensee)]


def _roster() -> Roster:
    apps = [(number, app) for number, licensee in enumerate(LICENSEES) for app in licensee.apps]
    callers: list[tuple[int, Caller]] = []
    caller_turns, route_turns = [], []
    for number, (_, app) in enumerate(apps):
        mine = range(len(callers), len(callers) + len(app.callers))
        callers.extend((number, caller) for caller in app.callers)
        # The first callers of an app call most; all of them take a turn.
        turns = by_largest_remainder(CALLER_WHEEL - len(mine), [1_000_000 // (place + 3) for place in range(len(mine))])
        taken = [one for one, more in zip(mine, turns, strict=True) for _ in range(more + 1)]
        caller_turns.append(_dealt(app.id, taken))
        shares = by_largest_remainder(ROUTE_WHEEL, [share for _, share in app.routes])
        names = [name for (name, _), share in zip(app.routes, shares, strict=True) for _ in range(share)]
        route_turns.append(_dealt(app.id, [ROUTE_NUMBER[name] for name in names]))
    return Roster(
        apps=tuple(app for _, app in apps),
        licensee=np.array([licensee for licensee, _ in apps], dtype=np.int64),
        callers=tuple(
            replace(caller, address=caller.address or address(number)) for number, (_, caller) in enumerate(callers)
        ),
        app_of_caller=np.array([app for app, _ in callers], dtype=np.int64),
        caller_wheel=np.array(caller_turns, dtype=np.int64),
        route_wheel=np.array(route_turns, dtype=np.int64),
        is_nginx=np.array([app.via == NGINX for _, app in apps], dtype=np.int64),
    )


def _dealt(name: str, items: list[int]) -> list[int]:
    """The same items in a shuffled order that only `name` decides."""
    order = sorted(range(len(items)), key=lambda place: key_of("deal", name, place))
    return [items[place] for place in order]


ROSTER = _roster()
