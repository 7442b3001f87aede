"""A place in a report in words: which app's, day's or clause's number it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tallystick.evidence.canonical import Json

SECTIONS: Mapping[str, str] = {
    "schema": "Schema",
    "provider": "Provider",
    "licensee": "Licensee",
    "period": "Period",
    "conclusion": "Conclusion",
    "reasons": "Reasons",
    "summary": "Totals",
    "exposures": "Money that is open",
    "asks": "What is asked",
    "agreements": "Agreements",
    "clauses": "Clauses",
    "findings": "Findings",
    "consumption": "Consumption",
    "reconciliation": "Reconciliation",
    "completeness": "Completeness",
    "files": "Log files",
    "not_seen": "What was not seen",
    "checks": "Expectations",
}
"""The parts of a report in its own order; what else a document has comes after them."""
ONE_OF: Mapping[str, str] = {
    "apps": "app",
    "days": "day",
    "months": "month",
    "routes": "route",
    "statuses": "status",
    "by_credential": "credential",
    "peaks": "peaks of",
    "agreements": "version",
    "clauses": "clause",
    "measures": "measured",
    "limits": "limit",
    "findings": "finding",
    "windows": "window",
    "evidence": "entry",
    "earlier": "earlier",
    "exposures": "currency",
    "of": "clause",
    "sources": "source",
    "hours": "hours of",
    "gaps": "gap",
    "refused_files": "refused file",
    "repeated_files": "repeated file",
    "late_files": "late file",
    "rejected_entries": "rejected as",
    "files": "file",
    "asks": "ask",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHA256 = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_OF_AN_AMOUNT = {"known": "requests that say their {}", "unknown": "requests that do not say their {}"}


def brief(text: str) -> str:
    """`text` with the first 12 digits of each SHA-256 in it: enough to find it in the data, which has it whole."""
    return _SHA256.sub(lambda found: f"{found[0][:12]}…", text)


def in_order(values: Mapping[str, Json]) -> list[tuple[str, Json]]:
    """The values of a reason with what it is about first, then before, then after; names as words."""
    rank = {"before": 1, "entries_before": 1, "after": 2, "entries_after": 2}
    ordered = sorted(values, key=lambda name: (rank.get(name, 0), name))
    return [(name.replace("_", " "), values[name]) for name in ordered]


def label(values: Sequence[Json]) -> str:
    """What an element of a list is about: its naming values, ` / ` between them; `none` for null."""
    return " / ".join("none" if each is None else str(each) for each in values)


def words_of(steps: Sequence[str | int]) -> str:
    """`app halcyon-monitor, requests` for `consumption.apps[halcyon-monitor].requests`; names stay as they are."""
    said: list[str] = []
    place = 0
    while place < len(steps):
        step, left = steps[place], steps[place + 1 :]
        if step in ONE_OF and left:
            after = left[0] + 1 if isinstance(left[0], int) else left[0]
            said.append(f"{ONE_OF[str(step)]} {after}")
            place += 2
        elif step == "weekday_hours" and len(left) == 2 and all(isinstance(each, int) for each in left):
            day = int(left[0])
            said.append(f"{WEEKDAYS[day] if day < len(WEEKDAYS) else day + 1}, hour {left[1]}")
            place += 3
        elif step in ("records", "response_bytes") and left and left[0] in ("sum", *_OF_AN_AMOUNT):
            what = str(step).replace("_", " ")
            said.append(_OF_AN_AMOUNT.get(str(left[0]), "{}").format(what))
            place += 2
        else:
            if place or len(steps) == 1:
                said.append(f"number {step + 1}" if isinstance(step, int) else step.replace("_", " "))
            place += 1
    return ", ".join(said)
