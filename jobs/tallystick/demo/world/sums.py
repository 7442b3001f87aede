"""The exact sums of one day's requests, at every grain that the truth speaks of."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from tallystick.demo.world.amounts import response_bytes
from tallystick.demo.world.arrivals import ERRORS, Arrivals
from tallystick.demo.world.phases import Phases
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.rhythm import SLOT_US
from tallystick.demo.world.roster import ROSTER
from tallystick.demo.world.routes import ROUTES
from tallystick.period import DAY_US

REQUESTS, REFUSED, FAILED, RECORDS, RECORDS_UNKNOWN, RESPONSE_BYTES = range(6)
"""What is added up, in this order: unknown counts requests that do not say their records."""
AMOUNTS = 6
STATUSES = tuple(sorted({200, 429, *ERRORS.tolist()}))
_STATUS_PLACE = np.zeros(1000, dtype=np.int64)
_STATUS_PLACE[list(STATUSES)] = np.arange(len(STATUSES))
HOURS = 24
NOT_YET, NO_MORE = 2**62, -(2**62)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """Arrays of whole numbers; all but `phase` hold only requests inside their licensee's year.

    `phase` apps x phases x 6 amounts, `route` apps x routes x 6, `status` apps x statuses, `hour` apps x 24, `caller`
    one for each caller, `first_us` and `last_us` one for each app (far future and past where it has none).
    """

    phase: Integers
    route: Integers
    status: Integers
    hour: Integers
    caller: Integers
    first_us: Integers
    last_us: Integers

    @classmethod
    def nothing(cls, phases: Phases) -> Sums:
        """The sums of no request."""
        apps = len(ROSTER.apps)
        return cls(
            phase=np.zeros((*phases.in_year.shape, AMOUNTS), dtype=np.int64),
            route=np.zeros((apps, len(ROUTES), AMOUNTS), dtype=np.int64),
            status=np.zeros((apps, len(STATUSES)), dtype=np.int64),
            hour=np.zeros((apps, HOURS), dtype=np.int64),
            caller=np.zeros(len(ROSTER.callers), dtype=np.int64),
            first_us=np.full(apps, NOT_YET, dtype=np.int64),
            last_us=np.full(apps, NO_MORE, dtype=np.int64),
        )

    def add(self, chunk: Arrivals, phases: Phases) -> None:
        """Count a chunk of requests in."""
        phase = phases.of(chunk.app, chunk.received_us)
        amounts = _amounts(chunk)
        np.add.at(self.phase, (chunk.app, phase), amounts)
        inside = phases.in_year[chunk.app, phase] == 1
        app = chunk.app[inside]
        np.add.at(self.route, (app, chunk.route[inside]), amounts[inside])
        np.add.at(self.status, (app, _STATUS_PLACE[chunk.status[inside]]), 1)
        np.add.at(self.hour, (app, chunk.received_us[inside] % DAY_US // (4 * SLOT_US)), 1)
        np.add.at(self.caller, chunk.caller[inside], 1)
        np.minimum.at(self.first_us, app, chunk.received_us[inside])
        np.maximum.at(self.last_us, app, chunk.received_us[inside])

    def same_as(self, other: Sums) -> bool:
        """Whether every number is the same."""
        return all(np.array_equal(getattr(self, one.name), getattr(other, one.name)) for one in fields(self))


def _amounts(chunk: Arrivals) -> Integers:
    """What each request adds, requests x 6."""
    unknown = ROSTER.is_nginx[chunk.app]
    amounts = np.empty((len(chunk), AMOUNTS), dtype=np.int64)
    amounts[:, REQUESTS] = 1
    amounts[:, REFUSED] = chunk.status == 429
    amounts[:, FAILED] = (chunk.status >= 400) & (chunk.status != 429)
    amounts[:, RECORDS] = chunk.records * (1 - unknown)
    amounts[:, RECORDS_UNKNOWN] = unknown
    amounts[:, RESPONSE_BYTES] = response_bytes(chunk.status, chunk.records, chunk.choice)
    return amounts
