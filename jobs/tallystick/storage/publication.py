"""Publishing a bundle as the next revision of its period: never overwritten, never half visible, the manifest last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tallystick import __version__
from tallystick.errors import (
    AlreadyPublishedError,
    MissingInputError,
    NotFitToPublishError,
    TryAgainError,
    UsageError,
    VerificationError,
)
from tallystick.evidence.assembly import UNSIGNED, Seal, assemble
from tallystick.evidence.bundle import DATAPACKAGE, REPORT, SHA256SUMS, STATEMENT, TIMESTAMP, MemoryReader
from tallystick.evidence.canonical import NotCanonicalError
from tallystick.evidence.digest import Sha256
from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.manifest import Edition, Manifest, Superseded, revision_name
from tallystick.evidence.names import legible, segment
from tallystick.evidence.renderings import PAGE, page_language
from tallystick.evidence.timestamp import check_timestamp
from tallystick.evidence.trust import Trust
from tallystick.evidence.verification import verify_bundle
from tallystick.storage.objects import ObjectStore
from tallystick.storage.revisions import latest, point_to_latest, read_shelf
from tallystick.storage.superseded import ShowChanges, changes_files

TRIES = 20
"""How many numbers a publisher tries when others, or what killed runs left, hold them."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """Where a report lies now; `unchanged` when it was there already and nothing was written."""

    location: str
    revision: int
    state: Literal["published", "unchanged"]
    report_sha256: Sha256
    kept_language: str | None = None
    """Of an unchanged one that of its page, where another was asked for: a revision keeps that of its publication."""


def publish_bundle(
    store: ObjectStore,
    licensee: str,
    period_slug: str,
    files: Mapping[str, bytes],
    *,
    report_sha256: str,
    title: str,
    revision: int | None = None,
    seal: Seal = UNSIGNED,
    show_changes: ShowChanges | None = None,
) -> Published:
    """Publish `files` (the payload) as `<licensee>/<period>/r<n>/`, then make latest.json name the latest revision.

    A report with the digest of the latest revision is `unchanged`. A changed one takes the next free number and says
    what it supersedes; changes.json, and with `show_changes` its page, say what differs. `revision` asks for a number:
    AlreadyPublishedError when that is taken by other content or comes before the latest. Nothing is written that would
    not pass `verify`, or is not the report that `report_sha256` says (NotFitToPublishError). The shelf is made by
    `revisions.show_shelf` when all of a run's reports are out.

    SHA256SUMS names every byte of the payload and is stored first: it claims the number, so that two publishers never
    mix files, and what a killed run left is completed only by the very same files, signed by the same keys. Statement
    and time-stamp follow the payload. The manifest comes last; before it nothing is published. Two that publish
    different results within the same moment may both say that they supersede the revision before the two.
    """
    if revision is not None and revision < 1:
        raise UsageError("revisions are numbered from 1")
    edition = Edition(title=title, revision=revision or 1, supersedes=None, code_version=__version__)
    manifest = Manifest.parse(_whole_bundle(files, edition, UNSIGNED)[DATAPACKAGE])
    place = manifest.place
    if place != f"{segment(licensee)}/{segment(period_slug)}":
        raise UsageError(f"the report is about {place}", where=legible(f"{licensee}/{period_slug}"))
    if manifest.report_sha256.hex != report_sha256:
        raise NotFitToPublishError(f"report.json has the SHA-256 {manifest.report_sha256}, not {report_sha256}")
    published = _publish(store, place, dict(files), title, revision, seal, show_changes)
    point_to_latest(store, place)
    return published


def _publish(
    store: ObjectStore,
    place: str,
    payload: Mapping[str, bytes],
    title: str,
    wanted: int | None,
    seal: Seal,
    show_changes: ShowChanges | None,
) -> Published:
    report_sha256 = Sha256.of(payload[REPORT])
    passed = 0
    for _ in range(TRIES):
        before = latest(store, place)
        there = _already_there(store, place, report_sha256, before, wanted)
        number = there or wanted or max(before.revision if before else 0, passed) + 1
        edition = _edition(title, number, before)
        files = dict(payload)
        if before and not there:
            files |= changes_files(store, before, payload, number, show_changes)
        if there or _complete(store, place, files, edition, before, seal, asked=wanted is not None):
            return Published(
                location=store.url(f"{place}/{revision_name(number)}"),
                revision=number,
                state="unchanged" if there else "published",
                report_sha256=report_sha256,
                kept_language=_kept_language(store, f"{place}/{revision_name(number)}", payload) if there else None,
            )
        passed = number
    raise TryAgainError("others keep publishing this report", where=store.url(place), next_step="run this again")


def _kept_language(store: ObjectStore, folder: str, payload: Mapping[str, bytes]) -> str | None:
    try:
        with store.open(f"{folder}/{PAGE}") as page:
            kept = page_language(page.read(4096))
    except MissingInputError:
        return None
    return None if kept == page_language(payload[PAGE]) else kept


def _already_there(
    store: ObjectStore, place: str, report_sha256: Sha256, before: Manifest | None, wanted: int | None
) -> int | None:
    """The number under which this report is published; AlreadyPublishedError when `wanted` can no longer become it."""
    if before is None:
        return None
    if wanted is None:
        return before.revision if before.report_sha256 == report_sha256 else None
    taken = next((each for each in read_shelf(store, place).manifests if each.revision == wanted), None)
    if taken and taken.report_sha256 == report_sha256:
        return wanted
    if wanted <= before.revision:
        fact = "is published with other content" if taken else f"comes before r{before.revision}, which is published"
        raise AlreadyPublishedError(
            f"{revision_name(wanted)} {fact}",
            where=store.url(f"{place}/{revision_name(wanted)}"),
            next_step="publish without --revision, and the next free number is taken",
        )
    return None


def _complete(
    store: ObjectStore,
    place: str,
    payload: Mapping[str, bytes],
    edition: Edition,
    before: Manifest | None,
    seal: Seal,
    *,
    asked: bool,
) -> bool:
    """Whether the revision is whole in the store now; False when its number is taken, or is no longer the next."""
    folder = f"{place}/{revision_name(edition.revision)}"
    present = {each.key.removeprefix(f"{folder}/") for each in store.list(f"{folder}/")}
    stamped = store.get(f"{folder}/{TIMESTAMP}") if TIMESTAMP in present else None
    files = _whole_bundle(payload, edition, _stamped_once(seal, stamped))
    try:
        if present - set(files):
            raise AlreadyPublishedError("there are files of another run", where=store.url(folder))
        for name in (SHA256SUMS, *sorted(payload), *(each for each in (STATEMENT, TIMESTAMP) if each in files)):
            store.put_new(f"{folder}/{name}", files[name])
        if latest(store, place) != before:
            return False
        store.put_new(f"{folder}/{DATAPACKAGE}", files[DATAPACKAGE])
    except AlreadyPublishedError as error:
        if asked and latest(store, place) == before:
            error.next_step = "a run that was cut off left other files there: publish without --revision"
            raise
        return False
    return True


def _stamped_once(seal: Seal, stamped: bytes | None) -> Seal:
    """The seal that takes a time-stamp which a killed run left, if it is over the same statement."""
    ask = seal.stamp
    if stamped is None or ask is None:
        return seal

    def stamp(statement: bytes) -> bytes:
        try:
            check_timestamp(stamped, statement, ())
        except NotAsPromisedError:
            return ask(statement)
        return stamped

    return replace(seal, stamp=stamp)


def _edition(title: str, number: int, before: Manifest | None) -> Edition:
    supersedes = None
    if before:
        supersedes = Superseded(
            revision=before.revision, report_sha256=before.report_sha256, datapackage_sha256=before.sha256
        )
    return Edition(title=title, revision=number, supersedes=supersedes, code_version=__version__)


def _whole_bundle(payload: Mapping[str, bytes], edition: Edition, seal: Seal) -> dict[str, bytes]:
    """The payload with all that goes with it; NotFitToPublishError when it would not pass its verification."""
    trust = Trust(keys=tuple(key.public for key in seal.keys))
    try:
        files = assemble(payload, edition, seal)
        verify_bundle(MemoryReader(files), location="(before publication)", trust=trust)
    except (NotCanonicalError, NotAsPromisedError, VerificationError) as error:
        raise NotFitToPublishError(
            f"this report would not pass its verification: {error}",
            next_step="this is a fault in how the report was made: report it, with this message",
        ) from error
    return files
