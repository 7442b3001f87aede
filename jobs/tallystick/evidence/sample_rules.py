"""What the frame of a bundle's sample is held to: it is of this report, and its strata are all of its requests."""

from __future__ import annotations

from collections.abc import Mapping

from tallystick.errors import Difference
from tallystick.evidence.bundle import REPORT
from tallystick.evidence.canonical import NotCanonicalError, parse_canonical
from tallystick.evidence.digest import Sha256
from tallystick.evidence.document import Node, NotAsPromisedError

FRAME, SAMPLE = "evidence/sample.json", "evidence/sample.parquet"
SCHEMA = "tallystick/sample/1"
RULE = "evidence/sample.json has the digest of report.json as its seed, and its strata add up to the report's requests."


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
