"""What a bundle's account of its changes is held to: it is of this report, and of the revision that it supersedes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tallystick.errors import Difference
from tallystick.evidence.canonical import Json, NotCanonicalError, parse_canonical
from tallystick.evidence.changes import CHANGES, CHANGES_PAGE
from tallystick.evidence.changes_shape import CHANGES_SHAPE
from tallystick.evidence.document import NotAsPromisedError, describe
from tallystick.evidence.manifest import Manifest
from tallystick.evidence.page_policy import asks_for_nothing
from tallystick.evidence.reasons import at

RULE = (
    "changes.json compares this report with the revision that the manifest supersedes, counts what it lists, and "
    "states totals as the report does; changes.html is its page, which asks for nothing."
)


def changes_differences(manifest: Manifest, report: Json, whole: Mapping[str, bytes]) -> list[Difference]:
    """Where a bundle's changes.json or changes.html is not as `RULE` has it; a bundle may have neither."""
    if CHANGES not in whole:
        return [_found(CHANGES_PAGE, None, f"{CHANGES} beside it", "none")] if CHANGES_PAGE in whole else []
    if manifest.edition.supersedes is None:
        return [_found(CHANGES, None, "no such file, as nothing is superseded", "it is there")]
    try:
        said = parse_canonical(whole[CHANGES])
    except NotCanonicalError as error:
        return [_found(CHANGES, None, "canonical JSON (RFC 8785)", str(error))]
    if (misfit := CHANGES_SHAPE.misfit(said)) is not None:
        return [_found(CHANGES, misfit.path, misfit.expected, misfit.found)]
    for path, expected in _promised(manifest).items():
        side, key = path.split(".")
        if said[side][key] != expected:
            return [_found(CHANGES, path, describe(expected), describe(said[side][key]))]
    for path, expected, found in (*_miscounted(said), *_not_as_reported(said, report)):
        return [_found(CHANGES, path, describe(expected), describe(found))]
    return _page_differences(manifest, whole[CHANGES_PAGE]) if CHANGES_PAGE in whole else []


def _page_differences(manifest: Manifest, page: bytes) -> list[Difference]:
    if manifest.report_sha256.hex not in page.decode("utf-8", "replace"):
        return [_found(CHANGES_PAGE, "report_sha256", str(manifest.report_sha256), "it is not named")]
    try:
        asks_for_nothing(page)
    except NotAsPromisedError as error:
        return [_found(CHANGES_PAGE, error.field, error.expected, error.found)]
    return []


def _promised(manifest: Manifest) -> dict[str, Json]:
    before = manifest.edition.supersedes
    return {
        "after.report_sha256": manifest.report_sha256.hex,
        "after.revision": manifest.revision,
        "after.licensee": manifest.licensee,
        "after.period": manifest.period,
        "after.conclusion": manifest.conclusion,
        "before.revision": None if before is None else before.revision,
        "before.report_sha256": None if before is None else before.report_sha256.hex,
        "before.datapackage_sha256": None if before is None else before.datapackage_sha256.hex,
    }


def _miscounted(said: Json) -> Iterator[tuple[str, Json, Json]]:
    """What it says that it lists, and what it lists; where nothing was compared, neither."""
    listed = [change["is_number"] for section in said["sections"] for change in section["changes"]]
    counts = {"numbers": listed.count(True), "other_values": listed.count(False)}
    for name, count in counts.items():
        expected = count if said["compared"] else None
        if said[name] != expected:
            yield name, expected, said[name]
    if listed and not said["compared"]:
        yield "sections", [], said["sections"]


def _not_as_reported(said: Json, report: Json) -> Iterator[tuple[str, Json, Json]]:
    """Totals, which no list is on the way to, that have another value now than the report states."""
    for change in (change for section in said["sections"] for change in section["changes"]):
        if "[" in change["path"]:
            continue
        stated = at(report, *change["path"].split("."))
        if not isinstance(stated, dict | list) and stated != change["after"]:
            yield change["path"], stated, change["after"]


def _found(file: str, field: str | None, expected: str, found: str) -> Difference:
    return Difference(file=file, field=field, expected=expected, found=found)
