"""What evaluating a clause yields: a measure for each reading and key, with windows and evidence."""

from __future__ import annotations

from dataclasses import dataclass, field

from tallystick.clauses.money import Money

KEPT, EXCEEDED, NOT_DECIDED, NOT_CHECKED = "kept", "exceeded", "not decided", "not checked"


@dataclass(frozen=True, kw_only=True)
class Over:
    """One window over a limit, or one episode; instants in microseconds.

    A window has its calendar borders as start and end, `used` in it, and the request that took it over as
    `crossed_us`. An episode has its first and last request as start and end, its peak as `used`, and `peak_us`.
    """

    start_us: int
    end_us: int
    used: int
    over: int
    crossed_us: int | None = None
    peak_us: int | None = None
    requests_over: int | None = None
    served_over: int | None = None
    is_clipped: bool = False


@dataclass(frozen=True, kw_only=True)
class Witness:
    """One request that a finding rests on, and where it stands in the logs."""

    source: str
    file_id: str
    position: int
    received_us: int
    request_id: str | None


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One clause under one reading for one key; `of` is what `used` counts where it is not what a limit adds up."""

    reading: str
    key: str | None
    in_period: int
    counted: int
    unknown: int
    used: int
    of: str = "requests"
    window: str | None = None
    max: int | None = None
    limit: int | None = None
    peak: int | None = None
    peak_us: int | None = None
    windows: tuple[Over, ...] = ()
    requests_over: int | None = None
    served_over: int | None = None
    verdict: str
    missing: str | None = None
    decided_from: str
    rows_read: int = 0
    witnesses: tuple[Witness, ...] = field(default=())
    money: Money | None = None
