"""What the files of a bundle are held to: to its manifest, to SHA256SUMS, and to what a report of its schema has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tallystick.errors import Difference
from tallystick.evidence.bundle import REQUIRED_SINCE, SHA256SUMS
from tallystick.evidence.canonical import Json
from tallystick.evidence.changes import CHANGES
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.manifest import Manifest, compose_sums
from tallystick.evidence.names import legible
from tallystick.evidence.quality_rules import EVIDENCE
from tallystick.evidence.sample_rules import FRAME, SAMPLE


def unlisted(names: Iterable[str], manifest: Manifest) -> Iterator[Difference]:
    """The names that the manifest does not list, and should."""
    for name in sorted(set(names) - set(manifest.files)):
        yield Difference(file=name, expected="to be in the manifest", found="it is not listed")


def missing_files(report: Json, manifest: Manifest) -> Iterator[Difference]:
    """What a bundle of this schema has, and this one lacks; a sample comes with its frame, requests with a finding."""
    yield from unlisted(REQUIRED_SINCE.get(report["schema"], ()), manifest)
    if not {FRAME, SAMPLE}.isdisjoint(manifest.files):
        yield from unlisted((FRAME, SAMPLE), manifest)
    if report["schema"] not in REQUIRED_SINCE:
        return
    known = {f"{EVIDENCE}{finding['id']}.parquet" for finding in report["findings"]} | {SAMPLE}
    for name in sorted(manifest.files):
        if name.startswith(EVIDENCE) and name.endswith(".parquet") and name not in known:
            yield Difference(file=name, expected="a finding of that id", found="none")
    if manifest.edition.supersedes is not None:
        yield from unlisted((CHANGES,), manifest)


def file_differences(manifest: Manifest, digests: Mapping[str, FileDigest]) -> Iterator[Difference]:
    """Files that are missing, too many, or of another length or digest than the manifest states."""
    for name in sorted(set(manifest.files) | set(digests)):
        expected, found = manifest.files.get(name), digests.get(name)
        if found is None:
            yield Difference(file=name, expected="a file", found="no such file")
        elif expected is None:
            yield Difference(file=name, expected="no such file", found="it is there")
        elif expected.size_bytes != found.size_bytes:
            size = "more" if found.size_bytes > expected.size_bytes else f"{found.size_bytes:,}"
            yield Difference(file=name, field="bytes", expected=f"{expected.size_bytes:,}", found=size)
        elif expected.sha256 != found.sha256:
            yield Difference(file=name, field="sha256", expected=str(expected.sha256), found=str(found.sha256))


def sums_difference(digests: Mapping[str, FileDigest], sums: bytes) -> Iterator[Difference]:
    """The first line of SHA256SUMS that is not what the payload files give."""
    expected = compose_sums(digests)
    if sums != expected:
        should, stands = expected.splitlines(), sums.splitlines()
        line = next((n for n, pair in enumerate(zip(should, stands, strict=False)) if pair[0] != pair[1]), None)
        if line is None:
            found = f"{len(stands)}, or another end of the last"
            yield Difference(file=SHA256SUMS, field="lines", expected=f"{len(should)}", found=found)
        else:
            found = legible(stands[line].decode("utf-8", "replace"))
            yield Difference(file=SHA256SUMS, field=f"line {line + 1}", expected=should[line].decode(), found=found)
