"""What the frame of a bundle's sample is held to: it is of this report, and its strata are all of its requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tallystick.errors import Difference
from tallystick.evidence.bundle import REPORT
from tallystick.evidence.canonical import NotCanonicalError, parse_canonical
from tallystick.evidence.digest import Sha256
from tallystick.evidence.document import Node, NotAsPromisedError

FRAME, SAMPLE = "evidence/sample.json", "evidence/sample.parquet"
SCHEMA = "tallystick/sample/1"
RULE = (
    "evidence/sample.json has the digest of report.json as its seed, and its strata add up to the report's requests, "
    "in all and by app."
)
ROWS_RULE = "The rows of evidence/sample.parquet are those of its strata, each once, in log files that the report has."


@dataclass(frozen=True, kw_only=True)
class SampleRow:
    """One request of a sample: its app, its UTC month as `2022-01`, and where it stands."""

    app: str | None
    month: str
    file_id: str
    position: int


ReadSample = Callable[[bytes], Sequence[SampleRow]]
"""Reads the bytes of an evidence/sample.parquet; NotAsPromisedError when they are none. evidence/ reads no Parquet."""


def sample_differences(report: Node, whole: Mapping[str, bytes]) -> list[Difference]:
    """Where a bundle's evidence/sample.json is not as `RULE` has it; a bundle may have none."""
    if FRAME not in whole:
        return []
    try:
        _check(report, Sha256.of(whole[REPORT]).hex, Node(parse_canonical(whole[FRAME])))
    except NotCanonicalError as error:
        return [Difference(file=FRAME, expected="canonical JSON (RFC 8785)", found=str(error))]
    except NotAsPromisedError as error:
        return [Difference(file=FRAME, field=error.field, expected=error.expected, found=error.found)]
    return []


def sample_row_differences(report: Node, whole: Mapping[str, bytes], read: ReadSample) -> list[Difference]:
    """Where a sample, whose frame is right, has rows that are not as `ROWS_RULE` has it."""
    if SAMPLE not in whole:
        return []
    try:
        _check_rows(report, Node(parse_canonical(whole[FRAME])), read(whole[SAMPLE]))
    except NotAsPromisedError as error:
        return [Difference(file=SAMPLE, field=error.field, expected=error.expected, found=error.found)]
    return []


def _check_rows(report: Node, frame: Node, rows: Sequence[SampleRow]) -> None:
    strata = {(one["app"].value, one["month"].text()): one["drawn"].amount() for one in frame["strata"].each()}
    found = Counter((row.app, row.month) for row in rows)
    for app, month in sorted({*strata, *found}, key=repr):
        expected, there = strata.get((app, month), 0), found[app, month]
        if expected != there:
            raise NotAsPromisedError(f"{app!a} {ascii(month)[1:-1]}", expected=f"{expected:,} rows", found=f"{there:,}")
    if len({(row.file_id, row.position) for row in rows}) < len(rows):
        raise NotAsPromisedError("position", expected="each request once", found="one twice")
    strange = {row.file_id for row in rows} - {file["file_id"].text() for file in report["files"].each()}
    if strange:
        raise NotAsPromisedError("file_id", expected="log files of report.json", found=ascii(min(strange)[:64])[1:-1])


def _check(report: Node, digest: str, frame: Node) -> None:
    frame["schema"].one_of(SCHEMA)
    frame["seed"].one_of(digest)
    frame["requests"].equals(report["summary.requests"].amount())
    sums = {"requests": 0, "drawn": 0}
    for stratum in frame["strata"].each():
        stratum["drawn"].at_most(stratum["requests"].amount())
        for name in sums:
            sums[name] += stratum[name].amount()
    for name, total in sums.items():
        frame[name].equals(total)
    stated = {row["app"].value: row["requests"].amount() for row in report["consumption.apps"].each()}
    by_app: Counter[str | None] = Counter()
    for stratum in frame["strata"].each():
        by_app[stratum["app"].value and stratum["app"].text()] += stratum["requests"].amount()
    for app in sorted({*stated, *by_app}, key=repr):
        if stated.get(app, 0) != by_app[app]:
            expected = f"{stated.get(app, 0):,}"
            raise NotAsPromisedError(f"strata of {app!a}", expected=expected, found=f"{by_app[app]:,}")
