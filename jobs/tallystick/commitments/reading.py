"""A commitment read line by line, and held to everything that its format promises: the other side wrote it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import numpy as np

from tallystick.commitments.identity import HOUR, REQUEST_ID
from tallystick.commitments.shape import CHECK_BYTES, END, HEADER, LINES, MOST_TAGS, TAG_BYTES, TAGS, UNIDENTIFIED
from tallystick.errors import BadCommitmentError, MissingInputError, NoFileError, UnreadableFileError
from tallystick.evidence.canonical import Json, NotCanonicalError, parse_canonical
from tallystick.evidence.names import legible
from tallystick.evidence.shape import Misfit
from tallystick.period import EPOCH

LONGEST = 1 << 18
"""Bytes of a line."""
MOST_APPS = 10_000
FIRST, LAST = 1990, 2100
"""Years of hours."""
ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Requests:
    """Some requests of one app in one hour, since 1970: 16 bytes of tag and a check of each compared column for each.

    Without tags they are requests that have no identity.
    """

    app: str
    hour: int
    number: int
    tags: bytes = b""
    checks: dict[str, bytes] | None = None


class Commitment:
    """A commitment's file: `header` is read at once, the rest as `each` is asked for it. Close it when done."""

    def __init__(self, file: Path) -> None:
        """Raises MissingInputError, NoFileError, UnreadableFileError, and BadCommitmentError for what is none."""
        self.where = legible(str(file))
        self._stream = _opened(file, self.where)
        self._sha256 = hashlib.sha256()
        self._number = 0
        try:
            self.header = self._header()
        except BaseException:
            self._stream.close()
            raise
        self.compared: tuple[str, ...] = tuple(self.header["compared"])
        self.requests = self.unidentified = 0
        self._apps: set[str] = set()

    def close(self) -> None:
        """Let the file go."""
        self._stream.close()

    @property
    def sha256(self) -> str:
        """Of the whole file, once it has been read."""
        return self._sha256.hexdigest()

    def each(self) -> Iterator[Requests]:
        """Every line of requests; the file is whole and in order only when this has ended.

        Raises BadCommitmentError for a line that is not as the format has it, for one that stands out of order, and
        for sums or a digest that are not those of the lines.
        """
        last: tuple[bool, int, str, bytes] = (False, -(1 << 31), "", b"")
        while True:
            before = self.sha256
            line = self._line()
            if "sha256" in line:
                self._end(line, before)
                return
            if "tags" in line:
                found = self._tags(line)
                self.requests += found.number
            else:
                found = self._unidentified(line)
                self.unidentified += found.number
            cell = (found.checks is None, found.hour, found.app)
            if (*cell, found.tags[:TAG_BYTES]) < last or (cell == last[:3] and found.checks is None):
                raise self._bad("it does not come after the line before it: hours, apps and tags ascend")
            last = (*cell, found.tags[-TAG_BYTES:])
            self._apps.add(found.app)
            if len(self._apps) > MOST_APPS:
                raise self._bad(f"it names more than {MOST_APPS:,} apps")
            yield found

    def _header(self) -> Json:
        header = self._line()
        self._fits(HEADER.misfit(header))
        compared, identity = header["compared"], header["identity"]
        if compared != sorted(set(compared)):
            raise self._bad("compared: columns stand once, in order")
        has_id, has_hour = REQUEST_ID in identity, HOUR in identity
        if len(set(identity)) < len(identity) or has_id == has_hour or (has_hour and identity[0] != HOUR):
            raise self._bad("identity: it begins with the hour where the request id is none of its parts")
        if header["period"] is not None and self._hour(header["period"]["start"]) >= self._hour(
            header["period"]["end"]
        ):
            raise self._bad("period: it holds no hour")
        return header

    def _tags(self, line: Json) -> Requests:
        self._fits(TAGS.misfit(line))
        number, checks = line["requests"], line["checks"]
        if not isinstance(number, int) or number > MOST_TAGS:
            raise self._bad(f"requests: expected at most {MOST_TAGS:,}")
        if sorted(checks) != list(self.compared):
            raise self._bad("checks: expected one for each compared column")
        tags = self._decoded("tags", line["tags"], TAG_BYTES * number)
        halves = np.frombuffer(tags, ">u8").reshape(-1, 2)
        high, low = halves[:, 0], halves[:, 1]
        if np.any((high[1:] < high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] < low[:-1]))):
            raise self._bad("tags: they do not ascend")
        return Requests(
            app=line["app"],
            hour=self._hour(line["hour"]),
            number=number,
            tags=tags,
            checks={name: self._decoded(name, text, CHECK_BYTES * number) for name, text in checks.items()},
        )

    def _unidentified(self, line: Json) -> Requests:
        self._fits(UNIDENTIFIED.misfit(line))
        number = int(line["unidentified"])
        if number >= 1 << 62 or self.unidentified + number >= 1 << 62:
            raise self._bad("unidentified: more than there can be")
        return Requests(app=line["app"], hour=self._hour(line["hour"]), number=number)

    def _end(self, line: Json, sha256: str) -> None:
        self._fits(END.misfit(line))
        found = {"requests": self.requests, "sha256": sha256, "unidentified": self.unidentified}
        for name, value in found.items():
            if str(line[name]) != str(value):
                raise self._bad(f"{name}: expected {value}, found {line[name]}")
        if self._stream.read(1):
            raise self._bad("the file goes on after its end")

    def _line(self) -> Json:
        self._number += 1
        try:
            data = self._stream.readline(LONGEST + 1)
        except OSError as error:
            raise UnreadableFileError(f"cannot be read: {error.strerror}", where=self.where) from error
        if len(data) > LONGEST:
            raise self._bad(f"a line has at most {LONGEST:,} bytes")
        if not data.endswith(b"\n"):
            raise self._bad("the file ends before its end line" if self._number > 1 else "this is no commitment")
        self._sha256.update(data)
        try:
            line = parse_canonical(data[:-1])
        except NotCanonicalError as error:
            raise self._bad(f"expected canonical JSON (RFC 8785): {legible(str(error))}") from None
        if not isinstance(line, dict):
            raise self._bad("expected an object")
        return line

    def _hour(self, text: str) -> int:
        try:
            at = datetime.fromisoformat(f"{text[:-1]}:00:00+00:00")
        except ValueError:
            at = EPOCH.replace(year=1)
        if not FIRST <= at.year <= LAST:
            raise self._bad(f"{text} is no hour of the years {FIRST} to {LAST}")
        return (at - EPOCH) // ONE_HOUR

    def _decoded(self, name: str, text: str, length: int) -> bytes:
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if len(data) != length:
            raise self._bad(f"{name}: expected {length:,} bytes in base64")
        return data

    def _fits(self, misfit: Misfit | None) -> None:
        if misfit is not None:
            found = legible(misfit.found)
            raise self._bad(f"{misfit.path}: expected {misfit.expected}, found {found}".removeprefix(": "))

    def _bad(self, what: str) -> BadCommitmentError:
        return BadCommitmentError(
            what,
            where=f"{self.where}:{self._number}",
            next_step=f"ask its side for the file as tallystick commit wrote it; lines are {', '.join(LINES)}",
        )


def _opened(file: Path, where: str) -> IO[bytes]:
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe would wait for ever, a device never end
            raise NoFileError("is no file", where=where, next_step="name a file that tallystick commit wrote")
        return file.open("rb")
    except FileNotFoundError as error:
        raise MissingInputError("is not there", where=where, next_step="tallystick commit writes one") from error
    except OSError as error:
        raise UnreadableFileError(f"cannot be read: {error.strerror}", where=where) from error
