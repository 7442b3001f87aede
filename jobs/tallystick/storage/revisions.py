"""What is published in a report store: its revisions, the pointer to the latest of a period, and the shelf over all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tallystick.errors import MissingInputError, TryAgainError, VerificationError
from tallystick.evidence.bundle import DATAPACKAGE
from tallystick.evidence.canonical import NotCanonicalError, canonical_bytes, parse_canonical
from tallystick.evidence.digest import Sha256
from tallystick.evidence.document import Node, NotAsPromisedError
from tallystick.evidence.manifest import Manifest, revision_name
from tallystick.evidence.names import legible
from tallystick.storage.objects import ObjectStore

LATEST = "latest.json"
INDEX = "index.html"
SCHEMA = "tallystick/latest/1"
TRIES = 20
"""How often a pointer is written again because others published meanwhile."""
_MANIFEST_KEY = re.compile(rf"(?:[^/]+/){{2}}r[1-9][0-9]{{0,8}}/{re.escape(DATAPACKAGE)}")

RenderShelf = Callable[[Sequence[Manifest], Sequence[str]], bytes]
"""Makes the bytes of index.html from all published manifests, and the keys of those that cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What a store has published; `unreadable` are the keys of manifests that are broken or not where they belong."""

    manifests: tuple[Manifest, ...]
    unreadable: tuple[str, ...]


def read_shelf(store: ObjectStore, place: str = "") -> Shelf:
    """Every published revision in the store, or in one period's folder; what has no manifest is not published."""
    found: list[Manifest] = []
    unreadable: list[str] = []
    for listed in store.list(f"{place}/" if place else ""):
        if _MANIFEST_KEY.fullmatch(listed.key):
            manifest = _manifest(store, listed.key)
            if manifest:
                found.append(manifest)
            else:
                unreadable.append(listed.key)
    return Shelf(manifests=tuple(found), unreadable=tuple(unreadable))


def latest(store: ObjectStore, place: str) -> Manifest | None:
    """The published revision with the highest number in a period's folder."""
    return max(read_shelf(store, place).manifests, key=lambda each: each.revision, default=None)


def point_to_latest(store: ObjectStore, place: str) -> None:
    """Make latest.json of a period's folder name its latest revision, whoever else is publishing."""
    _keep_true(store, f"{place}/{LATEST}", lambda: _pointer(latest(store, place)))


def show_shelf(store: ObjectStore, render: RenderShelf) -> None:
    """Make index.html at the root show everything that is published, whoever else is publishing."""

    def page() -> bytes:
        shelf = read_shelf(store)
        return render(shelf.manifests, shelf.unreadable)

    _keep_true(store, INDEX, page)


def read_latest(data: bytes) -> tuple[int, Sha256]:
    """Number of the revision that a latest.json names, and the digest of its manifest; VerificationError otherwise."""
    try:
        pointer = Node(parse_canonical(data))
        pointer["schema"].one_of(SCHEMA)
        number = pointer["revision"].amount()
        if pointer["path"].text() != f"{revision_name(number)}/":
            raise NotAsPromisedError(
                "path", expected=f"{revision_name(number)}/", found=legible(pointer["path"].text())
            )
        return number, Sha256(pointer["datapackage_sha256"].text())
    except (NotCanonicalError, NotAsPromisedError, ValueError) as error:
        raise VerificationError(f"this is no pointer to a revision: {error}", where=LATEST) from error


def _manifest(store: ObjectStore, key: str) -> Manifest | None:
    """The manifest under `key`, if it is one and belongs there."""
    try:
        manifest = Manifest.parse(store.get(key))
    except (NotAsPromisedError, MissingInputError):
        return None
    return manifest if key == f"{manifest.folder}/{DATAPACKAGE}" else None


def _pointer(manifest: Manifest | None) -> bytes | None:
    if manifest is None:
        return None
    return canonical_bytes(
        {
            "schema": SCHEMA,
            "licensee": manifest.licensee,
            "period": manifest.period,
            "revision": manifest.revision,
            "path": f"{revision_name(manifest.revision)}/",
            "report_sha256": manifest.report_sha256.hex,
            "datapackage_sha256": manifest.sha256.hex,
        }
    )


def _keep_true(store: ObjectStore, key: str, make: Callable[[], bytes | None]) -> None:
    """Write what `make` says unless it stands there, until nothing changed between saying and looking.

    Whoever writes last looks again after writing, and sees every manifest that was there before: so the last word is
    true, though publishers overtake each other.
    """
    for _ in range(TRIES):
        wanted = make()
        if wanted is None or _standing(store, key) == wanted:
            return
        store.put(key, wanted)
    raise TryAgainError("others keep publishing", where=store.url(key), next_step="run this again")


def _standing(store: ObjectStore, key: str) -> bytes | None:
    try:
        return store.get(key)
    except MissingInputError:
        return None
