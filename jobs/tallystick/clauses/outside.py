"""The measure of requests where none is permitted."""

from __future__ import annotations

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure, Witness


def measure_outside(
    *,
    key: str | None,
    in_period: int,
    counted: int,
    used: int,
    unknown: int = 0,
    missing: str | None = None,
    decided_from: str,
    rows_read: int,
    witnesses: tuple[Witness, ...] = (),
) -> Measure:
    """Exceeded by any request that is `used`; without one not decided where some are `unknown`, as `missing` says."""
    return Measure(
        reading=AS_WRITTEN,
        key=key,
        in_period=in_period,
        counted=counted,
        unknown=unknown,
        used=used,
        max=0,
        limit=0,
        requests_over=used,
        verdict=EXCEEDED if used else NOT_DECIDED if unknown else KEPT,
        missing=missing if unknown and not used else None,
        decided_from=decided_from,
        rows_read=rows_read,
        witnesses=witnesses if used else (),
    )
