"""Finding a published bundle by its address, and checking that it stands where it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tallystick.errors import BundleDiffersError, Difference, MissingInputError
from tallystick.evidence.archive import ZipReader
from tallystick.evidence.bundle import DATAPACKAGE, BundleReader, FolderReader
from tallystick.evidence.digest import Sha256
from tallystick.evidence.manifest import Manifest, revision_name
from tallystick.settings import S3Settings
from tallystick.storage.objects import ObjectStore, open_store
from tallystick.storage.revisions import LATEST, read_latest

_REVISION = re.compile(r"r[1-9][0-9]{0,8}")


class StoreReader:
    """A bundle under a prefix of a store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def names(self) -> Iterator[str]:
        """Every key, whatever it is."""
        return (each.key for each in self._store.list())

    def open(self, name: str) -> BinaryIO:
        """The object's bytes."""
        return self._store.open(name)


@dataclass(frozen=True, kw_only=True)
class FoundBundle:
    """A bundle to read, and, when it was found as the latest of a period, what else must be true of it."""

    location: str
    reader: BundleReader
    pointed: Pointed | None

    def check_place(self, manifest: Manifest) -> None:
        """BundleDiffersError when it is not what its folder's name or latest.json promised.

        Nor may what it supersedes have been changed since, where that is still there.
        """
        folder = self.location.rstrip("/").rpartition("/")[2]
        if _REVISION.fullmatch(folder) and folder != revision_name(manifest.revision):
            raise _differs(DATAPACKAGE, "tallystick.revision", folder[1:], str(manifest.revision))
        if self.pointed is not None:
            self.pointed.check(manifest)


@dataclass(frozen=True, kw_only=True)
class Pointed:
    """What a period's latest.json promises: a revision, and the digest of its manifest.

    The revision that it supersedes may have been removed since, but not changed.
    """

    period: ObjectStore
    revision: int
    sha256: Sha256

    def check(self, manifest: Manifest) -> None:
        """BundleDiffersError when `manifest` is another one, or the manifest that it supersedes was changed."""
        if manifest.revision != self.revision:
            raise _differs(DATAPACKAGE, "tallystick.revision", str(self.revision), str(manifest.revision))
        if manifest.sha256 != self.sha256:
            raise _differs(DATAPACKAGE, "sha256", str(self.sha256), str(manifest.sha256))
        before = manifest.edition.supersedes
        if before is not None:
            key = f"{revision_name(before.revision)}/{DATAPACKAGE}"
            found = Sha256.of(self.period.get(key)) if _has(self.period, key) else before.datapackage_sha256
            if found != before.datapackage_sha256:
                raise _differs(key, "sha256", str(before.datapackage_sha256), str(found))


def find_bundle(location: str, s3: S3Settings) -> FoundBundle:
    """The bundle in a folder, a zip or under an s3:// prefix; of a `<licensee>/<period>` folder, the latest revision.

    BundleDiffersError when latest.json does not name the highest revision that is published there.
    """
    if "://" not in location and Path(location).is_file():
        return FoundBundle(location=location, reader=ZipReader(Path(location)), pointed=None)
    store = open_store(location, s3)
    if not location.startswith("s3://") and not Path(location).is_dir():
        raise MissingInputError("there is no such folder", where=location, next_step="name the folder of a bundle")
    if _has(store, DATAPACKAGE) or not _has(store, LATEST):
        return FoundBundle(location=location, reader=_reader(location, store), pointed=None)
    number, sha256 = read_latest(store.get(LATEST))
    _refuse_older(store, number)
    folder = store.url(revision_name(number))
    pointed = Pointed(period=store, revision=number, sha256=sha256)
    return FoundBundle(location=folder, reader=_reader(folder, open_store(folder, s3)), pointed=pointed)


def _refuse_older(store: ObjectStore, number: int) -> None:
    """A latest.json that was set back would hide what was published since."""
    keys = {each.key for each in store.list("r") if each.key.endswith(f"/{DATAPACKAGE}")}
    numbers = [int(part) for part in (key[1:].partition("/")[0] for key in keys) if part.isascii() and part.isdecimal()]
    if max(numbers, default=number) > number:
        found = f"{revision_name(number)}, though {revision_name(max(numbers))} is published"
        raise _differs(LATEST, "revision", revision_name(max(numbers)), found)


def _has(store: ObjectStore, key: str) -> bool:
    return any(each.key == key for each in store.list(key))


def _reader(location: str, store: ObjectStore) -> BundleReader:
    return StoreReader(store) if location.startswith("s3://") else FolderReader(Path(location))


def _differs(file: str, field: str, expected: str, found: str) -> BundleDiffersError:
    return BundleDiffersError([Difference(file=file, field=field, expected=expected, found=found)])
