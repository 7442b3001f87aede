"""The files by which a revision says what it changes: changes.json over the revision before it, and its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tallystick.errors import MissingInputError
from tallystick.evidence.bundle import REPORT
from tallystick.evidence.canonical import Json, NotCanonicalError, canonical_bytes, parse_canonical
from tallystick.evidence.changes import CHANGES, CHANGES_PAGE, Side, compare, not_compared
from tallystick.evidence.digest import Sha256
from tallystick.evidence.manifest import Manifest
from tallystick.storage.objects import ObjectStore

RUN = "run.json"
ShowChanges = Callable[[Json], bytes]
"""Makes the bytes of changes.html from the document of changes.json."""


def changes_files(
    store: ObjectStore, before: Manifest, payload: Mapping[str, bytes], number: int, show: ShowChanges | None
) -> dict[str, bytes]:
    """changes.json, and changes.html where there is a `show`, of the payload that becomes revision `number`.

    They follow from the payload and from what `before` is, so a run that was cut off makes the same bytes again. Where
    the earlier report is gone or was changed, they say that nothing could be compared.
    """
    new = Side(
        report=parse_canonical(payload[REPORT]),
        report_sha256=Sha256.of(payload[REPORT]),
        run=_parsed(payload.get(RUN)),
        revision=number,
    )
    old = Side(
        report=_parsed(_stored(store, before, REPORT)),
        report_sha256=before.report_sha256,
        run=_parsed(_stored(store, before, RUN)),
        revision=before.revision,
        datapackage_sha256=before.sha256,
    )
    if old.report is None:
        changes = not_compared(old, new, "it is gone, or not what its manifest lists")
    else:
        changes = compare(old, new)
    data = canonical_bytes(changes)
    return {CHANGES: data} | ({} if show is None else {CHANGES_PAGE: show(parse_canonical(data))})


def _stored(store: ObjectStore, manifest: Manifest, name: str) -> bytes | None:
    """A file of a published revision, if it is still what was published."""
    try:
        data = store.get(f"{manifest.folder}/{name}")
    except MissingInputError:
        return None
    listed = manifest.files.get(name)
    return data if listed is not None and listed.sha256 == Sha256.of(data) else None


def _parsed(data: bytes | None) -> Json:
    try:
        return None if data is None else parse_canonical(data)
    except NotCanonicalError:
        return None
