"""Anchored windows and a bucket of one key: windows in which each request depends on those before it."""

from __future__ import annotations

from typing import Any

import numpy as np

from measuring.measured import spent
from tallystick.agreements.limit import Limit, LimitClause
from tallystick.clauses.sequential import anchored_over, bucket_over
from tallystick.clauses.usage_reader import Requests
from tallystick.period import Period

MINUTE_US = 60_000_000


def sequential(requests: int) -> dict[str, Any]:
    """CPU for as many requests of one key as said, in a day; some anchored windows and some of the bucket are over."""
    chance = np.random.Generator(np.random.PCG64(7))
    at_us = np.sort(chance.integers(0, 24 * 60 * MINUTE_US, requests))
    amounts = chance.integers(0, 100, requests)
    calls = Requests(
        at_us=at_us,
        amount=amounts,
        is_served=np.ones(requests, np.bool_),
        served_without_us=np.zeros(0, np.int64),
    )
    minute = max(requests // (24 * 60), 1)
    span = Period.parse("1970-01-01")
    found: dict[str, Any] = {"requests": requests}
    for window in ("anchored", "bucket"):
        limit = _limit(window, minute * (50 if window == "anchored" else 49))
        with spent() as cost:
            over = anchored_over(calls, limit, span)[0] if window == "anchored" else bucket_over(calls, limit)
        found[window] = {"cpu": cost.cpu, "over": [(one.start_us, one.end_us, one.used) for one in over]}
        found[window]["agrees"] = found[window]["over"] == _plainly(calls, limit)
        found[window]["over"] = len(over)
    return found


def _limit(window: str, most: int) -> Limit:
    said = {"id": "pace", "cites": "§ 1", "says": "Pace.", "kind": "limit", "severity": "minor"}
    numbers = {"of": "records", "per": "app", "max": most, "window": window, "within": "PT1M"}
    return LimitClause.model_validate(said | numbers).limit_as(None)


def _plainly(calls: Requests, limit: Limit) -> list[tuple[int, int, int]]:
    """The same, request by request."""
    length, most = MINUTE_US, limit.limit
    if limit.window == "anchored":
        windows: list[list[int]] = []
        for at_us, amount in zip(calls.at_us.tolist(), calls.amount.tolist(), strict=True):
            if not windows or at_us >= windows[-1][0] + length:
                windows.append([at_us, at_us + length, 0])
            windows[-1][2] += amount
        return [(start, end, used) for start, end, used in windows if used > most]
    level, before, over = most * length, int(calls.at_us[0]), []
    for at_us, amount in zip(calls.at_us.tolist(), calls.amount.tolist(), strict=True):
        level, before = min(most * length, level + (at_us - before) * most), at_us
        if amount * length > level:
            over.append((at_us, amount))
        else:
            level -= amount * length
    return [(over[0][0], over[-1][0], sum(amount for _, amount in over))] if over else []
