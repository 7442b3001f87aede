"""changes.json: every value that a report states otherwise than the one before it, and what that can come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tallystick.evidence.canonical import Json
from tallystick.evidence.changed_values import changes_of
from tallystick.evidence.changed_words import SECTIONS
from tallystick.evidence.digest import Sha256
from tallystick.evidence.reasons import at, why

SCHEMA = "tallystick/changes/1"
CHANGES, CHANGES_PAGE = "changes.json", "changes.html"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two reports: the document with its digest, run.json where it is at hand, and which revision it is."""

    report: Json
    report_sha256: Sha256
    run: Json = None
    revision: int | None = None
    datapackage_sha256: Sha256 | None = None


def compare(before: Side, after: Side) -> dict[str, Json]:
    """The document `tallystick/changes/1` over two reports, whatever they are of; the same two give the same."""
    old, new = (each.report if isinstance(each.report, dict) else {} for each in (before, after))
    names = [*SECTIONS, *sorted({*old, *new} - set(SECTIONS))]
    sections = []
    for name in names:
        if found := changes_of(old.get(name), new.get(name), name):
            title = SECTIONS.get(name, name.replace("_", " "))
            sections.append({"section": name, "title": title, "changes": [asdict(each) for each in found]})
    listed = [each for section in sections for each in section["changes"]]
    return {
        **_headed(before, after),
        "why": why(before.report, after.report, before.run, after.run) if listed else [],
        "compared": True,
        "numbers": sum(each["is_number"] for each in listed),
        "other_values": sum(not each["is_number"] for each in listed),
        "sections": sections,
    }


def not_compared(before: Side, after: Side, problem: str) -> dict[str, Json]:
    """The same where the earlier report cannot be read: it says so, and lists nothing."""
    reason = {"what": "not_readable", "words": f"The earlier report cannot be read: {problem}.", "values": {}}
    nothing: Mapping[str, Json] = {"numbers": None, "other_values": None, "sections": []}
    return {**_headed(before, after), "why": [reason], "compared": False, **nothing}


def _headed(before: Side, after: Side) -> dict[str, Json]:
    return {
        "schema": SCHEMA,
        "before": {**_named(before), "datapackage_sha256": _hex(before.datapackage_sha256)},
        "after": _named(after),
    }


def _named(side: Side) -> dict[str, Json]:
    return {
        "licensee": _text(at(side.report, "licensee", "id")),
        "period": _text(at(side.report, "period", "text")),
        "conclusion": _text(at(side.report, "conclusion")),
        "revision": side.revision,
        "report_sha256": side.report_sha256.hex,
        "tallystick": _text(at(side.run, "tallystick")),
    }


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _hex(digest: Sha256 | None) -> str | None:
    return None if digest is None else digest.hex
