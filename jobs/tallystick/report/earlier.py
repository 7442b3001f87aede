"""What audits of earlier periods found, for findings on the same clause and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tallystick.period import Period
from tallystick.report.condition import by_name, measure_of, measured

Row = Mapping[str, Any]
ByClauseAndKey = Mapping[tuple[str, str | None], list[dict[str, Any]]]


def earlier(
    findings: Sequence[Row], measures: Sequence[Row], period: Period, read: Callable[[str], Period]
) -> ByClauseAndKey:
    """By clause and key what was found in periods that end where `period` begins, or before; the earliest first.

    `findings` and `measures` are one licensee's, of any period; `read` gives the period of a text.
    """
    ends = {text: read(text).end_us for text in {row["period"] for row in findings}}
    before = [row for row in findings if ends[row["period"]] <= period.start_us]
    found: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    named = by_name(measures)
    for row in sorted(before, key=lambda row: (ends[row["period"]], row["period"], row["id"])):
        measure = measure_of(row, named)
        if measure is not None:
            found.setdefault((row["clause"], row["key"]), []).append(
                {
                    "period": row["period"],
                    "id": row["id"],
                    "used": measured(measure, row["kind"]),
                    "limit": measure["limit"],
                    "requests": row["requests"],
                }
            )
    return found
