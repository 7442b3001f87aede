"""What `tallystick diff` compares: two bundles, each verified first, or two report.json files; and how it says it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from tallystick.errors import UnreadableFileError, VerificationError
from tallystick.evidence.bundle import REPORT, BundleReader
from tallystick.evidence.canonical import Json, NotCanonicalError, parse_canonical
from tallystick.evidence.changed_words import brief, in_order
from tallystick.evidence.changes import Side
from tallystick.evidence.digest import Sha256
from tallystick.evidence.names import legible
from tallystick.evidence.report_shape import FIRST_SCHEMA, SCHEMA
from tallystick.evidence.trust import NOBODY, Trust
from tallystick.evidence.verification import LARGEST_WHOLE, verify_bundle
from tallystick.settings import S3Settings
from tallystick.storage.published import find_bundle

RUN = "run.json"


class _Keeping:
    """A bundle that keeps the bytes of two of its files as they are read, so that what is compared was verified."""

    def __init__(self, reader: BundleReader) -> None:
        self._reader = reader
        self.kept: dict[str, bytes] = {}

    def names(self) -> Iterator[str]:
        return self._reader.names()

    def open(self, name: str) -> BinaryIO:
        stream = self._reader.open(name)
        if name not in (REPORT, RUN):
            return stream
        with stream:
            self.kept[name] = stream.read(LARGEST_WHOLE + 1)
        return BytesIO(self.kept[name])


def read_side(location: str, s3: S3Settings, trust: Trust = NOBODY) -> Side:
    """One report: of a folder, zip or s3:// prefix, verified first; or a report.json by itself.

    Raises what verification raises; VerificationError for a file that is no canonical report.
    """
    file = Path(location)
    if "://" not in location and file.is_file() and not _is_zip(file):
        return _bare(location, _bytes(file))
    found = find_bundle(location, s3)
    reader = _Keeping(found.reader)
    verified = verify_bundle(reader, location=found.location, trust=trust)
    found.check_place(verified.manifest)
    return Side(
        report=_parsed(found.location, reader.kept[REPORT]),
        report_sha256=verified.manifest.report_sha256,
        run=_parsed(found.location, reader.kept[RUN]),
        revision=verified.manifest.revision,
        datapackage_sha256=verified.manifest.sha256,
    )


def in_lines(changes: Json) -> Iterator[str]:
    """Both reports, why they differ, then each section with its changed values; text of others is made harmless."""
    for name in ("before", "after"):
        yield f"{name:<7}{_headline(changes[name])}"
    for reason in changes["why"]:
        values = ", ".join(f"{name} {_value(each)}" for name, each in in_order(reason["values"]))
        yield f"why    {legible(reason['words'])}{f' ({values})' if values else ''}"
    for section in changes["sections"]:
        yield ""
        yield f"{section['title']}: {len(section['changes']):,}"
        for change in section["changes"]:
            yield f"  {_change(change)}"


def summary(changes: Json) -> str:
    """How much differs, in a sentence."""
    if not changes["sections"]:
        return "nothing differs"
    return f"numbers that differ: {changes['numbers']:,}; other values: {changes['other_values']:,}"


def _headline(side: Json) -> str:
    revision = "" if side["revision"] is None else f" r{side['revision']}"
    named = f"{side['licensee']} {side['period']}{revision}: {side['conclusion']}"
    return f"{legible(named)}, report.json {side['report_sha256'][:12]}"


def _change(change: Json) -> str:
    words = legible(brief(change["words"]))
    if change["kind"] != "changed" and change["before"] is None and change["after"] is None:
        return f"{words}: {change['kind']}"
    before, after = (
        "not there" if change["kind"] == gone else _value(change[side])
        for side, gone in (("before", "added"), ("after", "removed"))
    )
    by = "" if change["by"] is None else f" ({_signed(change['by'])})"
    return f"{words}: {before} → {after}{by}"


def _value(value: Json) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else legible(str(value))


def _signed(by: int | str) -> str:
    said = _value(by)
    return said if said.startswith("-") else f"+{said}"


def _is_zip(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(1) != b"{"
    except OSError as error:
        raise UnreadableFileError("it cannot be read", where=legible(str(file))) from error


def _bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        data = stream.read(LARGEST_WHOLE + 1)
    if len(data) > LARGEST_WHOLE:
        raise VerificationError(f"a report has at most {LARGEST_WHOLE:,} bytes", where=legible(str(file)))
    return data


def _bare(location: str, data: bytes) -> Side:
    report = _parsed(location, data)
    if not isinstance(report, dict) or report.get("schema") not in (SCHEMA, FIRST_SCHEMA):
        raise VerificationError(
            "this is no report.json", where=legible(location), next_step="name a bundle, or the report.json of one"
        )
    return Side(report=report, report_sha256=Sha256.of(data))


def _parsed(location: str, data: bytes) -> Json:
    try:
        return parse_canonical(data)
    except NotCanonicalError as error:
        raise VerificationError(
            f"expected canonical JSON (RFC 8785): {legible(str(error))}",
            where=legible(location),
            next_step="compare the file as it was published; editors and formatters change its bytes",
        ) from None
