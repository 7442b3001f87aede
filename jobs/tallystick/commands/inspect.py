"""`tallystick inspect`: which objects are looked at, how far that is, and how what they hold is written."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from rich.console import Console

from tallystick.commands.options import talk
from tallystick.digest_key import PUBLISHED_KEY, DigestKey
from tallystick.errors import MissingInputError, UnreadableFileError
from tallystick.formats import BUILT_IN, Catalogue
from tallystick.intake.inspection import inspections
from tallystick.intake.log_objects import LogObject, shown, walk
from tallystick.intake.rendering import render
from tallystick.intake.told import write_json
from tallystick.runtime.progress import track
from tallystick.settings import S3Settings, Settings
from tallystick.storage.objects import list_objects, open_object

SILENT_SECONDS = 3.0
"""Nothing is said of how far it is before …"""
EVERY_SECONDS = 0.5
"""… and so often afterwards."""


def look(
    paths: Sequence[str],
    *,
    format_name: str | None,
    top: int,
    as_json: bool,
    settings: Settings | None,
) -> None:
    """Read the objects and write what they hold to stdout, as JSON or for people; nothing where one cannot be read.

    With a project's settings its digest key, store and formats are used; without them the published key and those that
    are built in. Raises as `inspections` and `log_objects`.
    """
    s3 = settings.s3 if settings else S3Settings()
    key = _key(settings)
    catalogue = Catalogue.of(settings.formats) if settings else BUILT_IN
    out = sys.stdout
    objects = list(log_objects(paths, s3))
    passed = _Passed(s3)
    with tempfile.TemporaryDirectory(
        prefix="tallystick-", dir=settings.engine.scratch if settings else None
    ) as scratch:
        told = inspections(
            objects,
            open_object=passed.open,
            format_name=format_name,
            top=top,
            scratch=Path(scratch),
            memory_limit=settings.engine.memory_limit if settings else "1GB",
            digest_key=key,
            catalogue=catalogue,
        )
        with (Path(scratch) / "told").open("w+", encoding="utf-8") as written:
            with _progress(passed, sum(one.size_bytes for one in objects)):
                if as_json:
                    write_json(told, written)
                else:
                    render(told, Console(file=written, highlight=False, force_terminal=out.isatty()))
            written.seek(0)
            shutil.copyfileobj(written, out)


def _key(settings: Settings | None) -> DigestKey:
    if settings is None:
        return PUBLISHED_KEY
    if not settings.digest_key_file.exists():
        talk.print("the project has no digest key yet; secrets are digested under the published one")
        return PUBLISHED_KEY
    return DigestKey.load(settings.digest_key_file)


def log_objects(paths: Sequence[str], s3: S3Settings) -> Iterator[LogObject]:
    """Files, what lies in folders and under s3:// prefixes, and what stands in a list: `@FILE`, one path a line.

    Raises MissingInputError for what is not there, UnreadableFileError for a list that is no text.
    """
    for path in paths:
        if path.startswith("@"):
            yield from log_objects(_listed(Path(path[1:])), s3)
        elif path.startswith("s3://"):
            yield from _under(path, s3)
        else:
            yield from walk([Path(path)])


def _listed(file: Path) -> list[str]:
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    except FileNotFoundError as error:
        raise MissingInputError(
            "is not there", where=shown(file), next_step="write one path or s3:// address a line into it"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError("cannot be read as a list of paths", where=shown(file)) from error
    # A list that names a list would never need to end.
    return [line.removeprefix("@") for line in lines if line and not line.startswith("#")]


def _under(prefix: str, s3: S3Settings) -> Iterator[LogObject]:
    found = list_objects(prefix, s3)
    if not found:
        raise MissingInputError("holds no object", where=prefix, next_step="name a prefix that holds logs")
    for one in found:
        yield LogObject(path=one.uri, uri=one.uri, is_named=one.uri == prefix, size_bytes=one.size_bytes)


class _Passed:
    """Opens objects, and knows how many of their stored bytes have been read."""

    def __init__(self, s3: S3Settings) -> None:
        self._s3 = s3
        self.size_bytes = 0

    def open(self, uri: str) -> BinaryIO:
        return cast(BinaryIO, _Counted(open_object(uri, self._s3), self))


class _Counted(io.BufferedIOBase):
    """A stream of bytes that are counted as they are read."""

    def __init__(self, stream: BinaryIO, passed: _Passed) -> None:
        self._stream = stream
        self._passed = passed

    def read(self, length: int | None = -1, /) -> bytes:
        data = self._stream.read(-1 if length is None else length)
        self._passed.size_bytes += len(data)
        return data

    def close(self) -> None:
        self._stream.close()
        super().close()


@contextmanager
def _progress(passed: _Passed, total: int) -> Iterator[None]:
    """Tell how many bytes were read, once it takes more than a few seconds."""
    ended = threading.Event()

    def watch() -> None:
        if ended.wait(SILENT_SECONDS):
            return
        with track("inspect: bytes read", total) as say:
            while not ended.wait(EVERY_SECONDS):
                say(passed.size_bytes)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
