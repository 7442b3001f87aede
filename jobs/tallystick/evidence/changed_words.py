"""A place in a report in words: which app's, day's or clause's number it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

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
AMOUNTS = ("records", "response_bytes")
"""Amounts that a request may not say."""
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


class Vocabulary(Protocol):
    """How a language says the steps of a way into a report; a KeyError where it has no word."""

    def one_of(self, step: str, name: str | int) -> str:
        """An element of the list `step`: `app halcyon-monitor`."""
        ...

    def hour(self, day: int, hour: str | int) -> str:
        """An hour of a weekday, from Monday, 0."""
        ...

    def part(self, step: str, part: str) -> str:
        """The `sum`, `known` or `unknown` of an amount."""
        ...

    def step(self, step: str | int) -> str:
        """Any other key, or place in a list."""
        ...


class English:
    """The words of changes.json."""

    def one_of(self, step: str, name: str | int) -> str:
        """`app halcyon-monitor`."""
        return f"{ONE_OF[step]} {name}"

    def hour(self, day: int, hour: str | int) -> str:
        """`Monday, hour 3`."""
        return f"{WEEKDAYS[day] if day < len(WEEKDAYS) else day + 1}, hour {hour}"

    def part(self, step: str, part: str) -> str:
        """`requests that say their records`."""
        return _OF_AN_AMOUNT.get(part, "{}").format(step.replace("_", " "))

    def step(self, step: str | int) -> str:
        """`requests over`, `number 3`."""
        return f"number {step + 1}" if isinstance(step, int) else step.replace("_", " ")


def words_of(steps: Sequence[str | int], vocabulary: Vocabulary | None = None) -> str:
    """`app halcyon-monitor, requests` for `consumption.apps[halcyon-monitor].requests`; names stay as they are."""
    words = vocabulary or English()
    said: list[str] = []
    place = 0
    while place < len(steps):
        step, left = steps[place], steps[place + 1 :]
        if step in ONE_OF and left:
            said.append(words.one_of(str(step), left[0] + 1 if isinstance(left[0], int) else left[0]))
            place += 2
        elif step == "weekday_hours" and len(left) == 2 and all(isinstance(each, int) for each in left):
            said.append(words.hour(int(left[0]), left[1]))
            place += 3
        elif step in AMOUNTS and left and left[0] in ("sum", *_OF_AN_AMOUNT):
            said.append(words.part(str(step), str(left[0])))
            place += 2
        else:
            if place or len(steps) == 1:
                said.append(words.step(step))
            place += 1
    return ", ".join(said)
