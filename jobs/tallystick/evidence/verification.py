"""Verification: every byte of a bundle against its manifest, and every number of its report against the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from tallystick.errors import BundleDiffersError, Difference, UnreadableFileError, VerificationError
from tallystick.evidence import consistency, quality_rules, renderings
from tallystick.evidence.bundle import (
    DATAPACKAGE,
    FINDINGS,
    REPORT,
    REQUIRED,
    SHA256SUMS,
    STATEMENT,
    TIMESTAMP,
    BundleReader,
)
from tallystick.evidence.canonical import Json, NotCanonicalError, parse_canonical
from tallystick.evidence.changes import CHANGES, CHANGES_PAGE
from tallystick.evidence.changes_rules import RULE as CHANGES_RULE
from tallystick.evidence.changes_rules import changes_differences
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.document import Node, NotAsPromisedError, first_difference
from tallystick.evidence.file_rules import file_differences, missing_files, sums_difference, unlisted
from tallystick.evidence.manifest import Manifest, compose_manifest
from tallystick.evidence.names import is_file_name, legible
from tallystick.evidence.quality_rules import EVIDENCE, QUALITY
from tallystick.evidence.report_shape import is_of_the_first_schema
from tallystick.evidence.sample_rules import (
    FRAME,
    ROWS_RULE,
    SAMPLE,
    ReadSample,
    sample_differences,
    sample_row_differences,
)
from tallystick.evidence.sample_rules import RULE as SAMPLE_RULE
from tallystick.evidence.signatures import check_seals
from tallystick.evidence.totals import RULE, USAGE, ReadTotals, totals_follow
from tallystick.evidence.trust import NOBODY, Trust
from tallystick.evidence.verified import Verified

READ_WHOLE = (
    REPORT,
    QUALITY,
    "run.json",
    FINDINGS,
    SHA256SUMS,
    STATEMENT,
    TIMESTAMP,
    USAGE,
    CHANGES,
    CHANGES_PAGE,
    FRAME,
    SAMPLE,
    *renderings.RULES,
)
LARGEST_WHOLE = 1 << 30
NOT_READ = FileDigest.of(b"")
"""What stands for a file that the manifest does not list; its name alone is a difference."""
LARGEST_MANIFEST = 1 << 24

OF_THE_FIRST_SCHEMA = "whether report.html shows this report.json: pages of the first schema do not name it"
NOT_LOOKED_UP = f"the requests in {EVIDENCE}, which only the raw logs can show"
NOT_COMPARED = f"{CHANGES} against the earlier report, which is not in this bundle: tallystick diff compares the two"

BYTE_RULES = (
    "The bundle holds the files that its manifest lists, and no others.",
    "Every file has the length and the SHA-256 that the manifest states.",
    "SHA256SUMS is, byte for byte, what the payload files give.",
    "The manifest is, byte for byte, what the files give.",
    "The bundle has each file that its report's schema demands, and changes.json where it supersedes another.",
    "report.json is canonical JSON.",
)


def verify_bundle(
    reader: BundleReader,
    *,
    location: str,
    trust: Trust = NOBODY,
    read_totals: ReadTotals | None = None,
    read_sample: ReadSample | None = None,
    make_again: renderings.MakeAgain | None = None,
) -> Verified:
    """Check a whole bundle, reading each file once; `location` is only repeated in the result.

    Signatures are checked by the keys that the statement names; with a trusted key, that key must be among them.
    `read_totals` adds up usage.parquet, `read_sample` reads the sample, and `make_again` renders the report once more;
    without one of them that is left out, and the result says so.

    Raises BundleDiffersError that names each file that differs, what was expected and what was found, and
    VerificationError when there is nothing to check.
    """
    names = _names(reader)
    manifest, manifest_bytes = _manifest(reader)
    digests, whole = _read(reader, sorted(names - {DATAPACKAGE}), manifest)
    _refuse(file_differences(manifest, digests))
    _refuse(sums_difference(digests, whole[SHA256SUMS]))
    report = _report(whole[REPORT])
    _refuse(consistency.contradictions(report, whole[FINDINGS]))
    _refuse(missing_files(report, manifest))
    _refuse(_manifest_difference(manifest_bytes, manifest, report, digests))
    _refuse([*changes_differences(manifest, report, whole), *sample_differences(Node(report), whole)])
    _refuse(quality_rules.quality_differences(Node(report), whole, manifest.files))
    if read_sample:
        _refuse(sample_row_differences(Node(report), whole, read_sample))
    seals = check_seals(whole, manifest_bytes, digests, trust)
    shown = [name for name in renderings.RULES if name in whole]
    _refuse(_rendering_differences(Node(report), whole, shown, read_totals))
    if make_again:
        signers = [each.key.keyid for each in seals.signatures]
        _refuse(_made_again(make_again, whole, manifest, signers, digests))
    return Verified(
        location=location,
        manifest=manifest,
        files=len(names),
        size_bytes=len(manifest_bytes) + sum(file.size_bytes for file in digests.values()),
        rules=(
            *BYTE_RULES,
            *consistency.rules(),
            *((renderings.RULES[name].__doc__ or "").strip() for name in shown),
            *([renderings.MADE_AGAIN] if make_again else []),
            *(() if is_of_the_first_schema(Node(report)) else (quality_rules.RULE,)),
            *([RULE] if read_totals else []),
            *([CHANGES_RULE] if CHANGES in whole else []),
            *([SAMPLE_RULE] if FRAME in whole else []),
            *([ROWS_RULE] if FRAME in whole and read_sample else []),
            *seals.rules,
        ),
        seals=seals,
        unchecked=(
            *(() if read_totals else (f"the sums of {USAGE}, which takes something that reads Parquet",)),
            *(
                (f"the rows of {SAMPLE}, which takes something that reads Parquet",)
                if SAMPLE in whole and not read_sample
                else ()
            ),
            *((NOT_LOOKED_UP,) if any(name.startswith(EVIDENCE) for name in names) else ()),
            *((NOT_COMPARED,) if CHANGES in whole else ()),
            *(() if make_again else (renderings.NOT_MADE_AGAIN,)),
            *((OF_THE_FIRST_SCHEMA,) if is_of_the_first_schema(Node(report)) else ()),
        ),
    )


def _names(reader: BundleReader) -> set[str]:
    listed = list(reader.names())
    names = set(listed)
    if not names:
        raise VerificationError("there is nothing here to verify", next_step="name the folder or prefix of a bundle")
    if len(names) < len(listed):
        twice = next(name for name in listed if listed.count(name) > 1)
        raise _differs(legible(twice), expected="one such file", found="several")
    if DATAPACKAGE not in names:
        raise _differs(DATAPACKAGE, expected="the manifest that every published bundle has", found="no such file")
    return names


def _manifest(reader: BundleReader) -> tuple[Manifest, bytes]:
    with _opened(reader, DATAPACKAGE) as stream:
        data = _all(stream, DATAPACKAGE, LARGEST_MANIFEST)
    try:
        manifest = Manifest.parse(data)
    except NotAsPromisedError as error:
        raise BundleDiffersError([_of(DATAPACKAGE, error)]) from None
    _refuse(unlisted(REQUIRED | {SHA256SUMS}, manifest))
    return manifest, data


def _read(reader: BundleReader, names: list[str], manifest: Manifest) -> tuple[dict[str, FileDigest], dict[str, bytes]]:
    """Every file's digest, and the bytes of those that are looked into; of none more than one byte too many."""
    digests: dict[str, FileDigest] = {}
    whole: dict[str, bytes] = {}
    for name in names:
        if not is_file_name(name):
            raise _differs(legible(name), expected="no such file", found="it is there")
        if name not in manifest.files:
            digests[name] = NOT_READ
            continue
        most = manifest.files[name].size_bytes + 1
        with _opened(reader, name) as stream:
            if name not in READ_WHOLE:
                digests[name] = FileDigest.of_stream(stream, most)
            elif most > LARGEST_WHOLE:
                raise _differs(name, expected=f"at most {LARGEST_WHOLE:,} bytes", found="more")
            else:
                whole[name] = stream.read(most)
                digests[name] = FileDigest.of(whole[name])
    return digests, whole


def _report(data: bytes) -> Json:
    try:
        return parse_canonical(data)
    except NotCanonicalError as error:
        raise _differs(REPORT, expected="canonical JSON (RFC 8785)", found=legible(str(error))) from None


def _manifest_difference(
    data: bytes, manifest: Manifest, report: Json, digests: Mapping[str, FileDigest]
) -> Iterator[Difference]:
    try:
        expected = compose_manifest(report, digests, manifest.edition)
    except NotAsPromisedError as error:
        yield _of(REPORT, error)
        return
    if data != expected:
        field, should, stands = first_difference(parse_canonical(expected), parse_canonical(data), "")
        yield Difference(file=DATAPACKAGE, field=field, expected=should, found=stands)


def _rendering_differences(
    report: Node, whole: Mapping[str, bytes], shown: list[str], read_totals: ReadTotals | None
) -> Iterator[Difference]:
    for name in shown:
        try:
            renderings.RULES[name](report, whole[REPORT], whole[name])
        except NotAsPromisedError as error:
            yield _of(name, error)
    if read_totals:
        try:
            totals_follow(report, read_totals(whole[USAGE]))
        except NotAsPromisedError as error:
            yield _of(USAGE, error)


def _made_again(
    make: renderings.MakeAgain,
    whole: Mapping[str, bytes],
    manifest: Manifest,
    signers: list[str],
    digests: Mapping[str, FileDigest],
) -> Iterator[Difference]:
    try:
        yield from renderings.not_as_made(make(whole, manifest.edition.code_version, signers), digests)
    except NotAsPromisedError as error:
        yield _of(DATAPACKAGE, error)


def _all(stream: BinaryIO, name: str, most: int) -> bytes:
    data = stream.read(most + 1)
    if len(data) > most:
        raise _differs(name, expected=f"at most {most:,} bytes", found="more")
    return data


@contextmanager
def _opened(reader: BundleReader, name: str) -> Iterator[BinaryIO]:
    try:
        with reader.open(name) as stream:
            yield stream
    except OSError as error:
        raise UnreadableFileError(f"it cannot be read: {error.strerror}", where=name) from error


def _differs(file: str, *, expected: str, found: str) -> BundleDiffersError:
    return BundleDiffersError([Difference(file=file, expected=expected, found=found)])


def _of(file: str, error: NotAsPromisedError) -> Difference:
    return Difference(file=file, field=error.field, expected=error.expected, found=error.found)


def _refuse(differences: Iterable[Difference]) -> None:
    found = list(differences)
    if found:
        raise BundleDiffersError(found)
