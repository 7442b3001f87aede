"""`tallystick reconcile`: how the comparison of two commitments is written, for people and for programs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from tallystick.commitments.comparing import Comparison, Side

MOST_HOURS = 50
"""Lines of hours that people are shown."""
TITLES = {
    "ours": "ours",
    "theirs": "theirs",
    "agreed": "agreed",
    "differing": "differing",
    "undecided": "undecided",
    "only_ours": "only ours",
    "only_theirs": "only theirs",
    "other_hour": "other hour",
    "other_app": "other app",
}
Row = dict[str, Any]


@contextmanager
def compared(ours: Path, theirs: Path) -> Iterator[Comparison]:
    """The two files, compared; raises as `Comparison`."""
    with tempfile.TemporaryDirectory(prefix="tallystick-") as scratch:
        yield Comparison(ours, theirs, memory_limit="1GB", scratch=Path(scratch))


def agrees(total: Row) -> bool:
    """Whether there were requests, all of them compared, and each is the same on both sides, and of the same app."""
    nameless = total["unidentified_ours"] + total["unidentified_theirs"]
    return bool(0 < total["agreed"] == total["ours"] == total["theirs"]) and total["other_app"] + nameless == 0


def write_json(found: Comparison, out: TextIO) -> None:
    """One JSON object, its hours written as they are read: there may be many."""
    total = found.total()
    head = {
        "agrees": agrees(total),
        "ours": vars(found.ours),
        "theirs": vars(found.theirs),
        "identity": found.identity,
        "period": found.period,
        "compared": found.compared,
        "not_compared": found.not_compared,
        "total": {**total, "differing_by": found.differing()},
        "apps": found.apps(),
    }
    out.write(json.dumps(head)[:-1] + ', "hours": [')
    for number, row in enumerate(found.hours()):
        out.write((", " if number else "") + json.dumps(row))
    out.write("]}\n")


def in_lines(found: Comparison) -> Iterator[str]:
    """Both files, the numbers in all and by app, and the first hours that are not the same on both sides."""
    yield from (_side(name, side) for name, side in (("ours", found.ours), ("theirs", found.theirs)))
    beside = ", ".join(found.compared) or "nothing"
    yield f"the same request: {', '.join(found.identity)}; compared beside that: {beside}"
    for name in found.not_compared:
        yield f"not compared: {name}, which only one side tells of"
    total = found.total()
    by = ", ".join(f"{name} {number:,}" for name, number in found.differing().items() if number)
    if by:
        yield f"differing by: {by}"
    if total["unidentified_ours"] or total["unidentified_theirs"]:
        yield (
            f"without identity, so not compared: {total['unidentified_ours']:,} of ours, "
            f"{total['unidentified_theirs']:,} of theirs"
        )
    unlike = found.hours(only_unlike=True)
    rows = [("all", total), *((row["app"], row) for row in found.apps())]
    shown = [(f"{row['hour']} {row['app']}", row) for row, _ in zip(unlike, range(MOST_HOURS), strict=False)]
    yield from _table([*rows, *shown])
    left = sum(1 for _ in unlike)
    if left:
        yield f"and {left:,} more hours in which the two are not the same: --json has every hour"
    if not total["ours"] + total["theirs"]:
        yield "there was nothing to compare"


def _side(name: str, side: Side) -> str:
    return f"{name}: {side.file}, {side.requests:,} requests, sha256 {side.sha256}"


def _table(rows: list[tuple[str, Row]]) -> Iterator[str]:
    cells = [["", *TITLES.values()], *([name, *(f"{row[key]:,}" for key in TITLES)] for name, row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    for name, *numbers in cells:
        yield "  ".join([name.ljust(widths[0]), *map(str.rjust, numbers, widths[1:])]).rstrip()
