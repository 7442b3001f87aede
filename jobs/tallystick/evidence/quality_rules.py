"""What quality.json is held to: it is of this report, counts its expectations, and lists the files of requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tallystick.errors import Difference
from tallystick.evidence.canonical import NotCanonicalError, parse_canonical
from tallystick.evidence.document import Node, NotAsPromisedError, describe
from tallystick.evidence.report_shape import is_of_the_first_schema
from tallystick.evidence.sample_rules import SAMPLE

QUALITY, EVIDENCE = "quality.json", "evidence/"
RULE = (
    "quality.json is of this licensee and period, its expectations are as many and as often met as the report says, "
    "and it lists the requests of just those findings that have a file."
)


def quality_differences(report: Node, whole: Mapping[str, bytes], names: Collection[str]) -> list[Difference]:
    """Where a bundle's quality.json is not as `RULE` has it, of a bundle with files of these names."""
    if is_of_the_first_schema(report):
        return []
    try:
        _check(report, Node(parse_canonical(whole[QUALITY])), names)
    except NotCanonicalError as error:
        return [Difference(file=QUALITY, expected="canonical JSON (RFC 8785)", found=str(error))]
    except NotAsPromisedError as error:
        return [Difference(file=QUALITY, field=error.field, expected=error.expected, found=error.found)]
    return []


def _check(report: Node, quality: Node, names: Collection[str]) -> None:
    quality["licensee"].one_of(report["licensee.id"].text())
    quality["period"].one_of(report["period.text"].text())
    counts = {"expectations": 0, "met": 0, "failed_warnings": 0}
    for expectation in quality["expectations"].each():
        is_met = expectation["is_met"]
        if not isinstance(is_met.value, bool):
            raise NotAsPromisedError(is_met.path, expected="true or false", found=describe(is_met.value))
        counts["expectations"] += 1
        counts["met"] += is_met.value
        counts["failed_warnings"] += not is_met.value and expectation["severity"].text() == "warning"
    for name, count in counts.items():
        if report[f"checks.{name}"].amount() != count:
            raise NotAsPromisedError(name, expected=f"{report[f'checks.{name}'].amount():,}", found=f"{count:,}")
    listed = {f"{EVIDENCE}{one['finding'].text()}.parquet" for one in quality["evidence"].each()}
    there = {name for name in names if name.startswith(EVIDENCE) and name.endswith(".parquet") and name != SAMPLE}
    if listed != there:
        odd = min(listed ^ there)
        raise NotAsPromisedError(
            "evidence", expected=odd if odd in there else f"no {ascii(odd)[1:-1]}", found="another list"
        )
