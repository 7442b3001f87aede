"""The log objects that a look at files is asked for: files, and whatever lies in folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tallystick.errors import MissingInputError, UnreadableFileError


@dataclass(frozen=True, kw_only=True)
class LogObject:
    """One object: `path` is what people read, `uri` what opens it.

    `is_named` says that it was asked for itself, and not because it lies in a folder or under a prefix; `problem` says
    why it cannot be opened at all, a pipe for instance.
    """

    path: str
    uri: str
    is_named: bool
    size_bytes: int = 0
    problem: str | None = None


def walk(paths: Sequence[Path]) -> Iterator[LogObject]:
    """Every file, those of a folder in the order of their names.

    Raises MissingInputError for a path that is not there, UnreadableFileError for a folder that cannot be listed.
    """
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path, onerror=_refuse_folder):
                folders.sort()
                here = Path(folder)
                links = [name for name in folders if (here / name).is_symlink()]  # they are not walked, but told
                yield from (_object(here / name, is_named=False) for name in sorted([*names, *links]))
        elif path.exists():
            yield _object(path, is_named=True)
        else:
            raise MissingInputError("is not there", where=shown(path), next_step="name a log file, or a folder of them")


def shown(path: Path) -> str:
    """A path as text, also where its bytes are none."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _object(path: Path, *, is_named: bool) -> LogObject:
    is_file = path.is_file()
    return LogObject(
        path=shown(path),
        uri=str(path),
        is_named=is_named,
        size_bytes=path.stat().st_size if is_file else 0,
        problem=None if is_file else "is no file that can be read",
    )


def _refuse_folder(error: OSError) -> None:
    raise UnreadableFileError(f"cannot be listed: {error.strerror or error}", where=shown(Path(error.filename)))
