"""A report bundle as something to read: the names in it, and the bytes behind each name, wherever it lies."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from tallystick.errors import MissingInputError, VerificationError
from tallystick.evidence.names import legible

DATAPACKAGE = "datapackage.json"
"""The manifest, written last: its presence means published."""
SHA256SUMS = "SHA256SUMS"
STATEMENT = "statement.dsse.json"
"""The signed statement over all other files; a bundle that nobody signed has none."""
TIMESTAMP = "timestamp.tsr"
"""The time-stamp over the statement, where an authority gave one."""
REPORT = "report.json"
FINDINGS = "findings.csv"
REQUIRED = frozenset({REPORT, "report.html", FINDINGS, "usage.parquet", "quality.json", "run.json"})
"""The payload that every bundle has; it may hold more."""
REQUIRED_SINCE = {
    "tallystick/report/2": frozenset({"report.pdf", "findings.xlsx", "verify/VERIFY.md", "verify/verify.py"}),
}
"""What bundles of a report of that schema have besides."""


class BundleReader(Protocol):
    """Files by name; a folder, an S3 prefix or an archive. Each file is opened once and read to its end."""

    def names(self) -> Iterator[str]:
        """Every file there is, also those that do not belong there; one name twice if it is there twice."""
        ...

    def open(self, name: str) -> BinaryIO:
        """The bytes of one of `names`."""
        ...


class MemoryReader:
    """A bundle that is not yet, or no longer, on any disk."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def names(self) -> Iterator[str]:
        """The keys of the mapping."""
        return iter(self._files)

    def open(self, name: str) -> BinaryIO:
        """The bytes of `name`."""
        return BytesIO(self._files[name])


class FolderReader:
    """A bundle in a folder; symbolic links, pipes and devices in it are refused with a VerificationError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Iterator[str]:
        """Every file below the folder, with `/` between the parts; MissingInputError when there is no folder."""
        try:
            yield from self._walk(self._folder, "")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingInputError(
                "there is no such folder", where=legible(str(self._folder)), next_step="name the folder of a bundle"
            ) from error
        except PermissionError as error:
            raise MissingInputError("this folder cannot be read", where=legible(str(error.filename))) from error

    def _walk(self, folder: Path, below: str) -> Iterator[str]:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: os.fsencode(each.name)):
                name = below + entry.name
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(folder / entry.name, f"{name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield name
                else:
                    raise _not_a_file(name, "a symbolic link" if entry.is_symlink() else "no regular file")

    def open(self, name: str) -> BinaryIO:
        """The bytes of `name`, opened without following a link in its last part."""
        try:
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except PermissionError as error:
            raise MissingInputError("this file cannot be read", where=legible(name)) from error
        except OSError as error:
            raise _not_a_file(name, "gone, or a symbolic link") from error
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise _not_a_file(name, "no regular file")
        return cast(BinaryIO, os.fdopen(handle, "rb"))


def _not_a_file(name: str, found: str) -> VerificationError:
    return VerificationError(f"expected a file, found {found}", where=legible(name))
