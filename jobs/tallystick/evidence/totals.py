"""The sums of usage.parquet, as whoever can read Parquet hands them over, held against the report's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tallystick.evidence.document import Node, NotAsPromisedError

USAGE = "usage.parquet"
SUMMARY = (
    "requests",
    "records.sum",
    "records.unknown",
    "response_bytes.sum",
    "response_bytes.unknown",
    "errors",
    "throttled",
)
"""What is added up over all rows, by its path in the report's summary."""
RULE = "The rows of usage.parquet add up to the report's requests, records, bytes, errors and refusals, and by app."


@dataclass(frozen=True, kw_only=True)
class UsageTotals:
    """`summary` has each of SUMMARY; `apps` the requests of each app, None being what no app is known for."""

    summary: Mapping[str, int]
    apps: Mapping[str | None, int]


ReadTotals = Callable[[bytes], UsageTotals]
"""Adds up the bytes of a usage.parquet; NotAsPromisedError when they are none. evidence/ itself reads no Parquet."""


def totals_follow(report: Node, totals: UsageTotals) -> None:
    """NotAsPromisedError where the report says another sum than the rows give."""
    for path in SUMMARY:
        stated = report[f"summary.{path}"].amount()
        if totals.summary[path] != stated:
            raise NotAsPromisedError(f"sum of {path}", expected=f"{stated:,}", found=f"{totals.summary[path]:,}")
    stated_apps = {row["app"].value: row["requests"].amount() for row in report["consumption.apps"].each()}
    for app in sorted(set(stated_apps) | set(totals.apps), key=repr):
        if stated_apps.get(app, 0) != totals.apps.get(app, 0):
            expected, found = stated_apps.get(app, 0), totals.apps.get(app, 0)
            raise NotAsPromisedError(f"requests of {app!a}", expected=f"{expected:,}", found=f"{found:,}")
