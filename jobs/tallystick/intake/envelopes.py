"""What is wrapped, out of its wrappers: the entries below keys of JSON objects, and those of envelopes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tallystick.formats import Envelope
from tallystick.formats.decodings import parse_path
from tallystick.formats.entries import Entries
from tallystick.intake.batch import NO_LINES, Batch, OtherLines, Unreadable
from tallystick.intake.json_objects import is_modest
from tallystick.intake.json_path import MISSING, value_at

MAX_VALUES = 500_000
"""Values of one wrapper, all that it holds together; one that has more is rejected as `not_json`."""


class NoEntryError(ValueError):
    """A wrapper that cannot be read; its text is the reason."""


@dataclass
class _Unwrapped:
    """What comes out of the wrappers of one batch; entries are numbered over the whole file, or stand on lines."""

    entries: list[bytes] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    others: OtherLines = NO_LINES
    not_requests: int = 0

    def batch(self, lines: int | None) -> Batch:
        return Batch.of(
            self.entries,
            self.positions,
            unreadable=tuple(self.unreadable),
            others=self.others,
            lines=lines,
            not_requests=self.not_requests,
        )


def below(batches: Iterator[Batch], how: Entries) -> Iterator[Batch]:
    """The innermost objects below a format's keys, as entries numbered from 1; objects without keys stay as they are.

    An object that is no JSON is one unreadable entry.
    """
    number = 0
    for batch in batches:
        out = _Unwrapped(unreadable=list(batch.unreadable))
        for entry in batch.entries():
            try:
                inner = [_as_bytes(value) for value in _innermost(_loaded(entry), how.keys)]
            except NoEntryError as error:
                number += 1
                out.unreadable.append(Unreadable.of(entry, position=number, reason=str(error)))
                continue
            out.entries += inner
            out.positions += range(number + 1, number + len(inner) + 1)
            number += len(inner)
        yield out.batch(None)


def unwrapped(batches: Iterator[Batch], envelope: Envelope, how: Entries) -> Iterator[Batch]:
    """The entries that the wrappers of `batches` hold.

    One that is wrapped in a line stands where its line does; those in JSON are numbered from 1 over the whole file. A
    wrapper that is none is one unreadable entry. Of a wrapper with a sampling rate other than 1 every entry is refused.
    """
    number = 0
    for batch in batches:
        out = _Unwrapped(others=batch.others)
        for unreadable in batch.unreadable:
            number += 1
            out.unreadable.append(unreadable)
        for wrapper, line in zip(batch.entries(), batch.positions.tolist(), strict=True):
            try:
                taken, is_sampled = _taken(wrapper, envelope)
                inner = [one for text in taken for one in _inner(text, how, out)]
            except NoEntryError as error:
                number += 1
                position = line if batch.lines is not None and envelope.find == "lines" else number
                out.unreadable.append(Unreadable.of(wrapper, position=position, reason=str(error)))
                continue
            if not taken:
                out.not_requests += 1
            for entry in inner:
                number += 1
                position = line if envelope.find == "lines" else number
                if is_sampled:
                    out.unreadable.append(Unreadable.of(entry, position=position, reason="sampled"))
                else:
                    out.entries.append(entry)
                    out.positions.append(position)
        yield out.batch(batch.lines if envelope.find == "lines" else None)


def is_wrapper(wrapper: bytes, envelope: Envelope) -> bool:
    """Whether an entry of a file is a wrapper of this kind."""
    try:
        _taken(wrapper, envelope)
    except NoEntryError:
        return False
    return True


def _taken(wrapper: bytes, envelope: Envelope) -> tuple[list[bytes], bool]:
    """The texts that a wrapper holds, and whether they are a sample."""
    if envelope.find == "lines":
        found = re.fullmatch(envelope.pattern or "", wrapper.decode(), re.DOTALL)
        if found is None:
            raise NoEntryError("not_in_envelope")
        return [found["entry"].encode()], False
    value = _loaded(wrapper)
    needed = [value_at(value, parse_path(path)) for path in envelope.needs]
    if not isinstance(value, dict) or any(one is MISSING or one is None for one in needed):
        raise NoEntryError("not_in_envelope")
    if any(not _matches(value, path, expression) for path, expression in envelope.like.items()):
        raise NoEntryError("not_in_envelope")
    if any(_matches(value, path, expression) for path, expression in envelope.not_requests.items()):
        return [], False
    elements = [value]
    if envelope.under is not None:
        inside = value_at(value, parse_path(envelope.under))
        if not isinstance(inside, list):
            raise NoEntryError("not_in_envelope")
        elements = inside
    taken = [one if envelope.take is None else value_at(one, parse_path(envelope.take)) for one in elements]
    if any(one is MISSING or one is None for one in taken):
        raise NoEntryError("not_in_envelope")
    rate = MISSING if envelope.sampling is None else value_at(value, parse_path(envelope.sampling))
    if envelope.time is not None:
        times = [value_at(one, parse_path(envelope.time)) for one in elements]
        taken = [f"{_instant(time)} {text}" for time, text in zip(times, taken, strict=True)]
    return [_as_bytes(one) for one in taken], rate not in (MISSING, None, 1, "1")


def _instant(milliseconds: Any) -> str:
    """A time in ISO 8601; NoEntryError for what is none."""
    try:
        at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(milliseconds))
    except (TypeError, ValueError, OverflowError) as error:
        raise NoEntryError("not_in_envelope") from error
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _inner(text: bytes, how: Entries, out: _Unwrapped) -> list[bytes]:
    """The entries of a format in one text out of a wrapper; other lines are counted."""
    if how.find == "lines":
        line = text.rstrip(b"\r\n")
        if not line.strip():
            out.others += OtherLines(blanks=1)
        elif how.comment and line.startswith(how.comment.encode()):
            out.others += OtherLines(comments=1)
        elif how.header and re.fullmatch(how.header, line.decode("utf-8", "replace")):
            out.others += OtherLines(headers=1)
        else:
            return [line]
        return []
    if not how.keys:
        return [text.strip()]
    return [_as_bytes(value) for value in _innermost(_loaded(text), how.keys)]


def _innermost(value: Any, keys: tuple[str, ...]) -> list[Any]:
    """The objects below the keys; a value without the first of them stands for itself."""
    if not keys or not isinstance(value, dict) or keys[0] not in value:
        return [value]
    found: list[Any] = [value]
    for key in keys:
        inside = [one.get(name) for one in found if isinstance(one, dict) for name in key.split("|")]
        found = [one for part in inside if part is not None for one in (part if isinstance(part, list) else [part])]
    return found


def _loaded(entry: bytes) -> Any:
    """A JSON value in which fractions are texts, digit by digit; NoEntryError for what is none."""
    if not is_modest(entry, values=MAX_VALUES):
        raise NoEntryError("not_json")
    try:
        return json.loads(entry.decode(), parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NoEntryError("not_json") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _as_bytes(value: Any) -> bytes:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


def _matches(value: dict[str, Any], path: str, expression: str) -> bool:
    text = value_at(value, parse_path(path))
    return isinstance(text, str | int) and re.fullmatch(expression, str(text)) is not None
