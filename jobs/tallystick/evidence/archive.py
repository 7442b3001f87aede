"""A bundle in a zip file: nothing is unpacked to disk, and an entry that plays tricks is refused."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from tallystick.errors import BundleDiffersError, Difference, MissingInputError, VerificationError
from tallystick.evidence.bundle import DATAPACKAGE
from tallystick.evidence.names import legible

_MOST_ENTRIES = 200_000
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ZipReader:
    """A bundle in a zip, at its root or in its one folder. VerificationError for a file that is no whole zip.

    Names are those in the zip, so one that leads elsewhere, or stands twice, is seen and refused by verification.
    """

    def __init__(self, file: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
        except (FileNotFoundError, PermissionError) as error:
            raise MissingInputError("this file cannot be read", where=legible(str(file))) from error
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise VerificationError(
                "this is no zip, or it is cut off or damaged",
                where=legible(str(file)),
                next_step="fetch the file again, or name the folder of a bundle",
            ) from error
        entries = [each for each in self._archive.infolist() if not each.is_dir()]
        if len(entries) > _MOST_ENTRIES:
            raise _differs(str(file), f"at most {_MOST_ENTRIES:,} entries", f"{len(entries):,}")
        self._below = _folder_of(entries)
        self._entries = entries

    def names(self) -> Iterator[str]:
        """Every entry that is a file, below the folder of the manifest; links and locked entries are refused."""
        for entry in self._entries:
            name = entry.orig_filename
            mode = entry.external_attr >> 16
            if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise _differs(name, "a file", "a symbolic link" if stat.S_ISLNK(mode) else "no regular file")
            if entry.flag_bits & 1 or entry.compress_type not in _PACKED:
                raise _differs(name, "a stored or deflated file", "one that is packed in another way, or locked")
            yield name.removeprefix(self._below)

    def open(self, name: str) -> BinaryIO:
        """The bytes of `name`; its CRC is checked as it is read, and damage is a VerificationError."""
        entry = next(each for each in self._entries if each.orig_filename.removeprefix(self._below) == name)
        try:
            return cast(BinaryIO, _Undamaged(self._archive.open(entry), name))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise _differs(name, "an entry of the zip", "a damaged one") from error


class _Undamaged:
    """An entry's stream whose damage is a difference, not an error of the zip module."""

    def __init__(self, stream: object, name: str) -> None:
        self._stream = cast(BinaryIO, stream)
        self._name = name

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise _differs(self._name, "an entry of the zip", "a damaged one") from error

    def __enter__(self) -> _Undamaged:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


def _folder_of(entries: list[zipfile.ZipInfo]) -> str:
    """The one folder that all entries lie in, with its slash, where the manifest is in it and not at the root."""
    names = [each.orig_filename for each in entries]
    if DATAPACKAGE in names:
        return ""
    folders = {name.partition("/")[0] for name in names}
    folder = f"{next(iter(folders), '')}/"
    return folder if len(folders) == 1 and f"{folder}{DATAPACKAGE}" in names else ""


def _differs(name: str, expected: str, found: str) -> BundleDiffersError:
    return BundleDiffersError([Difference(file=legible(name), expected=expected, found=found)])
